/**
 * What the API server's controller says of a ValidatingAdmissionPolicy's expressions in `status.typeChecking`: they are checked against
 * the types of the kinds that the policy matches (k8s.io/apiserver, plugin/policy/validating/typechecking.go).
 */
import { DYN } from "@redoubt/cel";
import { type JsonObject, listAt, stringAt } from "@redoubt/kube";
import { type GroupVersionKind, resourceOf } from "../../model/admission-request.ts";
import { type ValidatingPolicy, readValidatingPolicy } from "../../model/admission-policy.ts";
import { type ApiType, apiTypeOf, builtInKinds } from "../../model/api-type.ts";
import type { ClusterView } from "../../model/cluster-view.ts";
import type { ResourceRule } from "../../model/match-resources.ts";
import { ExpressionCompiler, type ExpressionScope } from "../cel/expressions.ts";
import { ObjectTypes } from "../cel/object-types.ts";

/** A warning that the API server would write to a policy's status. */
export interface ExpressionWarning {
  readonly policy: string;
  /** `spec.validations[0].expression`. */
  readonly fieldRef: string;
  /** For each kind that the expression does not fit, why. */
  readonly warning: string;
}

const MOST_TYPES = 10;

interface ServedKind extends GroupVersionKind {
  readonly resource: string;
}

/** What API servers serve unless told otherwise: no alpha and no beta versions. */
const BUILT_IN: readonly ServedKind[] = builtInKinds()
  .filter(({ version }) => /^v\d+$/.test(version))
  .map((kind) => ({ ...kind, resource: resourceOf(kind) }));

interface CheckedKind {
  readonly kind: GroupVersionKind;
  readonly type: ApiType;
}

/** Warnings about one policy; `cluster` has the definitions of custom resources. */
export function expressionWarnings(value: JsonObject, cluster: ClusterView): readonly ExpressionWarning[] {
  const policy = readValidatingPolicy(value);
  const kinds = kindsOf(policy, cluster).flatMap((kind): readonly CheckedKind[] => {
    const type = apiTypeOf(kind, cluster);
    return type === undefined ? [] : [{ kind, type }];
  });
  const checks = kinds.map((checked) => new Check(policy, checked, cluster));
  const warnings: ExpressionWarning[] = [];
  const check = (fieldRef: string, expression: string | undefined): void => {
    if (expression === undefined || expression === "") return;
    const found = checks.flatMap((one) => one.warning(expression));
    if (found.length > 0) warnings.push({ policy: policy.name, fieldRef, warning: found.join("\n") });
  };
  for (const [index, { expression, messageExpression }] of policy.source.validations.entries()) {
    check(`spec.validations[${index}].expression`, expression);
    check(`spec.validations[${index}].messageExpression`, messageExpression);
  }
  return warnings;
}

/** A policy's expressions against one kind. */
class Check {
  readonly #kind: GroupVersionKind;
  readonly #scope: ExpressionScope;
  readonly #compiler = new ExpressionCompiler();

  constructor(policy: ValidatingPolicy, { kind, type }: CheckedKind, cluster: ClusterView) {
    this.#kind = kind;
    const types = new ObjectTypes();
    const params = policy.paramKind === undefined ? undefined : apiTypeOf(gvkOf(policy.paramKind), cluster);
    this.#scope = {
      hasParams: params !== undefined,
      hasAuthorizer: true,
      types: {
        object: types.declare(kind.kind, type) ?? DYN,
        params: params === undefined ? DYN : (types.declare(policy.paramKind?.kind ?? "", params) ?? DYN),
        message: (name) => types.message(name),
      },
    };
    for (const { name, expression } of policy.source.variables)
      this.#compiler.addVariable(name, expression, this.#scope);
  }

  warning(expression: string): readonly string[] {
    const { compiled } = this.#compiler.compile(expression, [], this.#scope);
    if (compiled.kind === "program") return [];
    const { group, version, kind } = this.#kind;
    const text = compiled.message.replace(/^compilation failed: /, "");
    return [`${group}/${version}, Kind=${kind}: ${text}\n`];
  }
}

function gvkOf({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): GroupVersionKind {
  const slash = apiVersion.indexOf("/");
  return { group: apiVersion.slice(0, Math.max(slash, 0)), version: apiVersion.slice(slash + 1), kind };
}

/** The kinds that the rules name, the first ten; rules with wildcards name none. */
function kindsOf({ match }: ValidatingPolicy, cluster: ClusterView): readonly GroupVersionKind[] {
  const served = [...BUILT_IN, ...definedKinds(cluster)];
  const found = new Map<string, GroupVersionKind>();
  for (const rule of match.resourceRules) {
    let count = 0;
    for (const { group, version, resource } of resourcesOf(rule)) {
      // An empty group stands for any, as it does for the API server's clients.
      const kinds = served.filter(
        (entry) => (group === "" || entry.group === group) && entry.version === version && entry.resource === resource,
      );
      for (const entry of kinds) {
        found.set(`${entry.group} ${entry.version} ${entry.kind}`, entry);
        if (++count === MOST_TYPES) return sorted(found);
      }
    }
  }
  return sorted(found);
}

function sorted(found: ReadonlyMap<string, GroupVersionKind>): readonly GroupVersionKind[] {
  return [...found].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, kind]) => kind);
}

function resourcesOf({ apiGroups, apiVersions, resources }: ResourceRule): readonly {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}[] {
  if ([...apiGroups, ...apiVersions].some((text) => text.includes("*"))) return [];
  const plain = resources.filter((resource) => !/[*/]/.test(resource)).sort();
  return [...apiGroups]
    .sort()
    .flatMap((group) =>
      [...apiVersions].sort().flatMap((version) => plain.map((resource) => ({ group, version, resource }))),
    );
}

function definedKinds(cluster: ClusterView): readonly ServedKind[] {
  const definitions = cluster.objectsOf("apiextensions.k8s.io/v1", "CustomResourceDefinition")?.objects ?? [];
  return definitions.flatMap((definition) =>
    listAt(definition, ["spec", "versions"]).map((version) => ({
      group: stringAt(definition, ["spec", "group"]) ?? "",
      version: stringAt(version, ["name"]) ?? "",
      resource: stringAt(definition, ["spec", "names", "plural"]) ?? "",
      kind: stringAt(definition, ["spec", "names", "kind"]) ?? "",
    })),
  );
}
