import { KIND_STRUCTS } from "../gen/schema.ts";
import type { KnownKinds } from "../gen/types.ts";

/** Where kinds with a known schema lived before they got their present group. */
const MOVED: ReadonlyMap<string, keyof KnownKinds> = new Map([
  ["extensions/Deployment", "apps/Deployment"],
  ["extensions/DaemonSet", "apps/DaemonSet"],
  ["extensions/ReplicaSet", "apps/ReplicaSet"],
  ["extensions/Ingress", "networking.k8s.io/Ingress"],
  ["extensions/NetworkPolicy", "networking.k8s.io/NetworkPolicy"],
]);

/** Versions that some Kubernetes release served. The schema is of `v1`. */
const SERVED: Readonly<Record<string, readonly string[]>> = {
  "": ["v1"],
  apps: ["v1", "v1beta1", "v1beta2"],
  batch: ["v1", "v1beta1", "v2alpha1"],
  "rbac.authorization.k8s.io": ["v1", "v1beta1", "v1alpha1"],
  "networking.k8s.io": ["v1", "v1beta1"],
  "admissionregistration.k8s.io": ["v1", "v1beta1", "v1alpha1"],
  policy: ["v1", "v1beta1"],
  "storage.k8s.io": ["v1", "v1beta1"],
  "certificates.k8s.io": ["v1", "v1beta1"],
  extensions: ["v1beta1"],
};

export interface KnownKind {
  readonly known: keyof KnownKinds;
  /** The schema is of this very version, so a field it lacks is a mistake. */
  readonly exact: boolean;
  /** No Kubernetes release served this version of the group. */
  readonly unserved: boolean;
}

function isKnownKind(key: string): key is keyof KnownKinds {
  return Object.hasOwn(KIND_STRUCTS, key);
}

/** The schema for a kind in any version of its group, or of the group it was in before. */
export function knownKind(group: string, version: string, kind: string): KnownKind | undefined {
  const key = group === "" ? kind : `${group}/${kind}`;
  const known = isKnownKind(key) ? key : MOVED.get(key);
  if (known === undefined) return undefined;
  return { known, exact: version === "v1" && known === key, unserved: !(SERVED[group] ?? []).includes(version) };
}

/** The `apiVersion` under which a kind with a known schema is served today, for kinds written under a group that lacks them. */
export function presentApiVersion(kind: string): string | undefined {
  const key = Object.keys(KIND_STRUCTS).find((name) => name === kind || name.endsWith(`/${kind}`));
  if (key === undefined) return undefined;
  return key === kind ? "v1" : `${key.slice(0, key.indexOf("/"))}/v1`;
}
