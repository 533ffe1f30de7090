import type { Body, CallExpr, Expr, RefTerm, Term } from "../../syntax/ast.ts";
import type { RegoError } from "../../syntax/error.ts";
import { formatTerm } from "../../syntax/print-term.ts";
import { childrenOf, walkTerms } from "../../syntax/walk.ts";
import { isGround } from "../../syntax/ground.ts";
import type { BuiltinDeclaration } from "../../builtins/declaration.ts";
import { compareErrors } from "../error-list.ts";
import { type WorkRule, groundPrefix, isMultiValue, refOfRule } from "../work.ts";
import { keysOf, unifies, union, valuesOf } from "./algebra.ts";
import { builtinType } from "./builtin-types.ts";
import { RefChecker } from "./ref-checker.ts";
import { type DeclaredSchema, overridden } from "./schema-types.ts";
import { TypeEnv, knownPrefix } from "./type-env.ts";
import { type TypeFault, argError, matchError, wantedOf } from "./type-errors.ts";
import { TypeTree } from "./type-tree.ts";
import { ANY, type FunctionType, type Type, functionType, hasUnknown, objectType, setType, unnamed } from "./type.ts";
import { unifyTerms, unifyWith } from "./unify-types.ts";

/** What the type checker has to know. */
export interface TypeContext {
  readonly builtins: ReadonlyMap<string, BuiltinDeclaration>;
  /** Makes a reference what was written, for messages. */
  shown(ref: RefTerm): RefTerm;
  /** The paths of the rules that depend on what a reference leads to, and of that itself. */
  dependents(ref: RefTerm): readonly RefTerm[];
  /** The schemas that a rule is checked with. */
  schemas(rule: WorkRule): readonly (DeclaredSchema | RegoError)[];
}

/** Comprehensions nested deeper than this are typed once only, which can lose types that are learnt later. */
const RETYPED_DEPTH = 4;

/** The environment in which all is checked: builtins, and the schema of the input. */
export function rootEnv(builtins: readonly BuiltinDeclaration[], input: Type | undefined): TypeEnv {
  const known = roots.get(builtins);
  if (known !== undefined && input === undefined) return known;
  const env = new TypeEnv((outer) => outer);
  if (input !== undefined) env.tree.put(nameTerm("input"), [], input);
  for (const builtin of builtins) {
    const [head = "", ...path] = builtin.name.split(".");
    env.tree.put(
      nameTerm(head),
      path.map((value): Term => ({ type: "string", value, location: NOWHERE })),
      builtinType(builtin),
    );
  }
  if (input === undefined) roots.set(builtins, env);
  return env;
}

/** Environments that hold only builtins. Nothing is ever added to one. */
const roots = new WeakMap<readonly BuiltinDeclaration[], TypeEnv>();

const NOWHERE = { source: { file: "", text: "" }, row: 0, col: 0, offset: 0, end: 0 };

function nameTerm(name: string): Term {
  return { type: "var", name, location: NOWHERE };
}

/** Infers the types of rules and finds expressions that can never be true. */
export class TypeChecker {
  /** The builtins that what was checked calls. */
  readonly called: Set<string> = new Set<string>();
  readonly #context: TypeContext;
  readonly #errors: RegoError[] = [];
  readonly #relaxed = new Map<string, TypeTree | undefined>();
  readonly #typed = new WeakMap<Term, TypeEnv>();
  #depth = 0;

  constructor(context: TypeContext) {
    this.#context = context;
  }

