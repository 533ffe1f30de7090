import type { Body, Expr, Term } from "../syntax/ast.ts";
import { bind } from "./head-terms.ts";
import type { NameSource } from "./names.ts";
import { equationOf, isCallOf, isScalar, mapItems, sortedEntries, sortedItems } from "./nodes.ts";

/**
 * Moves references and comprehensions that are operands of calls or stand in other terms before the expression they are in, so
 * that these are evaluated first.
 */
export class DynamicHoister {
  readonly #names: NameSource;

  constructor(names: NameSource) {
    this.#names = names;
  }

  body(body: Body): Body {
    const result: Expr[] = [];
    for (const expr of body) result.push(this.#expr(expr, result));
    return result.length === body.length && result.every((expr, index) => expr === body[index]) ? body : result;
  }

  #expr(expr: Expr, result: Expr[]): Expr {
    switch (expr.type) {
      case "termExpr": {
        const term = this.#whole(expr, expr.term, result);
        return term === expr.term ? expr : { ...expr, term };
      }
      case "callExpr": {
        if (isCallOf(expr, "eq") && equationOf(expr) === undefined) return expr;
        const isEquation = equationOf(expr) !== undefined;
        const args = mapItems(expr.args, (arg) =>
          isEquation ? this.#whole(expr, arg, result) : this.#operand(expr, arg, result),
        );
        return args === expr.args ? expr : { ...expr, args };
      }
      case "every":
        return { ...expr, domain: this.#operand(expr, expr.domain, result), body: this.body(expr.body) };
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

  /** A term that can stay where it is, being all of an expression or a side of `=`. */
  #whole(expr: Expr, term: Term, result: Expr[]): Term {
    switch (term.type) {
      case "ref": {
        const path = mapItems(term.path, (part) => this.#operand(expr, part, result));
        return path === term.path ? term : { ...term, path };
      }
      case "arrayComprehension":
      case "setComprehension":
      case "objectComprehension":
        return this.#withBody(term);
      default:
        return this.#operand(expr, term, result);
    }
  }

  #operand(expr: Expr, term: Term, result: Expr[]): Term {
    if (isScalar(term) || term.type === "var") return term;
    switch (term.type) {
      case "ref": {
        const path = mapItems(term.path, (part) => this.#operand(expr, part, result));
        return this.#bind(expr, path === term.path ? term : { ...term, path }, result);
      }
      case "array": {
        const items = mapItems(term.items, (item) => this.#operand(expr, item, result));
        return items === term.items ? term : { ...term, items };
      }
      case "set": {
        const items = mapItems(sortedItems(term.items), (item) => this.#operand(expr, item, result));
        return items === term.items ? term : { ...term, items };
      }
      case "object": {
        const entries = mapItems(sortedEntries(term.entries), (entry) => {
          const key = this.#operand(expr, entry.key, result);
          const value = this.#operand(expr, entry.value, result);
          return key === entry.key && value === entry.value ? entry : { key, value };
        });
        return entries === term.entries ? term : { ...term, entries };
      }
      case "arrayComprehension":
      case "setComprehension":
      case "objectComprehension":
        return this.#bind(expr, this.#withBody(term), result);
      default:
        return term;
    }
  }

  #withBody(term: Term): Term {
    if (term.type !== "arrayComprehension" && term.type !== "setComprehension" && term.type !== "objectComprehension") {
      return term;
    }
    const body = this.body(term.body);
    return body === term.body ? term : { ...term, body };
  }

  #bind(original: Expr, term: Term, result: Expr[]): Term {
    const { name, expr } = bind(term, this.#names);
    result.push(original.with.length === 0 ? expr : { ...expr, with: original.with });
    if (name.type === "var") this.#names.subjects.set(name.name, term);
    return name;
  }
}
