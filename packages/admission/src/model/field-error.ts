/** What an API server holds against a field of an object that it refuses, in its words (k8s.io/apimachinery, util/validation/field). */
import { type JsonValue, jsonText } from "@redoubt/kube";

export interface FieldError {
  /** `spec.validations[0].message`. */
  readonly field: string;
  /** As in the causes of the API server's answer: `Invalid value: "a": must ...`. */
  readonly message: string;
}

export function required(field: string, detail = ""): FieldError {
  return { field, message: withDetail("Required value", detail) };
}

export function forbidden(field: string, detail: string): FieldError {
  return { field, message: withDetail("Forbidden", detail) };
}

export function invalid(field: string, value: JsonValue, detail: string): FieldError {
  return { field, message: withDetail(`Invalid value: ${jsonText(value)}`, detail) };
}

export function duplicate(field: string, value: string): FieldError {
  return { field, message: `Duplicate value: ${jsonText(value)}` };
}

export function unsupported(field: string, value: string, supported: readonly string[]): FieldError {
  const list = supported.map((each) => jsonText(each)).join(", ");
  return { field, message: `Unsupported value: ${jsonText(value)}: supported values: ${list}` };
}

export function tooMany(field: string, count: number, most: number): FieldError {
  return { field, message: `Too many: ${count}: must have at most ${most} items` };
}

function withDetail(text: string, detail: string): string {
  return detail === "" ? text : `${text}: ${detail}`;
}
