import { env, stderr, stdin, stdout } from "node:process";
import type { WriteStream } from "node:tty";
import type { Host, OutputStream } from "./host.ts";

/** The host that is this process. */
export function processHost(): Host {
  return {
    stdout: outputTo(stdout),
    stderr: outputTo(stderr),
    stdin,
    env,
    now: () => new Date(),
  };
}

const EVENTS = ["drain", "error", "close"] as const;

/** A reader that goes away (`redoubt scan | head`) ends the printing, not the run: the exit code must still be the true one. */
function outputTo(stream: WriteStream): OutputStream {
  let gone = false;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    gone = true;
  });
  return {
    isTTY: stream.isTTY,
    columns: stream.isTTY ? stream.columns : undefined,
    write: (chunk) => {
      if (!gone) stream.write(chunk);
    },
    drained: () => {
      if (gone || !stream.writableNeedDrain) return Promise.resolve();
      return new Promise((resolve) => {
        const done = (): void => {
          for (const event of EVENTS) stream.off(event, done);
          resolve();
        };
        for (const event of EVENTS) stream.on(event, done);
      });
    },
  };
}
