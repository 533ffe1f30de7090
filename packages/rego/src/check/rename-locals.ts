import type {
  Body,
  CallExpr,
  EveryExpr,
  Expr,
  LogicalExpr,
  NotExpr,
  SomeExpr,
  SomeInExpr,
  Term,
  VarTerm,
} from "../syntax/ast.ts";
import type { RegoError } from "../syntax/error.ts";
import type { Location } from "../syntax/location.ts";
import { formatTerm } from "../syntax/print-term.ts";
import { isWildcard, valueName } from "../syntax/term-names.ts";
import { sortStrings } from "../values/utf8.ts";
import type { NameSource } from "./names.ts";
import {
  type NodeMap,
  builtinRef,
  equation,
  isCallOf,
  isComprehension,
  isScalar,
  mapExpr,
  mapItems,
  mapTerm,
  mapWith,
  rootDocument,
  sortedEntries,
  sortedItems,
  trueExpr,
} from "./nodes.ts";
import { equationOutputs } from "./safety/output-vars.ts";
import type { Occurrence, Scopes } from "./scopes.ts";
import { unusedAssigned, unusedDeclared } from "./unused-vars.ts";
import { PATTERN, varsOfTerm } from "./vars.ts";

/** A call of `=` that was written `:=`: its left side only receives. */
export interface AssignedExpr extends CallExpr {
  readonly fromAssignment: true;
}

export function isAssigned(expr: Expr): expr is AssignedExpr {
  return "fromAssignment" in expr;
}

const IN_NEGATED = "cannot assign vars inside negated expression";
const IN_OPERAND = {
  and: "cannot assign vars inside implicit and operand",
  or: "cannot assign vars inside implicit or operand",
};

/**
 * Gives every declared variable of a body a name of its own and takes the declarations out: `:=` becomes `=`, `some` goes,
 * `some x in xs` becomes a reference.
 */
export class LocalRenamer {
  readonly errors: RegoError[] = [];
  /** Unused variables, after which compiling goes on. */
  readonly unused: RegoError[] = [];
  readonly #names: NameSource;
  readonly #scopes: Scopes;
  readonly #strict: boolean;
  readonly #map: NodeMap;

  constructor(names: NameSource, scopes: Scopes, strict: boolean) {
    this.#names = names;
    this.#scopes = scopes;
    this.#strict = strict;
    this.#map = {
      term: (term) => this.term(term),
      body: (body) => mapItems(body, (expr) => this.#expr(expr)),
      with: (modifier) => this.#with(modifier),
      part: (expr) => this.#expr(expr),
    };
  }

