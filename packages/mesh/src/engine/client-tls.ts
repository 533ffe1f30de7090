import type { Failure } from "@redoubt/control";
import { type KubeObject, type Path, booleanAt, listAt, objectAt, stringAt } from "@redoubt/kube";

/** What a DestinationRule's tls settings give up, in its own traffic policy, in its ports' and in its subsets'. */
export function clientTlsProblems(rule: KubeObject<object>): readonly Failure[] {
  const host = stringAt(rule.value, ["spec", "host"]) ?? "";
  return tlsPaths(rule).flatMap((path) => {
    const mode = stringAt(rule.value, [...path, "mode"]);
    const internal = isMeshHost(host);
    const failures: Failure[] = [];
    if (mode === "DISABLE" || mode === undefined) {
      failures.push({
        message: `DestinationRule ${rule.name} sends plaintext to ${host}: tls mode is ${mode ?? "not set, which means DISABLE"}.`,
        path: [...path, "mode"],
        severity: internal ? "high" : "low",
      });
    } else if (internal && (mode === "SIMPLE" || mode === "MUTUAL")) {
      failures.push({
        message: `DestinationRule ${rule.name} connects to ${host} with tls mode ${mode}, ${mode === "SIMPLE" ? "without the workload's certificate: a sidecar in STRICT mode refuses it, and policies see no identity" : "with certificates of its own in place of the mesh's identity"}.`,
        path: [...path, "mode"],
        severity: "medium",
      });
    }
    if (booleanAt(rule.value, [...path, "insecureSkipVerify"]) === true) {
      failures.push({
        message: `DestinationRule ${rule.name} accepts any certificate from ${host}: insecureSkipVerify is on, so anyone on the way can answer.`,
        path: [...path, "insecureSkipVerify"],
      });
    }
    return failures;
  });
}

/** Where tls settings stand. */
function tlsPaths(rule: KubeObject<object>): readonly Path[] {
  const policies: Path[] = [
    ["spec", "trafficPolicy"],
    ...listAt(rule.value, ["spec", "subsets"]).map((_, index): Path => ["spec", "subsets", index, "trafficPolicy"]),
  ];
  return policies
    .flatMap((policy): Path[] => [
      policy,
      ...listAt(rule.value, [...policy, "portLevelSettings"]).map((_, index): Path => [
        ...policy,
        "portLevelSettings",
        index,
      ]),
    ])
    .map((policy): Path => [...policy, "tls"])
    .filter((path) => objectAt(rule.value, path) !== undefined);
}

/** Names of Services in the cluster: short ones, and those under svc or local. The API server itself has no sidecar. */
function isMeshHost(host: string): boolean {
  if (/^kubernetes\.default(\.svc(\.cluster\.local)?)?$/.test(host)) return false;
  return !host.includes(".") || /\.svc(\.|$)/.test(host) || host.endsWith(".local");
}
