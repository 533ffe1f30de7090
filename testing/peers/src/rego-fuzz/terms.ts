/** Terms of a wanted type: literals, variables, references, calls, comprehensions, template strings. */
import { BUILTIN_CALLS, type BuiltinCall, INFIX_CALLS, type Operand, callsFor } from "./builtin-calls.ts";
import { reference, untypedReference } from "./references.ts";
import type { FunctionSource, Scope } from "./scope.ts";
import { body } from "./statements.ts";
import { ANY, BOOLEAN, NUMBER, STRING, type Type, arrayOf, fits, mapOf, setOf } from "./types.ts";
import { documentType, keyName, numberLiteral, scalarType, stringLiteral } from "./values.ts";

/** The text of a term that has the type `want` wherever it is defined. Variables it binds are known to `scope` afterwards. */
export function term(scope: Scope, want: Type, depth: number): string {
  const { random } = scope;
  const [first, ...rest] = scope.variablesOf(want);
  if (first !== undefined && random.chance(0.35)) return random.pick([first, ...rest]).name;
  if (random.chance(depth > 0 ? 0.45 : 0.5)) {
    const found = reference(scope, want);
    if (found !== undefined) return found;
  }
  if (depth > 0 && random.chance(0.55)) {
    const computed = computation(scope, want, depth - 1);
    if (computed !== undefined) return computed;
  }
  return literal(scope, want, depth - 1);
}

/** A type to make a term of, mostly a simple one. */
export function anyType(scope: Scope): Type {
  const { random } = scope;
  if (random.chance(0.6)) return scalarType(random);
  return random.chance(0.25) ? setOf(scalarType(random)) : documentType(random, 1);
}

/** A term whose structure is not known where it stands: a variable, a reference or something computed. */
export function opaque(scope: Scope, want: Type, depth: number): string | undefined {
  const { random } = scope;
  const [first, ...rest] = scope.variablesOf(want);
  if (first !== undefined && random.chance(0.3)) return random.pick([first, ...rest]).name;
  return reference(scope, want) ?? computation(scope, want, depth);
}

