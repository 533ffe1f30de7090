/** Gatekeeper's mutators: Assign, AssignMetadata, ModifySet and AssignImage. */
import { isDeepStrictEqual } from "node:util";
import {
  type JsonObject,
  type JsonValue,
  isJsonObject,
  jsonText,
  listAt,
  objectAt,
  stringsAt,
  stringAt,
  valueAt,
} from "@redoubt/kube";
import { kindOf } from "../../../model/admission-request.ts";
import type { ExternalDataGate } from "../external-data.ts";
import { type ApplyTo, appliesTo, readApplyTo } from "../expansion.ts";
import { type Match, type MatchTarget, matches, matchProblems, readMatch } from "../match.ts";
import { MutationError, type PathCondition, type Setter, mutate, setField } from "./apply.ts";
import { partsProblem, withParts } from "./image-reference.ts";
import { Placeholders, readExternalSource } from "./placeholders.ts";
import { type Location, contradicts, parseLocation, sameNode } from "./location.ts";

export interface MutationTarget extends MatchTarget {
  readonly operation: string;
  /** Who asks; empty outside of requests. */
  readonly username?: string;
}

/** What setters of one object share. */
interface Mutation extends MutationTarget {
  readonly placeholders: Placeholders;
}

interface Mutator {
  readonly kind: string;
  readonly name: string;
  readonly location: Location;
  /** undefined for AssignMetadata, which is for all kinds. */
  readonly applyTo: readonly (ApplyTo & { readonly operations: readonly string[] })[] | undefined;
  readonly match: Match | undefined;
  readonly conditions: ReadonlyMap<number, PathCondition>;
  readonly setterFor: (target: Mutation) => Setter;
}

export interface MutatorProblem {
  readonly kind: string;
  readonly name: string;
  readonly message: string;
}

export interface MutationResult {
  readonly object: JsonObject;
  /** The mutators that had a part in it. */
  readonly applied: readonly { readonly kind: string; readonly name: string }[];
  /** Why the object could not be mutated; it is as it was then. */
  readonly problem?: string;
}

export const MUTATOR_KINDS: ReadonlySet<string> = new Set(["Assign", "AssignMetadata", "ModifySet", "AssignImage"]);

export class Mutators {
  readonly problems: MutatorProblem[] = [];
  readonly #mutators: Mutator[] = [];
  readonly #gate: ExternalDataGate | undefined;

  /** Without a gate, external data is refused. */
  constructor(gate?: ExternalDataGate) {
    this.#gate = gate;
  }

  get isEmpty(): boolean {
    return this.#mutators.length === 0;
  }

  add(value: JsonObject): void {
    const mutator = readMutator(value, this.#gate !== undefined);
    const { kind } = kindOf(value);
    const name = stringAt(value, ["metadata", "name"]) ?? "";
    if (typeof mutator === "string") this.problems.push({ kind, name, message: mutator });
    else {
      this.#mutators.push(mutator);
      this.#mutators.sort(compare);
    }
  }

  /** Applies all mutators, again and again until nothing changes. */
  mutate(target: MutationTarget): MutationResult {
    const conflicting = this.#conflicting();
    const applied = new Set<Mutator>();
    const object = structuredClone(target.object);
    const placeholders = new Placeholders(object);
    const current: Mutation = { ...target, object, placeholders };
    for (let round = 0; round <= this.#mutators.length; round++) {
      const before = structuredClone(object);
      for (const mutator of this.#mutators) {
        if (conflicting.has(mutator)) continue;
        const outcome = applyOne(mutator, current);
        if (typeof outcome === "string") return { object: target.object, applied: [], problem: outcome };
        if (outcome) applied.add(mutator);
      }
      if (isDeepStrictEqual(before, object)) {
        if (round === 0) return { object: target.object, applied: [] };
        const problems = placeholders.resolve(object, this.#gate?.session);
        if (problems.length > 0) return { object: target.object, applied: [], problem: placeholderProblem(problems) };
        return { object, applied: Array.from(applied, ({ kind, name }) => ({ kind, name })) };
      }
    }
    const { group, kind } = kindOf(target.object);
    const where = `${group} ${kind} ${stringAt(target.object, ["metadata", "namespace"]) ?? ""}`;
    const name = stringAt(target.object, ["metadata", "name"]) ?? stringAt(target.object, ["metadata", "generateName"]);
    return {
      object: target.object,
      applied: [],
      problem: `mutation not converging: mutation not converging for ${where} ${name ?? ""}`,
    };
  }

  /** Mutators that take one place for different things: none of them is applied. */
  #conflicting(): ReadonlySet<Mutator> {
    const found = new Set<Mutator>();
    for (const [index, one] of this.#mutators.entries()) {
      for (const other of this.#mutators.slice(index + 1)) {
        if (!sharesKind(one, other) || !contradicts(one.location, other.location)) continue;
        found.add(one).add(other);
      }
    }
    return found;
  }

  /** Conflicts between mutators, which only show once all are known. */
  get conflicts(): readonly MutatorProblem[] {
    return Array.from(this.#conflicting(), ({ kind, name }) => ({
      kind,
      name,
      message: "mutator conflicts with others over the type of a field: none of them is applied",
    }));
  }
}

