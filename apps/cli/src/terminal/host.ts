/** The outside world as commands see it; tests give their own. */
export interface Host {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly stdin: InputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
}

export interface OutputStream {
  readonly isTTY: boolean;
  /** Width of the terminal; undefined when it is none. */
  readonly columns: number | undefined;
  write(text: string): void;
  /** Resolves when the reader has caught up: a long report must not wait in memory. */
  drained?(): Promise<void>;
}

export interface InputStream extends AsyncIterable<Uint8Array | string> {
  readonly isTTY: boolean;
}

/** NO_COLOR (no-color.org) wins, then FORCE_COLOR, then whether the stream is a terminal that can. */
export function wantsColor(stream: OutputStream, env: Host["env"]): boolean {
  if ((env["NO_COLOR"] ?? "") !== "") return false;
  const force = env["FORCE_COLOR"];
  if (force !== undefined) return force !== "0" && force !== "false";
  return stream.isTTY && env["TERM"] !== "dumb";
}
