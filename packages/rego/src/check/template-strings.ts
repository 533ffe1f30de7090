import type { Body, Expr, Rule, ScalarTerm, Term, TemplateStringTerm } from "../syntax/ast.ts";
import type { RegoError } from "../syntax/error.ts";
import type { Location } from "../syntax/location.ts";
import { walkTerms } from "../syntax/walk.ts";
import { sortStrings } from "../values/utf8.ts";
import type { Arity } from "./arity.ts";
import type { NameSource } from "./names.ts";
import { type NodeMap, builtinRef, equation, isLeaf, mapExpr, mapItems, mapTerm, mapWith } from "./nodes.ts";
import { bodyOutputs } from "./safety/output-vars.ts";
import { SAFETY, addAll, varsOfTerm, without } from "./vars.ts";

/** What rewriting template strings has to know. */
export interface TemplateContext {
  readonly names: NameSource;
  readonly arity: Arity;
  /** Whether the language has template strings. */
  readonly supported: boolean;
  /** Whether a builtin has any number of results. */
  isRelation(operator: string): boolean;
  /** Whether a reference is to a rule that always has a value. */
  isAlwaysDefined(ref: Term): boolean;
  /** What a variable was written as. */
  written(name: string): string;
}

/** Whether a rule, or its body, holds a template string. */
export function holdsTemplate(rule: Pick<Rule, "head" | "body">): boolean {
  let found = false;
  const visit = (term: Term): boolean => {
    if (term.type === "templateString") found = true;
    return !found;
  };
  walkTerms(rule.head, visit);
  for (const expr of rule.body) if (!found) walkTerms(expr, visit);
  return found;
}

/** Replaces template strings by calls of `internal.template_string`, with a set for each part that can be undefined. */
export class TemplateRewriter {
  readonly errors: RegoError[] = [];
  readonly #context: TemplateContext;

  constructor(context: TemplateContext) {
    this.#context = context;
  }

  /** The new body, and the variables known in it. */
  body(body: Body, known: ReadonlySet<string>): { readonly body: Body; readonly safe: ReadonlySet<string> } {
    const safe = bodyOutputs(body, this.#context.arity, known);
    addAll(safe, known);
    const map = this.#mapWith(safe);
    return { body: mapItems(body, (expr) => this.#expr(expr, safe, map)), safe };
  }

  /** A term outside of bodies. */
  term(term: Term, safe: ReadonlySet<string>): Term {
    return this.#mapWith(safe).term(term);
  }

  #mapWith(safe: ReadonlySet<string>): NodeMap {
    const map: NodeMap = {
      term: (term) => this.#term(term, safe, map),
      body: (body) => mapItems(body, (expr) => this.#expr(expr, safe, map)),
      with: (modifier) => mapWith(modifier, map.term),
      part: (expr) => this.#expr(expr, safe, map),
    };
    return map;
  }

  #expr(expr: Expr, safe: ReadonlySet<string>, map: NodeMap): Expr {
    if (expr.type !== "every") return mapExpr(expr, map);
    const inner = new Set(safe);
    if (expr.key !== undefined) inner.add(expr.key.name);
    inner.add(expr.value.name);
    return this.#again(mapExpr(expr, { ...map, body: (body) => this.body(body, inner).body }), (failed) => {
      mapExpr(failed, map);
    });
  }

  /** OPA looks a second time for template strings in what has a body, and reports those again that it could not rewrite. */
  #again<T>(rewritten: T, look: (failed: T) => void): T {
    if (this.errors.length > 0) look(rewritten);
    return rewritten;
  }

  #term(term: Term, safe: ReadonlySet<string>, map: NodeMap): Term {
    switch (term.type) {
      case "templateString":
        return this.#template(term, safe);
      case "arrayComprehension":
      case "setComprehension": {
        const { body, safe: inside } = this.body(term.body, safe);
        const result = { ...term, term: this.#result(term.term, inside, map), body };
        return this.#again(result, (failed) => mapTerm(failed, map));
      }
      case "objectComprehension": {
        const { body, safe: inside } = this.body(term.body, safe);
        const key = this.#result(term.key, inside, map);
        const result = { ...term, key, value: this.#result(term.value, inside, map), body };
        return this.#again(result, (failed) => mapTerm(failed, map));
      }
      default:
        return isLeaf(term) ? term : mapTerm(term, map);
    }
  }

  /** What a comprehension collects. Only a template string itself knows the variables of the body. */
  #result(term: Term, inside: ReadonlySet<string>, map: NodeMap): Term {
    return term.type === "templateString" ? this.#template(term, inside) : map.term(term);
  }

  #template(template: TemplateStringTerm, safe: ReadonlySet<string>): Term {
    const { location } = template;
    if (!this.#context.supported) {
      this.#error("template-strings are not supported", location);
      return template;
    }
    const before = this.errors.length;
    const parts: Term[] =
      template.parts.length === 0
        ? [{ type: "string", value: "", location }]
        : template.parts.flatMap((part) => this.#part(part, safe));
    if (this.errors.length > before) return template;
    return {
      type: "call",
      operator: builtinRef("internal.template_string", location),
      args: [{ type: "array", items: parts, location }],
      location,
    };
  }

  #part(part: ScalarTerm | Expr, safe: ReadonlySet<string>): readonly Term[] {
    if (!("with" in part)) return [part];
    const value = this.#valueOf(part);
    if (value === undefined) return [];
    const { location } = value;
    if (value.type === "var" || (value.type === "ref" && this.#context.isAlwaysDefined(value))) {
      return [{ type: "set", items: [value], location }];
    }
    // OPA gives a call in a template string no place.
    const place = part.type === "callExpr" ? undefined : location;
    for (const name of sortStrings([...without(varsOfTerm(value, SAFETY), safe)])) {
      this.#error(`var ${this.#context.written(name)} is undeclared`, place);
    }
    const name = this.#context.names.nextVar(location);
    const capture = { ...equation(name, value, location), with: part.with };
    const { body } = this.body([capture], safe);
    return [{ type: "setComprehension", term: name, body, location }];
  }

  #valueOf(part: Expr): Term | undefined {
    switch (part.type) {
      case "termExpr":
        return part.term;
      case "callExpr": {
        const { operator, args, location } = part;
        const name = operatorName(operator);
        if (this.#context.isRelation(name)) {
          this.#error(`illegal call to relation built-in '${name}' that may cause multiple outputs`, undefined);
          return undefined;
        }
        return { type: "call", operator, args, location };
      }
      default: {
        const kind = part.type === "not" ? "Not" : part.type === "every" ? "Every" : logicalName(part);
        this.#error(`unexpected template-string expression type: *ast.${kind}`, part.location);
        return undefined;
      }
    }
  }

  #error(message: string, location: Location | undefined): void {
    this.errors.push({ code: "rego_compile_error", message, location });
  }
}

function logicalName(part: Expr): string {
  if (part.type === "logical") return part.operator === "and" ? "LogicalAnd" : "LogicalOr";
  return "SomeDecl";
}

function operatorName({ head, path }: { readonly head: Term; readonly path: readonly Term[] }): string {
  const name = head.type === "var" ? head.name : "";
  return [name, ...path.map((part) => (part.type === "string" ? part.value : ""))].join(".");
}
