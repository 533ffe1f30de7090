import { type ClusterSnapshot, type KubeObject, type Path, listAt, objectAt, stringAt } from "@redoubt/kube";

const GROUP = "external-secrets.io";

export function externalSecretsOf(snapshot: ClusterSnapshot): readonly KubeObject<object>[] {
  return snapshot.listUntyped(GROUP, "ExternalSecret");
}

/** SecretStores and ClusterSecretStores. */
export function storesOf(snapshot: ClusterSnapshot): readonly KubeObject<object>[] {
  return ["SecretStore", "ClusterSecretStore"].flatMap((kind) => snapshot.listUntyped(GROUP, kind));
}

export interface StoreReference {
  readonly kind: string;
  readonly name: string;
  readonly path: Path;
}

/** The stores that an ExternalSecret names: its own, and those of single items. */
export function storeReferences({ value }: KubeObject<object>): readonly StoreReference[] {
  const places: Path[] = [
    ["spec", "secretStoreRef"],
    ...listAt(value, ["spec", "data"]).map((_, index): Path => ["spec", "data", index, "sourceRef", "storeRef"]),
    ...listAt(value, ["spec", "dataFrom"]).map((_, index): Path => [
      "spec",
      "dataFrom",
      index,
      "sourceRef",
      "storeRef",
    ]),
  ];
  return places.flatMap((path) => {
    const name = stringAt(value, [...path, "name"]);
    return name === undefined ? [] : [{ kind: stringAt(value, [...path, "kind"]) ?? "SecretStore", name, path }];
  });
}

export function findStore(
  snapshot: ClusterSnapshot,
  reference: StoreReference,
  namespace: string,
): KubeObject<object> | undefined {
  return storesOf(snapshot).find(
    ({ kind, name, namespace: where }) =>
      kind === reference.kind && name === reference.name && (kind === "ClusterSecretStore" || where === namespace),
  );
}

/** The provider of a store and its settings: `vault`, `aws`, ... */
export function providerOf({ value }: KubeObject<object>): { readonly name: string; readonly path: Path } | undefined {
  const provider = objectAt(value, ["spec", "provider"]);
  const [name] = Object.keys(provider ?? {});
  return name === undefined ? undefined : { name, path: ["spec", "provider", name] };
}

/** The Secret that an ExternalSecret makes: `target.name`, or its own name. */
export function targetName({ name, value }: KubeObject<object>): string {
  return stringAt(value, ["spec", "target", "name"]) ?? name;
}
