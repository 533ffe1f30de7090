/** Calls that stand for other expressions: has, all, exists, map, ...: the CEL specification's and the extensions that Kubernetes has on. */
import { ACCUMULATOR, OPERATORS, type ComprehensionExpr, type Expr, type IdentExpr } from "./ast.ts";
import type { Value } from "../values/value.ts";

export interface MacroCall {
  readonly name: string;
  readonly target: Expr | undefined;
  readonly args: readonly Expr[];
  readonly offset: number;
}

export interface MacroError {
  readonly message: string;
  readonly offset: number;
}

/** What a macro makes of its call; undefined leaves the call as it is. */
export type Macro = (build: Builder, target: Expr, args: readonly Expr[]) => Expr | MacroError;

/** By name, number of arguments, and whether it is called on a target: `all/2/member`. */
export type Macros = ReadonlyMap<string, Macro>;

export interface MacroBuilder {
  node<E extends Omit<Expr, "id">>(node: E, offset: number): E & { readonly id: number };
  offsetOf(expr: Expr): number;
}

export function expandMacro(macros: Macros, builder: MacroBuilder, call: MacroCall): Expr | MacroError | undefined {
  const macro = macros.get(`${call.name}/${call.args.length}/${call.target === undefined ? "global" : "member"}`);
  const [first] = call.args;
  const target = call.target ?? first;
  if (macro === undefined || target === undefined) return undefined;
  return macro(new Builder(builder, call.offset), target, call.args);
}

/** Nodes at the macro's place. */
class Builder {
  readonly #builder: MacroBuilder;
  readonly #offset: number;

  constructor(builder: MacroBuilder, offset: number) {
    this.#builder = builder;
    this.#offset = offset;
  }

