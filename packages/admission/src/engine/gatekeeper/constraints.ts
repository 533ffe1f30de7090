/** Gatekeeper's templates and constraints, ready to review requests. */
import type { JsonObject, JsonValue, Path } from "@redoubt/kube";
import { stringAt } from "@redoubt/kube";
import type { RegoError } from "@redoubt/rego";
import { type AdmissionRequest, subjectOf } from "../../model/admission-request.ts";
import { type Constraint, type EnforcementPoint, constraintProblems, readConstraint } from "../../model/constraint.ts";
import { type TemplateSource, readTemplate } from "../../model/template-source.ts";
import type { Violation } from "../../model/violation.ts";
import { CelTemplate } from "./cel-template.ts";
import type { ExternalDataGate } from "./external-data.ts";
import { type Source, matches } from "./match.ts";
import { Inventory, type RegoLimits, RegoTemplate, compileRegoTemplate } from "./rego-template.ts";

/** Which code of a template with both is run; the other where it has only that. */
export type TemplateEngine = "Rego" | "K8sNativeValidation";

/** Why a template or constraint is not in force. Others are not touched by it. */
export interface GatekeeperProblem {
  readonly kind: string;
  readonly name: string;
  readonly path: Path;
  readonly message: string;
  /** The place within the Rego text that `path` leads to. */
  readonly line?: number;
  readonly column?: number;
  /** The constraint's parameters or match do not fit its schema. */
  readonly isSchema?: boolean;
}

interface Template {
  readonly source: TemplateSource;
  readonly rego: RegoTemplate | undefined;
  readonly cel: CelTemplate | undefined;
}

export interface ConstraintReview {
  readonly point: EnforcementPoint;
  readonly source: Source;
  readonly namespace: JsonObject | undefined;
}

export interface GatekeeperOptions {
  readonly engine: TemplateEngine;
  readonly limits: RegoLimits;
  /** For `external_data`; without one there is no such function. */
  readonly gate?: ExternalDataGate;
}

export class ConstraintSet {
  readonly problems: GatekeeperProblem[] = [];
  readonly #templates = new Map<string, Template>();
  readonly #constraints: Constraint[] = [];
  readonly #inventory = new Inventory();
  readonly #options: GatekeeperOptions;

  constructor(options: GatekeeperOptions) {
    this.#options = options;
  }

  get constraints(): readonly Constraint[] {
    return this.#constraints;
  }

