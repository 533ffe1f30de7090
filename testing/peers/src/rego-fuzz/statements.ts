/** Statements of bodies. What a statement binds is known to the scope once it is written. */
import { mocks } from "./mocks.ts";
import { pattern, patternPair } from "./patterns.ts";
import { accessText, reachable } from "./references.ts";
import { type Scope, mentions } from "./scope.ts";
import { anyCall, anyType, comparison, opaque, term } from "./terms.ts";
import { ANY, type Type, arrayOf, elementsOf, mapOf, setOf } from "./types.ts";
import { documentType, scalarType } from "./values.ts";

const MOST_NESTED_STATEMENTS = 2;

/** A body of about this many statements, one text each. */
export function body(scope: Scope, depth: number, size: number): readonly string[] {
  const statements: Statement[] = [];
  for (let index = 0; index < size; index += 1) {
    const next = statement(scope, depth);
    scope.finish(next.text);
    statements.push(next);
  }
  return shuffled(scope, statements).map(({ text }) => text);
}

interface Statement {
  readonly text: string;
  /** What it declares with `some` or `:=`: nothing may use these before. */
  readonly declares: readonly string[];
}

/** Moves statements past each other where Rego lets the order be any. */
function shuffled({ random }: Scope, statements: readonly Statement[]): readonly Statement[] {
  const order = [...statements];
  for (let index = 1; index < order.length; index += 1) {
    const before = order[index - 1];
    const after = order[index];
    if (before === undefined || after === undefined || !random.chance(0.15)) continue;
    if (before.declares.some((name) => mentions(after.text, name))) continue;
    if (after.declares.some((name) => mentions(before.text, name))) continue;
    order[index - 1] = after;
    order[index] = before;
  }
  return order;
}

const free = (text: string): Statement => ({ text, declares: [] });

function statement(scope: Scope, depth: number): Statement {
  if (!scope.random.chance(0.07)) return plainStatement(scope, depth);
  // OPA takes no mocked function where a statement has bodies of its own.
  const simple = scope.random.chance(0.5);
  const modifiers = mocks(scope, Math.min(depth, 1), simple);
  const { text, declares } = simple ? simpleStatement(scope, depth) : plainStatement(scope, depth);
  // In bodies inside of a query, though nowhere else, OPA does not evaluate what is put in the place of something.
  if (scope.module.package === undefined && scope.nesting > 0) return { text, declares };
  return { text: `${text}${modifiers.map((modifier) => ` with ${modifier}`).join("")}`, declares };
}

/** A statement without a body inside it, other than of comprehensions. */
function simpleStatement(scope: Scope, depth: number): Statement {
  switch (scope.random.integer(0, 3)) {
    case 0:
      return assignment(scope, depth);
    case 1:
      return free(`not ${test(scope.closed(), depth - 1)}`);
    default:
      return free(test(scope, depth));
  }
}

function plainStatement(scope: Scope, depth: number): Statement {
  const { random, module } = scope;
  const roll = random.integer(0, 99);
  if (roll < 18) return assignment(scope, depth);
  if (roll < 30) return iteration(scope, depth);
  if (roll < 38) return unification(scope, depth);
  if (roll < 48) return free(lookup(scope));
  if (roll < 63) return free(comparison(scope, depth));
  if (roll < 70) return free(anyCall(scope, depth).text);
  if (roll < 80) return free(negation(scope, depth));
  if (roll < 85 && module.keywords && depth > 0) return free(every(scope, depth));
  if (roll < 91 && module.logical && depth > 0) return free(logical(scope, depth));
  if (roll < 93) return walkCall(scope, depth);
  if (roll < 95) return someVariables(scope);
  return free(test(scope, depth));
}

/** `x := t` */
function assignment(scope: Scope, depth: number): Statement {
  const { random } = scope;
  const type = random.chance(0.7) ? anyType(scope) : documentType(random, 2);
  if (random.chance(0.12)) return patternAssignment(scope, depth);
  const value = term(scope, type, depth);
  const name = scope.declaredName();
  scope.bind(name, type);
  return { text: `${name} := ${value}`, declares: [name] };
}

