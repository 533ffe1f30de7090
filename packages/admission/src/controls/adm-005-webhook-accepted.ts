import type { Control } from "@redoubt/control";
import type { Path } from "@redoubt/kube";
import { type Webhook, webhooksOf } from "../model/webhook.ts";
import { webhookExample } from "../model/webhook-example.ts";

export const webhookAccepted: Control = {
  id: "ADM-005",
  title: "The API server accepts the webhook configuration",
  layer: "cluster",
  item: "admission",
  severity: "medium",
  references: [],
  rationale:
    "A configuration that is refused leaves the policy out without a word in the cluster; side effects that are not declared make every dry run fail.",
  remediation: "Correct what the message names.",
  examples: {
    failing: webhookExample({ client: "  clientConfig:\n    url: http://policy.example.com/validate\n" }),
    passing: webhookExample(),
  },
  fixable: false,
  check(snapshot, report) {
    for (const webhook of webhooksOf(snapshot)) {
      const problems = problemsOf(webhook);
      if (problems.length === 0) report.pass(webhook.object);
      for (const { path, message } of problems)
        report.fail(webhook.object, {
          message: `webhook ${webhook.name}: ${message}`,
          path: [...webhook.path, ...path],
        });
    }
  },
};

/** As kubernetes pkg/apis/admissionregistration/validation. */
function problemsOf({
  object,
  name,
  value,
  rules,
  failurePolicy,
  matchPolicy,
}: Webhook): readonly { path: Path; message: string }[] {
  const problems: { path: Path; message: string }[] = [];
  const v1 = object.apiVersion.endsWith("/v1");
  const { sideEffects, admissionReviewVersions, clientConfig } = value;
  const url = clientConfig?.url;
  if (
    sideEffects !== "None" &&
    sideEffects !== "NoneOnDryRun" &&
    (v1 || (sideEffects !== undefined && sideEffects !== "Unknown" && sideEffects !== "Some"))
  )
    problems.push({
      path: ["sideEffects"],
      message: `sideEffects ${sideEffects === undefined ? "is required" : `${sideEffects} is refused`}: None or NoneOnDryRun`,
    });
  if (v1 && admissionReviewVersions === undefined)
    problems.push({ path: ["admissionReviewVersions"], message: "admissionReviewVersions is required" });
  else if (
    admissionReviewVersions !== undefined &&
    !admissionReviewVersions.some((version) => version === "v1" || version === "v1beta1")
  )
    problems.push({
      path: ["admissionReviewVersions"],
      message: `admissionReviewVersions has neither v1 nor v1beta1, the only ones that are sent`,
    });
  if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?){2,}$/.test(name))
    problems.push({
      path: ["name"],
      message: `the name ${JSON.stringify(name)} must be a domain name of three or more parts`,
    });
  if ((url === undefined) === (clientConfig?.service === undefined))
    problems.push({
      path: ["clientConfig"],
      message: "exactly one of clientConfig.url and clientConfig.service is required",
    });
  if (url !== undefined && !url.startsWith("https://"))
    problems.push({ path: ["clientConfig", "url"], message: "clientConfig.url must begin with https://" });
  else if (url !== undefined && /^https:\/\/[^/]*@|[?#]/.test(url))
    problems.push({
      path: ["clientConfig", "url"],
      message: "clientConfig.url may not have a user, query or fragment",
    });
  if (!["Fail", "Ignore"].includes(failurePolicy))
    problems.push({ path: ["failurePolicy"], message: `failurePolicy ${failurePolicy} is refused: Fail or Ignore` });
  if (!["Exact", "Equivalent"].includes(matchPolicy))
    problems.push({ path: ["matchPolicy"], message: `matchPolicy ${matchPolicy} is refused: Exact or Equivalent` });
  rules.forEach((rule, index) => {
    for (const field of ["apiGroups", "apiVersions", "operations", "resources"] as const)
      if ((rule[field] ?? []).length === 0)
        problems.push({ path: ["rules", index], message: `rule ${index + 1} has no ${field}` });
  });
  if (rules.length === 0) problems.push({ path: ["rules"], message: "there are no rules, so it is never asked" });
  return problems;
}