function placeholderProblem(problems: readonly string[]): string {
  const [only] = problems;
  const text = problems.length === 1 && only !== undefined ? only : `[${[...new Set(problems)].join(", ")}]`;
  return `failed to resolve external data placeholders: ${text}`;
}

function compare(one: Mutator, other: Mutator): number {
  if (one.kind !== other.kind) return one.kind < other.kind ? -1 : 1;
  return one.name < other.name ? -1 : one.name > other.name ? 1 : 0;
}

function sharesKind(one: Mutator, other: Mutator): boolean {
  if (one.applyTo === undefined || other.applyTo === undefined) return false;
  return one.applyTo.some(({ groups, versions, kinds }) =>
    groups.some((group) =>
      versions.some((version) => kinds.some((kind) => appliesTo(other.applyTo ?? [], { group, version, kind }))),
    ),
  );
}

/** Whether it wrote anything; a string where it failed. */
function applyOne(mutator: Mutator, target: Mutation): boolean | string {
  const { kind, name } = mutator;
  if (mutator.applyTo !== undefined && !appliesForOperation(mutator.applyTo, target)) return false;
  const matched = matches(mutator.match, target);
  if (typeof matched === "string") return `matching for mutator ${kind}/${name} failed: ${matched}`;
  if (!matched) return false;
  try {
    return mutate(target.object, mutator.location, mutator.conditions, mutator.setterFor(target));
  } catch (error) {
    if (!(error instanceof MutationError)) throw error;
    return `mutation for mutator ${kind}/${name} failed: ${error.message}`;
  }
}

function appliesForOperation(
  entries: readonly (ApplyTo & { readonly operations: readonly string[] })[],
  { object, operation }: MutationTarget,
): boolean {
  const fitting = entries.filter(
    ({ operations }) =>
      operations.length === 0 || operation === "" || operations.includes("*") || operations.includes(operation),
  );
  return appliesTo(fitting, kindOf(object));
}

/** A string says why Gatekeeper refuses the mutator. */
function readMutator(value: JsonObject, hasExternalData: boolean): Mutator | string {
  const { kind } = kindOf(value);
  const name = stringAt(value, ["metadata", "name"]) ?? "";
  if (name.length > 63) return "maximum name length is 63 characters";
  const text = stringAt(value, ["spec", "location"]) ?? "";
  const location = parseLocation(text);
  if (typeof location === "string") return `invalid location format \`${text}\` for ${kind} ${name}: ${location}`;
  if (location.length === 0) return "empty path";
  const match = readMatch(objectAt(value, ["spec", "match"]));
  const [matchProblem] = match === undefined ? [] : matchProblems(match);
  if (matchProblem !== undefined) return matchProblem;
  const isMetadata = kind === "AssignMetadata";
  const problem = isMetadata ? metadataLocationProblem(location, name, text) : locationProblem(kind, name, location);
  if (problem !== undefined) return problem;
  const applyTo = isMetadata ? undefined : readOperations(value);
  if (applyTo !== undefined) {
    const wrong = applyToProblem(kind, name, applyTo);
    if (wrong !== undefined) return wrong;
  }
  const conditions = isMetadata
    ? new Map([[location.length - 1, "MustNotExist" as const]])
    : readConditions(value, kind, name, location);
  if (typeof conditions === "string") return conditions;
  const setterFor = readSetter(kind, name, objectAt(value, ["spec", "parameters"]), location, hasExternalData);
  if (typeof setterFor === "string") return setterFor;
  return { kind, name, location, applyTo, match, conditions, setterFor };
}

function metadataLocationProblem(location: Location, name: string, text: string): string | undefined {
  const fields = location.map((node) => (node.kind === "object" ? node.field : ""));
  const isValid =
    fields.length === 3 && fields[0] === "metadata" && (fields[1] === "labels" || fields[1] === "annotations");
  return isValid && fields[2] !== "" ? undefined : `invalid location for assignmetadata ${name}: ${text}`;
}