  /** Checks rules in an order in which those come first that others depend on. Their types go to an environment inside `root`. */
  rules(root: TypeEnv, rules: readonly WorkRule[]): { readonly env: TypeEnv; readonly errors: readonly RegoError[] } {
    const env = root.inner(this.#typeClosure);
    for (const rule of rules) this.#rule(env, rule);
    return { env, errors: this.#errors.sort(compareErrors) };
  }

  /** Checks a body in an environment inside another. */
  body(outer: TypeEnv, body: Body): { readonly env: TypeEnv; readonly errors: readonly RegoError[] } {
    const env = outer.inner(this.#typeClosure);
    const errors: RegoError[] = [];
    const plain = new RefChecker(env, (ref) => this.#context.shown(ref));
    for (const expr of body) {
      const exprEnv = expr.with.length === 0 ? env : this.#withEnv(env, expr);
      const refs = exprEnv === env ? plain : new RefChecker(exprEnv, (ref) => this.#context.shown(ref));
      const closureErrors = this.#closures(exprEnv, expr);
      errors.push(...closureErrors);
      refs.errors.length = 0;
      refs.expr(expr);
      errors.push(...refs.errors);
      const fault = this.#expr(exprEnv, expr);
      if (fault === undefined) continue;
      // What comes of an error inside is not worth another.
      const follows = (closureErrors.length > 0 || refs.errors.length > 0) && fault.ofUnknown;
      if (!follows) errors.push(fault.error);
    }
    return { env, errors };
  }

  readonly #typeClosure = (env: TypeEnv, closure: Term, body: Body): TypeEnv | undefined => {
    const known = this.#depth >= RETYPED_DEPTH ? this.#typed.get(closure) : undefined;
    if (known !== undefined) return known;
    const { env: inner, errors } = this.#inside(env, closure, body);
    return errors.length === 0 ? inner : undefined;
  };

  #inside(env: TypeEnv, closure: Term, body: Body): { readonly env: TypeEnv; readonly errors: readonly RegoError[] } {
    this.#depth += 1;
    const result = this.body(env, body);
    this.#depth -= 1;
    if (result.errors.length === 0) this.#typed.set(closure, result.env);
    return result;
  }

  /**
   * Checks the comprehensions in an expression; the errors of the last that has any. As in OPA, those inside another are
   * checked once more without what is known inside of it, which tells of fewer types and so may find what has none.
   */
  #closures(env: TypeEnv, expr: Expr): readonly RegoError[] {
    let errors: readonly RegoError[] = [];
    const visit = (term: Term): boolean => {
      if (
        term.type !== "arrayComprehension" &&
        term.type !== "setComprehension" &&
        term.type !== "objectComprehension"
      ) {
        return true;
      }
      if (this.#depth < RETYPED_DEPTH) {
        this.#depth += 1;
        for (const inner of childrenOf(term)) walkTerms(inner, visit);
        this.#depth -= 1;
      }
      const result = this.#inside(env, term, term.body);
      if (result.errors.length > 0) errors = result.errors;
      return false;
    };
    walkTerms(expr, visit);
    return errors;
  }

  #rule(env: TypeEnv, rule: WorkRule): void {
    const outer = env.inner(this.#typeClosure);
    this.#declareSchemas(outer, rule);
    const { env: inner, errors } = this.body(outer, rule.body);
    const ref = refOfRule(rule);
    if (errors.length > 0) {
      this.#errors.push(...errors);
      // What refers to the rule is not to blame.
      env.tree.put(ref.head, ref.path, ANY);
      return;
    }
    const prefix = rule.head.args.length > 0 ? ref : groundPrefix(ref);
    const type = this.#ruleType(inner, rule, ref.path.slice(prefix.path.length));
    if (type !== undefined) env.tree.insert(prefix.head, prefix.path, type, env);
  }

  #declareSchemas(env: TypeEnv, rule: WorkRule): void {
    for (const schema of this.#context.schemas(rule)) {
      if ("code" in schema) {
        this.#errors.push(schema);
        continue;
      }
      const { path, type } = schema;
      const prefix = knownPrefix(env, path);
      if (prefix === undefined || prefix.length === path.path.length) {
        env.tree.put(path.head, path.path, type);
      } else {
        const rest = path.path.slice(prefix.length);
        env.tree.put(path.head, path.path.slice(0, prefix.length), overridden(rest, prefix.type, type));
      }
    }
  }

  #ruleType(env: TypeEnv, { head }: WorkRule, dynamicPath: readonly Term[]): Type | undefined {
    if (head.args.length > 0) {
      for (const arg of head.args) {
        walkTerms(arg, (term) => {
          if (term.type === "var" && env.typeOf(term) === undefined) env.putVar(term.name, ANY);
          return true;
        });
      }
      const args = head.args.map((arg) => env.typeOf(arg));
      return functionType(args, head.value && env.typeOf(head.value));
    }
    const term = isMultiValue(head) ? head.key : head.value;
    const value = term && env.typeOf(term);
    if (value === undefined) return undefined;
    return nested(env, dynamicPath, isMultiValue(head) ? setType(value) : value);
  }

