import type { PolicyReference } from "./violation.ts";

/** Watches the time that policies take. The host has the clock: an engine reads none. */
export interface Stopwatch {
  /** Milliseconds left for the whole decision; none or less once its time is over. */
  remaining(): number;
  /** Called with each policy once it has judged the request. */
  judged(policy: PolicyReference): void;
}

/** Why a policy did not judge, or not to its end: it then fails closed. */
export const OVERTIME = {
  message: "the time for the request was over before the policy had judged it",
  reason: "Timeout",
};

export function isOvertime(stopwatch: Stopwatch | undefined): boolean {
  return stopwatch !== undefined && stopwatch.remaining() <= 0;
}
