/**
 * Types of every part of an expression, and what its names refer to; the CEL specification's checker with the errors of CEL's Go
 * implementation.
 */
import type { CallExpr, ComprehensionExpr, Expr, ListExpr, MapExpr, SelectExpr, StructExpr } from "../syntax/ast.ts";
import { OPERATORS, qualifiedName } from "../syntax/ast.ts";
import type { Parsed } from "../syntax/parser.ts";
import type { Issue } from "../syntax/source.ts";
import * as types from "../types/type.ts";
import { formatSignature, formatType, isExactType, isOptionalType, paramOf, type Type } from "../types/type.ts";
import { typeOfValue } from "../values/type-of.ts";
import { assign, assignAll, isDynamic, mostGeneral, substitute, type Substitutions } from "./assignability.ts";
import type { Declarations, FunctionDeclaration } from "./declarations.ts";

export interface Checked {
  readonly expr: Expr;
  readonly type: Type;
  readonly types: ReadonlyMap<number, Type>;
  /** Selections and names that are a variable as a whole: `authorizer.requestResource`. */
  readonly variables: ReadonlyMap<number, string>;
  /** Names that are a type. */
  readonly typeNames: ReadonlyMap<number, Type>;
  /** The function behind each call; for `math.f(x)` with the whole name. */
  readonly functions: ReadonlyMap<number, FunctionDeclaration>;
  /** Which overloads each call may be. */
  readonly overloads: ReadonlyMap<number, readonly string[]>;
  /** The names of message literals, resolved. */
  readonly messages: ReadonlyMap<number, string>;
}

export interface CheckResult {
  /** Usable only where there are no issues. */
  readonly checked: Checked;
  readonly issues: readonly Issue[];
}

export function check(parsed: Parsed, declarations: Declarations): CheckResult {
  return new Checker(parsed, declarations).run();
}

class Scope {
  readonly #names: Map<string, Type>;
  readonly parent: Scope | undefined;

  constructor(parent: Scope | undefined, names: readonly (readonly [string, Type])[]) {
    this.parent = parent;
    this.#names = new Map(names);
  }

  find(name: string): Type | undefined {
    return this.#names.get(name) ?? this.parent?.find(name);
  }
}

class Checker {
  readonly #parsed: Parsed;
  readonly #declarations: Declarations;
  readonly #issues: Issue[] = [];
  readonly #types = new Map<number, Type>();
  readonly #variables = new Map<number, string>();
  readonly #typeNames = new Map<number, Type>();
  readonly #functions = new Map<number, FunctionDeclaration>();
  readonly #overloads = new Map<number, readonly string[]>();
  readonly #messages = new Map<number, string>();
  #scope: Scope = new Scope(undefined, []);
  #known: Substitutions = new Map();
  #freeParams = 0;

  constructor(parsed: Parsed, declarations: Declarations) {
    this.#parsed = parsed;
    this.#declarations = declarations;
  }

  run(): CheckResult {
    const { expr } = this.#parsed;
    this.#check(expr);
    for (const [id, type] of this.#types) this.#types.set(id, substitute(this.#known, type, true));
    const checked: Checked = {
      expr,
      type: this.#typeOf(expr),
      types: this.#types,
      variables: this.#variables,
      typeNames: this.#typeNames,
      functions: this.#functions,
      overloads: this.#overloads,
      messages: this.#messages,
    };
    return { checked, issues: this.#issues };
  }

  #report(id: number, message: string): void {
    this.#issues.push({ message, ...this.#parsed.source.position(this.#parsed.offsets.get(id) ?? 0) });
  }

  #typeOf({ id }: Expr): Type {
    return this.#types.get(id) ?? types.ERROR;
  }

