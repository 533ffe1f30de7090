/** Differences that are there for a reason, one by one: docs/rego-conformance.md says why. */
import type { Outcome } from "../rego-fuzz/outcome.ts";
import type { BuiltinCall } from "./builtin-call.ts";

interface Known {
  readonly builtin: RegExp;
  readonly reason: string;
  readonly applies: (ours: Outcome, theirs: Outcome, call: BuiltinCall) => boolean;
}

const KNOWN: readonly Known[] = [
  {
    builtin: /^(?:rand\.intn|uuid\.rfc4122|io\.jwt\.encode_sign(?:_raw)?)$/,
    reason: "the result is random",
    applies: (ours, theirs) => ours.kind === "results" && theirs.kind === "results",
  },
  {
    builtin: /^(?:crypto\.x509\.|crypto\.parse_private_keys$|io\.jwt\.)/,
    reason: "Go's words for DER that is damaged are not ours",
    applies: (ours, theirs) => bothFail(ours, theirs) && /x509:|asn1:|cryptobyte:|tls:/.test(messageOf(theirs)),
  },
  {
    builtin: /^(?:crypto\.x509\.|io\.jwt\.)/,
    reason: "Go checks more of a certificate that is damaged than we read",
    applies: (_, theirs, { operands }) =>
      /x509:|\[false, \[\]\]/.test(messageOf(theirs)) &&
      operands.some((operand) => /BEGIN CERT|LS0tLS1CRUdJTi/.test(operand)),
  },
  {
    builtin: /^io\.jwt\./,
    reason: "OPA's libraries word faults of JSON in their own ways",
    applies: (ours, theirs) =>
      bothFail(ours, theirs) && /JSON|jwk\.|unmarshal|unexpected tail|jwsbb/.test(messageOf(theirs)),
  },
  {
    builtin: /^io\.jwt\.encode_sign/,
    reason: "OPA signs with whatever bytes a key of another kind has",
    applies: (ours, theirs) => /invalid key type/.test(messageOf(ours)) && theirs.kind === "results",
  },
  {
    builtin: /^json\.unmarshal$/,
    reason: "exponents beyond what Go counts are too big here as well",
    applies: (_, theirs) => messageOf(theirs).endsWith("invalid float"),
  },
  {
    builtin: /^crypto\./,
    reason: "Go makes the public part of a key again where the written one is damaged",
    applies: (ours, theirs) => [ours, theirs].every((outcome) => /"[XYxy]": /.test(messageOf(outcome))),
  },
  {
    builtin: /^strings\.render_template$/,
    reason: "templates keep no places",
    applies: bothFail,
  },
  {
    builtin: /^json\.patch$/,
    reason: "after an earlier operation OPA shows the document as it was, we as it is",
    applies: (ours, theirs) => bothFail(ours, theirs) && /does not exist in object term/.test(messageOf(theirs)),
  },
  {
    builtin: /^graphql\./,
    reason: "OPA lists suggestions in random order",
    applies: (ours, theirs) => bothFail(ours, theirs) && /Did you mean/.test(messageOf(theirs)),
  },
  {
    builtin: /^time\.add_date$/,
    reason: "OPA counts on from the other end beyond 64 bits",
    applies: (ours) => messageOf(ours).endsWith("time outside of valid range"),
  },
  {
    builtin: /^time\./,
    reason: "the name of a time zone is no path here",
    applies: (ours, theirs) => bothFail(ours, theirs) && /is a directory|not a directory/.test(messageOf(theirs)),
  },
];

function bothFail(ours: Outcome, theirs: Outcome): boolean {
  return ours.kind === "failed" && theirs.kind === "failed" && ours.failure.code === theirs.failure.code;
}

function messageOf(outcome: Outcome): string {
  if (outcome.kind === "failed") return outcome.failure.message;
  return outcome.kind === "results" ? outcome.results.join("\n") : "";
}

/** Why a difference is as it should be; undefined for one that is not. */
export function knownDifference(call: BuiltinCall, ours: Outcome, theirs: Outcome): string | undefined {
  return KNOWN.find(({ builtin, applies }) => builtin.test(call.builtin) && applies(ours, theirs, call))?.reason;
}
