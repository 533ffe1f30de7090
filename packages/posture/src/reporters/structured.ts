import { type JsonValue, jsonText, writeYaml } from "@redoubt/kube";

/** A JSON-like value whose lists may be produced while they are written. Undefined properties are left out. */
export type Structured =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | { readonly [key: string]: Structured }
  | Iterable<Structured>;

/** Indented JSON, in pieces. */
export function* writeJson(value: Structured): Generator<string, void, undefined> {
  yield* json(value, "\n");
  yield "\n";
}

function* json(value: Structured, newline: string): Generator<string, void, undefined> {
  if (value === undefined || value === null || typeof value !== "object") {
    yield jsonText(value ?? null);
    return;
  }
  const inner = `${newline}  `;
  let first = true;
  if (isList(value)) {
    for (const item of value) {
      yield first ? `[${inner}` : `,${inner}`;
      yield* json(item, inner);
      first = false;
    }
    yield first ? "[]" : `${newline}]`;
    return;
  }
  for (const key of Object.keys(value)) {
    if (value[key] === undefined) continue;
    yield `${first ? "{" : ","}${inner}${JSON.stringify(key)}: `;
    yield* json(value[key], inner);
    first = false;
  }
  yield first ? "{}" : `${newline}}`;
}

function isList(value: object): value is Iterable<Structured> {
  return Symbol.iterator in value;
}

/** Block-style YAML, in pieces: lists at the top are written item by item. */
export function* writeYamlDocument(document: {
  readonly [key: string]: Structured;
}): Generator<string, void, undefined> {
  for (const [key, value] of Object.entries(document)) {
    if (value === undefined) continue;
    if (typeof value !== "object" || value === null || !isList(value)) {
      yield writeYaml({ [key]: materialise(value) });
      continue;
    }
    let first = true;
    for (const item of value) {
      if (first) yield `${key}:\n`;
      yield writeYaml([materialise(item)]);
      first = false;
    }
    if (first) yield `${key}: []\n`;
  }
}

function materialise(value: Structured): JsonValue {
  if (value === undefined || value === null || typeof value !== "object") return value ?? null;
  if (isList(value)) return [...value].map(materialise);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]): [string, JsonValue] => [key, materialise(item)]));
}
