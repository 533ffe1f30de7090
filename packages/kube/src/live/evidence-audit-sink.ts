import { setTimeout as sleep } from "node:timers/promises";

/** Where the mark stands in a sink's address. */
export const SINK_PLACEHOLDER = "{mark}";

const PAUSE_MS = 500;
const TIMEOUT_MS = 10_000;
const LONGEST_ANSWER = 8 * 1024 * 1024;

/**
 * Waits until a search in what collects audit events (an HTTP GET of `address`, with its placeholder replaced by `question`) answers
 * with `text`; false when that has not happened within `waitMs`. The two differ, so that an answer that repeats the question proves nothing.
 *
 * @throws Error when the last answer was none, or an error.
 */
export async function appearsInSink(
  address: string,
  question: string,
  text: string,
  waitMs: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const url = new URL(address.replaceAll(SINK_PLACEHOLDER, encodeURIComponent(question)));
  const deadline = performance.now() + waitMs;
  for (;;) {
    const problem = await search(url, text, signal);
    if (problem === undefined) return true;
    if (performance.now() >= deadline) {
      if (problem === "") return false;
      throw new Error(problem);
    }
    await sleep(PAUSE_MS, undefined, signal === undefined ? {} : { signal });
  }
}

/** Undefined where the answer holds the text, empty where it does not, else what is wrong with the sink. */
async function search(url: URL, text: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const { username, password } = url;
  const bare = new URL(url);
  bare.username = bare.password = "";
  const authorization = `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString("base64")}`;
  try {
    const response = await fetch(bare, {
      headers: username === "" ? {} : { authorization },
      redirect: "error",
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    if (!response.ok) {
      await response.body?.cancel();
      return `it answered ${response.status}`;
    }
    let tail = "";
    let length = 0;
    for await (const chunk of response.body ?? []) {
      const read = tail + Buffer.from(chunk).toString("latin1");
      if (read.includes(text)) return undefined;
      tail = read.slice(-text.length);
      length += chunk.length;
      if (length > LONGEST_ANSWER) return "its answer is too long";
    }
    return "";
  } catch (error) {
    signal?.throwIfAborted();
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return cause instanceof Error ? cause.message : String(cause);
  }
}

/** The address without what may be secret in it: user, password and query. */
export function sinkName(address: string): string {
  const { origin, pathname } = new URL(address);
  return `${origin}${pathname}`;
}