function locationProblem(kind: string, name: string, location: Location): string | undefined {
  const [first] = location;
  const last = location.at(-1);
  const above = location.at(-2);
  if (first?.kind === "object" && first.field === "metadata") {
    return `${kind === "AssignImage" ? "assignImage" : kind.toLowerCase()} ${name} can't change metadata`;
  }
  if (kind === "ModifySet" && last?.kind === "list") {
    return "final node in a modifyset location cannot be a keyed list";
  }
  if (kind === "AssignImage" && last?.kind === "list") return `assignImage ${name} cannot mutate list-type fields`;
  if (kind !== "ModifySet" && above?.kind === "list" && last?.kind === "object" && last.field === above.keyField) {
    return "invalid path format: changing the item key is not allowed";
  }
  return undefined;
}

function readOperations(value: JsonObject): readonly (ApplyTo & { readonly operations: readonly string[] })[] {
  const entries = listAt(value, ["spec", "applyTo"]);
  return readApplyTo(value).map((entry, index) => ({
    ...entry,
    operations: stringsAt(entries[index], ["operations"]),
  }));
}

const OPERATIONS: ReadonlySet<string> = new Set(["CREATE", "UPDATE", "*"]);

function applyToProblem(
  kind: string,
  name: string,
  applyTo: readonly (ApplyTo & { readonly operations: readonly string[] })[],
): string | undefined {
  for (const { groups, versions, kinds } of applyTo) {
    if (groups.length === 0 || versions.length === 0 || kinds.length === 0) {
      return `invalid applyTo for ${kind} mutator ${name}, all of group, version and kind must be specified`;
    }
  }
  for (const [index, { operations }] of applyTo.entries()) {
    const wrong = operations.find((operation) => !OPERATIONS.has(operation));
    if (wrong === undefined) continue;
    return `invalid applyTo for ${kind} mutator ${name}: invalid operation ${JSON.stringify(wrong)} in applyTo[${index}].operations: must be one of CREATE, UPDATE, *`;
  }
  return applyTo.length === 0 ? `applyTo required for ${kind} mutator ${name}` : undefined;
}

function readConditions(
  value: JsonObject,
  kind: string,
  name: string,
  location: Location,
): ReadonlyMap<number, PathCondition> | string {
  const conditions = new Map<number, PathCondition>();
  for (const entry of listAt(value, ["spec", "parameters", "pathTests"])) {
    const text = stringAt(entry, ["subPath"]) ?? "";
    const path = parseLocation(text);
    if (typeof path === "string") return `problem parsing sub path \`${text}\` for ${kind} ${name}: ${path}`;
    const isPrefix = path.every((node, index) => {
      const there = location[index];
      return there !== undefined && sameNode(node, there);
    });
    if (!isPrefix) return "all subpaths must be a prefix of the `location` value of the mutation";
    const condition = stringAt(entry, ["condition"]) ?? "";
    if (condition !== "MustExist" && condition !== "MustNotExist") {
      return `${condition} is not a valid path test condition`;
    }
    const known = conditions.get(path.length - 1);
    if (known !== undefined && known !== condition) {
      return `conflicting path test conditions: path ${JSON.stringify(text)} is marked both MustExist and MustNotExist`;
    }
    conditions.set(path.length - 1, condition);
  }
  const lowestMissing = Math.min(
    ...[...conditions].map(([depth, test]) => (test === "MustNotExist" ? depth : Infinity)),
  );
  if ([...conditions].some(([depth, test]) => test === "MustExist" && depth > lowestMissing)) {
    return "conflicting path test conditions: a path is marked MustExist but its parent MustNotExist";
  }
  return conditions;
}

function readSetter(
  kind: string,
  name: string,
  parameters: JsonObject | undefined,
  location: Location,
  hasExternalData: boolean,
): ((target: Mutation) => Setter) | string {
  if (kind === "ModifySet") return readSetOperation(parameters);
  if (kind === "AssignImage") return readImage(name, parameters);
  const assign = objectAt(parameters, ["assign"]);
  const external = objectAt(assign, ["externalData"]);
  return external === undefined || !hasExternalData
    ? readAssign(kind, name, assign, location)
    : readExternal(kind, name, assign, location);
}