function literal(scope: Scope, want: Type, depth: number): string {
  const { random } = scope;
  const size = random.chance(0.1) ? 0 : random.integer(1, 3);
  const items = (type: Type): readonly string[] => Array.from({ length: size }, () => term(scope, type, depth));
  switch (want.kind) {
    case "null":
      return "null";
    case "boolean":
      return random.chance(0.6) ? "true" : "false";
    case "number":
      return numberLiteral(random);
    case "string":
      return stringLiteral(random);
    case "any":
      return literal(
        scope,
        random.chance(0.1) ? setOf(ANY) : documentType(random, Math.max(0, Math.min(depth, 1))),
        depth,
      );
    case "array":
      return `[${items(want.items).join(", ")}]`;
    case "set": {
      const members = items(want.items);
      return members.length === 0 ? "set()" : `{${members.join(", ")}}`;
    }
    case "map": {
      const keys = [...new Set(Array.from({ length: size }, () => mapKey(scope, want.keys)))];
      // OPA walks the entries of a term as written, even where the values of two keys turn out to be one.
      const written = keys.every((key) => /^["\d-]/.test(key)) ? keys : keys.slice(0, 1);
      return `{${written.map((key) => `${key}: ${term(scope, want.values, depth)}`).join(", ")}}`;
    }
    case "record":
      return `{${[...want.fields].map(([name, field]) => `${JSON.stringify(name)}: ${term(scope, field, depth)}`).join(", ")}}`;
  }
}

function mapKey(scope: Scope, keys: Type): string {
  const { random } = scope;
  if (keys.kind !== "string") return term(scope, keys, 0);
  return random.chance(0.8) ? JSON.stringify(keyName(random)) : term(scope, keys, 0);
}

function computation(scope: Scope, want: Type, depth: number): string | undefined {
  const { random } = scope;
  const roll = random.next();
  if (want.kind === "array" || want.kind === "set" || want.kind === "map") {
    if (roll < 0.6) return comprehension(scope, want, depth);
  }
  if (want.kind === "string" && roll < 0.15 && scope.module.version === "v1") return templateString(scope, depth);
  if (want.kind === "boolean" && roll < 0.3) return `(${comparison(scope, depth)})`;
  if (roll < 0.4) {
    const infix = infixCall(scope, want, depth);
    if (infix !== undefined) return infix;
  }
  if (roll < 0.6) {
    const called = functionCall(scope, want, depth);
    if (called !== undefined) return called;
  }
  const [first, ...rest] = callsFor(want);
  return first === undefined ? undefined : builtinCall(scope, random.pick([first, ...rest]), depth);
}

/** `a < b`, `x == [y, 1]`, `n in ns`: a test without brackets. */
export function comparison(scope: Scope, depth: number): string {
  const { random } = scope;
  if (scope.module.keywords && random.chance(0.2)) return membership(scope, depth);
  const type = anyType(scope);
  const operator = random.pick(["==", "==", "!=", "<", "<=", ">", ">="]);
  // OPA refuses to compare two literals of which it can tell that they differ in shape.
  const structured = type.kind === "array" || type.kind === "map" || type.kind === "record";
  const left = (structured ? untypedReference(scope, type) : undefined) ?? term(scope, type, depth);
  return `${left} ${operator} ${term(scope, type, depth)}`;
}

function membership(scope: Scope, depth: number): string {
  const { random } = scope;
  const type = scalarType(random);
  const value = term(scope, type, depth);
  switch (random.integer(0, 3)) {
    case 0:
      return `${value} in ${term(scope, setOf(type), depth)}`;
    case 1:
      return `${value} in ${term(scope, mapOf(type), depth)}`;
    case 2:
      return `${term(scope, STRING, 0)}, ${value} in ${term(scope, mapOf(type), depth)}`;
    default:
      return `${value} in ${term(scope, arrayOf(type), depth)}`;
  }
}

/** A call of any builtin or function, as a statement or mocked by one. */
export function anyCall(
  scope: Scope,
  depth: number,
): { readonly text: string; readonly callee: BuiltinCall | FunctionSource } {
  const { random, world } = scope;
  const [first, ...rest] = world.functions;
  if (first !== undefined && random.chance(0.5)) {
    const callee = random.pick([first, ...rest]);
    return { callee, text: calledText(scope, callee, depth) };
  }
  const [builtin, ...builtins] = BUILTIN_CALLS;
  if (builtin === undefined) throw new Error("there are no builtins");
  const callee = random.pick([builtin, ...builtins]);
  return { callee, text: builtinCall(scope, callee, depth) };
}

function builtinCall(scope: Scope, { name, args, infix }: BuiltinCall, depth: number): string {
  const operands = args.map((operand) => operandText(scope, operand, depth));
  return infix === undefined ? `${name}(${operands.join(", ")})` : `(${operands.join(` ${infix} `)})`;
}

function operandText(scope: Scope, operand: Operand, depth: number): string {
  return typeof operand === "function" ? operand(scope.random) : term(scope, operand, depth);
}

function infixCall(scope: Scope, want: Type, depth: number): string | undefined {
  const [first, ...rest] = INFIX_CALLS.filter(({ result }) => fits(result, want));
  return first === undefined ? undefined : builtinCall(scope, scope.random.pick([first, ...rest]), depth);
}

function functionCall(scope: Scope, want: Type, depth: number): string | undefined {
  const [first, ...rest] = scope.world.functions.filter(({ result }) => fits(result, want));
  return first === undefined ? undefined : calledText(scope, scope.random.pick([first, ...rest]), depth);
}

function calledText(scope: Scope, callee: FunctionSource, depth: number): string {
  const args = callee.args.map((arg) => argument(scope, arg, depth));
  return `${scope.named(callee.path, true)}(${args.join(", ")})`;
}

/** OPA knows the shape that a parameter's pattern asks for, and refuses a literal of another one. */
function argument(scope: Scope, type: Type, depth: number): string {
  if (scope.random.chance(0.8) && (type.kind === "array" || type.kind === "map" || type.kind === "record")) {
    const found = untypedReference(scope, type);
    if (found !== undefined) return found;
  }
  return term(scope, type, depth);
}

function comprehension(scope: Scope, want: Type, depth: number): string {
  const inner = scope.nested();
  const statements = body(inner, depth, inner.random.integer(1, 3));
  const rest = (text: string): string => `${text} | ${statements.join("; ")}`;
  switch (want.kind) {
    case "array":
      return `[${rest(term(inner, want.items, depth - 1))}]`;
    case "set":
      return `{${rest(term(inner, want.items, depth - 1))}}`;
    case "map":
      return `{${rest(`${mapKeyTerm(inner, want.keys)}: ${term(inner, want.values, depth - 1)}`)}}`;
    default:
      return literal(scope, want, depth);
  }
}

/** A key that differs from row to row, or else rows conflict. */
function mapKeyTerm(scope: Scope, keys: Type): string {
  const [first, ...rest] = scope.variablesOf(keys);
  return first === undefined ? term(scope, keys, 0) : scope.random.pick([first, ...rest]).name;
}

function templateString(scope: Scope, depth: number): string {
  const { random } = scope;
  const inner = scope.nested();
  let text = "";
  for (let part = random.integer(1, 3); part > 0; part -= 1) {
    text += random.pick(["", "a", "-", " ", "\\{", "x: "]);
    const type = random.pick([STRING, NUMBER, BOOLEAN, setOf(NUMBER), arrayOf(STRING)]);
    text += `{${term(inner.closed(), type, Math.min(depth, 1))}}`;
  }
  return `$"${text}"`;
}
