import type { Body, Expr, RefTerm, Term } from "../../syntax/ast.ts";
import { compareTerms } from "../../syntax/compare-terms.ts";
import { isConstant } from "../constants.ts";
import { equationOf } from "../nodes.ts";

/** Into how many references one is unfolded at most. */
const UNFOLD_LIMIT = 64;

/** The constant values that variables are known to have. */
export type KnownValues = ReadonlyMap<string, readonly Term[]>;

interface KnownAt {
  readonly index: number;
  readonly name: string;
  readonly values: readonly Term[];
}

/** The variables of a body that range over constants, from the expressions that say so, in order. */
export function knownVars(body: Body): readonly KnownAt[] {
  const result: KnownAt[] = [];
  const known = new Map<string, readonly Term[]>();
  for (const [index, expr] of body.entries()) {
    const binding = bindingOf(expr, known);
    if (binding === undefined || known.has(binding.name)) continue;
    known.set(binding.name, binding.values);
    result.push({ index, ...binding });
  }
  return result;
}

/** What is known of variables before the expression at an index. */
export function knownBefore(vars: readonly KnownAt[], index: number): KnownValues {
  const known = new Map<string, readonly Term[]>();
  for (const entry of vars) {
    if (entry.index >= index) break;
    known.set(entry.name, entry.values);
  }
  return known;
}

function bindingOf(
  expr: Expr,
  known: KnownValues,
): { readonly name: string; readonly values: readonly Term[] } | undefined {
  if (expr.negated || expr.with.length > 0) return undefined;
  const [left, right] = equationOf(expr) ?? [];
  if (left === undefined || right === undefined) return undefined;
  for (const [side, other] of [
    [left, right],
    [right, left],
  ] as const) {
    const values = side.type === "var" ? valuesOf(other, known) : undefined;
    if (side.type === "var" && values !== undefined) return { name: side.name, values };
  }
  return undefined;
}

/** The constant values that a term can have; undefined where these are not known. */
function valuesOf(term: Term, known: KnownValues): readonly Term[] | undefined {
  if (term.type === "var") return known.get(term.name);
  if (term.type === "ref") return valuesOfRef(term, known);
  return isConstant(term) ? [term] : undefined;
}

function valuesOfRef({ head, path }: RefTerm, known: KnownValues): readonly Term[] | undefined {
  let values = valuesOf(head, known);
  if (values === undefined) return undefined;
  for (const part of path) {
    const next: Term[] = [];
    for (const value of values) {
      if (isConstant(part)) {
        const member = memberAt(value, part);
        if (member !== undefined) next.push(member);
      } else {
        const members = membersOf(value);
        if (members === undefined) return undefined;
        next.push(...members);
      }
    }
    if (next.length > UNFOLD_LIMIT) return undefined;
    values = next;
  }
  return values;
}

/** The members of a constant collection; undefined for what is none. */
export function membersOf(value: Term): readonly Term[] | undefined {
  switch (value.type) {
    case "array":
      return value.items;
    case "set":
      return [...value.items].sort(compareTerms);
    case "object":
      return [...value.entries].sort((a, b) => compareTerms(a.key, b.key)).map((entry) => entry.value);
    default:
      return undefined;
  }
}

function memberAt(value: Term, key: Term): Term | undefined {
  switch (value.type) {
    case "array":
      return key.type === "number" ? value.items[Number(key.text)] : undefined;
    case "set":
      return value.items.find((item) => compareTerms(item, key) === 0);
    case "object":
      return value.entries.find((entry) => compareTerms(entry.key, key) === 0)?.value;
    default:
      return undefined;
  }
}

/** The references that one can be, with the values of its variables for these where they are known and not too many. */
export function unfolded(ref: RefTerm, known: KnownValues): readonly RefTerm[] {
  let refs: readonly RefTerm[] = [ref];
  for (const [index, part] of ref.path.entries()) {
    if (isConstant(part)) continue;
    const values = valuesOf(part, known);
    if (values === undefined || values.length === 0 || refs.length * values.length > UNFOLD_LIMIT) continue;
    refs = refs.flatMap((prefix) => values.map((value) => ({ ...prefix, path: prefix.path.with(index, value) })));
  }
  return refs;
}
