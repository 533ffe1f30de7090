import { UsageError } from "../arguments/usage-error.ts";
import type { Host } from "../terminal/host.ts";

/** Nothing that is piped in is larger than this on purpose. */
const MAX_BYTES = 256 * 1024 * 1024;

/** All that is piped in. `what` is what it should be. Throws `UsageError` at a terminal, or where there is too much. */
export async function readStdin(host: Host, what: string): Promise<string> {
  if (host.stdin.isTTY) throw new UsageError("USAGE_INPUT_MISSING", `nothing to read: name a file, or pipe ${what} in`);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of host.stdin) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > MAX_BYTES) {
      throw new UsageError("USAGE_INPUT_MISSING", `more than ${MAX_BYTES} bytes were piped in; give them as a file`);
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}
