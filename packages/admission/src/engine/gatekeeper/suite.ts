/** Gatekeeper's policy suites, as `gator verify` reads and judges them. */
import { type JsonObject, type JsonValue, booleanAt, isJsonObject, listAt, stringAt, stringsAt } from "@redoubt/kube";
import { RE2JS, RE2JSException } from "re2js";
import { isProblem, requestForObject, requestFromReview } from "../../model/admission-request.ts";
import { ConstraintSet, type TemplateEngine } from "./constraints.ts";
import { type ExpansionTemplate, expand, readExpansion } from "./expansion.ts";

export interface Suite {
  readonly name: string;
  readonly skip: boolean;
  readonly tests: readonly SuiteTest[];
}

export interface SuiteTest {
  readonly name: string;
  readonly template: string;
  readonly constraint: string;
  readonly expansion: string;
  readonly cases: readonly SuiteCase[];
  /** The constraint must not fit its template's schema. */
  readonly invalid: boolean;
  readonly skip: boolean;
}

export interface SuiteCase {
  readonly name: string;
  readonly object: string;
  readonly inventory: readonly string[];
  readonly assertions: readonly JsonValue[];
  readonly skip: boolean;
}

export interface CaseVerdict {
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** Why it failed. */
  readonly message: string;
}

export interface TestVerdict extends CaseVerdict {
  readonly cases: readonly CaseVerdict[];
}

/** Reads the objects of a file named by a suite, relative to the suite; a string says why it cannot be read. */
export type ReadObjects = (path: string) => readonly JsonObject[] | string;

export interface SuiteOptions {
  /** Which code of templates with both engines is run. */
  readonly engine: TemplateEngine;
  /** Only tests and cases whose names match are run. */
  readonly filter?: (test: string, name: string | undefined) => boolean;
}

export function isSuite(value: unknown): value is JsonObject {
  return (
    isJsonObject(value) &&
    stringAt(value, ["kind"]) === "Suite" &&
    stringAt(value, ["apiVersion"])?.startsWith("test.gatekeeper.sh/") === true
  );
}

export function readSuite(value: JsonObject): Suite {
  return {
    name: stringAt(value, ["metadata", "name"]) ?? "",
    skip: booleanAt(value, ["skip"]) ?? false,
    tests: listAt(value, ["tests"]).map((test) => ({
      name: stringAt(test, ["name"]) ?? "",
      template: stringAt(test, ["template"]) ?? "",
      constraint: stringAt(test, ["constraint"]) ?? "",
      expansion: stringAt(test, ["expansion"]) ?? "",
      cases: listAt(test, ["cases"]).map((item) => ({
        name: stringAt(item, ["name"]) ?? "",
        object: stringAt(item, ["object"]) ?? "",
        inventory: stringsAt(item, ["inventory"]),
        assertions: listAt(item, ["assertions"]).filter(isJsonObject),
        skip: booleanAt(item, ["skip"]) ?? false,
      })),
      invalid: booleanAt(test, ["invalid"]) ?? false,
      skip: booleanAt(test, ["skip"]) ?? false,
    })),
  };
}

/** The engines that a test's template has code for. */
export function enginesOf(test: SuiteTest, read: ReadObjects): readonly TemplateEngine[] {
  const template = one(read, test.template, "template");
  if (typeof template === "string") return ["Rego"];
  const set = new ConstraintSet({ engine: "Rego", limits: {} });
  set.addTemplate(template);
  const [source] = set.templates;
  const engines: TemplateEngine[] = [];
  if (source?.rego !== undefined) engines.push("Rego");
  if (source?.cel !== undefined) engines.push("K8sNativeValidation");
  return engines.length === 0 ? ["Rego"] : engines;
}

/** Judges one test. Never throws for what files hold. */
export function runSuiteTest(test: SuiteTest, read: ReadObjects, options: SuiteOptions): TestVerdict {
  const { name } = test;
  if (test.skip || options.filter?.(name, undefined) === false)
    return { name, outcome: "skipped", message: "", cases: [] };
  const failed = (message: string): TestVerdict => ({ name, outcome: "failed", message, cases: [] });
  const set = constraintSetOf(test, read, options);
  if (typeof set === "string") return failed(set);
  const schema = set.problems.filter(({ isSchema }) => isSchema === true);
  const others = set.problems.filter(({ isSchema }) => isSchema !== true);
  if (test.invalid) {
    if (schema.length > 0) return { name, outcome: "passed", message: "", cases: [] };
    const [other] = others;
    return failed(
      `expected the constraint to be invalid: got error ${other?.message ?? "<nil>"} but want schema validation failed`,
    );
  }
  const [problem] = [...others, ...schema];
  if (problem !== undefined)
    return failed(`${problem.isSchema === true ? "schema validation failed: " : ""}${problem.message}`);
  const expansions = expansionsOf(test, read);
  if (typeof expansions === "string") return failed(expansions);
  const cases = test.cases.map((item): CaseVerdict => {
    if (item.skip || options.filter?.(name, item.name) === false)
      return { name: item.name, outcome: "skipped", message: "" };
    const message = caseProblem(item, set, expansions, read);
    return { name: item.name, outcome: message === undefined ? "passed" : "failed", message: message ?? "" };
  });
  const isFailed = cases.some(({ outcome }) => outcome === "failed");
  return { name, outcome: isFailed ? "failed" : "passed", message: "", cases };
}

