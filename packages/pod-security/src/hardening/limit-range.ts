import { type ClusterSnapshot, type LimitRange, snapshotModel } from "@redoubt/kube";

type Field = "default" | "defaultRequest";

const defaultsOf = snapshotModel(
  (snapshot): ReadonlySet<string> =>
    new Set(snapshot.list("LimitRange").flatMap(({ namespace: owner, value }) => keysOf(owner, value))),
);

/**
 * Whether a LimitRange of the namespace gives containers a default for a resource. Its `default` (the limit) is also the request where
 * `defaultRequest` says nothing, as the API server fills it in.
 */
export function hasNamespaceDefault(
  snapshot: ClusterSnapshot,
  namespace: string,
  field: Field,
  resource: string,
): boolean {
  const known = defaultsOf(snapshot);
  return known.size > 0 && known.has(`${namespace}/${field}/${resource}`);
}

function keysOf(namespace: string, range: LimitRange): string[] {
  return (range.spec?.limits ?? []).flatMap((limit) => {
    if (limit.type !== "Container") return [];
    const limits = [...Object.keys(limit.default ?? {}), ...Object.keys(limit.max ?? {})];
    const requests = [...Object.keys(limit.defaultRequest ?? {}), ...Object.keys(limit.min ?? {}), ...limits];
    return [
      ...limits.map((resource) => `${namespace}/default/${resource}`),
      ...requests.map((resource) => `${namespace}/defaultRequest/${resource}`),
    ];
  });
}
