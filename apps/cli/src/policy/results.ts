import { type Result, type Value, jsonText, toJson } from "@redoubt/rego";
import { RegoJson, indentedJson } from "./json.ts";
import { boxTable } from "./table.ts";

// The formats in which OPA prints results.

const INDENTED = { prefix: "", indent: "  " };

/** A result as OPA's JSON has it. */
export function resultJson({ bindings, expressions }: Result): object {
  const names = Object.keys(bindings);
  return {
    expressions: expressions.map(({ value, text, location: { row, col } }) => ({
      value: new RegoJson(value),
      text,
      location: { row, col },
    })),
    ...(names.length === 0 ? {} : { bindings: new RegoJson(bindings) }),
  };
}

/** One list of the expressions' values for each result. */
export function valuesText(results: readonly Result[]): string {
  return results
    .map(
      ({ expressions }) =>
        `${jsonText(
          expressions.map(({ value }) => value),
          INDENTED,
        )}\n`,
    )
    .join("");
}

/** The variables of each result. */
export function bindingsText(results: readonly Result[]): string {
  return results.map(({ bindings }) => indentedJson(new RegoJson(bindings))).join("");
}

/** For scripts: a line for each result, strings as they are. */
export function rawText(results: readonly Result[]): string {
  return results
    .map(({ expressions }) =>
      expressions.map(({ value }) => (typeof value === "string" ? value : jsonText(value))).join(" "),
    )
    .map((line) => `${line}\n`)
    .join("");
}

/** For people: one value as it is, anything else as a table. */
export function prettyText(results: readonly Result[]): string {
  const [first, second] = results;
  if (first === undefined) return "undefined\n";
  const hasBindings = Object.keys(first.bindings).length > 0;
  if (second === undefined && !hasBindings) {
    const [only, more] = first.expressions;
    if (only !== undefined && (more === undefined || first.expressions.every(({ value }) => isBoolean(value)))) {
      return `${jsonText(only.value, INDENTED)}\n`;
    }
  }
  const names = Object.keys(first.bindings).sort();
  const shown = first.expressions.flatMap(({ value }, index) => (hasBindings && isBoolean(value) ? [] : [index]));
  const cell = (value: Value | undefined): string => jsonText(value ?? null);
  // OPA puts what has no name first.
  return boxTable({
    header: [...shown.map((index) => first.expressions[index]?.text ?? ""), ...names],
    rows: results.map(({ bindings, expressions }) => [
      ...shown.map((index) => cell(expressions[index]?.value)),
      ...names.map((name) => cell(bindings[name])),
    ]),
  });
}

function isBoolean(value: Value): boolean {
  return typeof toJson(value) === "boolean";
}
