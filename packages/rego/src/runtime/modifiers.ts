import type { Value } from "../values/value.ts";
import type { Replacements } from "./documents.ts";
import { replaceAt } from "./merge.ts";

/** What `with f as ...` has put in the place of a function: a value, a document, or another function. */
export type Mock =
  | { readonly value: Value }
  | { readonly evaluate: () => Value | undefined }
  | { readonly call: (...operands: readonly Value[]) => Value | undefined };

export function withMock(mocks: ReadonlyMap<string, Mock> | undefined, name: string, mock: Mock): Map<string, Mock> {
  return new Map(mocks).set(name, mock);
}

export function withReplacement(
  replacements: Replacements | undefined,
  path: readonly Value[],
  value: Value,
): Replacements {
  return {
    targets: [...(replacements?.targets ?? []), path],
    overlay: replaceAt(replacements?.overlay, path, value),
  };
}
