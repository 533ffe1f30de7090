import type { Body, Expr, Import, ObjectEntry, ObjectTerm, Package, RefTerm, Term } from "../syntax/ast.ts";
import type { Location } from "../syntax/location.ts";
import { formatTerm } from "../syntax/print-term.ts";
import { declaredVars } from "./declared-vars.ts";
import { type NodeMap, mapExpr, mapItems, mapTerm, mapWith, rootDocument } from "./nodes.ts";
import type { WorkRule } from "./work.ts";

/** A name that stands for a document throughout a module: a rule of its package, or an import. */
interface Global {
  readonly ref: RefTerm;
  /** OPA gives the heads of all references to a module's own rules one place, that of the last; so for those to an import. */
  readonly place: Place;
  used: boolean;
}

type Place = { -readonly [Key in keyof Location]: Location[Key] };

/** The names that stand for documents in a module or query. */
export type Globals = ReadonlyMap<string, Global>;

/** The names of the rules of a package and of imports, which take precedence. */
export function globalsOf(pkg: Package, ruleNames: Iterable<string>, imports: readonly Import[]): Globals {
  const globals = new Map<string, Global>();
  const { path } = pkg;
  const place: Place = { ...path.head.location };
  for (const name of ruleNames) {
    const part: Term = { type: "string", value: name, location: path.location };
    globals.set(name, { ref: { ...path, path: [...path.path, part] }, place, used: false });
  }
  for (const directive of imports) {
    if (isLanguageImport(directive)) continue;
    const ownPlace: Place = { ...directive.path.head.location };
    globals.set(importName(directive), { ref: directive.path, place: ownPlace, used: false });
  }
  return globals;
}

/** Whether an import is of `future` or `rego`, and so names nothing. */
export function isLanguageImport({ path: { head } }: Import): boolean {
  return head.type === "var" && (head.name === "future" || head.name === "rego");
}

/** What an import is called in its module. */
export function importName({ alias, path }: Import): string {
  if (alias !== undefined) return alias;
  const last = path.path.at(-1) ?? path.head;
  if (last.type === "string") return last.value;
  return last.type === "var" ? last.name : "";
}

/** Replaces the names of documents in a rule. A fault is in its arguments, which must not be called as a document. */
export function resolveRule(rule: WorkRule, globals: Globals): string | undefined {
  const { head } = rule;
  const args = new Set<string>();
  for (const arg of head.args) {
    const fault = collectArgVars(arg, args);
    if (fault !== undefined) return fault;
  }
  const resolver = new Resolver(globals, [args, declaredVars(rule.body)]);
  const { ref } = head;
  const path = mapItems(ref.path, resolver.map.term);
  rule.head = {
    ...head,
    ref: path === ref.path ? ref : { ...ref, path },
    key: head.key && resolver.map.term(head.key),
    value: head.value && resolver.map.term(head.value),
  };
  rule.body = resolver.map.body(rule.body);
  return undefined;
}

/** Replaces the names of documents in a query. */
export function resolveBody(body: Body, globals: Globals): Body {
  return new Resolver(globals, [declaredVars(body)]).map.body(body);
}

