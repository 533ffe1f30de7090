/** Which kinds an audit must read: those that some policy may be for. */
import type { PolicySet } from "@redoubt/admission";
import type { ServedResource } from "@redoubt/kube";

/** What no policy is about: records of what happened, and heartbeats. They are many, and change all the time. */
const NEVER: ReadonlySet<string> = new Set([
  "/Event",
  "events.k8s.io/Event",
  "coordination.k8s.io/Lease",
  "/ComponentStatus",
  "discovery.k8s.io/EndpointSlice",
  "/Endpoints",
]);
const NEVER_GROUPS: ReadonlySet<string> = new Set([
  "metrics.k8s.io",
  "wgpolicyk8s.io",
  "openreports.io",
  "apidiscovery.k8s.io",
]);

export function kindsToAudit(policies: PolicySet, served: readonly ServedResource[]): readonly ServedResource[] {
  const isWanted = wanted(policies);
  const seen = new Set<string>();
  return served.filter(({ group, kind }) => {
    const key = `${group}/${kind}`;
    if (seen.has(key) || NEVER.has(key) || NEVER_GROUPS.has(group) || !isWanted(group, kind)) return false;
    seen.add(key);
    return true;
  });
}

function wanted({
  constraints,
  expansions,
  images,
  rego,
  validating,
}: PolicySet): (group: string, kind: string) => boolean {
  // These do not say which kinds they are for before they are asked.
  if (!rego.isEmpty || images.length > 0 || !validating.isEmpty) return () => true;
  const entries = [
    ...constraints.constraints.flatMap(({ match }) => {
      const kinds = match?.kinds ?? [];
      return kinds.length === 0
        ? [{ groups: ["*"], kinds: ["*"] }]
        : kinds.map(({ apiGroups, kinds: names }) => ({ groups: apiGroups, kinds: names }));
    }),
    ...(constraints.constraints.length === 0 ? [] : expansions.flatMap(({ applyTo }) => applyTo)),
  ];
  const has = (list: readonly string[], value: string): boolean =>
    list.length === 0 || list.includes("*") || list.includes(value);
  return (group, kind) => entries.some((entry) => has(entry.groups, group) && has(entry.kinds, kind));
}
