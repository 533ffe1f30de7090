/** Rego that decides of itself: OPA's `kubernetes.admission`, which reads the review, and conftest's policies, which read the object. */
import { type JsonObject, type JsonValue, jsonText } from "@redoubt/kube";
import { isJsonObject, stringAt } from "@redoubt/kube";
import {
  EvaluationError,
  type PreparedQuery,
  type Program,
  RegoCompileError,
  type RegoError,
  type Value,
  compile,
  parseModule,
} from "@redoubt/rego";
import { type AdmissionRequest, requestForObject, requestJson, subjectOf } from "../../model/admission-request.ts";
import { OVERTIME, type Stopwatch, isOvertime } from "../../model/stopwatch.ts";
import type { Action, PolicyReference, Violation } from "../../model/violation.ts";
import { type RegoLimits, areSame, limitsWithin } from "../gatekeeper/rego-template.ts";
import { readRegoModule } from "../rego-module.ts";
import { asJson } from "./values.ts";

export interface RegoSource {
  readonly file: string;
  readonly text: string;
}

interface Rule {
  readonly policy: PolicyReference;
  readonly action: Action;
  readonly query: string;
  /** Whether it reads an AdmissionReview, and not the object alone. */
  readonly readsReview: boolean;
}

/** conftest's names. */
const RULE_NAME = /^(deny|violation|warn)(?:_[A-Za-z0-9]+)*$/;

export class RegoPolicies {
  readonly errors: readonly RegoError[];
  readonly #program: Program | undefined;
  readonly #rules: readonly Rule[];
  readonly #limits: RegoLimits;
  readonly #data: { kubernetes: JsonObject } & { readonly [key: string]: JsonValue };
  readonly #text: string;
  #objects: readonly JsonObject[] = [];
  #queries = new Map<string, PreparedQuery>();

  /** `data` are the documents beside the modules; `data.kubernetes` is the cluster. */
  constructor(sources: readonly RegoSource[], data: JsonObject, limits: RegoLimits) {
    this.#data = { ...data, kubernetes: isJsonObject(data["kubernetes"]) ? data["kubernetes"] : {} };
    this.#limits = limits;
    this.#text = textOf(sources, data);
    this.#rules = rulesOf(sources);
    try {
      const modules = sources.map(({ file, text }) => ({ file, text, regoVersion: versionOf(text) }));
      this.#program = sources.length === 0 ? undefined : compile({ modules, data: this.#data });
      this.errors = [];
    } catch (error) {
      if (!(error instanceof RegoCompileError)) throw error;
      this.#program = undefined;
      this.errors = error.errors;
    }
  }

  /** Whether these are the same modules over the same documents. */
  isOf(sources: readonly RegoSource[], data: JsonObject): boolean {
    return this.#text === textOf(sources, data);
  }

  get isEmpty(): boolean {
    return this.#program === undefined || this.#rules.length === 0;
  }

  /** Replaces what `data.kubernetes` holds. */
  setObjects(objects: readonly JsonObject[]): void {
    if (areSame(objects, this.#objects)) return;
    this.#objects = objects;
    this.#data.kubernetes = kubernetesDocument(objects);
    this.#queries = new Map();
  }

  review(request: AdmissionRequest, stopwatch?: Stopwatch): readonly Violation[] {
    const program = this.#program;
    const object = subjectOf(request);
    if (program === undefined) return [];
    const review = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request: requestJson(request) };
    return this.#rules.flatMap((rule): readonly Violation[] => {
      if (!rule.readsReview && object === undefined) return [];
      const { policy } = rule;
      if (isOvertime(stopwatch)) return [{ policy, action: rule.action, isError: true, ...OVERTIME }];
      try {
        const results = this.#query(program, rule.query).evaluate(
          rule.readsReview ? review : (object ?? {}),
          limitsWithin(this.#limits, stopwatch),
        );
        return results.flatMap(({ bindings }) => violationOf(policy, rule.action, bindings["result"]));
      } catch (error) {
        if (!(error instanceof EvaluationError)) throw error;
        return [{ policy, action: rule.action, message: error.message, isError: true }];
      } finally {
        stopwatch?.judged(policy);
      }
    });
  }

  #query(program: Program, text: string): PreparedQuery {
    let query = this.#queries.get(text);
    if (query === undefined) {
      query = program.prepare(text);
      this.#queries.set(text, query);
    }
    return query;
  }
}

function textOf(sources: readonly RegoSource[], data: JsonObject): string {
  return jsonText([sources, data]);
}

function violationOf(policy: Violation["policy"], action: Action, result: Value | undefined): readonly Violation[] {
  if (result === undefined) return [];
  const value = asJson(result);
  if (typeof value === "string") return [{ policy, action, message: value, isError: false }];
  const message = stringAt(value, ["msg"]);
  if (!isJsonObject(value) || message === undefined) {
    const text = "a result must be a text, or an object with the text in msg";
    return [{ policy, action, message: text, isError: true }];
  }
  const { msg: _, ...details } = value;
  return [{ policy, action, message, details, isError: false }];
}

function rulesOf(sources: readonly RegoSource[]): readonly Rule[] {
  const rules = new Map<string, Rule>();
  for (const { text } of sources) {
    const module = readRegoModule(text);
    const readsReview = module.package === "kubernetes" || module.package.startsWith("kubernetes.");
    for (const { name } of module.rules) {
      const [, kind] = RULE_NAME.exec(name) ?? [];
      if (kind === undefined) continue;
      const query = `data.${module.package}.${name}[result]`;
      // `p[x]` gives values of sets as x, and keys of lists: both styles of rules are sets.
      rules.set(query, {
        policy: { kind: "Rego", name: `${module.package}.${name}` },
        action: kind === "warn" ? "warn" : "deny",
        query,
        readsReview,
      });
    }
  }
  return [...rules.values()];
}

/** Modules of before Rego v1 are read as such where they are not valid otherwise. */
function versionOf(text: string): "v0" | "v1" {
  if (parseModule(text, { version: "v1" }).module !== undefined) return "v1";
  return parseModule(text, { version: "v0" }).module === undefined ? "v1" : "v0";
}

/** As kube-mgmt writes it: `data.kubernetes.RESOURCE.NAMESPACE.NAME`, without a namespace for cluster-scoped kinds. */
function kubernetesDocument(objects: readonly JsonObject[]): JsonObject {
  const resources = new Map<string, Map<string, Map<string, JsonObject> | JsonObject>>();
  for (const object of objects) {
    const { resource, namespace, name } = requestForObject(object);
    const ofResource = resources.get(resource.resource) ?? new Map<string, Map<string, JsonObject> | JsonObject>();
    resources.set(resource.resource, ofResource);
    if (namespace === "") {
      ofResource.set(name, object);
      continue;
    }
    const present = ofResource.get(namespace);
    const inNamespace = present instanceof Map ? present : new Map<string, JsonObject>();
    inNamespace.set(name, object);
    ofResource.set(namespace, inNamespace);
  }
  return Object.fromEntries(
    Array.from(resources, ([resource, entries]) => [
      resource,
      Object.fromEntries(
        Array.from(entries, ([key, value]) => [key, value instanceof Map ? Object.fromEntries(value) : value]),
      ),
    ]),
  );
}
