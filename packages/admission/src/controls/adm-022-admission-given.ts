import type { Control } from "@redoubt/control";
import type { ClusterSnapshot, Resource } from "@redoubt/kube";
import { constraintsOf } from "../model/gatekeeper.ts";
import { seesWorkloads, webhooksOf } from "../model/webhook.ts";

const ENFORCE = "pod-security.kubernetes.io/enforce";

export const admissionGiven: Control = {
  id: "ADM-022",
  title: "Something judges workloads before they are admitted",
  layer: "cluster",
  item: "admission",
  severity: "high",
  references: [
    { framework: "CIS", version: "1.11", id: "5.2.1" },
    { framework: "MITRE-ATTACK", version: "16", id: "T1610" },
    { framework: "OWASP-K8S", version: "2025", id: "K04" },
  ],
  rationale:
    "Without admission control every mistake in a manifest, and every manifest of an intruder with the right to create pods, runs.",
  remediation:
    "Label namespaces with pod-security.kubernetes.io/enforce, and add a ValidatingAdmissionPolicy, Gatekeeper or another webhook for what goes beyond.",
  examples: {
    failing: `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels:
    ${ENFORCE}: privileged
`,
    passing: `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels:
    ${ENFORCE}: restricted
`,
  },
  fixable: false,
  check(snapshot, report) {
    const found = admissionControlOf(snapshot);
    for (const resource of found) report.pass(resource);
    if (found.length > 0) return;
    const open = snapshot.list("Namespace").filter(({ labels }) => labels[ENFORCE] === "privileged");
    for (const namespace of open)
      report.fail(namespace, {
        message: `${ENFORCE} is privileged, and no other admission control is among what was given: every pod is admitted`,
        path: ["metadata", "labels", ENFORCE],
        severity: "medium",
      });
    if (open.length === 0)
      report.unknown(undefined, {
        message:
          "whether anything judges workloads before they are admitted is not known: no policy, webhook or Pod Security label was given",
        needs:
          "the cluster's webhook configurations, ValidatingAdmissionPolicies with bindings, Gatekeeper constraints, or labelled Namespaces",
      });
  },
};

function admissionControlOf(snapshot: ClusterSnapshot): readonly Resource[] {
  return [
    ...snapshot.list("Namespace").filter(({ labels }) => ["baseline", "restricted"].includes(labels[ENFORCE] ?? "")),
    ...webhooksOf(snapshot)
      .filter((webhook) => webhook.kind === "validating" && seesWorkloads(webhook))
      .map(({ object }) => object),
    ...snapshot
      .list("admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding")
      .filter(({ value }) => value.spec?.validationActions?.includes("Deny") === true),
    ...constraintsOf(snapshot),
    ...["ClusterPolicy", "Policy"].flatMap((kind) => snapshot.listUntyped("kyverno.io", kind)),
  ];
}
