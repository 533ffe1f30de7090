/** Differences that are there for a reason, one by one: docs/rego-conformance.md says why. */
import type { Outcome } from "../rego-fuzz/outcome.ts";
import type { BuiltinCall } from "./builtin-call.ts";

interface Known {
  readonly builtin: RegExp;
  readonly reason: string;
  readonly applies: (ours: Outcome, theirs: Outcome) => boolean;
}

const KNOWN: readonly Known[] = [
  {
    builtin: /^(?:rand\.intn|uuid\.rfc4122)$/,
    reason: "the result is random",
    applies: haveResults,
  },
];

function haveResults(ours: Outcome, theirs: Outcome): boolean {
  return ours.kind === "results" && theirs.kind === "results" && ours.results.length === theirs.results.length;
}

/** Why a difference is as it should be; undefined for one that is not. */
export function knownDifference({ builtin }: BuiltinCall, ours: Outcome, theirs: Outcome): string | undefined {
  return KNOWN.find((known) => known.builtin.test(builtin) && known.applies(ours, theirs))?.reason;
}
