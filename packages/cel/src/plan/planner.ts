/** A checked expression as closures, with constants folded where CEL's Go implementation folds them: folding changes costs. */
import type { Checked } from "../check/checker.ts";
import type { Declarations } from "../check/declarations.ts";
import { callCost } from "../cost/call-cost.ts";
import {
  OPERATORS,
  type CallExpr,
  type ComprehensionExpr,
  type Expr,
  type ListExpr,
  type MapExpr,
  type StructExpr,
} from "../syntax/ast.ts";
import { equals } from "../values/equality.ts";
import { ArrayList, GrowingList } from "../values/list.ts";
import { EntriesMap, GrowingMap } from "../values/map.ts";
import { valueText } from "../values/text.ts";
import { CelError, ListValue, MapValue, OptionalValue, TypeValue, Uint, isError, type Value } from "../values/value.ts";
import { attribute, conditionalAttribute, type Attribute } from "./attribute.ts";
import { dispatch, type Dispatch } from "./dispatch.ts";
import { constantPattern } from "./regex-calls.ts";
import { type Evaluate, Run } from "./run.ts";

const LIST_COST = 10;
const MAP_COST = 30;
const STRUCT_COST = 40;

interface Planned {
  readonly run: Evaluate;
  /** Known before any evaluation; costs nothing. */
  readonly constant?: Value;
  /** A chain that further selections join. */
  readonly attribute?: Attribute;
}

/** Why an expression that checks still has no program: a constant conversion or pattern that always fails. */
export class PlanError extends Error {}

/** Throws PlanError. */
export function plan(checked: Checked, declarations: Declarations): Evaluate {
  return new Planner(checked, declarations).plan(checked.expr, new Map()).run;
}

/** Slots of comprehension variables by name. */
type Slots = ReadonlyMap<string, Local>;

interface Local {
  readonly slot: number;
  /** Of an accumulator: evaluated when it is first read. */
  readonly initial: Evaluate | undefined;
}

const CONVERSIONS = new Set([
  "bool",
  "bytes",
  "double",
  "duration",
  "dyn",
  "int",
  "string",
  "timestamp",
  "type",
  "uint",
]);

function constant(value: Value): Planned {
  return { run: () => value, constant: value };
}

function isConstant(planned: Planned): planned is Planned & { readonly constant: Value } {
  return planned.constant !== undefined;
}

class Planner {
  readonly #checked: Checked;
  readonly #declarations: Declarations;
  #slots = 0;

  constructor(checked: Checked, declarations: Declarations) {
    this.#checked = checked;
    this.#declarations = declarations;
  }

  plan(expr: Expr, slots: Slots): Planned {
    switch (expr.kind) {
      case "literal":
        return constant(expr.value);
      case "ident":
        return this.#name(expr, expr.name.startsWith(".") ? undefined : slots.get(expr.name));
      case "select": {
        if (this.#checked.variables.has(expr.id) || this.#checked.typeNames.has(expr.id))
          return this.#name(expr, undefined);
        const chain = this.#chain(this.plan(expr.operand, slots));
        chain.qualify({ key: expr.field, optional: false, testOnly: expr.testOnly });
        return expr.testOnly ? presence(chain) : whole(chain);
      }
      case "call":
        return this.#call(expr, slots);
      case "list":
        return this.#list(expr, slots);
      case "map":
        return this.#map(expr, slots);
      case "struct":
        return this.#struct(expr, slots);
      case "comprehension":
        return this.#comprehension(expr, slots);
      case "missing":
        throw new PlanError("unsupported expression");
    }
  }

  #name(expr: Expr, local: Local | undefined): Planned {
    const type = this.#checked.typeNames.get(expr.id);
    if (type !== undefined && local === undefined) return constant(new TypeValue(type));
    if (local !== undefined) return whole(attribute(readLocal(local)));
    const name = this.#checked.variables.get(expr.id) ?? "";
    return whole(attribute((run) => run.variable(name)));
  }

