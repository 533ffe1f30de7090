import type { Body, Expr, Term } from "./ast.ts";
import { Cursor } from "./cursor.ts";
import type { RegoError } from "./error.ts";
import { tokenize } from "./lexer.ts";
import type { Source } from "./location.ts";
import { type ParseOptions, cursorOf } from "./parse-module.ts";
import { parseStatements } from "./parse-statements.ts";

export type ParsedQuery =
  | { readonly body: Body; readonly errors: readonly never[] }
  | { readonly body: undefined; readonly errors: readonly [RegoError, ...RegoError[]] };

export type ParsedTerm =
  | { readonly term: Term; readonly errors: readonly never[] }
  | { readonly term: undefined; readonly errors: readonly [RegoError, ...RegoError[]] };

/** Reads a query: expressions, one to a line or with `;` between them. Never throws. An empty one has an empty body. */
export function parseQuery(text: string, options: ParseOptions = {}): ParsedQuery {
  const source: Source = { file: options.file ?? "", text };
  const cursor = cursorOf(source, tokenize(text), options);
  if (!(cursor instanceof Cursor)) return { body: undefined, errors: [cursor] };
  const { statements, errors } = parseStatements(cursor, { rules: false, recover: false });
  const [first, ...rest] = errors;
  if (first !== undefined) return { body: undefined, errors: [first, ...rest] };
  const body: Expr[] = [];
  for (const statement of statements) {
    if (statement.type !== "body") {
      const message = `expected body but got ${statement.type}`;
      return { body: undefined, errors: [{ code: "rego_parse_error", message, location: statement.location }] };
    }
    body.push(...statement.body);
  }
  return { body, errors: [] };
}

/** Reads a text that is one term. Never throws. */
export function parseTermText(text: string, options: ParseOptions = {}): ParsedTerm {
  const parsed = parseQuery(text, options);
  if (parsed.body === undefined) return { term: undefined, errors: parsed.errors };
  const [expr, second] = parsed.body;
  if (expr?.type === "termExpr" && second === undefined && !expr.negated && expr.with.length === 0) {
    return { term: expr.term, errors: [] };
  }
  // A call stands as an expression of its own kind.
  if (expr?.type === "callExpr" && second === undefined && !expr.negated && expr.with.length === 0) {
    return { term: { ...expr, type: "call" }, errors: [] };
  }
  const message = `expected exactly one term but got: ${text}`;
  return { term: undefined, errors: [{ code: "rego_parse_error", message, location: expr?.location }] };
}
