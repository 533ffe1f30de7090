import type { Body, CallExpr, Expr, ObjectEntry, RefTerm, Term, With } from "../syntax/ast.ts";
import { compareTerms } from "../syntax/compare-terms.ts";
import type { Location } from "../syntax/location.ts";

// Making new nodes from others. A stage that has nothing to change in a node hands out the node itself.

/** Maps items; the list itself where no item changes. */
export function mapItems<T>(items: readonly T[], map: (item: T) => T): readonly T[] {
  let mapped: T[] | undefined;
  for (let index = 0; index < items.length; index += 1) {
    const item = items[index];
    if (item === undefined) continue;
    const next = map(item);
    if (mapped !== undefined) mapped.push(next);
    else if (next !== item) mapped = [...items.slice(0, index), next];
  }
  return mapped ?? items;
}

/** What to do with the parts of a node. */
export interface NodeMap {
  readonly term: (term: Term) => Term;
  /** The body of a comprehension, `every`, `not`, `and` or `or`. */
  readonly body: (body: Body) => Body;
  readonly with: (modifier: With) => With;
  /** An expression in a template string. */
  readonly part: (expr: Expr) => Expr;
}

/** A term with all terms and bodies right inside it mapped. */
export function mapTerm(term: Term, map: NodeMap): Term {
  switch (term.type) {
    case "null":
    case "boolean":
    case "number":
    case "string":
    case "var":
      return term;
    case "ref":
      return mapRef(term, map);
    case "array":
    case "set": {
      const items = mapItems(term.items, (item) => map.term(item));
      return items === term.items ? term : { ...term, items };
    }
    case "object": {
      const entries = mapItems(term.entries, (entry) => mapEntry(entry, map));
      return entries === term.entries ? term : { ...term, entries };
    }
    case "call": {
      const operator = mapRef(term.operator, map);
      const args = mapItems(term.args, (arg) => map.term(arg));
      return operator === term.operator && args === term.args ? term : { ...term, operator, args };
    }
    case "arrayComprehension":
    case "setComprehension": {
      const inner = map.term(term.term);
      const body = map.body(term.body);
      return inner === term.term && body === term.body ? term : { ...term, term: inner, body };
    }
    case "objectComprehension": {
      const key = map.term(term.key);
      const value = map.term(term.value);
      const body = map.body(term.body);
      return key === term.key && value === term.value && body === term.body ? term : { ...term, key, value, body };
    }
    case "templateString": {
      const parts = mapItems(term.parts, (part) => ("with" in part ? map.part(part) : part));
      return parts === term.parts ? term : { ...term, parts };
    }
  }
}

function mapEntry(entry: ObjectEntry, map: NodeMap): ObjectEntry {
  const key = map.term(entry.key);
  const value = map.term(entry.value);
  return key === entry.key && value === entry.value ? entry : { key, value };
}

/** A reference with its head and the parts of its path mapped. */
export function mapRef(ref: RefTerm, map: NodeMap): RefTerm {
  const head = map.term(ref.head);
  const path = mapItems(ref.path, (part) => map.term(part));
  return head === ref.head && path === ref.path ? ref : { ...ref, head, path };
}

/** An expression with all terms, bodies and modifiers right inside it mapped. */
export function mapExpr(expr: Expr, map: NodeMap): Expr {
  const mapped = mapExprTerms(expr, map);
  const modifiers = mapItems(mapped.with, (modifier) => map.with(modifier));
  return modifiers === mapped.with ? mapped : { ...mapped, with: modifiers };
}

function mapExprTerms(expr: Expr, map: NodeMap): Expr {
  switch (expr.type) {
    case "termExpr": {
      const term = map.term(expr.term);
      return term === expr.term ? expr : { ...expr, term };
    }
    case "callExpr": {
      const operator = mapRef(expr.operator, map);
      const args = mapItems(expr.args, (arg) => map.term(arg));
      return operator === expr.operator && args === expr.args ? expr : { ...expr, operator, args };
    }
    case "some":
      return expr;
    case "someIn": {
      const key = expr.key && map.term(expr.key);
      const value = map.term(expr.value);
      const domain = map.term(expr.domain);
      return key === expr.key && value === expr.value && domain === expr.domain
        ? expr
        : { ...expr, key, value, domain };
    }
    case "every": {
      const domain = map.term(expr.domain);
      const body = map.body(expr.body);
      return domain === expr.domain && body === expr.body ? expr : { ...expr, domain, body };
    }
    case "not": {
      const body = map.body(expr.body);
      return body === expr.body ? expr : { ...expr, body };
    }
    case "logical": {
      const left = map.body(expr.left);
      const right = map.body(expr.right);
      return left === expr.left && right === expr.right ? expr : { ...expr, left, right };
    }
  }
}

/** A modifier with its target and value mapped. */
export function mapWith(modifier: With, map: (term: Term) => Term): With {
  const target = map(modifier.target);
  const value = map(modifier.value);
  if (target === modifier.target && value === modifier.value) return modifier;
  return target.type === "ref" || target.type === "var" ? { ...modifier, target, value } : { ...modifier, value };
}

