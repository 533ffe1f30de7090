import type { Body, CallExpr, Expr, RefTerm, Term, With } from "../syntax/ast.ts";
import { bind } from "./head-terms.ts";
import type { NameSource } from "./names.ts";
import { appended, equation, isScalar, mapItems, sortedEntries, sortedItems } from "./nodes.ts";
import type { WorkRule } from "./work.ts";

/** Moves calls inside terms of a rule before the expression that they stand in, with a variable for the result. */
export function hoistCalls(rule: WorkRule, names: NameSource): void {
  const hoister = new CallHoister(names);
  const { head } = rule;
  const support: Expr[] = [];
  const args = mapItems(head.args, (arg) => hoister.term(arg, support));
  const key = head.key && hoister.term(head.key, support);
  const value = head.value && hoister.term(head.value, support);
  rule.head = { ...head, args, key, value };
  rule.body = hoister.body(appended(rule.body, support));
}

/** The same for a query. */
export function hoistCallsInBody(body: Body, names: NameSource): Body {
  return new CallHoister(names).body(body);
}

class CallHoister {
  readonly #names: NameSource;

  constructor(names: NameSource) {
    this.#names = names;
  }

  body(body: Body): Body {
    const result: Expr[] = [];
    for (const expr of body) this.#expr(expr, result);
    return result.length === body.length && result.every((expr, index) => expr === body[index]) ? body : result;
  }

  /** The term without calls. Expressions for these go to `support`. */
  term(term: Term, support: Expr[]): Term {
    if (isScalar(term) || term.type === "var") return term;
    switch (term.type) {
      case "call":
        return this.#call(term, support);
      case "ref":
        return this.#ref(term, support);
      case "array": {
        const items = mapItems(term.items, (item) => this.term(item, support));
        return items === term.items ? term : { ...term, items };
      }
      case "set": {
        const items = mapItems(sortedItems(term.items), (item) => this.term(item, support));
        return items === term.items ? term : { ...term, items };
      }
      case "object": {
        const entries = mapItems(sortedEntries(term.entries), (entry) => {
          const key = this.term(entry.key, support);
          const value = this.term(entry.value, support);
          return key === entry.key && value === entry.value ? entry : { key, value };
        });
        return entries === term.entries ? term : { ...term, entries };
      }
      case "arrayComprehension":
      case "setComprehension": {
        const inside: Expr[] = [];
        const inner = this.term(term.term, inside);
        const body = this.body(appended(term.body, inside));
        return inner === term.term && body === term.body ? term : { ...term, term: inner, body };
      }
      case "objectComprehension": {
        const inside: Expr[] = [];
        const key = this.term(term.key, inside);
        const value = this.term(term.value, inside);
        const body = this.body(appended(term.body, inside));
        return key === term.key && value === term.value && body === term.body ? term : { ...term, key, value, body };
      }
      default:
        return term;
    }
  }

  #call({ operator, args, location }: Extract<Term, { type: "call" }>, support: Expr[]): Term {
    const operands = mapItems(args, (arg) => this.term(arg, support));
    const output = this.#names.nextVar(location);
    const expr: CallExpr = {
      type: "callExpr",
      operator,
      args: [...operands, output],
      with: [],
      negated: false,
      generated: true,
      location,
    };
    support.push(expr);
    return output;
  }

  /** What a reference starts from becomes a variable where it is no reference or variable itself. */
  #ref(ref: RefTerm, support: Expr[]): Term {
    const head = this.#refPart(ref.head, support);
    const path = mapItems(ref.path, (part) => this.#refPart(part, support));
    switch (head.type) {
      case "array":
      case "object":
      case "set":
      case "arrayComprehension":
      case "setComprehension":
      case "objectComprehension": {
        const { name, expr } = bind(head, this.#names);
        support.push(expr);
        if (name.type === "var") this.#names.subjects.set(name.name, head);
        return { ...ref, head: name, path };
      }
      default:
        return head === ref.head && path === ref.path ? ref : { ...ref, head, path };
    }
  }

  #refPart(part: Term, support: Expr[]): Term {
    const hoisted = this.term(part, support);
    if (part.type === "call" && hoisted.type === "var") this.#names.subjects.set(hoisted.name, part);
    return hoisted;
  }

  #expr(expr: Expr, result: Expr[]): void {
    const modifiers = mapItems(expr.with, (modifier): With => {
      const value = this.term(modifier.value, result);
      return value === modifier.value ? modifier : { ...modifier, value };
    });
    const start = result.length;
    const hoisted = this.#terms(expr, modifiers, result);
    // What an expression is evaluated under goes for what was moved out of it too.
    if (modifiers.length > 0) {
      for (let index = start; index < result.length; index += 1) {
        const extra = result[index];
        if (extra !== undefined) result[index] = { ...extra, with: modifiers };
      }
    }
    result.push(modifiers === hoisted.with ? hoisted : { ...hoisted, with: modifiers });
  }

  #terms(expr: Expr, modifiers: readonly With[], result: Expr[]): Expr {
    switch (expr.type) {
      case "termExpr": {
        const term = this.term(expr.term, result);
        return term === expr.term ? expr : { ...expr, term };
      }
      case "callExpr": {
        const args = mapItems(expr.args, (arg) => this.term(arg, result));
        return args === expr.args ? expr : { ...expr, args };
      }
      case "every": {
        const domain = this.#names.nextVar(expr.domain.location);
        const source = { ...equation(domain, expr.domain, expr.domain.location), generated: true, with: modifiers };
        this.#expr(source, result);
        return { ...expr, domain, body: this.body(expr.body) };
      }
      case "not": {
        const body = this.body(expr.body);
        return body === expr.body ? expr : { ...expr, body };
      }
      case "logical": {
        const left = this.body(expr.left);
        const right = this.body(expr.right);
        return left === expr.left && right === expr.right ? expr : { ...expr, left, right };
      }
      case "some":
      case "someIn":
        return expr;
    }
  }
}
