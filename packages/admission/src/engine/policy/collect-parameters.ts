/** The objects that a binding hands its policy as `params` (k8s.io/apiserver, CollectParams). */
import {
  type JsonObject,
  type LabelSelector,
  labelSelectorProblems,
  matchesLabelSelector,
  stringAt,
} from "@redoubt/kube";
import type { ParamKind, ParamReference } from "../../model/admission-policy.ts";
import type { ClusterView } from "../../model/cluster-view.ts";
import { labelsOf } from "../gatekeeper/match.ts";

/** Why a policy's parameters cannot be had whatever the binding. */
export function paramKindProblem(kind: ParamKind | undefined, cluster: ClusterView): string | undefined {
  if (kind === undefined || cluster.objectsOf(kind.apiVersion, kind.kind) !== undefined) return undefined;
  const slash = kind.apiVersion.indexOf("/");
  const [group, version] = [kind.apiVersion.slice(0, Math.max(slash, 0)), kind.apiVersion.slice(slash + 1)];
  return `failed to find resource referenced by paramKind: '${group}/${version}, Kind=${kind.kind}'`;
}

/** One evaluation for each entry; undefined stands for none. A string says why there are none to be had. */
export function collectParameters(
  kind: ParamKind | undefined,
  reference: ParamReference | undefined,
  namespace: string,
  cluster: ClusterView,
): readonly (JsonObject | undefined)[] | string {
  if (kind === undefined || reference === undefined) return [undefined];
  const { isNamespaced = false, objects = [] } = cluster.objectsOf(kind.apiVersion, kind.kind) ?? {};
  const wanted = reference.namespace === "" ? namespace : reference.namespace;
  if (isNamespaced && wanted === "")
    return "cannot use namespaced paramRef in policy binding that matches cluster-scoped resources";
  if (!isNamespaced && reference.namespace !== "")
    return "paramRef.namespace must not be provided for a cluster-scoped `paramKind`";
  const there = objects.filter(
    (object) => !isNamespaced || (stringAt(object, ["metadata", "namespace"]) ?? "") === wanted,
  );
  const found = chosen(reference, there);
  if (typeof found === "string") return found;
  if (found.length === 0 && reference.denyNotFound)
    return "no params found for policy binding with `Deny` parameterNotFoundAction";
  return found;
}

function chosen(
  { name, selector }: { readonly name: string; readonly selector: LabelSelector | undefined },
  objects: readonly JsonObject[],
): readonly JsonObject[] | string {
  if (name !== "") {
    if (selector !== undefined) return "paramRef.name and paramRef.selector are mutually exclusive";
    return objects.filter((object) => stringAt(object, ["metadata", "name"]) === name).slice(0, 1);
  }
  if (selector === undefined) return "one of name or selector must be provided";
  const [problem] = labelSelectorProblems(selector);
  if (problem !== undefined) return `${problem.path.join(".")}: ${problem.message}`;
  return objects.filter((object) => matchesLabelSelector(selector, labelsOf(object)));
}
