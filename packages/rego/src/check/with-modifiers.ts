import type { Body, Expr, RefTerm, Term, With } from "../syntax/ast.ts";
import type { RegoError, RegoErrorCode } from "../syntax/error.ts";
import { formatTerm } from "../syntax/print-term.ts";
import { dottedName } from "../syntax/term-names.ts";
import type { BuiltinDeclaration } from "../builtins/declaration.ts";
import { bind } from "./head-terms.ts";
import type { NameSource } from "./names.ts";
import { mapItems, requiresEvaluation } from "./nodes.ts";
import { type TreeNode, childOf, findNode } from "./rule-tree.ts";

interface WithArgs {
  readonly head: { readonly args: readonly Term[] };
}

/** What checking modifiers has to know. */
export interface WithContext {
  readonly names: NameSource;
  readonly builtins: ReadonlyMap<string, BuiltinDeclaration>;
  readonly unsafeBuiltins: ReadonlySet<string>;
  /** The rules as a tree; of each only how many arguments it has. */
  readonly tree: TreeNode<WithArgs>;
}

/** Makes the values of modifiers variables, constants or names of functions. Stops at the first target that cannot be replaced. */
export class WithRewriter {
  error: RegoError | undefined;
  readonly #context: WithContext;
  /** Expressions that were one share their modifiers, which are to be evaluated once. */
  readonly #done = new Map<With, With>();

  constructor(context: WithContext) {
    this.#context = context;
  }

  body(body: Body): Body {
    if (body.every((expr) => expr.with.length === 0)) return body;
    const result: Expr[] = [];
    for (const expr of body) {
      const modifiers = mapItems(expr.with, (modifier) => this.#modifier(modifier, result));
      if (this.error !== undefined) return body;
      result.push(modifiers === expr.with ? expr : { ...expr, with: modifiers });
    }
    return result;
  }

  #modifier(modifier: With, result: Expr[]): With {
    if (this.error !== undefined) return modifier;
    const known = this.#done.get(modifier);
    if (known !== undefined) return known;
    const named: With = {
      ...modifier,
      target: this.#functionRef(modifier.target),
      value: this.#builtinValue(modifier.value),
    };
    let rewritten = named;
    if (this.#mustBeEvaluated(named)) {
      const { name, expr } = bind(named.value, this.#context.names);
      result.push(expr);
      rewritten = { ...named, value: name };
    }
    this.#done.set(modifier, rewritten);
    this.#done.set(rewritten, rewritten);
    return rewritten;
  }

  #functionRef(target: RefTerm | With["target"]): With["target"] {
    return target.type === "var" && this.#context.builtins.has(target.name)
      ? { type: "ref", head: target, path: [], location: target.location }
      : target;
  }

  #builtinValue(value: Term): Term {
    return value.type === "var" && this.#context.builtins.has(value.name)
      ? { type: "ref", head: value, path: [], location: value.location }
      : value;
  }

  /** Whether the value of a modifier has to be evaluated, rather than being a function or a constant. */
  #mustBeEvaluated({ target, value }: With): boolean {
    const builtin = this.#builtin(target);
    if (this.error !== undefined) return false;
    const root = target.type === "ref" && target.head.type === "var" ? target.head.name : undefined;
    if (target.type === "ref" && root === "data") {
      if (this.#replacesFunction(target, value)) return false;
      if (this.error !== undefined) return false;
      if (value.type === "ref" && this.#isFunction(value)) return false;
    } else if (root !== "input") {
      if (builtin === undefined || target.type !== "ref") {
        this.#fail("rego_type_error", "with keyword target must reference existing input, data, or a function", target);
        return false;
      }
      if (!this.#mayBeReplaced(builtin, target) || this.#isFunctionValue(value)) return false;
    }
    return this.error === undefined && requiresEvaluation(value);
  }

  #builtin(term: Term): BuiltinDeclaration | undefined {
    const name = term.type === "var" ? term.name : term.type === "ref" ? dottedName(term) : undefined;
    if (name === undefined) return undefined;
    if (this.#context.unsafeBuiltins.has(name)) {
      this.#fail(
        "rego_compile_error",
        `with keyword replacing built-in function: target must not be unsafe: ${JSON.stringify(name)}`,
        term,
      );
      return undefined;
    }
    return this.#context.builtins.get(name);
  }

  /** Whether the target is a function and the value another. A fault where the target is only part of what a rule defines. */
  #replacesFunction(target: RefTerm, value: Term): boolean {
    let node = this.#context.tree;
    for (const [index, part] of target.path.entries()) {
      const child = childOf(node, part);
      const isLast = index === target.path.length - 1;
      if (isLast) {
        const rules = child?.rules ?? [];
        return rules.some(({ head }) => head.args.length > 0) && this.#isFunctionValue(value);
      }
      if (child === undefined) {
        // OPA looks for the last part where it stopped.
        const last = target.path.at(-1);
        const found = last && childOf(node, last);
        return (found?.rules ?? []).some(({ head }) => head.args.length > 0) && this.#isFunctionValue(value);
      }
      if (child.rules.length > 0) {
        this.#fail("rego_compile_error", "with keyword cannot partially replace virtual document(s)", target);
        return false;
      }
      node = child;
    }
    return false;
  }

  #isFunction(ref: RefTerm): boolean {
    return (findNode(this.#context.tree, ref)?.rules ?? []).some(({ head }) => head.args.length > 0);
  }

  #isFunctionValue(value: Term): boolean {
    if (value.type === "ref" && findNode(this.#context.tree, value) !== undefined) return true;
    return this.#builtin(value) !== undefined;
  }

  #mayBeReplaced(builtin: BuiltinDeclaration, target: RefTerm): boolean {
    const { name } = builtin;
    const fault =
      name === "eq" || name === "rego.metadata.chain" || name === "rego.metadata.rule"
        ? `replacement of ${JSON.stringify(name)} invalid`
        : target.head.type === "var" && target.head.name === "internal"
          ? `replacement of internal function ${JSON.stringify(formatTerm(target))} invalid`
          : builtin.relation === true
            ? "target must not be a relation"
            : builtin.result === undefined
              ? "target must not be a void function"
              : undefined;
    if (fault === undefined) return true;
    this.#fail("rego_compile_error", `with keyword replacing built-in function: ${fault}`, target);
    return false;
  }

  #fail(code: RegoErrorCode, message: string, { location }: Term): void {
    this.error ??= { code, message, location };
  }
}
