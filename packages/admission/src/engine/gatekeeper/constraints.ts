/** Gatekeeper's templates and constraints, ready to review requests. */
import type { JsonObject, JsonValue, Path } from "@redoubt/kube";
import { stringAt } from "@redoubt/kube";
import type { RegoError } from "@redoubt/rego";
import type { AdmissionRequest } from "../../model/admission-request.ts";
import { type Constraint, type EnforcementPoint, constraintProblems, readConstraint } from "../../model/constraint.ts";
import { type TemplateSource, readTemplate } from "../../model/template-source.ts";
import { OVERTIME, type Stopwatch, isOvertime } from "../../model/stopwatch.ts";
import type { Action, Violation } from "../../model/violation.ts";
import { CelTemplate } from "./cel-template.ts";
import type { ExternalDataGate } from "./external-data.ts";
import { type MatchTarget, type Source, factsOf, matches } from "./match.ts";
import { Inventory, type RegoLimits, RegoTemplate, compileRegoTemplate, reviewDocument } from "./rego-template.ts";

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

interface TemplateCode {
  readonly rego: RegoTemplate | undefined;
  readonly cel: CelTemplate | undefined;
}

interface Template extends TemplateCode {
  /** All of its code compiles. */
  readonly isSound: boolean;
  readonly source: TemplateSource;
}

export interface ConstraintReview {
  readonly point: EnforcementPoint;
  readonly source: Source;
  readonly namespace: JsonObject | undefined;
  readonly stopwatch?: Stopwatch | undefined;
}

/** A request as all constraints are asked about it; made once. */
interface Subject {
  readonly request: AdmissionRequest;
  /** What match blocks are held against; none where the request has no object. */
  readonly targets: readonly MatchTarget[];
  readonly namespace: JsonObject | undefined;
  readonly stopwatch: Stopwatch | undefined;
  /** `input.review`, once Rego asks for it. */
  document: JsonObject | undefined;
}

/** One thing that a constraint holds against a request. */
export interface ConstraintFailure {
  readonly constraint: Constraint;
  /** What it leads to at the point where it was asked. */
  readonly actions: readonly Action[];
  readonly message: string;
  /** undefined from CEL, which has none. */
  readonly details: JsonValue | undefined;
  readonly isError: boolean;
  readonly reason?: string;
}

export interface GatekeeperOptions {
  readonly engine: TemplateEngine;
  readonly limits: RegoLimits;
  /** What of the webhook's operations a template is for that names none itself. Default: all. */
  readonly operations?: readonly string[];
  /** For `external_data`; without one there is no such function. */
  readonly gate?: ExternalDataGate;
  /** What these constraints take the place of: code that stays as it was is not compiled again. */
  readonly previous?: ConstraintSet | undefined;
}

export class ConstraintSet {
  readonly problems: GatekeeperProblem[] = [];
  readonly #templates = new Map<string, Template>();
  readonly #constraints: Constraint[] = [];
  readonly #inventory: Inventory;
  readonly #options: Omit<GatekeeperOptions, "previous">;
  /** Of the previous constraints. */
  readonly #code: ReadonlyMap<string, TemplateCode>;
  /** Made when they are first asked for. */
  readonly #byPoint = new Map<EnforcementPoint, readonly Enforced[]>();