  /** The chain that an operand is, or a new one that starts with it. */
  #chain({ attribute: chain, run }: Planned): Attribute {
    return chain ?? attribute(run);
  }

  #call(expr: CallExpr, slots: Slots): Planned {
    const whollyNamed = this.#checked.functions.get(expr.id)?.name;
    const operands =
      expr.target === undefined || whollyNamed?.includes(".") === true ? expr.args : [expr.target, ...expr.args];
    const args = operands.map((operand) => this.plan(operand, slots));
    const [first, second, third] = args;
    const name = whollyNamed ?? expr.function;
    if (first !== undefined && second !== undefined) {
      if (name === OPERATORS.and || name === OPERATORS.or) return logical(first.run, second.run, name === OPERATORS.or);
      if (name === OPERATORS.equals || name === OPERATORS.notEquals) return equality(first.run, second.run, name);
      if (name === OPERATORS.index) return this.#indexed(first, second, false);
      if (name === OPERATORS.optionalIndex || name === OPERATORS.optionalSelect)
        return this.#indexed(first, second, true);
      if (name === OPERATORS.conditional && third !== undefined) {
        return whole(conditionalAttribute(first.run, this.#chain(second), this.#chain(third)));
      }
      if (name === "or" || name === "orValue") return optionalElse(first.run, second.run, name === "orValue");
      if (name === OPERATORS.in && this.#overloadOf(expr) === "in_list" && isConstant(second)) {
        const member = membership(first, second.constant);
        if (member !== undefined) return member;
      }
    }
    return this.#functionCall(expr, name, args);
  }

  #overloadOf(expr: CallExpr): string | undefined {
    const overloads = this.#checked.overloads.get(expr.id);
    return overloads?.length === 1 ? overloads[0] : undefined;
  }

  #functionCall(expr: CallExpr, name: string, args: readonly Planned[]): Planned {
    const declaration = this.#checked.functions.get(expr.id);
    if (declaration === undefined) throw new PlanError(`no such overload: ${name}`);
    const overload = this.#overloadOf(expr);
    const [, pattern] = args;
    const withPattern =
      pattern !== undefined && isConstant(pattern) ? constantPattern(name, pattern.constant) : undefined;
    if (withPattern !== undefined && typeof withPattern !== "function") throw new PlanError(withPattern.message);
    const call: Dispatch =
      withPattern === undefined ? dispatch(declaration, overload) : { run: withPattern, ordered: true };
    const run = calling(name, overload ?? "", call, args);
    if (!CONVERSIONS.has(name) || args.length !== 1 || !args.every(isConstant)) return { run };
    const value = run(new Run({ resolve: () => undefined }, Infinity));
    if (isError(value)) throw new PlanError(value.message);
    return constant(value);
  }

  #indexed(operand: Planned, index: Planned, optional: boolean): Planned {
    const chain = this.#chain(operand);
    const inner = index.attribute;
    const key = isConstant(index) ? index.constant : inner === undefined ? index.run : (run: Run) => inner.resolve(run);
    chain.qualify({ key, optional, testOnly: false });
    return whole(chain);
  }

  #list(expr: ListExpr, slots: Slots): Planned {
    const elements = expr.elements.map((element) => this.plan(element, slots));
    if (elements.every(isConstant) && expr.optionals.size === 0) {
      return constant(new ArrayList(elements.map(({ constant: value }) => value)));
    }
    const build = (run: Run): Value => {
      const values: Value[] = [];
      for (const [index, element] of elements.entries()) {
        const value = element.run(run);
        if (isError(value)) return value;
        if (!expr.optionals.has(index)) values.push(value);
        else if (!(value instanceof OptionalValue)) {
          return new CelError(`cannot initialize optional list element from non-optional value ${valueText(value)}`);
        } else if (value.value !== undefined) values.push(value.value);
      }
      return new ArrayList(values);
    };
    return { run: (run) => spent(run, build(run), LIST_COST) };
  }

  #map(expr: MapExpr, slots: Slots): Planned {
    const entries = expr.entries.map(({ key, value, optional }) => ({
      key: this.plan(key, slots),
      value: this.plan(value, slots),
      optional,
    }));
    const build = (run: Run): Value => {
      const pairs: (readonly [Value, Value])[] = [];
      for (const entry of entries) {
        const key = entry.key.run(run);
        if (isError(key)) return key;
        const value = entry.value.run(run);
        if (isError(value)) return value;
        const present = entry.optional ? optionalEntry(valueText(key), value) : value;
        if (present instanceof CelError) return present;
        if (present !== undefined) pairs.push([key, present]);
      }
      return new EntriesMap(pairs);
    };
    if (entries.every(({ key, value, optional }) => isConstant(key) && isConstant(value) && !optional)) {
      return constant(build(new Run({ resolve: () => undefined }, Infinity)));
    }
    return { run: (run) => spent(run, build(run), MAP_COST) };
  }

  #struct(expr: StructExpr, slots: Slots): Planned {
    const message = this.#declarations.message(this.#checked.messages.get(expr.id) ?? expr.typeName);
    const make = message?.make;
    if (make === undefined) throw new PlanError(`unknown type: ${expr.typeName}`);
    const fields = expr.fields.map(({ name, value, optional }) => ({ name, value: this.plan(value, slots), optional }));
    const build = (run: Run): Value => {
      const values = new Map<string, Value>();
      for (const { name, value: planned, optional } of fields) {
        const value = planned.run(run);
        if (isError(value)) return value;
        const present = optional ? optionalEntry(name, value) : value;
        if (present instanceof CelError) return present;
        if (present === undefined) values.delete(name);
        else values.set(name, present);
      }
      return make(values);
    };
    return { run: (run) => spent(run, build(run), STRUCT_COST) };
  }

  #comprehension(expr: ComprehensionExpr, slots: Slots): Planned {
    const range = this.plan(expr.range, slots).run;
    const initial = this.plan(expr.initial, slots).run;
    const accumulator: Local = { slot: this.#slots++, initial: growable(initial) };
    const first: Local = { slot: this.#slots++, initial: undefined };
    const second: Local | undefined =
      expr.variable2 === undefined ? undefined : { slot: this.#slots++, initial: undefined };
    const withResult = new Map([...slots, [expr.accumulator, accumulator]]);
    const inLoop = new Map([...withResult, [expr.variable, first]]);
    if (expr.variable2 !== undefined && second !== undefined) inLoop.set(expr.variable2, second);
    const condition = this.plan(expr.condition, inLoop).run;
    const step = this.plan(expr.step, inLoop).run;
    const result = this.plan(expr.result, withResult).run;
    const turn = (run: Run): boolean => {
      const goOn = condition(run);
      if (typeof goOn === "boolean" && !goOn) return false;
      run.locals[accumulator.slot] = step(run);
      return true;
    };
    return {
      run: (run) => {
        const over = range(run);
        if (isError(over)) return over;
        run.locals[accumulator.slot] = undefined;
        if (second !== undefined) {
          const failed = eachPair(run, over, first, second, turn);
          if (failed !== undefined) return failed;
        } else {
          const failed = each(run, over, first, turn);
          if (failed !== undefined) return failed;
        }
        return finished(result(run));
      },
    };
  }
}

function each(run: Run, range: Value, variable: Local, turn: (run: Run) => boolean): CelError | undefined {
  const items = range instanceof ListValue ? range : range instanceof MapValue ? range.keys() : undefined;
  if (items === undefined) return new CelError(`got '${goTypeName(range)}', expected iterable type`);
  for (const item of items) {
    run.locals[variable.slot] = item;
    if (!turn(run)) break;
  }
  return undefined;
}

function eachPair(
  run: Run,
  range: Value,
  first: Local,
  second: Local,
  turn: (run: Run) => boolean,
): CelError | undefined {
  if (range instanceof ListValue) {
    for (let index = 0; index < range.size; index++) {
      run.locals[first.slot] = BigInt(index);
      run.locals[second.slot] = range.at(index);
      if (!turn(run)) break;
    }
    return undefined;
  }
  if (!(range instanceof MapValue)) return new CelError(`unsupported comprehension range type: ${goTypeName(range)}`);
  for (const key of range.keys()) {
    run.locals[first.slot] = key;
    run.locals[second.slot] = range.find(key) ?? null;
    if (!turn(run)) break;
  }
  return undefined;
}

/** The names that errors about a range carry are those of Go's types. */
function goTypeName(value: Value): string {
  if (typeof value === "bigint") return "types.Int";
  if (typeof value === "string") return "types.String";
  if (typeof value === "boolean") return "types.Bool";
  if (typeof value === "number") return "types.Double";
  if (value === null) return "types.Null";
  if (value instanceof Uint) return "types.Uint";
  return value instanceof Uint8Array ? "types.Bytes" : `types.${value.constructor.name.replace(/Value$/, "")}`;
}

function readLocal({ slot, initial }: Local): Evaluate {
  if (initial === undefined) return (run) => run.locals[slot] ?? null;
  return (run) => {
    let value = run.locals[slot];
    if (value === undefined) {
      value = initial(run);
      run.locals[slot] = value;
    }
    return value;
  };
}

/** An empty list or map to begin with is one that grows in place. */
function growable(initial: Evaluate): Evaluate {
  return (run) => {
    const value = initial(run);
    if (value instanceof ListValue && value.size === 0) return new GrowingList();
    return value instanceof MapValue && value.size === 0 ? new GrowingMap() : value;
  };
}

function finished(value: Value): Value {
  return value instanceof GrowingList || value instanceof GrowingMap ? value.finish() : value;
}

function whole(chain: Attribute): Planned {
  const cost = chain.kind === "conditional" ? 0 : 1;
  return {
    attribute: chain,
    run: (run) => {
      const value = chain.resolve(run);
      if (cost > 0) run.spend(cost);
      return value;
    },
  };
}

/** `has()`: Kubernetes counts nothing for the test itself. */
function presence(chain: Attribute): Planned {
  return {
    run: (run) => {
      const value = chain.resolve(run);
      return value instanceof OptionalValue ? value.value !== undefined : value;
    },
  };
}

/** Errors give way to what decides without them. */
function logical(left: Evaluate, right: Evaluate, decisive: boolean): Planned {
  return {
    run: (run) => {
      const first = left(run);
      if (first === decisive) return decisive;
      const second = right(run);
      if (second === decisive) return decisive;
      if (typeof first !== "boolean") return isError(first) ? first : new CelError("no such overload");
      if (typeof second !== "boolean") return isError(second) ? second : new CelError("no such overload");
      return !decisive;
    },
  };
}

function equality(left: Evaluate, right: Evaluate, operator: string): Planned {
  const overload = operator === OPERATORS.equals ? "equals" : "not_equals";
  return {
    run: (run) => {
      const first = left(run);
      const second = right(run);
      const result = isError(first) ? first : isError(second) ? second : equals(first, second);
      run.spend(callCost(operator, overload, [first, second], result));
      if (operator === OPERATORS.equals || isError(first) || isError(second)) return result;
      return result !== true;
    },
  };
}

function optionalElse(left: Evaluate, right: Evaluate, unwrap: boolean): Planned {
  return {
    run: (run) => {
      const value = left(run);
      if (!(value instanceof OptionalValue)) return value;
      if (value.value === undefined) return right(run);
      return unwrap ? value.value : value;
    },
  };
}

/** `x in [1, 2]` is a look-up that costs nothing. Undefined for lists that cannot be looked up. */
function membership(item: Planned, list: Value): Planned | undefined {
  if (!(list instanceof ListValue)) return undefined;
  if (list.size === 0) return constant(false);
  const keys = new Map<Value, true>();
  for (const element of list) {
    const key = element instanceof Uint ? element.value : element;
    if (typeof key === "object") return undefined;
    keys.set(typeof key === "number" && Number.isInteger(key) ? BigInt(key) : key, true);
  }
  const set = new EntriesMap(Array.from(keys, ([key]) => [key, true] as const));
  return {
    run: (run) => {
      const value = item.run(run);
      return isError(value) ? value : set.find(value) !== undefined;
    },
  };
}

function optionalEntry(name: string, value: Value): Value | CelError | undefined {
  if (value instanceof OptionalValue) return value.value;
  return new CelError(`cannot initialize optional entry '${name}' from non-optional value ${valueText(value)}`);
}

function spent(run: Run, value: Value, cost: number): Value {
  run.spend(cost);
  return value;
}

/** A call: an error among the operands is its result, unless the function takes errors. Costs only where all operands were evaluated. */
function calling(
  name: string,
  overload: string,
  { run: implementation, ordered, lenient = false }: Dispatch,
  args: readonly Planned[],
): Evaluate {
  if (args.length === 1) {
    const [operand] = args;
    if (operand === undefined) throw new PlanError(`no such overload: ${name}`);
    return (run) => {
      const value = operand.run(run);
      const result = isError(value) && !lenient ? value : implementation(value);
      run.spend(callCost(name, overload, [value], result));
      return result;
    };
  }
  return (run) => {
    const values: Value[] = [];
    let failed: CelError | undefined;
    for (const operand of args) {
      const value = operand.run(run);
      values.push(value);
      if (isError(value)) {
        failed ??= value;
        if (ordered && values.length < args.length) return value;
      }
    }
    const result = failed ?? implementation(...values);
    run.spend(callCost(name, overload, values, result));
    return result;
  };
}
