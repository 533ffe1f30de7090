import type { Control } from "@redoubt/control";
import { type ClusterSnapshot, matchesLabelSelector } from "@redoubt/kube";
import { type KubectlCall, type Runbook, runbooksOf } from "../model/runbook.ts";
import { SOUND_RUNBOOK } from "../model/runbook-example.ts";

export const isolationWorks: Control = {
  id: "RES-001",
  title: "A quarantine label is backed by a NetworkPolicy",
  layer: "cluster",
  item: "incident-response",
  severity: "high",
  references: [{ framework: "NSA-CISA", version: "1.2", id: "Network separation and hardening" }],
  rationale:
    "A label alone isolates nothing. Only a NetworkPolicy that selects it cuts connections; and policies add up, so as long as the pod keeps its other labels, what they allow stays open.",
  remediation:
    "Keep a deny-all NetworkPolicy for the quarantine label in every namespace, and let the runbook take the pod's other labels away, which also removes it from Services.",
  examples: {
    file: "incident-response.sh",
    failing: `#!/bin/bash
# Isolate the affected pod
kubectl -n shop label pod "$1" quarantine=true
`,
    passing: SOUND_RUNBOOK,
  },
  fixable: false,
  check(snapshot, report) {
    for (const runbook of runbooksOf(snapshot)) {
      const labellings = runbook.kubectl.flatMap((call) => labelling(call) ?? []);
      const [first] = labellings;
      if (first === undefined) continue;
      const path = ["line", first.line];
      if (!first.labels.some(([key, value]) => isSelected(snapshot, runbook, key, value)))
        report.fail(runbook.artifact, {
          message: `the label ${first.labels.map(([key, value]) => `${key}=${value}`).join(", ")} isolates nothing: no NetworkPolicy among what was given, or applied by this script, selects it`,
          path,
        });
      else if (!labellings.some(({ removes }) => removes))
        report.fail(runbook.artifact, {
          message:
            "the pod keeps its other labels, and what NetworkPolicies allow for them stays allowed beside the quarantine; Services also still send to it",
          path,
          severity: "low",
        });
      else report.pass(runbook.artifact);
    }
  },
};

interface Labelling {
  readonly line: number;
  readonly labels: readonly (readonly [key: string, value: string])[];
  readonly removes: boolean;
}

/** `kubectl label pod NAME key=value other-` */
function labelling({ verb, arguments: rest, line }: KubectlCall): Labelling | undefined {
  if (verb !== "label" || !/^(?:pods?|po)(?:\/|$)/.test(rest[0] ?? "")) return undefined;
  const labels = rest.flatMap((word) => {
    const [, key, value] = /^([\w./-]+)=(.*)$/s.exec(word) ?? [];
    return key === undefined ? [] : [[key, value ?? ""] as const];
  });
  return labels.length === 0
    ? undefined
    : { line, labels, removes: rest.slice(1).some((word) => /^[\w./]+[\w./-]*-$/.test(word)) };
}

function isSelected(snapshot: ClusterSnapshot, { artifact }: Runbook, key: string, value: string): boolean {
  if (/kind:\s*["']?(?:NetworkPolicy|CiliumNetworkPolicy)/.test(artifact.text) && artifact.text.includes(key))
    return true;
  return snapshot.list("networking.k8s.io/NetworkPolicy").some(({ value: policy }) => {
    const selector = policy.spec?.podSelector;
    const names = [
      ...Object.keys(selector?.matchLabels ?? {}),
      ...(selector?.matchExpressions ?? []).map((item) => item.key),
    ];
    return names.includes(key) && matchesLabelSelector(selector, { [key]: value });
  });
}