function constraintSetOf(test: SuiteTest, read: ReadObjects, { engine }: SuiteOptions): ConstraintSet | string {
  const template = one(read, test.template, "template");
  if (typeof template === "string") return template;
  const constraint = one(read, test.constraint, "constraint");
  if (typeof constraint === "string") return constraint;
  const set = new ConstraintSet({ engine, limits: {} });
  set.addTemplate(template);
  set.addConstraint(constraint);
  return set;
}

function one(read: ReadObjects, path: string, what: string): JsonObject | string {
  if (path === "") return `invalid suite: missing ${what}`;
  const objects = read(path);
  if (typeof objects === "string") return objects;
  const [object] = objects;
  if (objects.length === 1 && object !== undefined) return object;
  return `${JSON.stringify(path)} defines ${objects.length} objects, a ${what} must be one`;
}

function expansionsOf({ expansion }: SuiteTest, read: ReadObjects): readonly ExpansionTemplate[] | string {
  if (expansion === "") return [];
  const objects = read(expansion);
  if (typeof objects === "string") return objects;
  const templates: ExpansionTemplate[] = [];
  for (const object of objects) {
    if (stringAt(object, ["kind"]) !== "ExpansionTemplate") continue;
    const template = readExpansion(object);
    if (typeof template === "string") return template;
    templates.push(template);
  }
  return templates;
}

function caseProblem(
  item: SuiteCase,
  set: ConstraintSet,
  expansions: readonly ExpansionTemplate[],
  read: ReadObjects,
): string | undefined {
  if (item.object === "") return "invalid case: must define object";
  if (item.assertions.length === 0) return "invalid case: assertions must be non-empty";
  const object = one(read, item.object, "object");
  if (typeof object === "string") return object;
  const inventory: JsonObject[] = [];
  for (const path of item.inventory) {
    const objects = read(path);
    if (typeof objects === "string") return objects;
    inventory.push(...objects);
  }
  set.setInventory(inventory);
  const messages = reviewMessages(object, set, expansions, inventory);
  if (typeof messages === "string") return messages;
  for (const assertion of item.assertions) {
    const problem = assertionProblem(assertion, messages);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** The messages of all violations; a string says why the object cannot be reviewed. */
function reviewMessages(
  object: JsonObject,
  set: ConstraintSet,
  expansions: readonly ExpansionTemplate[],
  inventory: readonly JsonObject[],
): readonly string[] | string {
  const isReview =
    stringAt(object, ["kind"]) === "AdmissionReview" &&
    stringAt(object, ["apiVersion"])?.startsWith("admission.k8s.io/");
  const request = isReview === true ? requestFromReview(object) : requestForObject(object);
  if (isProblem(request)) return `invalid AdmissionReview: ${request.problem}`;
  if (request.object === undefined && request.oldObject === undefined) {
    return 'AdmissionRequest does not contain an "object" or "oldObject" to review';
  }
  const namespace = inventory.find(
    (entry) => stringAt(entry, ["kind"]) === "Namespace" && stringAt(entry, ["metadata", "name"]) === request.namespace,
  );
  const review = { point: "gator.gatekeeper.sh", source: "Original", namespace } as const;
  const messages = set.review(request, review).map(({ message }) => message);
  if (isReview === true || expansions.length === 0) return messages;
  const generated = expand(object, expansions, undefined);
  if (typeof generated === "string") return `expanding resource ${request.name}: ${generated}`;
  for (const { object: made, template } of generated) {
    const implied = set.review(requestForObject(made), { ...review, source: "Generated" });
    messages.push(...implied.map(({ message }) => `[Implied by ${template.name}] ${message}`));
  }
  return messages;
}

function assertionProblem(assertion: JsonValue, messages: readonly string[]): string | undefined {
  const pattern = stringAt(assertion, ["message"]);
  const matching = pattern === undefined ? messages.length : matchCount(pattern, messages);
  if (typeof matching === "string") return matching;
  const wanted = isJsonObject(assertion) ? (assertion["violations"] ?? "yes") : "yes";
  const containing = pattern === undefined ? "" : ` containing ${JSON.stringify(pattern)}`;
  const fail = (want: string): string =>
    `unexpected number of violations: got ${matching} violations${containing} but want ${want}: got messages [${messages.join(" ")}]`;
  if (typeof wanted === "number" && Number.isInteger(wanted) && wanted >= 0) {
    return matching === wanted ? undefined : fail(`exactly ${wanted}`);
  }
  if (wanted === "yes") return matching > 0 ? undefined : fail("at least 1");
  if (wanted === "no") return matching === 0 ? undefined : fail("none");
  return 'assertion.violation, if set, must be a nonnegative integer, "yes", or "no"';
}

function matchCount(pattern: string, messages: readonly string[]): number | string {
  try {
    const compiled = RE2JS.compile(pattern);
    return messages.filter((message) => compiled.matcher(message).find()).length;
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    return `message contains invalid regular expression: ${error.message}`;
  }
}
