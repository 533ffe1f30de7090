/** How long an answer may take, from the `timeout` that the API server puts in the webhook's URL (`?timeout=10s`). */

const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds of a duration as Go writes it (`1m30s`, `500ms`); undefined where it is none. */
export function parseGoDuration(text: string): number | undefined {
  if (
    !/^(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h)(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))*$/.test(text)
  )
    return undefined;
  let total = 0;
  for (const [, number, unit] of text.matchAll(/([\d.]+)(ns|us|µs|μs|ms|s|m|h)/g)) {
    total += Number(number) * (UNITS[unit ?? ""] ?? 0);
  }
  return total;
}

/** The API server allows a webhook no more than this. */
const LONGEST = 30_000;
/** What the way there and back may take of the time. */
const MARGIN_SHARE = 0.2;
const LONGEST_MARGIN = 500;

/** Milliseconds in which to answer: the asker's timeout less a margin, so that it hears our reason and not its own timeout. */
export function answerTime(timeout: string | undefined, standard: number): number {
  const given = timeout === undefined ? undefined : parseGoDuration(timeout);
  const whole = Math.min(given === undefined || given <= 0 ? standard : given, LONGEST);
  return whole - Math.min(whole * MARGIN_SHARE, LONGEST_MARGIN);
}
