/** Which requests a policy of the API server is for: its matchConstraints, and the matchResources of a binding. */
import {
  type JsonObject,
  type LabelSelector,
  isJsonObject,
  listAt,
  objectAt,
  stringAt,
  stringsAt,
} from "@redoubt/kube";

export interface ResourceRule {
  readonly operations: readonly string[];
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  /** `*`, `Cluster` or `Namespaced`. */
  readonly scope: string;
}

export interface MatchResources {
  readonly resourceRules: readonly ResourceRule[];
  readonly excludeResourceRules: readonly ResourceRule[];
  readonly namespaceSelector: LabelSelector | undefined;
  readonly objectSelector: LabelSelector | undefined;
  /** Whether a rule for one version of a resource is for all of them. */
  readonly isExact: boolean;
}

export function readMatchResources(value: JsonObject | undefined): MatchResources {
  return {
    resourceRules: listAt(value, ["resourceRules"]).filter(isJsonObject).map(readRule),
    excludeResourceRules: listAt(value, ["excludeResourceRules"]).filter(isJsonObject).map(readRule),
    namespaceSelector: objectAt(value, ["namespaceSelector"]),
    objectSelector: objectAt(value, ["objectSelector"]),
    isExact: stringAt(value, ["matchPolicy"]) === "Exact",
  };
}

function readRule(rule: JsonObject): ResourceRule {
  return {
    operations: stringsAt(rule, ["operations"]),
    apiGroups: stringsAt(rule, ["apiGroups"]),
    apiVersions: stringsAt(rule, ["apiVersions"]),
    resources: stringsAt(rule, ["resources"]),
    resourceNames: stringsAt(rule, ["resourceNames"]),
    scope: stringAt(rule, ["scope"]) ?? "*",
  };
}
