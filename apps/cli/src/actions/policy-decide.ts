import { type Decision, PolicySet, clusterViewOf, decideWithProviders, isPolicy } from "@redoubt/admission";
import { type JsonObject, jsonText, objectAt, stringAt } from "@redoubt/kube";
import { judgePodSecurity } from "@redoubt/posture";
import type { Action } from "../command.ts";
import { decideOutput, policies as policiesFlag } from "../commands/policy-decide.ts";
import { EXIT } from "../exit-code.ts";
import { readAdmissionFiles } from "../policy/admission-files.ts";
import { objectName, reportExpressionWarnings, reportProblems, reportUnused } from "../policy/admission-report.ts";
import { releaseOptions } from "../policy/policy-options.ts";
import { allowedProviders, providerClient } from "../policy/providers.ts";
import type { Host } from "../terminal/host.ts";
import { plain } from "../terminal/plain.ts";

export const runPolicyDecide: Action = async ({ args, host }) => {
  const given = await readAdmissionFiles(args.positional, "manifest");
  const beside = await readAdmissionFiles(args.get(policiesFlag), "--policies");
  const all = [...beside.objects, ...given.objects];
  const providers = allowedProviders(args);
  const port = providerClient();
  const set = new PolicySet(all.filter(isPolicy), {
    rego: [...beside.rego, ...given.rego],
    ...releaseOptions(args),
    ...(providers === undefined ? {} : { providers }),
  });
  const isIncomplete = reportProblems(host, set.problems);
  set.setObjects(all.filter((object) => stringAt(object, ["kind"]) !== "AdmissionReview"));
  const cluster = clusterViewOf(all);
  reportExpressionWarnings(host, all, cluster);
  reportUnused(host, all);
  const subjects = given.objects.filter((object) => !isPolicy(object));
  const isJson = args.get(decideOutput) === "json";
  const context = { cluster, podSecurity: judgePodSecurity, point: "gator.gatekeeper.sh" } as const;
  let isRefused = false;
  for (const subject of subjects) {
    const decision = await decideWithProviders(subject, set, context, port);
    isRefused ||= !decision.allowed;
    host.stdout.write(isJson ? `${jsonText(asJson(subject, decision))}\n` : textOf(subject, decision));
    await host.stdout.drained?.();
  }
  if (!isJson && !isRefused) summarise(host, subjects.length, isIncomplete);
  return isIncomplete ? EXIT.incomplete : isRefused ? EXIT.findings : EXIT.clean;
};

function summarise(host: Host, count: number, isIncomplete: boolean): void {
  const said = isIncomplete ? "none is refused, but not all policies were in force" : "all are admitted";
  host.stdout.write(`${count} ${count === 1 ? "object" : "objects"}: ${said}\n`);
}

function nameOf(subject: JsonObject): string {
  const reviewed = objectAt(subject, ["request", "object"]) ?? objectAt(subject, ["request", "oldObject"]);
  return objectName(stringAt(subject, ["kind"]) === "AdmissionReview" ? (reviewed ?? subject) : subject);
}

/** A line for each violation, as gator test prints it: `v1/Pod team/web: ["required-labels"] Message: "..."`. */
function textOf(subject: JsonObject, { violations, warnings, patches, allowed, message }: Decision): string {
  const name = nameOf(subject);
  const lines = violations.map(({ policy, action, message: text }) => {
    const mark = action === "deny" ? "" : ` (${action})`;
    return `${name}: ["${policy.name}"]${mark} Message: ${JSON.stringify(text)}`;
  });
  if (violations.length === 0 && !allowed) lines.push(`${name}: ${message ?? ""}`);
  if (patches.length > 0) lines.push(`${name}: changed: ${jsonText(patches)}`);
  const told = new Set(violations.map(({ message: text }) => text));
  for (const warning of warnings) {
    if (![...told].some((text) => warning.endsWith(text))) lines.push(`${name}: warning: ${warning}`);
  }
  return lines.map((line) => `${plain(line)}\n`).join("");
}

function asJson(subject: JsonObject, decision: Decision): object {
  return { subject: nameOf(subject), ...decision };
}
