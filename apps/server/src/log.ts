/** Log lines as JSON, one a line. What callers pass must not hold values of Secrets. */
export type LogLevel = "debug" | "info" | "warn" | "error";

export type LogFields = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export interface Log {
  readonly isDebug: boolean;
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];

/** A log of the lines at `least` and above. */
export function createLog(
  write: (line: string) => void,
  least: LogLevel = "info",
  now: () => Date = () => new Date(),
): Log {
  const from = LEVELS.indexOf(least);
  const line =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}): void => {
      if (LEVELS.indexOf(level) >= from)
        write(`${JSON.stringify({ time: now().toISOString(), level, message, ...fields })}\n`);
    };
  return { isDebug: from === 0, debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") };
}

/** What an error says, for a log: never its stack, which may hold values. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
