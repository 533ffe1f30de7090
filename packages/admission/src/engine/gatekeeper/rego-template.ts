/** A template's Rego: `violation` of its package, asked with the review and a constraint's parameters. */
import type { JsonObject, JsonValue } from "@redoubt/kube";
import {
  EvaluationError,
  type PreparedQuery,
  type Program,
  RegoCompileError,
  type RegoError,
  type Value,
  compile,
  lookup,
} from "@redoubt/rego";
import { type AdmissionRequest, requestJson } from "../../model/admission-request.ts";
import type { Stopwatch } from "../../model/stopwatch.ts";
import type { RegoTemplateSource } from "../../model/template-source.ts";
import type { ExternalDataGate } from "./external-data.ts";
import { asJson } from "../rego/values.ts";
import { readRegoModule } from "../rego-module.ts";

/** The documents beside the templates: `data.inventory`, one for all templates. */
export class Inventory {
  readonly data: { inventory: { readonly [key: string]: Value } } = { inventory: {} };
  /** Counts what was put in: queries that were made before must be made again. */
  revision = 0;

  #objects: readonly JsonObject[] = [];

  /** `build` makes the document of the objects; the same objects as before change nothing. */
  replace(objects: readonly JsonObject[], build: (objects: readonly JsonObject[]) => JsonObject): void {
    if (areSame(objects, this.#objects)) return;
    this.#objects = objects;
    this.data.inventory = build(objects);
    this.revision++;
  }
}

/** Whether two lists hold the very same objects. */
export function areSame(one: readonly JsonObject[], other: readonly JsonObject[]): boolean {
  return one.length === other.length && one.every((object, index) => object === other[index]);
}

export interface RegoLimits {
  /** Milliseconds for one constraint. */
  readonly deadline?: number;
  /** Steps for one constraint. */
  readonly budget?: number;
}

/** The same limits, and no more time than is left for the request. */
export function limitsWithin(limits: RegoLimits, stopwatch: Stopwatch | undefined): RegoLimits {
  if (stopwatch === undefined) return limits;
  const remaining = stopwatch.remaining();
  return { ...limits, deadline: Math.min(limits.deadline ?? remaining, remaining) };
}

/** What a template says of an object. */
export interface TemplateViolation {
  readonly message: string;
  readonly details: JsonValue;
  readonly isError: boolean;
}

const NONE: readonly TemplateViolation[] = [];

export class RegoTemplate {
  readonly #program: Program;
  readonly #text: string;
  readonly #inventory: Inventory;
  readonly #limits: RegoLimits;
  #query: PreparedQuery;
  #revision: number;

  /** Throws a RegoCompileError. */
  constructor(program: Program, text: string, inventory: Inventory, limits: RegoLimits) {
    this.#program = program;
    this.#text = text;
    this.#inventory = inventory;
    this.#limits = limits;
    this.#query = program.prepare(text);
    this.#revision = inventory.revision;
  }

  /** `review` is what Rego reads as `input.review`. */
  review(review: JsonObject, parameters: JsonObject, stopwatch: Stopwatch | undefined): readonly TemplateViolation[] {
    if (this.#revision !== this.#inventory.revision) {
      this.#query = this.#program.prepare(this.#text);
      this.#revision = this.#inventory.revision;
    }
    try {
      const results = this.#query.evaluate({ review, parameters }, limitsWithin(this.#limits, stopwatch));
      return results.length === 0 ? NONE : results.flatMap(({ bindings }) => violationOf(bindings["result"]));
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      return [{ message: error.message, details: {}, isError: true }];
    }
  }
}

/** `input.review`. On DELETE Rego finds the object where it finds it otherwise. */
export function reviewDocument(request: AdmissionRequest, namespace: JsonObject | undefined): JsonObject {
  const reviewed = request.operation === "DELETE" ? { ...request, object: request.oldObject } : request;
  return { ...requestJson(reviewed), namespaceObject: namespace ?? null };
}

/** Undefined messages make no violation; others than texts are refused as Gatekeeper refuses them. */
function violationOf(result: Value | undefined): readonly TemplateViolation[] {
  if (result === undefined) return [];
  const message = lookup(result, "msg");
  if (message === undefined) return [];
  if (typeof message !== "string") {
    return [{ message: "extracting message binding: msg is not a string", details: {}, isError: true }];
  }
  return [{ message, details: asJson(lookup(result, "details") ?? {}), isError: false }];
}

/** What else than its own documents a template may read. */
const ALLOWED_DATA = new Set(["inventory", "lib"]);

/** Compiles a template's Rego. Errors are OPA's, with their line and column in the template's text. */
export function compileRegoTemplate(
  { entry, libraries, version }: RegoTemplateSource,
  inventory: Inventory,
  limits: RegoLimits,
  gate?: ExternalDataGate,
): RegoTemplate | readonly RegoError[] {
  const module = readRegoModule(entry);
  const problem = entryProblem(module);
  const missing: readonly RegoError[] =
    problem === undefined ? [] : [{ code: "rego_compile_error", message: problem, location: undefined }];
  try {
    const program = compile({
      modules: [
        { file: "template.rego", text: entry, regoVersion: version },
        ...libraries.map((text, index) => ({ file: `lib_${index}.rego`, text, regoVersion: version })),
      ],
      data: inventory.data,
      ...(gate === undefined ? {} : { builtins: [gate.builtin] }),
    });
    if (missing.length > 0) return missing;
    return new RegoTemplate(program, `data.${module.package}.violation[result]`, inventory, limits);
  } catch (error) {
    if (!(error instanceof RegoCompileError)) throw error;
    // What cannot be parsed may have what seems to be missing.
    const isParsed = error.errors.every(({ code }) => code !== "rego_parse_error");
    return isParsed && missing.length > 0 ? missing : error.errors;
  }
}

function entryProblem({ rules, importPaths, package: name }: ReturnType<typeof readRegoModule>): string | undefined {
  if (name === "") return undefined;
  if (!rules.some((rule) => rule.name === "violation")) return "invalid rego: missing required rules: [violation]";
  const other = importPaths.find((path) => path.startsWith("data.") && !ALLOWED_DATA.has(path.split(".")[1] ?? ""));
  return other === undefined ? undefined : `invalid import ${other}: only data.inventory and data.lib may be read`;
}
