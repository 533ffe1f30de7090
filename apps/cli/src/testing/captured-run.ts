import { Readable } from "node:stream";
import { run } from "../run.ts";

export interface CapturedRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  /** What is piped in; without it, standard input is a terminal. */
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly terminal?: boolean;
}

/** Runs a command line in this process and captures what it prints. `line` is split at spaces; give an array for other words. */
export async function captured(
  line: string | readonly string[],
  surroundings: Surroundings = {},
): Promise<CapturedRun> {
  const { stdin, env = {}, terminal = false } = surroundings;
  const printed = { stdout: "", stderr: "" };
  const stream = (name: "stdout" | "stderr"): { isTTY: boolean; columns: number; write: (text: string) => void } => ({
    isTTY: terminal,
    columns: 100,
    write: (text) => {
      printed[name] += text;
    },
  });
  const code = await run(typeof line === "string" ? line.split(" ").filter((word) => word !== "") : line, {
    stdout: stream("stdout"),
    stderr: stream("stderr"),
    stdin: Object.assign(Readable.from(stdin === undefined ? [] : [stdin]), { isTTY: stdin === undefined }),
    env,
    now: () => new Date("2026-01-02T03:04:05Z"),
  });
  return { code, ...printed };
}
