import type { Host } from "./host.ts";

/** A line on stderr that says what is going on, only when stderr is a terminal. `done` takes it away again. */
export interface Progress {
  update(text: string): void;
  done(): void;
}

const ERASE_LINE = "\r\u001B[K";

export function progressOn(host: Host): Progress {
  const { stderr } = host;
  if (!stderr.isTTY || host.env["TERM"] === "dumb") return { update: () => {}, done: () => {} };
  let shown = false;
  return {
    update: (text) => {
      shown = true;
      stderr.write(`${ERASE_LINE}${text.slice(0, (stderr.columns ?? 80) - 1)}`);
    },
    done: () => {
      if (shown) stderr.write(ERASE_LINE);
      shown = false;
    },
  };
}