/** `[x, y] := t` */
function patternAssignment(scope: Scope, depth: number): Statement {
  const items = scalarType(scope.random);
  const names = [scope.freshName(), scope.freshName()].slice(0, scope.random.integer(1, 2));
  const value =
    (scope.random.chance(0.5) ? opaque(scope, arrayOf(items), depth) : undefined) ??
    `[${names.map(() => term(scope, items, depth)).join(", ")}]`;
  for (const name of names) scope.bind(name, items);
  return { text: `[${names.join(", ")}] := ${value}`, declares: names };
}

/** `x = t`, `[1, x] = t`, `t = {"a": x}`, `[x, 1] = [y, z]` */
function unification(scope: Scope, depth: number): Statement {
  const { random } = scope;
  const type = random.chance(0.35) ? anyType(scope) : documentType(random, 2);
  const value = random.chance(0.7) ? opaque(scope, type, depth) : undefined;
  const [left, right] =
    value === undefined
      ? patternPair(scope, type, 2, (part) => term(scope, part, depth - 1))
      : [pattern(scope, type, 2), value];
  return free(random.chance(0.5) ? `${left} = ${right}` : `${right} = ${left}`);
}

/** Something to iterate over. */
function domain(scope: Scope, depth: number): { readonly text: string; readonly type: Type } {
  const { random, world } = scope;
  const variables = scope.variables.filter(({ type }) => elementsOf(type) !== undefined);
  const [variable, ...more] = variables;
  if (variable !== undefined && random.chance(0.35)) {
    const { name, type } = random.pick([variable, ...more]);
    return { text: name, type };
  }
  const [access, ...accesses] = world
    .accesses(ANY)
    .filter((one) => elementsOf(one.type) !== undefined && reachable(scope, one));
  if (access !== undefined && random.chance(0.75)) {
    const picked = random.pick([access, ...accesses]);
    return { text: accessText(scope, picked), type: picked.type };
  }
  const items = scalarType(random);
  const type = random.pick([arrayOf(items), setOf(items), mapOf(items), arrayOf(arrayOf(items))]);
  return { text: term(scope, type, depth), type };
}

/** `some x in xs`, or a reference with variables where the dialect has no `in`. */
function iteration(scope: Scope, depth: number): Statement {
  const { random, module } = scope;
  const { text, type } = domain(scope, depth - 1);
  const { keys, values } = elementsOf(type) ?? { keys: ANY, values: ANY };
  const key = random.chance(0.4) ? scope.freshName() : undefined;
  if (!module.keywords) {
    const index = key ?? "_";
    if (key !== undefined) scope.bind(key, keys);
    const shape = pattern(scope, values, 1);
    return free(`${text}[${index}] = ${shape}`);
  }
  if (key !== undefined) scope.bind(key, keys);
  const written = (value: string): string => `some ${key === undefined ? "" : `${key}, `}${value} in ${text}`;
  if (random.chance(0.25)) {
    const shape = pattern(scope, values, 1, false);
    return { text: written(shape), declares: [...(key === undefined ? [] : [key]), ...namesIn(shape)] };
  }
  const value = scope.declaredName();
  scope.bind(value, values);
  return { text: written(value), declares: key === undefined ? [value] : [key, value] };
}

/** The variables of a pattern. */
function namesIn(text: string): readonly string[] {
  return text.match(/\bv\d+\b/g) ?? [];
}

/** `p[x]`, `input.a[i] = 1`, `data.p.q.r`: a reference that must be defined, and maybe equal to something. */
function lookup(scope: Scope): string {
  const { random, world } = scope;
  const [first, ...rest] = world.accesses(ANY).filter((access) => reachable(scope, access));
  if (first === undefined) return "true";
  const picked = random.pick([first, ...rest]);
  if (picked.steps.length === 0 && picked.type.kind === "set" && random.chance(0.6)) {
    return `${scope.named(picked.source.path, picked.source.virtual)}[${pattern(scope, picked.type.items, 1)}]`;
  }
  const text = accessText(scope, picked);
  return random.chance(0.5) ? text : `${text} = ${pattern(scope, picked.type, 1)}`;
}

