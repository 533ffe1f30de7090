import { PolicySet, clusterViewOf, decideWithProviders, isPolicy } from "@redoubt/admission";
import { type JsonObject, isJsonObject, stringAt } from "@redoubt/kube";
import { UsageError } from "../arguments/usage-error.ts";
import type { ParsedArguments } from "../arguments/parse.ts";
import type { Action } from "../command.ts";
import { decideOutput, policies as policiesFlag } from "../commands/policy-decide.ts";
import { EXIT } from "../exit-code.ts";
import { filename, kustomize } from "../flags/input.ts";
import { readAdmissionFiles } from "../policy/admission-files.ts";
import { reportExpressionWarnings, reportProblems, reportUnused } from "../policy/admission-report.ts";
import { releaseOptions } from "../policy/policy-options.ts";
import { allowedProviders, providerClient } from "../policy/providers.ts";
import { Tally } from "../policy/tally.ts";
import { readCluster, readsCluster } from "./read-cluster.ts";
import { readFiles } from "./read-input.ts";
import { reportDiagnostics } from "./report-diagnostics.ts";

export const runPolicyPreview: Action = async (invocation) => {
  const { args, host } = invocation;
  const fromCluster = readsCluster(args);
  const files = await readAdmissionFiles(requiredPolicies(args, fromCluster ? args.get(filename) : []), "--policies");
  const named = args.positional.length > 0 || args.get(kustomize).length > 0;
  if (fromCluster && named) {
    throw new UsageError("USAGE_FLAG_CONFLICT", "a cluster and paths are two sources: give one of them");
  }
  const providers = allowedProviders(args);
  const port = providerClient();
  const set = new PolicySet(files.objects.filter(isPolicy), {
    rego: files.rego,
    ...releaseOptions(args),
    ...(providers === undefined ? {} : { providers }),
  });
  const isInvalid = reportProblems(host, set.problems);
  const snapshot = fromCluster ? await readCluster(invocation) : await readFiles(invocation);
  const isUnread = reportDiagnostics(host, snapshot.diagnostics);
  const objects = snapshot.objects
    .map(({ value }) => value)
    .filter((value): value is JsonObject => isJsonObject(value));
  const context = { cluster: clusterViewOf([...objects, ...files.objects]) };
  set.setObjects(objects);
  reportExpressionWarnings(host, files.objects, context.cluster);
  reportUnused(host, files.objects);
  const tally = new Tally();
  for (const object of objects) {
    if (isPolicy(object)) continue;
    const decision = await decideWithProviders(object, set, context, port);
    tally.add(stringAt(object, ["metadata", "namespace"]) ?? "", undefined, object, decision);
  }
  tally.print(host, args.get(decideOutput) === "json", "objects");
  return isInvalid || isUnread ? EXIT.incomplete : tally.refused > 0 ? EXIT.findings : EXIT.clean;
};

/** Throws `UsageError` where none are named. */
export function requiredPolicies(args: ParsedArguments, more: readonly string[]): readonly string[] {
  const paths = [...args.get(policiesFlag), ...more];
  if (paths.length === 0) throw new UsageError("USAGE_FLAG_MISSING", "--policies PATH is missing: what is to be tried");
  return paths;
}