  get templates(): readonly TemplateSource[] {
    return Array.from(this.#templates.values(), ({ source }) => source);
  }

  /** Replaces what `data.inventory` holds. */
  setInventory(objects: readonly JsonObject[]): void {
    this.#inventory.replace(inventoryOf(objects));
  }

  addTemplate(value: JsonObject): void {
    const { source, problems } = readTemplate(value);
    const report = (problem: Omit<GatekeeperProblem, "kind" | "name">): void => {
      this.problems.push({ kind: "ConstraintTemplate", name: source.name, ...problem });
    };
    for (const problem of problems) report(problem);
    if (problems.length > 0) return;
    let rego: RegoTemplate | undefined;
    if (source.rego !== undefined) {
      const compiled = compileRegoTemplate(source.rego, this.#inventory, this.#options.limits, this.#options.gate);
      if (compiled instanceof RegoTemplate) rego = compiled;
      else for (const error of compiled) report(regoProblem(error, source.rego.path));
    }
    const cel = source.cel === undefined ? undefined : new CelTemplate(source.cel);
    for (const message of cel?.problems ?? []) report({ path: ["spec", "targets", 0, "code"], message });
    if (rego !== undefined || cel !== undefined) this.#templates.set(source.kind, { source, rego, cel });
  }

  addConstraint(value: JsonObject): void {
    const kind = stringAt(value, ["kind"]) ?? "";
    const name = stringAt(value, ["metadata", "name"]) ?? "";
    const template = this.#templates.get(kind);
    if (template === undefined) {
      const message = `there is no template ${JSON.stringify(kind.toLowerCase())} in force`;
      this.problems.push({ kind, name, path: ["kind"], message });
      return;
    }
    const problems = constraintProblems(value, template.source.schema);
    for (const { path, message } of problems) this.problems.push({ kind, name, path, message, isSchema: true });
    if (problems.length === 0) this.#constraints.push(readConstraint(value, template.source.schema));
  }

  /** What constraints hold against a request, in the order of their kinds and names. */
  review(request: AdmissionRequest, { point, source, namespace }: ConstraintReview): readonly Violation[] {
    const violations: Violation[] = [];
    for (const constraint of this.#constraints) {
      const actions = constraint.actions(point);
      const template = this.#templates.get(constraint.kind);
      if (actions.length === 0 || template === undefined || !isForOperation(template, request, point)) continue;
      const policy = { kind: constraint.kind, name: constraint.name };
      for (const { message, details, isError } of this.#judge(template, constraint, request, source, namespace)) {
        for (const action of actions) violations.push({ policy, action, message, details, isError });
      }
    }
    return violations;
  }

  #judge(
    template: Template,
    constraint: Constraint,
    request: AdmissionRequest,
    source: Source,
    namespace: JsonObject | undefined,
  ): readonly { readonly message: string; readonly details: JsonValue; readonly isError: boolean }[] {
    const matched = isMatched(constraint, request, source, namespace);
    if (typeof matched === "string") return [{ message: matched, details: {}, isError: true }];
    if (!matched) return [];
    const { rego, cel } = template;
    if (rego !== undefined && (cel === undefined || this.#options.engine === "Rego")) {
      return rego.review(request, constraint.parameters, namespace);
    }
    const failures = cel?.review(request, constraint.value, namespace).failures ?? [];
    return failures.map(({ message, kind }) => ({ message, details: {}, isError: kind === "error" }));
  }
}

function regoProblem({ code, message, location }: RegoError, path: Path): Omit<GatekeeperProblem, "kind" | "name"> {
  const file = location?.source.file ?? "template.rego";
  const where = file === "template.rego" ? "" : `${file}: `;
  return {
    path,
    message: `${where}${code}: ${message}`,
    ...(location === undefined ? {} : { line: location.row, column: location.col }),
  };
}

/** A template may be for some operations of the webhook only. */
function isForOperation({ source }: Template, { operation }: AdmissionRequest, point: EnforcementPoint): boolean {
  if (point !== "validation.gatekeeper.sh" || source.operations.length === 0) return true;
  return source.operations.includes("*") || source.operations.includes(operation);
}

/** Whether the object, or the one that was before it, is matched. */
function isMatched(
  { match }: Constraint,
  request: AdmissionRequest,
  source: Source,
  namespace: JsonObject | undefined,
): boolean | string {
  const objects = [
    request.object ?? (request.operation === "DELETE" ? request.oldObject : undefined),
    request.oldObject,
  ];
  if (subjectOf(request) === undefined) return match === undefined;
  for (const object of objects) {
    if (object === undefined) continue;
    const matched = matches(match, { object, namespace, source });
    if (matched !== false) return matched;
  }
  return false;
}

/** `cluster.GROUPVERSION.KIND.NAME` and `namespace.NAMESPACE.GROUPVERSION.KIND.NAME`. */
function inventoryOf(objects: readonly JsonObject[]): JsonObject {
  const root = new Tree();
  for (const object of objects) {
    const namespace = stringAt(object, ["metadata", "namespace"]) ?? "";
    const version = stringAt(object, ["apiVersion"]) ?? "";
    const kind = stringAt(object, ["kind"]) ?? "";
    const name = stringAt(object, ["metadata", "name"]) ?? "";
    root.put(
      namespace === "" ? ["cluster", version, kind, name] : ["namespace", namespace, version, kind, name],
      object,
    );
  }
  return root.toJson();
}

class Tree {
  readonly #children = new Map<string, Tree | JsonObject>();

  put(path: readonly string[], value: JsonObject): void {
    const [first, ...rest] = path;
    if (first === undefined) return;
    if (rest.length === 0) {
      this.#children.set(first, value);
      return;
    }
    let child = this.#children.get(first);
    if (!(child instanceof Tree)) {
      child = new Tree();
      this.#children.set(first, child);
    }
    child.put(rest, value);
  }

  toJson(): JsonObject {
    return Object.fromEntries(
      Array.from(this.#children, ([key, child]) => [key, child instanceof Tree ? child.toJson() : child]),
    );
  }
}
