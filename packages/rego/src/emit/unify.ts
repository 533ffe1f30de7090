import type { ObjectTerm, Term } from "../syntax/ast.ts";
import { constantOf } from "../plan/constants.ts";
import { literalOf } from "./constants.ts";
import type { FunctionWriter } from "./function-writer.ts";
import { writeValue } from "./values.ts";

/**
 * Writes `a = b`: what has no value on one side gets it from the other. Where neither has one, as in the few bodies that OPA
 * takes to be safe without, nothing keeps them from being equal.
 */
export function writeUnify(f: FunctionWriter, a: Term, b: Term): void {
  let pairs = writePair(f, a, b);
  for (let before = Infinity; pairs.length < before;) {
    before = pairs.length;
    pairs = writePairs(f, pairs);
  }
}

/** Unifies what can be unified now, and returns the pairs that have to wait for the value of a variable. */
function writePair(f: FunctionWriter, a: Term, b: Term): readonly (readonly [Term, Term])[] {
  if (f.isEvaluable(b) && isPattern(f, a)) {
    writeMatch(f, a, writeValue(f, b));
    return [];
  }
  if (f.isEvaluable(a)) {
    const left = writeValue(f, a);
    if (f.isEvaluable(b)) writeEqual(f, left, writeValue(f, b));
    else writeMatch(f, b, left);
    return [];
  }
  if (a.type === "array" && b.type === "array") {
    if (a.items.length !== b.items.length) {
      f.failIf("true");
      return [];
    }
    return writePairs(
      f,
      a.items.flatMap((item, i) => {
        const other = b.items[i];
        return other === undefined ? [] : [[item, other] as const];
      }),
    );
  }
  if (a.type === "object" && b.type === "object") return writeObjectPair(f, a, b);
  if (isComposite(a) && isComposite(b)) {
    f.failIf("true");
    return [];
  }
  return [[a, b]];
}

function writePairs(f: FunctionWriter, pairs: readonly (readonly [Term, Term])[]): readonly (readonly [Term, Term])[] {
  return pairs.flatMap(([left, right]) => writePair(f, left, right));
}

function isComposite({ type }: Term): boolean {
  return type === "array" || type === "object" || type === "set";
}

/** Whether a term is taken apart rather than evaluated. */
function isPattern(f: FunctionWriter, term: Term): boolean {
  return !f.isEvaluable(term);
}

/** Two objects with variables on both sides unify where they have the same keys, which are all constant. */
function writeObjectPair(f: FunctionWriter, a: ObjectTerm, b: ObjectTerm): readonly (readonly [Term, Term])[] {
  const others = new Map(b.entries.map(({ key, value }) => [keyText(f, key), value]));
  const pairs: (readonly [Term, Term])[] = [];
  for (const { key, value } of a.entries) {
    const other = others.get(keyText(f, key));
    if (other === undefined) {
      f.failIf("true");
      return [];
    }
    pairs.push([value, other]);
  }
  if (others.size !== pairs.length) {
    f.failIf("true");
    return [];
  }
  return writePairs(f, pairs);
}

function keyText(f: FunctionWriter, key: Term): string {
  return writeValue(f, key);
}

/** Gives up unless two values are equal. */
function writeEqual(f: FunctionWriter, a: string, b: string): void {
  f.require(equalTest(a, b));
}

/** A condition for the equality of two literals or variables. */
export function equalTest(a: string, b: string): string {
  if (isExactLiteral(a) || isExactLiteral(b)) return `${a} === ${b}`;
  // Two strings that are not the same are not equal, which needs no call.
  return `(${a} === ${b} || typeof ${a} !== "string" && R.equal(${a}, ${b}))`;
}

/** Whether a value equals a literal only if it is the same value to JavaScript, as with all but numbers. */
function isExactLiteral(js: string): boolean {
  return js.startsWith('"') || js === "true" || js === "false" || js === "null";
}

/** Writes the match of a value with a pattern, whose variables without a value get theirs. */
export function writeMatch(f: FunctionWriter, pattern: Term, js: string): void {
  if (pattern.type === "var") {
    const local = f.local(pattern.name);
    if (local === undefined) f.bind(pattern.name, js);
    else writeEqual(f, local, js);
    return;
  }
  if (f.isEvaluable(pattern)) {
    writeEqual(f, js, writeValue(f, pattern));
    return;
  }
  if (pattern.type === "array") {
    f.require(`R.isArrayOf(${js}, ${pattern.items.length})`);
    const items = pattern.items.map((item, i) => [item, i] as const);
    for (const [item, i] of items) {
      if (!isSkipped(f, item)) writeMatch(f, item, f.keep(`${js}[${i}]`));
    }
    return;
  }
  if (pattern.type === "object") {
    f.require(`R.isObjectOf(${js}, ${pattern.entries.length})`);
    for (const { key, value } of pattern.entries) {
      const found = f.keep(`R.entryOf(${js}, ${writeKey(f, key)})`);
      f.failIf(`${found} === undefined`);
      writeMatch(f, value, found);
    }
    return;
  }
  throw new Error(`a ${pattern.type} cannot be matched`);
}

/** Whether a value need not be looked at: nobody reads the variable that it would be given to. */
function isSkipped(f: FunctionWriter, pattern: Term): boolean {
  return pattern.type === "var" && f.local(pattern.name) === undefined && f.isUnread(pattern.name);
}

function writeKey(f: FunctionWriter, key: Term): string {
  const constant = constantOf(key);
  return (constant === undefined ? undefined : literalOf(constant)) ?? writeValue(f, key);
}
