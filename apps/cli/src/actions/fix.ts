import type { Finding } from "@redoubt/control";
import type { ClusterSnapshot, Diagnostic } from "@redoubt/kube";
import { assess, catalogue, findingIdentity, fixSnapshot, unifiedDiff, writeFixedFiles } from "@redoubt/posture";
import { UNUSED_RIGHTS, unusedRightsControl } from "@redoubt/rbac";
import { createColors } from "picocolors";
import { UsageError } from "../arguments/usage-error.ts";
import type { ParsedArguments } from "../arguments/parse.ts";
import { withoutFlag } from "../arguments/without-flag.ts";
import type { Action } from "../command.ts";
import { auditLog, diff, write } from "../commands/fix.ts";
import { EXIT } from "../exit-code.ts";
import { filename, namespace } from "../flags/input.ts";
import { control } from "../flags/selection.ts";
import { wantsColor } from "../terminal/host.ts";
import { paintDiff } from "../terminal/paint-diff.ts";
import { progressOn } from "../terminal/progress.ts";
import { REDOUBT_VERSION } from "../version.ts";
import { fixSummary } from "./fix-summary.ts";
import { lookUp } from "./look-up.ts";
import { readValidExceptions } from "./read-exceptions.ts";
import { readInput } from "./read-input.ts";
import { reportDiagnostics } from "./report-diagnostics.ts";
import { readRecordedAccess } from "./read-recorded-access.ts";
import { isSelected, selectedControls } from "./select-controls.ts";

export const runFix: Action = async (invocation) => {
  const { args, host } = invocation;
  checkUsage(args);
  const selected = selectedControls(args) ?? catalogue;
  const exceptions = await readValidExceptions(args);
  // To what reads a cluster a log of that name is evidence of its auditing.
  const { snapshot } = await readInput({ ...invocation, args: withoutFlag(args, auditLog) });
  const { recorded, diagnostics: logFaults } = await readRecordedAccess(host, snapshot, args.get(auditLog));
  const controls = [
    ...selected,
    ...(recorded !== undefined && isSelected(args, UNUSED_RIGHTS.id) ? [unusedRightsControl(recorded)] : []),
  ];
  const time = host.now().toISOString();
  const accepted = acceptedFindings(snapshot, { time, controls, ...(exceptions === undefined ? {} : { exceptions }) });

  const isAccepted = (finding: Finding): boolean => accepted.has(findingIdentity(finding));
  const progress = progressOn(host);
  progress.update("working out the fixes");
  const givenNamespace = args.get(namespace);
  const plan = fixSnapshot(snapshot, controls, {
    ...(givenNamespace === undefined ? {} : { namespace: givenNamespace }),
    select: (finding) => !isAccepted(finding),
  });
  progress.done();

  const paint = createColors(wantsColor(host.stderr, host.env));
  const failures: Diagnostic[] = [];
  if (args.get(write)) {
    for (const result of await writeFixedFiles(plan.files)) {
      if (result.kind === "failed") failures.push({ code: "FIX_WRITE", severity: "error", message: result.message });
    }
  } else {
    const painted = wantsColor(host.stdout, host.env);
    for (const { file, oldText, newText } of plan.files) {
      const text = unifiedDiff(oldText, newText, file);
      host.stdout.write(painted ? paintDiff(text) : text);
    }
  }
  const incomplete = reportDiagnostics(host, [
    ...snapshot.diagnostics,
    ...logFaults,
    ...plan.evaluation.diagnostics,
    ...failures,
  ]);
  host.stderr.write(fixSummary(plan, { written: args.get(write), isAccepted, paint }));
  if (incomplete) return EXIT.incomplete;
  const wouldChange = !args.get(write) && plan.files.length > 0;
  return wouldChange || plan.refused.length > 0 ? EXIT.findings : EXIT.clean;
};

function checkUsage(args: ParsedArguments): void {
  if (args.get(control).some((each) => lookUp(each).id === UNUSED_RIGHTS.id) && args.get(auditLog).length === 0) {
    throw new UsageError(
      "USAGE_FLAG_MISSING",
      `${UNUSED_RIGHTS.id} needs --audit-log FILE: the log says what was used`,
    );
  }
  if (args.get(diff) && args.get(write)) {
    throw new UsageError("USAGE_FLAG_CONFLICT", "--diff shows what --write would change: give one of them");
  }
  if (args.positional.length + args.get(filename).length === 0) {
    throw new UsageError("USAGE_INPUT_MISSING", "nothing to fix: name files or folders (. with -R is everything here)");
  }
}

/** Findings that their owners accepted: a fix would undo the decision. */
function acceptedFindings(
  snapshot: ClusterSnapshot,
  options: Omit<Parameters<typeof assess>[1], "version">,
): ReadonlySet<string> {
  const { findings } = assess(snapshot, { ...options, version: REDOUBT_VERSION });
  const accepted = findings.flatMap(({ finding, exception }): Finding[] => (exception === undefined ? [] : [finding]));
  return new Set(accepted.map(findingIdentity));
}
