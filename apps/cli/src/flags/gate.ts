import { SEVERITIES, type Severity } from "@redoubt/control";
import { type Flag, booleanFlag, choiceFlag, numberFlag, textFlag } from "../arguments/flag.ts";

/** `none` lets a run report without failing on findings. */
export const failOn: Flag<Severity | "none" | undefined> = choiceFlag({
  name: "fail-on",
  placeholder: "SEVERITY",
  choices: [...SEVERITIES, "none"],
  description: `exit with 1 when there is a finding at or above this severity: ${SEVERITIES.join(", ")}, or none (default high)`,
});

export const minScore: Flag<number | undefined> = numberFlag({
  name: "min-score",
  placeholder: "N",
  min: 0,
  max: 100,
  description: "exit with 4 when the score is below N (0 to 100)",
});

export const exceptions: Flag<string | undefined> = textFlag({
  name: "exceptions",
  placeholder: "FILE",
  completion: "file",
  description: "accepted findings: control, selector, reason, owner and expiry of each",
});

export const baseline: Flag<string | undefined> = textFlag({
  name: "baseline",
  placeholder: "FILE",
  completion: "file",
  description: "only findings that are not in this file can make the run fail",
});

export const writeBaseline: Flag<string | undefined> = textFlag({
  name: "write-baseline",
  placeholder: "FILE",
  completion: "file",
  description: "write the findings of this run as a baseline",
});

export const quiet: Flag<boolean> = booleanFlag({
  name: "quiet",
  short: "q",
  description: "print no report on standard output; the exit code and --output-file tell",
});