  constructor({ previous, ...options }: GatekeeperOptions) {
    this.#options = options;
    // Compiled code reads the inventory that it was compiled with.
    this.#inventory = previous === undefined ? new Inventory() : previous.#inventory;
    const templates = previous === undefined ? [] : [...previous.#templates.values()];
    this.#code = new Map(templates.filter(({ isSound }) => isSound).map((one) => [keyOf(one.source), one]));
  }

  get constraints(): readonly Constraint[] {
    return this.#constraints;
  }

  get templates(): readonly TemplateSource[] {
    return Array.from(this.#templates.values(), ({ source }) => source);
  }

  /** Replaces what `data.inventory` holds. */
  setInventory(objects: readonly JsonObject[]): void {
    this.#inventory.replace(objects, inventoryOf);
  }

  addTemplate(value: JsonObject): void {
    this.#byPoint.clear();
    const { source, problems } = readTemplate(value);
    const report = (problem: Omit<GatekeeperProblem, "kind" | "name">): void => {
      this.problems.push({ kind: "ConstraintTemplate", name: source.name, ...problem });
    };
    for (const problem of problems) report(problem);
    if (problems.length > 0) return;
    const known = this.#code.get(keyOf(source));
    if (known !== undefined) {
      this.#templates.set(source.kind, { source, rego: known.rego, cel: known.cel, isSound: true });
      return;
    }
    const reported = this.problems.length;
    let rego: RegoTemplate | undefined;
    if (source.rego !== undefined) {
      const compiled = compileRegoTemplate(source.rego, this.#inventory, this.#options.limits, this.#options.gate);
      if (compiled instanceof RegoTemplate) rego = compiled;
      else for (const error of compiled) report(regoProblem(error, source.rego.path));
    }
    const cel = source.cel === undefined ? undefined : new CelTemplate(source.cel);
    for (const message of cel?.problems ?? []) report({ path: ["spec", "targets", 0, "code"], message });
    const isSound = this.problems.length === reported;
    if (rego !== undefined || cel !== undefined) this.#templates.set(source.kind, { source, rego, cel, isSound });
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
    if (problems.length > 0) return;
    this.#constraints.push(readConstraint(value, template.source.schema));
    this.#byPoint.clear();
  }

  /** What constraints hold against a request, in the order of their kinds and names. */
  review(request: AdmissionRequest, context: ConstraintReview): readonly Violation[] {
    return this.judge(request, context).flatMap(
      ({ constraint: { policy }, actions, message, details, isError, reason }) => {
        const why = reason === undefined ? {} : { reason };
        return actions.map((action): Violation => ({
          policy,
          action,
          message,
          details: details ?? {},
          isError,
          ...why,
        }));
      },
    );
  }

  /** As `review`, with the constraints themselves. */
  judge(
    request: AdmissionRequest,
    { point, source, namespace, stopwatch }: ConstraintReview,
  ): readonly ConstraintFailure[] {
    if (this.#constraints.length === 0) return [];
    const failures: ConstraintFailure[] = [];
    const targets = targetsOf(request, namespace, source);
    const subject: Subject = { request, targets, namespace, stopwatch, document: undefined };
    const matching: (boolean | string | undefined)[] = [];
    for (const { constraint, template, actions, match } of this.#enforced(point)) {
      if (!this.#isForOperation(template, request, point)) continue;
      const matched = (matching[match] ??= isMatched(constraint, targets));
      if (matched === false) continue;
      const found = matched === true ? this.#judge(template, constraint, subject) : [failed({ message: matched })];
      for (const failure of found) failures.push({ constraint, actions, ...failure });
      stopwatch?.judged(constraint.policy);
    }
    return failures;
  }

  /** What is enforced at a point, in the constraints' order. */
  #enforced(point: EnforcementPoint): readonly Enforced[] {
    let enforced = this.#byPoint.get(point);
    if (enforced === undefined) {
      const numbers = new Map<string, number>();
      enforced = this.#constraints.flatMap((constraint) => {
        const actions = constraint.actions(point);
        const template = this.#templates.get(constraint.kind);
        if (actions.length === 0 || template === undefined) return [];
        const text = textOfMatch(constraint);
        const match = numbers.get(text) ?? numbers.size;
        numbers.set(text, match);
        return [{ constraint, template, actions, match }];
      });
      this.#byPoint.set(point, enforced);
    }
    return enforced;
  }

  /** A template may be for some operations of the webhook only. */
  #isForOperation({ source }: Template, { operation }: AdmissionRequest, point: EnforcementPoint): boolean {
    const operations = source.operations.length === 0 ? this.#options.operations : source.operations;
    if (point !== "validation.gatekeeper.sh" || operations === undefined) return true;
    return operations.includes("*") || operations.includes(operation);
  }

  #judge({ rego, cel }: Template, constraint: Constraint, subject: Subject): readonly Found[] {
    const { request, namespace, stopwatch } = subject;
    if (isOvertime(stopwatch)) return [failed(OVERTIME)];
    if (rego !== undefined && (cel === undefined || this.#options.engine === "Rego")) {
      subject.document ??= reviewDocument(request, namespace);
      return rego.review(subject.document, constraint.parameters, stopwatch);
    }
    const failures = cel?.review(request, constraint.value, namespace).failures ?? [];
    return failures.map(({ message, kind }) => ({ message, details: undefined, isError: kind === "error" }));
  }
}

interface Enforced {
  readonly constraint: Constraint;
  readonly template: Template;
  readonly actions: readonly Action[];
  /** The same number for constraints that match the same. */
  readonly match: number;
}

function textOfMatch({ match }: Constraint): string {
  return JSON.stringify(match ?? null, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
}

type Found = Omit<ConstraintFailure, "constraint" | "actions">;

function failed(why: { readonly message: string; readonly reason?: string }): Found {
  return { ...why, details: {}, isError: true };
}

/** Templates with the same key have the same code. */
function keyOf({ rego, cel }: TemplateSource): string {
  return JSON.stringify([rego, cel]);
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

/** The object, and the one that was before it: a constraint is for a request that either matches. */
function targetsOf(
  request: AdmissionRequest,
  namespace: JsonObject | undefined,
  source: Source,
): readonly MatchTarget[] {
  const { object, oldObject } = request;
  return [object, oldObject].flatMap((one) => {
    if (one === undefined) return [];
    const target = { object: one, namespace, source };
    return [{ ...target, facts: factsOf(target) }];
  });
}

/** A string where it cannot be told. */
function isMatched({ match }: Constraint, targets: readonly MatchTarget[]): boolean | string {
  if (targets.length === 0) return match === undefined;
  for (const target of targets) {
    const matched = matches(match, target);
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
