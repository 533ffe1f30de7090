import { type ClusterSnapshot, matchesLabelSelector } from "@redoubt/kube";
import type { KubectlCall, Runbook } from "../model/runbook.ts";

/** A pod that a script labels, as `kubectl label pod NAME key=value other-` does. */
export interface Labelling {
  readonly line: number;
  readonly labels: readonly (readonly [key: string, value: string])[];
  /** Takes other labels away in the same call. */
  readonly removes: boolean;
}

export function labellingsOf({ kubectl }: Runbook): readonly Labelling[] {
  return kubectl.flatMap((call) => labelling(call) ?? []);
}

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

/** Whether a NetworkPolicy selects one of the labels: one that was given, or one that the script itself applies. */
export function isSelected(snapshot: ClusterSnapshot, { artifact }: Runbook, { labels }: Labelling): boolean {
  return labels.some(([key, value]) => {
    if (appliesNetworkPolicy(artifact.text) && artifact.text.includes(key)) return true;
    return snapshot.list("networking.k8s.io/NetworkPolicy").some(({ value: policy }) => {
      const selector = policy.spec?.podSelector;
      const names = [
        ...Object.keys(selector?.matchLabels ?? {}),
        ...(selector?.matchExpressions ?? []).map((item) => item.key),
      ];
      return names.includes(key) && matchesLabelSelector(selector, { [key]: value });
    });
  });
}

export function appliesNetworkPolicy(script: string): boolean {
  return /kind:\s*["']?(?:NetworkPolicy|CiliumNetworkPolicy)/.test(script);
}