/** The variables of an argument that a call can bind. */
function collectArgVars(arg: Term, into: Set<string>): string | undefined {
  const root = rootDocument(arg);
  if (root !== undefined) return `args must not shadow ${formatTerm(arg)} (use a different variable name)`;
  let parts: readonly Term[] = [];
  switch (arg.type) {
    case "var":
      into.add(arg.name);
      break;
    case "ref":
      parts = [arg.head, ...arg.path];
      break;
    case "array":
      parts = arg.items;
      break;
    case "object":
      parts = arg.entries.map(({ value }) => value);
      break;
    default:
  }
  for (const part of parts) {
    const fault = collectArgVars(part, into);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

class Resolver {
  readonly map: NodeMap;
  readonly #globals: Globals;
  readonly #scopes: ReadonlySet<string>[];

  constructor(globals: Globals, scopes: ReadonlySet<string>[]) {
    this.#globals = globals;
    this.#scopes = scopes;
    this.map = {
      term: (term) => this.#term(term),
      body: (body) => mapItems(body, (expr) => this.#expr(expr)),
      with: (modifier) => mapWith(modifier, (term) => this.#term(term)),
      part: (expr) => this.#expr(expr),
    };
  }

  #term(term: Term): Term {
    switch (term.type) {
      case "var":
        return this.#document(term.name, term.location) ?? term;
      case "ref":
        return this.#ref(term);
      case "call": {
        const operator = this.#ref(term.operator);
        const args = mapItems(term.args, this.map.term);
        return operator === term.operator && args === term.args ? term : { ...term, operator, args };
      }
      case "arrayComprehension":
      case "setComprehension":
      case "objectComprehension":
        return this.#inScope(declaredVars(term.body), () => mapTerm(term, this.map));
      case "object":
        return mapTerm(withoutRepeatedKeys(term), this.map);
      default:
        return mapTerm(term, this.map);
    }
  }

  #expr(expr: Expr): Expr {
    switch (expr.type) {
      case "some":
        return expr;
      case "callExpr": {
        const operator = this.#ref(expr.operator);
        const args = mapItems(expr.args, this.map.term);
        const modifiers = mapItems(expr.with, this.map.with);
        const same = operator === expr.operator && args === expr.args && modifiers === expr.with;
        return same ? expr : { ...expr, operator, args, with: modifiers };
      }
      case "every": {
        const { key, value } = expr;
        const names = new Set(key === undefined ? [value.name] : [key.name, value.name]);
        const mapped = this.#inScope(names, () => mapExpr({ ...expr, with: [] }, this.map));
        return { ...mapped, with: mapItems(expr.with, this.map.with) };
      }
      default:
        return mapExpr(expr, this.map);
    }
  }

  #ref(ref: RefTerm): RefTerm {
    const document = ref.head.type === "var" ? this.#document(ref.head.name, ref.head.location) : undefined;
    const head = document?.head ?? (ref.head.type === "var" ? ref.head : this.#refPart(ref.head));
    const path = mapItems(ref.path, (part) => this.#refPart(part));
    if (document !== undefined) return { ...ref, head, path: [...document.path, ...path] };
    return head === ref.head && path === ref.path ? ref : { ...ref, head, path };
  }

  /** OPA leaves template strings in references as they are. */
  #refPart(part: Term): Term {
    return part.type === "templateString" ? part : this.#term(part);
  }

  #document(name: string, location: Location): RefTerm | undefined {
    const global = this.#globals.get(name);
    if (global === undefined || this.#scopes.some((scope) => scope.has(name))) return undefined;
    global.used = true;
    Object.assign(global.place, location);
    return refAt(global, location);
  }

  #inScope<T>(names: ReadonlySet<string>, map: () => T): T {
    this.#scopes.push(names);
    const mapped = map();
    this.#scopes.pop();
    return mapped;
  }
}

function refAt({ ref: { head, path }, place }: Global, location: Location): RefTerm {
  return {
    type: "ref",
    head: { ...head, location: place },
    path: path.map((part) => ({ ...part, location })),
    location,
  };
}

/** Of entries with one key the last counts, in the place of the first. */
function withoutRepeatedKeys(object: ObjectTerm): ObjectTerm {
  if (object.entries.length < 2) return object;
  const entries = new Map<string, ObjectEntry>();
  for (const { key, value } of object.entries) {
    const id = key.type === "string" ? `"${key.value}` : key.type === "var" ? `v${key.name}` : formatTerm(key);
    const first = entries.get(id);
    entries.set(id, { key: first?.key ?? key, value });
  }
  return entries.size === object.entries.length ? object : { ...object, entries: [...entries.values()] };
}
