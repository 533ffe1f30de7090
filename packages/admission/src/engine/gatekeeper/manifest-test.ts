/** Manifests judged by the policies among them, as `gator test` does it (gatekeeper, pkg/gator/test). */
import { type JsonObject, type JsonValue, isJsonObject, listAt, stringAt } from "@redoubt/kube";
import { kindOf, isNamespaceKind, requestForObject } from "../../model/admission-request.ts";
import { type ClusterView, clusterViewOf } from "../../model/cluster-view.ts";
import { TARGET } from "../../model/template-source.ts";
import { type ConstraintFailure, type ConstraintReview, ConstraintSet, type GatekeeperProblem } from "./constraints.ts";
import type { TemplateEngine } from "./constraints.ts";
import { type ExpansionTemplate, expand, readExpansion } from "./expansion.ts";
import { MUTATOR_KINDS, Mutators } from "./mutation/mutators.ts";
import type { RegoLimits } from "./rego-template.ts";

/** What a constraint holds against a manifest. */
export interface ManifestResult {
  readonly target: string;
  readonly message: string;
  readonly details: JsonValue | undefined;
  readonly constraint: JsonObject;
  /** As the constraint writes it, or an expansion template in its place. */
  readonly enforcementAction: string;
  /** What `scoped` comes to. */
  readonly scopedActions: readonly string[];
  readonly object: JsonObject;
}

export interface ManifestTestOptions {
  /** Default: CEL where a template has it, as gator. */
  readonly engine?: TemplateEngine;
  readonly limits?: RegoLimits;
}

export type ManifestProblem = Pick<GatekeeperProblem, "kind" | "name" | "message" | "line" | "column">;

const POINT = "gator.gatekeeper.sh";

/**
 * Judges each object by the constraints among all of them: templates and constraints too. Mutators are applied before something is expanded.
 * What has no namespace is in one without a name, as for gator, but kinds that are known to be cluster-scoped are in none: gator finds nothing
 * where a constraint is for them.
 */
export function testManifests(
  objects: readonly JsonObject[],
  { engine = "K8sNativeValidation", limits = {} }: ManifestTestOptions = {},
): { readonly results: readonly ManifestResult[]; readonly problems: readonly ManifestProblem[] } {
  const set = new ConstraintSet({ engine, limits });
  const mutators = new Mutators();
  const problems: ManifestProblem[] = [];
  const expansions: ExpansionTemplate[] = [];
  for (const object of objects) {
    const { group, kind } = kindOf(object);
    if (group === "templates.gatekeeper.sh" && kind === "ConstraintTemplate") set.addTemplate(object);
    if (group === "mutations.gatekeeper.sh" && MUTATOR_KINDS.has(kind)) mutators.add(object);
    if (group !== "expansion.gatekeeper.sh" || kind !== "ExpansionTemplate") continue;
    const template = readExpansion(object);
    const name = stringAt(object, ["metadata", "name"]) ?? "";
    if (typeof template === "string") problems.push({ kind, name, message: template });
    else expansions.push(template);
  }
  for (const object of objects) {
    if (kindOf(object).group === "constraints.gatekeeper.sh") set.addConstraint(object);
  }
  set.setInventory(objects);
  const namespaces = namespacesAmong(objects);
  const kinds = clusterViewOf(objects.filter(({ kind }) => kind === "CustomResourceDefinition"));
  const results: ManifestResult[] = [];
  for (const object of objects) {
    const inNamespace = stringAt(object, ["metadata", "namespace"]) ?? "";
    const namespace = isClusterScoped(object, kinds) ? undefined : namespaces.get(inNamespace);
    const review: ConstraintReview = { point: POINT, source: "Original", namespace };
    const failures = set.judge(requestForObject(object), review);
    const { kind } = kindOf(object);
    const name = stringAt(object, ["metadata", "name"]) ?? "";
    const target = { namespace, operation: "" };
    const mutated = mutators.mutate({ ...target, object, source: "Original" });
    if (mutated.problem !== undefined) problems.push({ kind, name, message: mutated.problem });
    results.push(...failures.map((failure) => resultOf(failure, mutated.object)));
    const generated = expand(mutated.object, expansions, namespace, (made) => {
      const after = mutators.mutate({ ...target, object: made, source: "Generated" });
      if (after.problem !== undefined) problems.push({ kind, name, message: after.problem });
      return after.object;
    });
    if (typeof generated === "string") {
      problems.push({ kind, name, message: `expanding resource ${name}: ${generated}` });
      continue;
    }
    for (const { object: made, template } of generated) {
      for (const failure of set.judge(requestForObject(made), { ...review, source: "Generated" })) {
        const message = `[Implied by ${template.name}] ${failure.message}`;
        const result = resultOf({ ...failure, message }, mutated.object);
        results.push({ ...result, enforcementAction: template.enforcementAction ?? result.enforcementAction });
      }
    }
  }
  return { results: sorted(results), problems: [...problems, ...set.problems, ...mutators.problems] };
}

/** Those given, and `default`, which is there anyway. */
function namespacesAmong(objects: readonly JsonObject[]): ReadonlyMap<string, JsonObject> {
  const namespaces = new Map(["", "default"].map((name): [string, JsonObject] => [name, namespaceNamed(name)]));
  for (const object of objects) {
    if (isNamespaceKind(kindOf(object))) namespaces.set(stringAt(object, ["metadata", "name"]) ?? "", object);
  }
  return namespaces;
}

function namespaceNamed(name: string): JsonObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name } };
}

function isClusterScoped(object: JsonObject, kinds: ClusterView): boolean {
  const { apiVersion, kind } = object;
  if (typeof apiVersion !== "string" || typeof kind !== "string") return false;
  return kinds.objectsOf(apiVersion, kind)?.isNamespaced === false;
}

function resultOf({ constraint, message, details }: ConstraintFailure, object: JsonObject): ManifestResult {
  const { value } = constraint;
  const enforcementAction = stringAt(value, ["spec", "enforcementAction"]) ?? "deny";
  return {
    target: TARGET,
    message,
    details,
    constraint: value,
    enforcementAction,
    scopedActions: enforcementAction === "scoped" ? scopedActions(value) : [],
    object,
  };
}

function scopedActions(constraint: JsonObject): readonly string[] {
  const scoped = listAt(constraint, ["spec", "scopedEnforcementActions"]).filter(isJsonObject);
  const here = scoped.filter((entry) =>
    listAt(entry, ["enforcementPoints"]).some((point) => ["*", POINT].includes(stringAt(point, ["name"]) ?? "")),
  );
  return [...new Set(here.map((entry) => stringAt(entry, ["action"]) ?? ""))];
}

function sorted(results: readonly ManifestResult[]): readonly ManifestResult[] {
  const order = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
  return [...results].sort(
    (one, other) => order(one.enforcementAction, other.enforcementAction) || order(one.message, other.message),
  );
}

/** Whether a result refuses its object. */
export function isRefusal({ enforcementAction, scopedActions: scoped }: ManifestResult): boolean {
  return enforcementAction === "deny" || scoped.includes("deny");
}