/** A map that goes through everything and changes bodies, outer ones first. */
export function bodyMap(change: (body: Body) => Body): NodeMap {
  const map: NodeMap = {
    term: (term) => (isLeaf(term) ? term : mapTerm(term, map)),
    body: (body) => mapItems(change(body), (expr) => mapExpr(expr, map)),
    with: (modifier) => mapWith(modifier, map.term),
    part: (expr) => mapExpr(expr, map),
  };
  return map;
}

/**
 * A map that goes through everything and changes terms, outer ones first. Expressions that were one before calls were moved out
 * of it share their modifiers, and still share what these become.
 */
export function termMap(change: (term: Term) => Term): NodeMap {
  const modifiers = new WeakMap<With, With>();
  const map: NodeMap = {
    term: (term) => {
      const changed = change(term);
      return isLeaf(changed) ? changed : mapTerm(changed, map);
    },
    body: (body) => mapItems(body, (expr) => mapExpr(expr, map)),
    with: (modifier) => {
      const known = modifiers.get(modifier);
      if (known !== undefined) return known;
      const mapped = mapWith(modifier, map.term);
      modifiers.set(modifier, mapped);
      return mapped;
    },
    part: (expr) => mapExpr(expr, map),
  };
  return map;
}

export function isScalar({ type }: Term): boolean {
  return type === "string" || type === "number" || type === "boolean" || type === "null";
}

/** Whether a term holds no others. */
export function isLeaf(term: Term): boolean {
  return term.type === "var" || isScalar(term);
}

export function isComprehension({ type }: Term): boolean {
  return type === "arrayComprehension" || type === "setComprehension" || type === "objectComprehension";
}

/** A member of a set or key of an object in OPA's order, in which the stages take them. */
export function sortedItems(items: readonly Term[]): readonly Term[] {
  return items.length < 2 || items.every(isScalar) ? items : [...items].sort(compareTerms);
}

export function sortedEntries(entries: readonly ObjectEntry[]): readonly ObjectEntry[] {
  if (entries.length < 2 || entries.every(({ key, value }) => isScalar(key) && isScalar(value))) return entries;
  return [...entries].sort((a, b) => compareTerms(a.key, b.key));
}

/** A body with expressions at its end, which replace a body that is only `true`. */
export function appended(body: Body, exprs: Body): Body {
  if (exprs.length === 0) return body;
  return isTrueBody(body) ? exprs : [...body, ...exprs];
}

/** Whether a body is only `true`, as that of `p := 1`. */
export function isTrueBody([first, ...rest]: Body): boolean {
  return first?.type === "termExpr" && rest.length === 0 && first.term.type === "boolean" && first.term.value;
}

export function varTerm(name: string, location: Location): Term {
  return { type: "var", name, location };
}

/** The name of a builtin as the operator of a call. */
export function builtinRef(name: string, location: Location): RefTerm {
  const [first = "", ...rest] = name.split(".");
  return {
    type: "ref",
    head: { type: "var", name: first, location },
    path: rest.map((value) => ({ type: "string", value, location })),
    location,
  };
}

/** `left = right` as nobody wrote it. */
export function equation(left: Term, right: Term, location: Location): CallExpr {
  return {
    type: "callExpr",
    operator: builtinRef("eq", location),
    args: [left, right],
    with: [],
    negated: false,
    generated: false,
    location,
  };
}

/** `true` as a body. */
export function trueExpr(location: Location): Expr {
  return {
    type: "termExpr",
    term: { type: "boolean", value: true, location },
    with: [],
    negated: false,
    generated: false,
    location,
  };
}

/** A call by `=`, with its two operands. */
export function equationOf(expr: Expr): readonly [Term, Term] | undefined {
  if (!isCallOf(expr, "eq")) return undefined;
  const [left, right] = expr.args;
  return left !== undefined && right !== undefined && expr.args.length === 2 ? [left, right] : undefined;
}

/** Whether an expression calls the global builtin of a name. */
export function isCallOf(expr: Expr, name: string): expr is CallExpr {
  return (
    expr.type === "callExpr" &&
    expr.operator.path.length === 0 &&
    expr.operator.head.type === "var" &&
    expr.operator.head.name === name
  );
}

/** `input` or `data` where it stands alone. */
export function rootDocument(term: Term): "input" | "data" | undefined {
  if (term.type !== "ref" || term.path.length > 0 || term.head.type !== "var") return undefined;
  const { name } = term.head;
  return name === "input" || name === "data" ? name : undefined;
}

/** Whether a term is or holds a reference or a comprehension, and so must be evaluated in a body. */
export function requiresEvaluation(term: Term): boolean {
  switch (term.type) {
    case "null":
    case "boolean":
    case "number":
    case "string":
    case "var":
      return false;
    case "ref":
    case "call":
    case "arrayComprehension":
    case "setComprehension":
    case "objectComprehension":
      return true;
    case "array":
    case "set":
      return term.items.some(requiresEvaluation);
    case "object":
      return term.entries.some(({ key, value }) => requiresEvaluation(key) || requiresEvaluation(value));
    case "templateString":
      return term.parts.some((part) => "with" in part);
  }
}