  #expr(env: TypeEnv, expr: Expr): TypeFault | undefined {
    return this.#modifiers(env, expr) ?? (expr.type === "callExpr" ? this.#call(env, expr) : undefined);
  }

  /** A function can only be replaced by one that takes as much. */
  #modifiers(env: TypeEnv, expr: Expr): TypeFault | undefined {
    for (const { target, value, location } of expr.with) {
      const wanted = env.typeOf(target);
      const given = env.typeOf(value);
      if (wanted?.kind === "function" && given?.kind === "function" && !unifies(wanted, given)) {
        return argError(location, formatTerm(target), "arity mismatch", given.args.map(unnamed), wantedOf(wanted));
      }
    }
    return undefined;
  }

  #call(env: TypeEnv, expr: CallExpr): TypeFault | undefined {
    const { operator, args, location } = expr;
    const name = formatTerm(operator);
    if (this.#context.builtins.has(name)) this.called.add(name);
    if (name === "eq") return checkEquation(env, expr);
    if (name === "internal.member_2" || name === "internal.member_3") {
      const fault = checkMembership(env, expr, name === "internal.member_3");
      if (fault !== undefined) return fault;
    }
    const type = env.typeOf(operator);
    if (type?.kind === "any" && type.of.length === 0) return undefined;
    if (type?.kind !== "function") {
      const message = `undefined function ${name}`;
      return { error: { code: "rego_type_error", message, location }, ofUnknown: false };
    }
    return checkOperands(env, expr, name, args, type);
  }

  /** Where modifiers replace documents: these can also have the type of what replaces them, and what depends on them any. */
  #withEnv(env: TypeEnv, expr: Expr): TypeEnv {
    let result = env;
    const replaced: { readonly target: RefTerm; readonly type: Type }[] = [];
    for (const { target, value } of expr.with) {
      if (target.type !== "ref") continue;
      const targetType = env.typeOf(target);
      const isFunction = targetType?.kind === "function";
      const relaxed = this.#relaxedDependents(target, isFunction);
      if (relaxed !== undefined) result = result.forModifiers(relaxed);
      if (isFunction) continue;
      let type: Type = ANY;
      if (isGround(target) && targetType !== undefined) {
        const valueType = env.typeOf(value);
        if (valueType !== undefined) type = union(targetType, valueType) ?? ANY;
      }
      replaced.push({ target: groundPrefix(target), type });
    }
    if (replaced.length === 0) return result;
    const tree = new TypeTree();
    for (const { target, type } of replaced) tree.put(target.head, target.path, type);
    return result.forModifiers(tree);
  }

  #relaxedDependents(target: RefTerm, isFunction: boolean): TypeTree | undefined {
    const text = formatTerm(target);
    const key = isFunction ? `f:${text}` : text;
    if (this.#relaxed.has(key)) return this.#relaxed.get(key);
    let tree: TypeTree | undefined;
    for (const ref of this.#context.dependents(target)) {
      if (isFunction && formatTerm(ref) === text) continue;
      tree ??= new TypeTree();
      tree.put(ref.head, ref.path, ANY);
    }
    this.#relaxed.set(key, tree);
    return tree;
  }
}

/** Objects in objects, one for each part of a path, with a value of a type inside. */
function nested(env: TypeEnv, path: readonly Term[], type: Type): Type | undefined {
  let result: Type | undefined = type;
  for (const part of path.toReversed()) {
    const key = env.typeOf(part);
    if (key === undefined) return undefined;
    result = objectType([], { key, value: result });
  }
  return result;
}

function checkEquation(env: TypeEnv, { args, location }: CallExpr): TypeFault | undefined {
  const [left, right] = args;
  if (left === undefined || right === undefined || args.length > 2) {
    const message = args.length > 2 ? "too many arguments" : "too few arguments";
    const have = args.map((arg) => env.typeOf(arg));
    return argError(location, "eq", message, have, { args: [ANY, ANY], variadic: undefined });
  }
  const typeA = env.typeOf(left);
  const typeB = env.typeOf(right);
  return unifyTerms(env, left, typeA, right, typeB) ? undefined : matchError(location, typeA, typeB);
}

/** `x in xs`: what can be found in a collection depends on its own type. */
function checkMembership(env: TypeEnv, { args, location }: CallExpr, withKey: boolean): TypeFault | undefined {
  const collection = args[withKey ? 2 : 1];
  const [first, second] = args;
  if (collection === undefined || first === undefined || second === undefined) return undefined;
  const type = env.typeOf(collection);
  const values = valuesOf(type);
  if (values === undefined) return undefined;
  const check = (term: Term, member: Type | undefined): TypeFault | undefined => {
    if (member === undefined || hasUnknown(member)) return undefined;
    const have = env.typeOf(term);
    const clashes = !hasUnknown(have) && !unifies(have, member);
    return clashes || !unifyWith(env, term, member) ? matchError(location, have, member) : undefined;
  };
  return (withKey ? check(first, keysOf(type)) : undefined) ?? check(withKey ? second : first, values);
}

function checkOperands(
  env: TypeEnv,
  { location }: CallExpr,
  name: string,
  args: readonly Term[],
  type: FunctionType,
): TypeFault | undefined {
  const result = unnamed(type.result);
  const named = result === undefined ? type.args : [...type.args, type.result];
  const wanted = { args: named, variadic: type.variadic };
  const types = (): (Type | undefined)[] => args.map((arg) => env.typeOf(arg));
  if (args.length > named.length && type.variadic === undefined) {
    return argError(location, name, "too many arguments", types(), wanted);
  }
  if (args.length < type.args.length) return argError(location, name, "too few arguments", types(), wanted);
  const before = types();
  for (const [index, arg] of args.entries()) {
    const expected = unnamed(index < named.length ? named[index] : type.variadic);
    const have = before[index];
    if (have !== undefined && !hasUnknown(have) && !unifies(have, expected)) {
      return argError(location, name, "invalid argument(s)", before, wanted);
    }
    if (!unifyWith(env, arg, expected)) return argError(location, name, "invalid argument(s)", types(), wanted);
  }
  return undefined;
}
