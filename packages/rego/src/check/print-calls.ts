import type { Body, CallExpr, Expr, Term } from "../syntax/ast.ts";
import type { RegoError } from "../syntax/error.ts";
import { sortStrings } from "../values/utf8.ts";
import type { Arity } from "./arity.ts";
import { isGenerated, type NameSource } from "./names.ts";
import {
  type NodeMap,
  bodyMap,
  builtinRef,
  equation,
  isCallOf,
  isLeaf,
  mapExpr,
  mapTerm,
  mapWith,
  trueExpr,
} from "./nodes.ts";
import { bodyOutputs } from "./safety/output-vars.ts";
import { SAFETY, addAll, varsOfExpr, varsOfTerm, without } from "./vars.ts";

/** Takes all calls of `print` out of a body; one that holds nothing else becomes `true`. */
export const withoutPrints: NodeMap = bodyMap(erase);

function erase(body: Body): Body {
  const rest = body.filter((expr) => !isCallOf(expr, "print"));
  const [first] = body;
  if (rest.length === body.length || first === undefined) return body;
  return rest.length === 0 ? [trueExpr(first.location)] : rest;
}

export interface PrintContext {
  readonly names: NameSource;
  readonly arity: Arity;
  written(name: string): string;
}

/**
 * Makes calls of `print` ones of `internal.print`, in which each operand is a set: what is undefined must not stop what comes
 * after it.
 */
export class PrintRewriter {
  readonly errors: RegoError[] = [];
  readonly #context: PrintContext;

  constructor(context: PrintContext) {
    this.#context = context;
  }

  body(body: Body, known: ReadonlySet<string>): Body {
    const before = this.errors.length;
    const inner: Expr[] = [];
    for (const expr of body) {
      inner.push(this.#nested(expr, body.slice(0, inner.length), known));
      if (this.errors.length > before) return body;
    }
    for (const [index, expr] of inner.entries()) {
      if (!isCallOf(expr, "print")) continue;
      inner[index] = this.#print(expr, inner.slice(0, index), known);
      if (this.errors.length > before) return body;
    }
    return inner.every((expr, index) => expr === body[index]) ? body : inner;
  }

  /** A term of a head, whose comprehensions know only the arguments of the rule. */
  term(term: Term, known: ReadonlySet<string>): Term {
    return this.#closureMap(new Set(known)).term(term);
  }

  #nested(expr: Expr, above: Body, known: ReadonlySet<string>): Expr {
    let safe: Set<string> | undefined;
    const lazily = (): Set<string> => {
      if (safe !== undefined) return safe;
      safe = bodyOutputs(above, this.#context.arity, known);
      addAll(safe, known);
      return safe;
    };
    return this.#enter(expr, lazily);
  }

  #enter(expr: Expr, safe: () => Set<string>): Expr {
    if (expr.type === "every") {
      if (expr.key !== undefined) safe().add(expr.key.name);
      safe().add(expr.value.name);
    }
    const map: NodeMap = {
      term: (term) => (isLeaf(term) ? term : this.#enterTerm(term, safe, map)),
      body: (body) => this.body(body, safe()),
      with: (modifier) => mapWith(modifier, map.term),
      part: (part) => part,
    };
    return mapExpr(expr, map);
  }

  #enterTerm(term: Term, safe: () => Set<string>, map: NodeMap): Term {
    switch (term.type) {
      case "arrayComprehension":
      case "setComprehension":
      case "objectComprehension": {
        const body = this.body(term.body, safe());
        return body === term.body ? term : { ...term, body };
      }
      default:
        return mapTerm(term, map);
    }
  }

  #closureMap(known: Set<string>): NodeMap {
    const map: NodeMap = {
      term: (term) => (isLeaf(term) ? term : this.#enterTerm(term, () => known, map)),
      body: (body) => this.body(body, known),
      with: (modifier) => mapWith(modifier, map.term),
      part: (part) => part,
    };
    return map;
  }

  #print(expr: CallExpr, above: Body, known: ReadonlySet<string>): Expr {
    const safe = bodyOutputs(above, this.#context.arity, known);
    addAll(safe, known);
    for (const before of above) for (const name of varsOfExpr(before)) if (isGenerated(name)) safe.add(name);
    const faults = expr.args.flatMap((arg) =>
      sortStrings([...without(varsOfTerm(arg, SAFETY), safe)]).map((name): RegoError => {
        const message = `var ${this.#context.written(name)} is undeclared`;
        return { code: "rego_compile_error", message, location: arg.location };
      }),
    );
    if (faults.length > 0) {
      this.errors.push(...faults);
      return expr;
    }
    const { location } = expr;
    const items = expr.args.map((arg): Term => {
      const name = this.#context.names.nextVar(arg.location);
      const body = [equation(name, arg, arg.location)];
      return { type: "setComprehension", term: name, body, location: arg.location };
    });
    return {
      type: "callExpr",
      operator: builtinRef("internal.print", location),
      args: [{ type: "array", items, location }],
      with: [],
      negated: false,
      generated: false,
      location,
    };
  }
}