  error(at: Expr, message: string): MacroError {
    return { message, offset: this.#builder.offsetOf(at) };
  }

  literal(value: Value): Expr {
    return this.#builder.node({ kind: "literal", value }, this.#offset);
  }

  ident(name: string): IdentExpr {
    return this.#builder.node({ kind: "ident", name }, this.#offset);
  }

  accumulator(): Expr {
    return this.ident(ACCUMULATOR);
  }

  call(name: string, ...args: readonly Expr[]): Expr {
    return this.#builder.node({ kind: "call", function: name, target: undefined, args }, this.#offset);
  }

  memberCall(name: string, target: Expr, ...args: readonly Expr[]): Expr {
    return this.#builder.node({ kind: "call", function: name, target, args }, this.#offset);
  }

  list(...elements: readonly Expr[]): Expr {
    return this.#builder.node({ kind: "list", elements, optionals: new Set<number>() }, this.#offset);
  }

  map(): Expr {
    return this.#builder.node({ kind: "map", entries: [] }, this.#offset);
  }

  presence(operand: Expr, field: string): Expr {
    return this.#builder.node({ kind: "select", operand, field, testOnly: true }, this.#offset);
  }

  comprehension(parts: Omit<ComprehensionExpr, "id" | "kind">): Expr {
    return this.#builder.node({ kind: "comprehension", ...parts }, this.#offset);
  }

  /** The same tree with ids of its own: a node may be checked only once. */
  copy(expr: Expr): Expr {
    const again = <E extends Expr>(node: E): E => ({
      ...node,
      id: this.#builder.node({ kind: "missing" }, this.#builder.offsetOf(node)).id,
    });
    switch (expr.kind) {
      case "literal":
      case "ident":
      case "missing":
        return again(expr);
      case "select":
        return again({ ...expr, operand: this.copy(expr.operand) });
      case "call": {
        const target = expr.target === undefined ? undefined : this.copy(expr.target);
        return again({ ...expr, target, args: expr.args.map((arg) => this.copy(arg)) });
      }
      case "list":
        return again({ ...expr, elements: expr.elements.map((element) => this.copy(element)) });
      case "map":
        return again({
          ...expr,
          entries: expr.entries.map((entry) => ({
            ...entry,
            key: this.copy(entry.key),
            value: this.copy(entry.value),
          })),
        });
      case "struct":
        return again({ ...expr, fields: expr.fields.map((field) => ({ ...field, value: this.copy(field.value) })) });
      case "comprehension":
        return again({
          ...expr,
          range: this.copy(expr.range),
          initial: this.copy(expr.initial),
          condition: this.copy(expr.condition),
          step: this.copy(expr.step),
          result: this.copy(expr.result),
        });
    }
  }
}

interface Loop {
  readonly initial: Expr;
  readonly condition: Expr;
  readonly step: Expr;
  readonly result: Expr;
}

type MakeLoop = (build: Builder, args: readonly Expr[]) => Loop;

const all: MakeLoop = (build, [predicate = build.literal(true)]) => ({
  initial: build.literal(true),
  condition: build.call(OPERATORS.notStrictlyFalse, build.accumulator()),
  step: build.call(OPERATORS.and, build.accumulator(), predicate),
  result: build.accumulator(),
});

const exists: MakeLoop = (build, [predicate = build.literal(true)]) => ({
  initial: build.literal(false),
  condition: build.call(OPERATORS.notStrictlyFalse, build.call(OPERATORS.not, build.accumulator())),
  step: build.call(OPERATORS.or, build.accumulator(), predicate),
  result: build.accumulator(),
});

const existsOne: MakeLoop = (build, [predicate = build.literal(true)]) => ({
  initial: build.literal(0n),
  condition: build.literal(true),
  step: build.call(
    OPERATORS.conditional,
    predicate,
    build.call(OPERATORS.add, build.accumulator(), build.literal(1n)),
    build.accumulator(),
  ),
  result: build.call(OPERATORS.equals, build.accumulator(), build.literal(1n)),
});

/** `filter` leaves the accumulator as it is where it does not hold. */
function collecting(build: Builder, initial: Expr, step: Expr, filter: Expr | undefined): Loop {
  return {
    initial,
    condition: build.literal(true),
    step: filter === undefined ? step : build.call(OPERATORS.conditional, filter, step, build.accumulator()),
    result: build.accumulator(),
  };
}

const mapped: MakeLoop = (build, args) => {
  const [filter, transform] = args.length === 2 ? args : [undefined, args[0]];
  const added = build.call(OPERATORS.add, build.accumulator(), build.list(transform ?? build.literal(null)));
  return collecting(build, build.list(), added, filter);
};

function oneVariable(makeLoop: MakeLoop, notName: string): Macro {
  return (build, target, [name, ...rest]) => {
    if (name?.kind !== "ident") return build.error(name ?? target, notName);
    if (isAccumulator(name.name)) return build.error(name, "iteration variable overwrites accumulator variable");
    const loop = makeLoop(build, rest);
    return build.comprehension({
      range: target,
      variable: name.name,
      variable2: undefined,
      accumulator: ACCUMULATOR,
      ...loop,
    });
  };
}

const filtered: Macro = (build, target, [name, predicate]) => {
  if (name?.kind !== "ident") return build.error(name ?? target, "argument is not an identifier");
  if (isAccumulator(name.name)) return build.error(name, "iteration variable overwrites accumulator variable");
  const added = build.call(OPERATORS.add, build.accumulator(), build.list(name));
  return build.comprehension({
    range: target,
    variable: name.name,
    variable2: undefined,
    accumulator: ACCUMULATOR,
    ...collecting(build, build.list(), added, predicate),
  });
};

function isAccumulator(name: string): boolean {
  return name === ACCUMULATOR || name === "__result__";
}

type MakeKeyedLoop = (build: Builder, args: readonly Expr[], key: string) => Loop;

function twoVariables(makeLoop: MakeKeyedLoop): Macro {
  return (build, target, [first, second, ...rest]) => {
    if (first?.kind !== "ident") return build.error(first ?? target, "argument must be a simple name");
    if (second?.kind !== "ident") return build.error(second ?? target, "argument must be a simple name");
    if (first.name === second.name) return build.error(second, `duplicate variable name: ${first.name}`);
    for (const name of [first, second]) {
      if (isAccumulator(name.name)) return build.error(name, "iteration variable overwrites accumulator variable");
    }
    return build.comprehension({
      range: target,
      variable: first.name,
      variable2: second.name,
      accumulator: ACCUMULATOR,
      ...makeLoop(build, rest, first.name),
    });
  };
}

const transformedMap: MakeKeyedLoop = (build, args, key) => {
  const [filter, transform] = args.length === 2 ? args : [undefined, args[0]];
  const value = transform ?? build.literal(null);
  return collecting(
    build,
    build.map(),
    build.call("cel.@mapInsert", build.accumulator(), build.ident(key), value),
    filter,
  );
};

const transformedEntries: MakeKeyedLoop = (build, args) => {
  const [filter, transform] = args.length === 2 ? args : [undefined, args[0]];
  const entry = transform ?? build.literal(null);
  return collecting(build, build.map(), build.call("cel.@mapInsert", build.accumulator(), entry), filter);
};

const has: Macro = (build, target) =>
  target.kind === "select"
    ? build.presence(target.operand, target.field)
    : build.error(target, "invalid argument to has() macro");

/** `target` bound to a name in `result`: a loop that never turns. */
function bound(build: Builder, variable: string, value: Expr, result: Expr): Expr {
  return build.comprehension({
    range: build.list(),
    variable: "#unused",
    variable2: undefined,
    accumulator: variable,
    initial: value,
    condition: build.literal(false),
    step: build.ident(variable),
    result,
  });
}

function optionalMapped(name: string, wrap: (build: Builder, value: Expr) => Expr): Macro {
  return (build, target, [variable, transform]) => {
    if (variable?.kind !== "ident") {
      return build.error(variable ?? target, `${name}() variable name must be a simple identifier`);
    }
    const value = build.memberCall("value", build.copy(target));
    return build.call(
      OPERATORS.conditional,
      build.memberCall("hasValue", target),
      wrap(build, bound(build, variable.name, value, transform ?? build.literal(null))),
      build.call("optional.none"),
    );
  };
}

const SORTED_INPUT = "@__sortBy_input__";

const sortedBy: Macro = (build, target, args) => {
  if (target.kind === "literal" || target.kind === "map" || target.kind === "struct" || target.kind === "missing") {
    return build.error(
      target,
      "sortBy can only be applied to a list, identifier, comprehension, call or select expression",
    );
  }
  const keys = oneVariable(mapped, "argument is not an identifier")(build, build.ident(SORTED_INPUT), args);
  if ("message" in keys) return keys;
  return bound(build, SORTED_INPUT, target, build.memberCall("@sortByAssociatedKeys", build.ident(SORTED_INPUT), keys));
};

/** Every macro of Kubernetes' environment. */
export const MACROS: Macros = new Map<string, Macro>([
  ["has/1/global", has],
  ["all/2/member", oneVariable(all, "argument must be a simple name")],
  ["exists/2/member", oneVariable(exists, "argument must be a simple name")],
  ["exists_one/2/member", oneVariable(existsOne, "argument must be a simple name")],
  ["existsOne/2/member", oneVariable(existsOne, "argument must be a simple name")],
  ["map/2/member", oneVariable(mapped, "argument is not an identifier")],
  ["map/3/member", oneVariable(mapped, "argument is not an identifier")],
  ["filter/2/member", filtered],
  ["all/3/member", twoVariables(all)],
  ["exists/3/member", twoVariables(exists)],
  ["exists_one/3/member", twoVariables(existsOne)],
  ["existsOne/3/member", twoVariables(existsOne)],
  ["transformList/3/member", twoVariables(mapped)],
  ["transformList/4/member", twoVariables(mapped)],
  ["transformMap/3/member", twoVariables(transformedMap)],
  ["transformMap/4/member", twoVariables(transformedMap)],
  ["transformMapEntry/3/member", twoVariables(transformedEntries)],
  ["transformMapEntry/4/member", twoVariables(transformedEntries)],
  ["optMap/2/member", optionalMapped("optMap", (build, value) => build.call("optional.of", value))],
  ["optFlatMap/2/member", optionalMapped("optFlatMap", (_, value) => value)],
  ["sortBy/2/member", sortedBy],
]);
