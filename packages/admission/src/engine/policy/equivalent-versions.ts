/** Versions of one resource, of which `matchPolicy: Equivalent` takes a rule for one as a rule for all (k8s.io/apiserver, plugin/policy/matching). */
import { type JsonObject, listAt, stringAt } from "@redoubt/kube";
import type { AdmissionRequest, GroupVersionKind } from "../../model/admission-request.ts";
import { builtInKinds, definitionOf } from "../../model/api-type.ts";
import type { ClusterView } from "../../model/cluster-view.ts";

/** What API servers serve unless told otherwise: no alpha and no beta versions. */
const BUILT_IN: ReadonlyMap<string, readonly string[]> = new Map(
  [...Map.groupBy(builtInKinds(), ({ group, kind }) => `${group}/${kind}`)].map(([key, kinds]) => [
    key,
    kinds.map(({ version }) => version).filter((version) => /^v\d+$/.test(version)),
  ]),
);

/** The other versions of the request's resource, those of a definition also where it does not serve them; undefined where the kind is not known. */
export function otherVersions(
  { kind, resource }: AdmissionRequest,
  cluster: ClusterView,
): readonly string[] | undefined {
  const definition = definitionOf(kind, cluster);
  const defined = listAt(definition, ["spec", "versions"]).flatMap((entry) => stringAt(entry, ["name"]) ?? []);
  const versions = definition === undefined ? BUILT_IN.get(`${kind.group}/${kind.kind}`) : defined;
  return versions?.filter((version) => version !== resource.version);
}

/**
 * The request as a policy sees it that is for another version of its resource; a string where we know no conversion. Custom resources
 * without a conversion webhook have the same fields in every version.
 */
export function requestInVersion(
  request: AdmissionRequest,
  version: string,
  cluster: ClusterView,
): AdmissionRequest | string {
  const { kind, resource } = request;
  if (version === resource.version) return request;
  const definition = definitionOf(kind, cluster);
  if (definition === undefined || (stringAt(definition, ["spec", "conversion", "strategy"]) ?? "None") !== "None") {
    const own = `${kind.group}/${resource.version}`;
    return `${kind.kind} of ${own} cannot be converted to ${version} here: name ${resource.version} in apiVersions too`;
  }
  return {
    ...request,
    kind: { ...kind, version },
    resource: { ...resource, version },
    requestKind: request.requestKind ?? kind,
    requestResource: request.requestResource ?? resource,
    object: request.object === undefined ? undefined : inVersion(request.object, { ...kind, version }),
    oldObject: request.oldObject === undefined ? undefined : inVersion(request.oldObject, { ...kind, version }),
  };
}

/** A custom resource in another version of its kind. */
export function inVersion(object: JsonObject, { group, version }: GroupVersionKind): JsonObject {
  return { ...object, apiVersion: `${group}/${version}` };
}
