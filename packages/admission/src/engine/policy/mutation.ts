/** One mutation of a MutatingAdmissionPolicy: an expression that gives what is applied, or a JSON patch. */
import { CelError, ListValue, type Value } from "@redoubt/cel";
import { type JsonObject, isJsonObject } from "@redoubt/kube";
import type { MutationSource } from "../../model/admission-policy.ts";
import type { ApiType } from "../../model/api-type.ts";
import type { Pass } from "../cel/evaluation.ts";
import type { Expression } from "../cel/expressions.ts";
import { JsonPatchValue, PatchObject, patchJson, typeNameProblems } from "../cel/patch-types.ts";
import { PatchError, type PatchOperation, applyPatch } from "../json-patch.ts";
import { conversionProblem, decodingProblem } from "./decoding.ts";
import { atomicPaths, joinErrors, mergeApplied, schemaErrors } from "./structured-merge.ts";

export interface CompiledMutation {
  readonly kind: MutationSource["kind"];
  readonly expression: Expression;
}

/** Why a mutation cannot be had. */
export class MutationFailure extends Error {
  /** Not a fault of the expression, but of what it made: no failure policy helps. */
  readonly isFatal: boolean;

  constructor(message: string, isFatal = false) {
    super(message);
    this.isFatal = isFatal;
  }
}

/** What a mutation makes of an object of a type; `asked` is the request's. Throws MutationFailure, or BudgetSpent. */
export function applyMutation(
  { kind, expression }: CompiledMutation,
  pass: Pass,
  object: JsonObject,
  asked: JsonObject,
  type: ApiType,
): JsonObject {
  const outcome = pass.evaluate(expression);
  if (outcome.kind === "error") throw new MutationFailure(outcome.message);
  if (kind === "ApplyConfiguration") return applyConfiguration(outcome.value, object, asked, type);
  const patched = applyJsonPatch(outcome.value, object);
  const problem = decodingProblem(patched);
  if (problem !== undefined) throw new MutationFailure(`Internal error occurred: ${problem}`, true);
  return patched;
}

function applyConfiguration(value: Value, object: JsonObject, asked: JsonObject, type: ApiType): JsonObject {
  if (!(value instanceof PatchObject)) {
    throw new MutationFailure("unsupported return type from ApplyConfiguration expression");
  }
  const problems = typeNameProblems(value, ["Object"]);
  if (problems.length > 0) throw new MutationFailure(`type mismatch: ${problems.join("\n")}`);
  const patch = patchJson(value);
  if (patch instanceof CelError || !isJsonObject(patch)) {
    throw new MutationFailure(`invalid return type: ${patch instanceof CelError ? patch.message : "no mapping"}`);
  }
  const errors = schemaErrors(patch, type);
  if (errors.length > 0) {
    throw new MutationFailure(
      `error applying patch: failed to convert patch object to typed object: ${joinErrors(errors)}`,
    );
  }
  const atomics = atomicPaths(patch, type);
  if (atomics.length > 0) {
    throw new MutationFailure(
      `error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: ${atomics.join(", ")}`,
    );
  }
  const broken = ownErrors(object, asked, type);
  if (broken.length > 0) {
    throw new MutationFailure(
      `error applying patch: failed to convert original object to typed object: ${joinErrors(broken)}`,
    );
  }
  const merged = mergeApplied(object, patch, type);
  if (!isJsonObject(merged)) return object;
  const problem = conversionProblem(merged);
  if (problem !== undefined) throw new MutationFailure(problem);
  return merged;
}

const UNDECLARED = ": field not declared in schema";

/** Why nothing can be merged into an object. Undeclared fields that a request holds the API server has dropped before. */
function ownErrors(object: JsonObject, asked: JsonObject, type: ApiType): readonly string[] {
  const errors = schemaErrors(object, type);
  if (errors.length === 0) return errors;
  const dropped = new Set(schemaErrors(asked, type).filter((error) => error.endsWith(UNDECLARED)));
  return errors.filter((error) => !dropped.has(error));
}

function applyJsonPatch(value: Value, object: JsonObject): JsonObject {
  if (!(value instanceof ListValue)) {
    throw new MutationFailure("type mismatch: JSONPatchType.expression should evaluate to array");
  }
  const operations = Array.from(value, readOperation);
  try {
    const patched = applyPatch(object, operations);
    if (!isJsonObject(patched)) throw new MutationFailure("JSON Patch: the result is no object");
    return patched;
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    if (error.isTest) return object;
    throw new MutationFailure(`JSON Patch: ${error.message}`);
  }
}

function readOperation(item: Value): PatchOperation {
  if (!(item instanceof JsonPatchValue)) {
    throw new MutationFailure("type mismatch: JSONPatchType.expression should evaluate to array of JSONPatch");
  }
  const op = item.text("op");
  const path = item.text("path");
  switch (op) {
    case "remove":
      return { op, path };
    case "move":
    case "copy":
      return { op, path, from: item.text("from") };
    case "add":
    case "replace":
    case "test":
      return { op, path, value: operand(item) };
    default:
      throw new MutationFailure(`JSON Patch: Unexpected kind: ${op}`);
  }
}

function operand(item: JsonPatchValue): NonNullable<JsonObject[string]> | null {
  const value = item.fields.get("value");
  if (value === undefined) return null;
  const problems = value instanceof PatchObject ? typeNameProblems(value, value.typeName.split(".")) : [];
  if (problems.length > 0) throw new MutationFailure(`type mismatch: ${problems.join("\n")}`);
  const json = patchJson(value);
  if (json instanceof CelError) {
    throw new MutationFailure(
      `JSONPath valueExpression evaluated to a type that could not marshal to JSON: ${json.message}`,
    );
  }
  return json;
}