  #setType({ id }: { readonly id: number }, type: Type): void {
    this.#types.set(id, type);
  }

  #substituted(type: Type): Type {
    return substitute(this.#known, type, false);
  }

  #isAssignable(from: Type, to: Type): boolean {
    const found = assign(this.#known, from, to);
    if (found !== undefined) this.#known = found;
    return found !== undefined;
  }

  #newParam(): Type {
    return types.paramType(`_var${this.#freeParams++}`);
  }

  #mismatch(id: number, expected: Type, actual: Type): void {
    this.#report(id, `expected type '${formatType(expected)}' but found '${formatType(actual)}'`);
  }

  #check(expr: Expr): void {
    switch (expr.kind) {
      case "literal":
        this.#setType(expr, typeOfValue(expr.value));
        return;
      case "ident":
        if (!this.#resolveName(expr, expr.name)) {
          this.#setType(expr, types.ERROR);
          this.#undeclared(expr.id, expr.name);
        }
        return;
      case "select":
        this.#checkSelect(expr);
        return;
      case "call":
        this.#checkCall(expr);
        return;
      case "list":
        this.#checkList(expr);
        return;
      case "map":
        this.#checkMap(expr);
        return;
      case "struct":
        this.#checkStruct(expr);
        return;
      case "comprehension":
        this.#checkComprehension(expr);
        return;
      case "missing":
        this.#setType(expr, types.ERROR);
    }
  }

  #undeclared(id: number, name: string): void {
    this.#report(id, `undeclared reference to '${name}' (in container '')`);
  }

  /** Whether `name` is a variable or a type; the node then stands for it. */
  #resolveName(expr: Expr, name: string): boolean {
    const plain = name.replace(/^\./, "");
    const variable = (name === plain ? this.#scope.find(plain) : undefined) ?? this.#declarations.variables.get(plain);
    if (variable !== undefined) {
      this.#setType(expr, variable);
      this.#variables.set(expr.id, plain);
      return true;
    }
    const type = this.#declarations.typeNames.get(plain) ?? this.#declarations.message(plain)?.type;
    if (type === undefined) return false;
    this.#setType(expr, types.typeOf(type));
    this.#typeNames.set(expr.id, type);
    return true;
  }

  #checkSelect(expr: SelectExpr): void {
    const name = qualifiedName(expr);
    if (name !== undefined && this.#resolveName(expr, name)) return;
    const field = this.#checkField(expr, expr.operand, expr.field, false);
    this.#setType(expr, expr.testOnly ? types.BOOL : this.#substituted(field));
  }

  #checkField(expr: Expr, operand: Expr, field: string, optional: boolean): Type {
    this.#check(operand);
    const operandType = this.#substituted(this.#typeOf(operand));
    const isOptional = isOptionalType(operandType);
    const target = isOptional ? paramOf(operandType, 0) : operandType;
    const result = this.#fieldType(expr, target, field);
    return isOptional || optional ? types.optionalType(result) : result;
  }

  #fieldType(expr: Expr, target: Type, field: string): Type {
    switch (target.kind) {
      case "map":
        return paramOf(target, 1);
      case "struct":
        return this.#messageField(expr.id, target.name, field) ?? types.ERROR;
      case "param":
        this.#isAssignable(types.DYN, target);
        return types.DYN;
      default:
        if (!isDynamic(target) && target.kind !== "error") {
          this.#report(expr.id, `type '${formatType(target)}' does not support field selection`);
        }
        return types.DYN;
    }
  }

  #messageField(id: number, typeName: string, field: string): Type | undefined {
    const message = this.#declarations.message(typeName);
    if (message === undefined) {
      this.#report(id, `unexpected failed resolution of '${typeName}'`);
      return undefined;
    }
    const type = message.field(field);
    if (type === undefined) this.#report(id, `undefined field '${field}'`);
    return type;
  }

  #checkCall(expr: CallExpr): void {
    const { function: name, target, args } = expr;
    if (name === OPERATORS.optionalSelect) {
      this.#checkOptionalSelect(expr);
      return;
    }
    for (const arg of args) this.#check(arg);
    if (target === undefined) {
      this.#resolveCall(expr, name.replace(/^\./, ""), args, name);
      return;
    }
    const prefix = qualifiedName(target);
    const whole = prefix === undefined ? undefined : `${prefix.replace(/^\./, "")}.${name}`;
    if (whole !== undefined && this.#declarations.functions.has(whole)) {
      this.#resolveCall(expr, whole, args, whole);
      return;
    }
    this.#check(target);
    this.#resolveCall(expr, name, [target, ...args], name, true);
  }

  #checkOptionalSelect(expr: CallExpr): void {
    const [operand, field] = expr.args;
    if (operand === undefined || field?.kind !== "literal" || typeof field.value !== "string") return;
    this.#setType(expr, this.#substituted(this.#checkField(expr, operand, field.value, true)));
    this.#overloads.set(expr.id, ["select_optional_field"]);
  }

  #resolveCall(expr: CallExpr, name: string, operands: readonly Expr[], written: string, member = false): void {
    const declaration = this.#declarations.functions.get(name);
    this.#setType(expr, types.ERROR);
    if (declaration === undefined) {
      this.#undeclared(expr.id, written);
      return;
    }
    this.#functions.set(expr.id, declaration);
    const operandTypes = operands.map((operand) => this.#typeOf(operand));
    if (name === OPERATORS.and || name === OPERATORS.or) {
      this.#checkLogical(expr, declaration, operandTypes);
      return;
    }
    const { ids, result } = this.#matching(declaration, operandTypes, member);
    if (result === undefined) {
      const found = operandTypes.map((type) => substitute(this.#known, type, true));
      const signature = formatSignature(found, member);
      this.#report(expr.id, `found no matching overload for '${declaration.name}' applied to '${signature}'`);
      return;
    }
    this.#setType(expr, result);
    this.#overloads.set(expr.id, ids);
  }

  #matching(
    declaration: FunctionDeclaration,
    operandTypes: readonly Type[],
    member: boolean,
  ): { readonly ids: readonly string[]; readonly result: Type | undefined } {
    const ids: string[] = [];
    let result: Type | undefined;
    for (const overload of declaration.overloads) {
      if (overload.member !== member) continue;
      const fresh = this.#fresh([overload.result, ...overload.operands]);
      const found = assignAll(this.#known, operandTypes, fresh.slice(1));
      if (found === undefined) continue;
      this.#known = found;
      ids.push(overload.id);
      const overloadResult = this.#substituted(fresh[0] ?? types.DYN);
      if (result === undefined) result = overloadResult;
      else if (!isDynamic(result) && !isExactType(overloadResult, result)) result = types.DYN;
    }
    return { ids, result };
  }

  /** The same types with type parameters of their own. */
  #fresh(signature: readonly Type[]): readonly Type[] {
    const own: Substitutions = new Map();
    const collect = (type: Type): void => {
      if (type.kind === "param" && !own.has(type.name)) own.set(type.name, this.#newParam());
      for (const param of type.params) collect(param);
    };
    for (const type of signature) collect(type);
    return own.size === 0 ? signature : signature.map((type) => substitute(own, type, false));
  }

  #checkLogical(expr: CallExpr, declaration: FunctionDeclaration, operandTypes: readonly Type[]): void {
    let valid = true;
    for (const [index, type] of operandTypes.entries()) {
      if (this.#isAssignable(type, types.BOOL)) continue;
      this.#mismatch(expr.args[index]?.id ?? expr.id, types.BOOL, type);
      valid = false;
    }
    if (!valid) return;
    this.#setType(expr, types.BOOL);
    this.#overloads.set(
      expr.id,
      declaration.overloads.map(({ id }) => id),
    );
  }

  /** The type of `?value`: what is in the optional. */
  #unwrapped(value: Expr): Type {
    const type = this.#typeOf(value);
    if (isOptionalType(type)) return paramOf(type, 0);
    if (!isDynamic(type)) this.#mismatch(value.id, types.optionalType(type), type);
    return type;
  }

  #joined(previous: Type | undefined, current: Type): Type {
    if (previous === undefined) return current;
    return this.#isAssignable(previous, current) ? mostGeneral(previous, current) : types.DYN;
  }

  #checkList(expr: ListExpr): void {
    let joined: Type | undefined;
    for (const [index, element] of expr.elements.entries()) {
      this.#check(element);
      const type = expr.optionals.has(index) ? this.#unwrapped(element) : this.#typeOf(element);
      joined = this.#joined(joined, type);
    }
    this.#setType(expr, types.listType(joined ?? this.#newParam()));
  }

  #checkMap(expr: MapExpr): void {
    let keys: Type | undefined;
    let values: Type | undefined;
    for (const { key, value, optional } of expr.entries) {
      this.#check(key);
      keys = this.#joined(keys, this.#typeOf(key));
      this.#check(value);
      values = this.#joined(values, optional ? this.#unwrapped(value) : this.#typeOf(value));
    }
    const key = keys ?? this.#newParam();
    this.#setType(expr, types.mapType(key, values ?? this.#newParam()));
  }

  #checkStruct(expr: StructExpr): void {
    const name = expr.typeName.replace(/^\./, "");
    const message = this.#declarations.message(name);
    if (message === undefined) {
      this.#setType(expr, types.ERROR);
      this.#undeclared(expr.id, expr.typeName);
      return;
    }
    this.#messages.set(expr.id, name);
    this.#setType(expr, message.type);
    for (const field of expr.fields) {
      this.#check(field.value);
      const fieldType = this.#messageField(field.id, name, field.name) ?? types.ERROR;
      const valueType = field.optional ? this.#unwrapped(field.value) : this.#typeOf(field.value);
      if (!this.#isAssignable(fieldType, valueType)) {
        this.#report(
          field.id,
          `expected type of field '${field.name}' is '${formatType(fieldType)}' but provided type is '${formatType(valueType)}'`,
        );
      }
    }
  }

  #checkComprehension(expr: ComprehensionExpr): void {
    this.#check(expr.range);
    this.#check(expr.initial);
    const accumulated = this.#typeOf(expr.initial);
    const outer = this.#scope;
    this.#scope = new Scope(outer, [[expr.accumulator, accumulated]]);
    const withResult = this.#scope;
    this.#scope = new Scope(withResult, this.#loopVariables(expr));
    this.#check(expr.condition);
    this.#assert(expr.condition, types.BOOL);
    this.#check(expr.step);
    this.#assert(expr.step, accumulated);
    this.#scope = withResult;
    this.#check(expr.result);
    this.#scope = outer;
    this.#setType(expr, this.#substituted(this.#typeOf(expr.result)));
  }

  #loopVariables(expr: ComprehensionExpr): readonly (readonly [string, Type])[] {
    const range = this.#substituted(this.#typeOf(expr.range));
    const named = (first: Type, second: Type): readonly (readonly [string, Type])[] =>
      expr.variable2 === undefined
        ? [[expr.variable, first]]
        : [
            [expr.variable, first],
            [expr.variable2, second],
          ];
    switch (range.kind) {
      case "list": {
        const element = paramOf(range, 0);
        return expr.variable2 === undefined ? named(element, element) : named(types.INT, element);
      }
      case "map":
        return named(paramOf(range, 0), paramOf(range, 1));
      case "dyn":
      case "error":
      case "param":
        this.#isAssignable(types.DYN, range);
        return named(types.DYN, types.DYN);
      default:
        this.#report(
          expr.range.id,
          `expression of type '${formatType(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`,
        );
        return named(types.ERROR, types.ERROR);
    }
  }

  #assert(expr: Expr, type: Type): void {
    if (!this.#isAssignable(type, this.#typeOf(expr))) this.#mismatch(expr.id, type, this.#typeOf(expr));
  }
}
