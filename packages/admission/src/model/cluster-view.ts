/** What policies read of the cluster besides the request. */
import { BUILT_IN_RESOURCES, type JsonObject, listAt, stringAt } from "@redoubt/kube";
import { kindOf } from "./admission-request.ts";

export interface ObjectsOfKind {
  readonly isNamespaced: boolean;
  readonly objects: readonly JsonObject[];
}

export interface ClusterView {
  namespace(name: string): JsonObject | undefined;
  /** undefined where the cluster serves no such kind. */
  objectsOf(apiVersion: string, kind: string): ObjectsOfKind | undefined;
}

const BUILT_IN: ReadonlyMap<string, boolean> = new Map(
  BUILT_IN_RESOURCES.map(({ group, version, kind, namespaced }) => [
    `${group === "" ? version : `${group}/${version}`} ${kind}`,
    namespaced,
  ]),
);

/** A cluster that holds `objects` and serves what is built in, what its definitions define, and the kinds of `objects`. */
export function clusterViewOf(objects: readonly JsonObject[]): ClusterView {
  const namespaces = new Map<string, JsonObject>();
  const kinds = new Map<string, { isNamespaced: boolean; objects: JsonObject[] }>();
  for (const [key, isNamespaced] of BUILT_IN) kinds.set(key, { isNamespaced, objects: [] });
  for (const object of objects) {
    for (const [key, isNamespaced] of definedKinds(object)) kinds.set(key, { isNamespaced, objects: [] });
  }
  for (const object of objects) {
    const key = `${stringAt(object, ["apiVersion"]) ?? ""} ${stringAt(object, ["kind"]) ?? ""}`;
    if (key === "v1 Namespace") namespaces.set(stringAt(object, ["metadata", "name"]) ?? "", object);
    const known = kinds.get(key);
    if (known !== undefined) known.objects.push(object);
    else kinds.set(key, { isNamespaced: stringAt(object, ["metadata", "namespace"]) !== undefined, objects: [object] });
  }
  return {
    namespace: (name) => namespaces.get(name),
    objectsOf: (apiVersion, kind) => kinds.get(`${apiVersion} ${kind}`),
  };
}

/** The kinds that a CustomResourceDefinition or a ConstraintTemplate brings about. */
function definedKinds(object: JsonObject): readonly (readonly [string, boolean])[] {
  const { group, kind } = kindOf(object);
  if (group === "apiextensions.k8s.io" && kind === "CustomResourceDefinition") {
    const served = stringAt(object, ["spec", "names", "kind"]) ?? "";
    const servedGroup = stringAt(object, ["spec", "group"]) ?? "";
    const isNamespaced = stringAt(object, ["spec", "scope"]) === "Namespaced";
    return listAt(object, ["spec", "versions"]).map(
      (version) => [`${servedGroup}/${stringAt(version, ["name"]) ?? ""} ${served}`, isNamespaced] as const,
    );
  }
  if (group === "templates.gatekeeper.sh" && kind === "ConstraintTemplate") {
    const served = stringAt(object, ["spec", "crd", "spec", "names", "kind"]) ?? "";
    return [[`constraints.gatekeeper.sh/v1beta1 ${served}`, false]];
  }
  return [];
}
