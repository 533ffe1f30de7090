import { SEVERITIES, type Severity } from "@redoubt/control";

/** One step milder. */
export function lowered(severity: Severity): Severity {
  return SEVERITIES[Math.min(SEVERITIES.indexOf(severity) + 1, SEVERITIES.length - 1)] ?? severity;
}

/** The gravest of some severities; undefined of none. */
export function gravest(severities: readonly Severity[]): Severity | undefined {
  return SEVERITIES.find((severity) => severities.includes(severity));
}