function readExternal(
  kind: string,
  name: string,
  assign: JsonObject | undefined,
  location: Location,
): ((target: Mutation) => Setter) | string {
  if (["value", "fromMetadata"].some((other) => valueAt(assign, [other]) !== undefined)) {
    return "only one of assign.value, assign.fromMetadata and assign.externalData may be set";
  }
  const source = readExternalSource(objectAt(assign, ["externalData"]));
  if (typeof source === "string") return source;
  if (location.at(-1)?.kind === "list") return "cannot assign external data response to a list";
  if (kind === "AssignMetadata" && !source.isUsername) {
    return `only username data source is supported for assignmetadata ${name}`;
  }
  return ({ placeholders, username = "" }) => placeholders.setter(source, username);
}

function readAssign(
  kind: string,
  name: string,
  assign: JsonObject | undefined,
  location: Location,
): ((target: Mutation) => Setter) | string {
  const field = stringAt(assign, ["fromMetadata", "field"]);
  const sources = ["value", "fromMetadata", "externalData"].filter((source) => valueAt(assign, [source]) !== undefined);
  if (sources.length === 0) return "assign.value, assign.fromMetadata or assign.externalData must be set";
  if (sources.length > 1) return "only one of assign.value, assign.fromMetadata and assign.externalData may be set";
  if (sources[0] === "externalData") return "external data feature flag is not enabled";
  const last = location.at(-1);
  if (sources[0] === "fromMetadata") {
    if (field !== "name" && field !== "namespace") return `attempted to fetch unknown metadata field ${field ?? ""}`;
    if (last?.kind === "list") return "cannot assign a metadata field to a list";
    return ({ object }) => assigning(stringAt(object, ["metadata", field]) ?? "");
  }
  const value = valueAt(assign, ["value"]) ?? null;
  if (kind === "AssignMetadata" && typeof value !== "string") {
    return `spec.parameters.assign.value field must be a string for AssignMetadata ${JSON.stringify(name)}`;
  }
  if (last?.kind === "list") {
    if (last.key === undefined) return "can't append to a globbed list";
    if (!isJsonObject(value)) return "invalid value: only objects can be added to keyed lists";
    if (value[last.keyField] !== last.key) return `adding object to list with different key ${last.keyField}`;
  }
  return () => assigning(value);
}

function assigning(value: JsonValue): Setter {
  return { item: value, set: (object, field) => setField(object, field, structuredClone(value)) };
}

function readSetOperation(parameters: JsonObject | undefined): ((target: Mutation) => Setter) | string {
  const operation = stringAt(parameters, ["operation"]) ?? "merge";
  if (operation !== "merge" && operation !== "prune") return `unrecognized operation for modifyset: ${operation}`;
  const values = valueAt(parameters, ["values", "fromList"]) ?? [];
  if (!Array.isArray(values)) return "spec.parameters.values.fromList must be a list";
  const isAmong = (value: JsonValue, list: readonly JsonValue[]): boolean =>
    list.some((other) => isDeepStrictEqual(value, other));
  const set = (object: JsonObject, field: string): void => {
    const present = Object.hasOwn(object, field) ? object[field] : undefined;
    if (present === undefined) {
      if (operation === "merge") setField(object, field, structuredClone(values));
      return;
    }
    if (!Array.isArray(present)) {
      throw new MutationError(`${jsonText(present)} is not a list of values, cannot treat it as a set`);
    }
    if (operation === "prune") {
      setField(
        object,
        field,
        present.filter((value) => !isAmong(value, values)),
      );
      return;
    }
    const merged = [...present];
    for (const value of values) if (!isAmong(value, present)) merged.push(structuredClone(value));
    setField(object, field, merged);
  };
  return () => ({ item: undefined, set });
}

function readImage(name: string, parameters: JsonObject | undefined): ((target: Mutation) => Setter) | string {
  const parts = {
    domain: stringAt(parameters, ["assignDomain"]) ?? "",
    path: stringAt(parameters, ["assignPath"]) ?? "",
    tag: stringAt(parameters, ["assignTag"]) ?? "",
  };
  const problem = partsProblem(parts);
  if (problem !== undefined) return `assignImage ${name} has invalid parameters: ${problem}`;
  const set = (object: JsonObject, field: string): void => {
    const present = Object.hasOwn(object, field) ? object[field] : "";
    if (typeof present !== "string") {
      throw new MutationError(
        `expected value at AssignImage location to be a string, got ${present === undefined ? "nothing" : jsonText(present)}`,
      );
    }
    setField(object, field, withParts(present, parts));
  };
  return () => ({ item: undefined, set });
}