/** A statement that binds nothing. */
function test(scope: Scope, depth: number): string {
  const { random } = scope;
  switch (random.integer(0, 3)) {
    case 0:
      return anyCall(scope, depth).text;
    case 1:
      return term(scope, { kind: "boolean" }, depth);
    case 2:
      return lookup(scope);
    default:
      return comparison(scope, depth);
  }
}

function negation(scope: Scope, depth: number): string {
  const { random, module } = scope;
  if (module.logical && depth > 0 && random.chance(0.4)) return `not ${braced(scope, depth)}`;
  const text = test(scope.closed(), depth - 1);
  return `not ${module.logical ? bracketed(text) : text}`;
}

/** `{ a; b }` as an operand of `not`, `and`, `or`. */
function braced(scope: Scope, depth: number): string {
  const inner = scope.nested();
  return `{ ${body(inner, depth - 1, scope.random.integer(1, MOST_NESTED_STATEMENTS)).join("; ")} }`;
}

function every(scope: Scope, depth: number): string {
  const { random } = scope;
  const { text, type } = domain(scope.closed(), 0);
  const { keys, values } = elementsOf(type) ?? { keys: ANY, values: ANY };
  const inner = scope.nested();
  const key = random.chance(0.4) ? inner.declaredName() : undefined;
  if (key !== undefined) inner.declare(key, keys);
  const value = inner.freshName();
  inner.declare(value, values);
  const statements = [...body(inner, depth - 1, random.integer(1, MOST_NESTED_STATEMENTS))];
  // A variable that is declared must be used.
  for (const name of [value, ...(key === undefined ? [] : [key])]) {
    if (!statements.some((other) => mentions(other, name)))
      statements.push(`${name} != ${term(scope.closed(), ANY, 0)}`);
  }
  return `every ${key === undefined ? "" : `${key}, `}${value} in ${text} { ${statements.join("; ")} }`;
}

function logical(scope: Scope, depth: number): string {
  const { random } = scope;
  const operand = (first: boolean): string => {
    // Inside of other braces a first brace would open an object.
    if (random.chance(0.35) && !(first && scope.nesting > 0)) return braced(scope, depth);
    const text = test(scope.closed(), depth - 1);
    return random.chance(0.2) ? `not ${bracketed(text)}` : bracketed(text);
  };
  let text = operand(true);
  for (let count = random.integer(1, 2); count > 0; count -= 1)
    text += ` ${random.pick(["and", "or"])} ${operand(false)}`;
  return text;
}

/** An operand that starts with a brace would be read as a body. */
function bracketed(text: string): string {
  return text.startsWith("{") ? `(${text})` : text;
}

/** `walk(t, [path, value])` */
function walkCall(scope: Scope, depth: number): Statement {
  const { random } = scope;
  const subject = term(scope, documentType(random, 2), depth - 1);
  const path = random.chance(0.6) ? scope.freshName() : "_";
  if (path !== "_") scope.bind(path, arrayOf(ANY));
  const value = scope.freshName();
  scope.bind(value, ANY);
  return free(random.chance(0.8) ? `walk(${subject}, [${path}, ${value}])` : `[${path}, ${value}] = walk(${subject})`);
}

/** `some i, j`, then something that binds them. */
function someVariables(scope: Scope): Statement {
  const { random, world } = scope;
  const [first, ...rest] = world.accesses(ANY).filter(({ type }) => elementsOf(type) !== undefined);
  if (first === undefined) return free("true");
  const picked = random.pick([first, ...rest]);
  const { keys, values } = elementsOf(picked.type) ?? { keys: ANY, values: ANY };
  const collection = accessText(scope, picked);
  const key = scope.declaredName();
  scope.bind(key, keys);
  const names = [key];
  let text = `${collection}[${key}]`;
  if (random.chance(0.5)) {
    const value = scope.freshName();
    scope.bind(value, values);
    names.push(value);
    text = `${text} = ${value}`;
  }
  return { text: `some ${names.join(", ")}; ${text}`, declares: names };
}