  /** `used` are variables that what the body stands in uses: the head of a rule or comprehension. */
  body(body: Body, used: ReadonlySet<string>): Body {
    const renamed = body.map((expr) => this.#statement(expr));
    const rest = renamed.filter((expr) => expr !== undefined);
    const [first] = body;
    if (rest.length === 0 && first !== undefined) rest.push(trueExpr(first.location));
    if (this.#strict && !this.#hasErrors()) this.unused.push(...unusedAssigned(renamed, body, this.#scopes, used));
    if (!this.#hasErrors()) this.unused.push(...unusedDeclared(body, rest, this.#scopes, used));
    return rest;
  }

  /** A term with its variables renamed. Declares what is in comprehensions. */
  term(term: Term): Term {
    switch (term.type) {
      case "null":
      case "boolean":
      case "number":
      case "string":
        return term;
      case "var":
        return this.#variable(term);
      case "ref":
        return rootDocument(term) === undefined ? mapTerm(term, this.#map) : this.#root(term);
      case "call":
        this.#checkCalled(term.operator, term.location);
        return mapTerm(term, this.#map);
      case "object": {
        const entries = mapItems(sortedEntries(term.entries), (entry) => {
          const key = isScalar(entry.key) ? entry.key : this.term(entry.key);
          const value = isScalar(entry.value) ? entry.value : this.term(entry.value);
          return key === entry.key && value === entry.value ? entry : { key, value };
        });
        return entries === term.entries ? term : { ...term, entries };
      }
      case "set": {
        const items = mapItems(sortedItems(term.items), (item) => this.term(item));
        return items === term.items ? term : { ...term, items };
      }
      case "arrayComprehension":
      case "setComprehension":
      case "objectComprehension":
        return this.#comprehension(term);
      case "array":
      case "templateString":
        return mapTerm(term, this.#map);
    }
  }

  /** A term of a rule's head, in which only comprehensions declare: each starts without the variables of the rule. */
  headTerm(term: Term): Term {
    if (isComprehension(term)) return this.term(term);
    if (term.type === "templateString") {
      const parts = mapItems(term.parts, (part) => {
        if (!("with" in part)) return part;
        this.#scopes.push();
        const renamed = this.#expr(part);
        this.#scopes.pop();
        return renamed;
      });
      return parts === term.parts ? term : { ...term, parts };
    }
    return mapTerm(term, { ...this.#map, term: (inner) => this.headTerm(inner) });
  }

  #hasErrors(): boolean {
    return this.errors.length > 0 || this.unused.length > 0;
  }

  #error(message: string, location: Location): void {
    this.errors.push({ code: "rego_compile_error", message, location });
  }

  #statement(expr: Expr): Expr | undefined {
    switch (expr.type) {
      case "some":
        return this.#some(expr);
      case "someIn":
        return this.#someIn(expr);
      case "every":
        return this.#every(expr);
      case "not":
        return this.#not(expr);
      case "logical":
        return this.#logical(expr);
      case "callExpr":
        return isCallOf(expr, "assign") ? this.#assignment(expr) : this.#expr(expr);
      case "termExpr":
        return this.#expr(expr);
    }
  }

  /** An expression that declares nothing outside of comprehensions. */
  #expr(expr: Expr): Expr {
    if (expr.type !== "every") return mapExpr(expr, this.#map);
    const key = expr.key && this.#variable(expr.key);
    const value = this.#variable(expr.value);
    return mapExpr(key === expr.key && value === expr.value ? expr : { ...expr, key, value }, this.#map);
  }

  #variable(term: VarTerm): VarTerm {
    const { name } = term;
    const renamed = this.#scopes.renamed(name);
    if (renamed === undefined) {
      if (this.#scopes.occurrence(name) === undefined) this.#scopes.insert(name, name, "seen");
      return term;
    }
    this.#scopes.use(name);
    return renamed === name ? term : { ...term, name: renamed };
  }

  /** `input` or `data`, which may be the name of a variable. */
  #root(term: Term): Term {
    const name = rootDocument(term);
    if (name === undefined) return term;
    const occurrence = this.#scopes.anyOccurrence(name);
    const renamed = this.#scopes.renamed(name);
    if (occurrence === undefined || occurrence === "seen" || renamed === undefined || renamed === name) return term;
    return { type: "var", name: renamed, location: term.location };
  }

  /** Functions are no values, so that a variable must not hide one that is called. */
  #checkCalled(operator: Term, location: Location): void {
    for (const name of varsOfTerm(operator)) {
      const renamed = this.#scopes.renamed(name);
      if (renamed !== undefined && renamed !== name) {
        this.#error(`called function ${formatTerm(operator)} shadowed`, location);
      }
    }
  }

  #with(modifier: Expr["with"][number]): Expr["with"][number] {
    const renamed = mapWith(modifier, (term) => this.term(term));
    const { target } = renamed;
    // The target is the document even where a variable is called `input`.
    const shadow = this.#scopes.renamed("input");
    if (shadow === undefined) return renamed;
    const input: VarTerm = { type: "var", name: "input", location: target.location };
    if (target.type === "var" && target.name === shadow) {
      return { ...renamed, target: { type: "ref", head: input, path: [], location: target.location } };
    }
    if (target.type === "ref" && target.head.type === "var" && target.head.name === shadow) {
      return { ...renamed, target: { ...target, head: input } };
    }
    return renamed;
  }

  #comprehension(term: Term): Term {
    switch (term.type) {
      case "arrayComprehension":
      case "setComprehension": {
        const used = varsOfTerm(term.term);
        this.#scopes.push();
        const body = this.body(term.body, used);
        const inner = this.term(term.term);
        this.#scopes.pop();
        return { ...term, term: inner, body };
      }
      case "objectComprehension": {
        const used = varsOfTerm(term.value, {}, varsOfTerm(term.key));
        this.#scopes.push();
        const body = this.body(term.body, used);
        const key = this.term(term.key);
        const value = this.term(term.value);
        this.#scopes.pop();
        return { ...term, key, value, body };
      }
      default:
        return term;
    }
  }

  #assignment(expr: CallExpr): Expr {
    if (expr.negated) {
      this.#error(IN_NEGATED, expr.location);
      return expr;
    }
    const [left, right] = expr.args;
    if (left === undefined || right === undefined || expr.args.length !== 2) return expr;
    const before = this.errors.length;
    const value = this.term(right);
    const modifiers = mapItems(expr.with, (modifier) => {
      const renamed = this.term(modifier.value);
      return renamed === modifier.value ? modifier : { ...modifier, value: renamed };
    });
    const receiver = this.#receiver(left);
    if (this.errors.length > before) return { ...expr, args: [receiver, value], with: modifiers };
    const assigned: AssignedExpr = {
      ...expr,
      operator: builtinRef("eq", expr.operator.location),
      args: [receiver, value],
      with: modifiers,
      fromAssignment: true,
    };
    return assigned;
  }

  /** The left side of `:=`. */
  #receiver(term: Term): Term {
    switch (term.type) {
      case "var":
        return this.#declare(term.name, "assigned", term.location) ?? term;
      case "array":
        return { ...term, items: term.items.map((item) => this.#receiver(item)) };
      case "object": {
        const entries = sortedEntries(term.entries).map(({ key, value }) => ({ key, value: this.#receiver(value) }));
        return { ...term, entries };
      }
      default: {
        const root = rootDocument(term);
        if (root !== undefined) return this.#declare(root, "assigned", term.location) ?? term;
        this.#error(`cannot assign to ${valueName(term)}`, term.location);
        return term;
      }
    }
  }

  /** Gives a variable a new name in the current scope; undefined and an error where the scope has it already. */
  #declare(name: string, occurrence: Occurrence, location: Location): VarTerm | undefined {
    const before = this.#scopes.occurrence(name);
    if (before !== undefined) {
      this.#error(REDECLARED[before](isWildcard(name) ? "_" : name), location);
      return undefined;
    }
    const renamed = this.#names.next();
    this.#scopes.insert(name, renamed, occurrence);
    return { type: "var", name: renamed, location };
  }

  #some({ vars, location }: SomeExpr): undefined {
    for (const { name } of vars) {
      if (this.#declare(name, "declared", location) === undefined) return;
    }
  }

  #someIn(expr: SomeInExpr): Expr | undefined {
    const { value, domain, location } = expr;
    const key = expr.key ?? this.#names.nextVar(location);
    const bound = varsOfTerm(value, PATTERN, varsOfTerm(key, PATTERN));
    const inDomain = varsOfTerm(domain, { skipClosures: true });
    const before = this.errors.length;
    for (const name of sortStrings([...bound])) {
      if (inDomain.has(name) && !isWildcard(name)) this.#error(`var ${name} assigned before`, location);
    }
    if (this.errors.length > before) return undefined;
    const member: Term =
      domain.type === "ref"
        ? { ...domain, path: [...domain.path, key] }
        : { type: "ref", head: domain, path: [key], location: domain.location };
    const member_eq = { ...equation(value, member, location), with: expr.with, negated: expr.negated };
    for (const name of sortStrings([...equationOutputs(member_eq, varsOfTerm(domain))])) {
      if (this.#declare(name, "declared", location) === undefined) return undefined;
    }
    return this.#expr(member_eq);
  }

  #every(expr: EveryExpr): Expr | undefined {
    const domain = this.term(expr.domain);
    this.#scopes.push();
    const key = this.#everyVar(expr.key, expr.location);
    const value = key && this.#everyVar(expr.value, expr.location);
    const result = value && this.#expr({ ...expr, key, value, domain, body: this.body(expr.body, new Set<string>()) });
    this.#scopes.pop();
    return result;
  }

  #everyVar(term: VarTerm | undefined, location: Location): VarTerm | undefined {
    if (term === undefined) return { type: "var", name: this.#names.next(), location };
    if (isWildcard(term.name)) return term;
    const before = this.errors.length;
    const renamed = this.#declare(term.name, "declared", term.location);
    // OPA gives such an error no place.
    if (this.errors.length > before)
      this.errors.push(...this.errors.splice(before).map((error) => ({ ...error, location: undefined })));
    return renamed;
  }

  #not(expr: NotExpr): Expr {
    if (!expr.explicitBody) {
      const before = this.errors.length;
      const body = this.#operand(expr.body, IN_NEGATED);
      return this.errors.length > before ? expr : this.#expr({ ...expr, body });
    }
    this.#scopes.push();
    const body = this.body(expr.body, new Set<string>());
    const result = this.#expr({ ...expr, body });
    this.#scopes.pop();
    return result;
  }

  #logical(expr: LogicalExpr): Expr {
    const before = this.errors.length;
    const message = IN_OPERAND[expr.operator];
    const left = expr.explicitLeft ? this.#bracedOperand(expr.left) : this.#operand(expr.left, message);
    const right = expr.explicitRight ? this.#bracedOperand(expr.right) : this.#operand(expr.right, message);
    const result = { ...expr, left, right };
    return this.errors.length > before ? result : this.#expr(result);
  }

  #bracedOperand(body: Body): Body {
    this.#scopes.push();
    const renamed = this.body(body, new Set<string>());
    this.#scopes.pop();
    return renamed;
  }

  /** An operand without braces, which must not assign: nothing could use it. */
  #operand(body: Body, message: string): Body {
    return mapItems(body, (expr) => {
      if (expr.type === "not") return this.#not(expr);
      if (expr.type === "logical") return this.#logical(expr);
      if (isCallOf(expr, "assign")) this.#error(message, expr.location);
      return expr;
    });
  }
}

const REDECLARED: Readonly<Record<Occurrence, (name: string) => string>> = {
  seen: (name) => `var ${name} referenced above`,
  assigned: (name) => `var ${name} assigned above`,
  declared: (name) => `var ${name} declared above`,
  argument: (name) => `arg ${name} redeclared`,
};
