import type { RefTerm, Term } from "../syntax/ast.ts";
import { isIndexText, isPlainProperty } from "../runtime/access.ts";
import { constantOf } from "../plan/constants.ts";
import { literalOf } from "./constants.ts";
import { writeDataReference } from "./data-references.ts";
import type { FunctionWriter } from "./function-writer.ts";
import { writeMatch } from "./unify.ts";
import { propertyOf, writeValue } from "./values.ts";

/** Writes the lookup of a reference, walking over the keys that its variables leave open, and returns what holds it. */
export function writeReference(f: FunctionWriter, { head, path }: RefTerm): string {
  if (head.type === "var" && f.local(head.name) === undefined) {
    if (head.name === "data") return writeDataReference(f, path);
    if (head.name === "input") return writePath(f, { js: writeInput(f), key: "input" }, path);
  }
  const js = writeValue(f, head);
  return writePath(f, { js, key: js }, path);
}

function writeInput(f: FunctionWriter): string {
  const known = f.scope.known.get("input");
  if (known !== undefined) return known;
  const js = f.keep("input");
  f.failIf(`${js} === undefined`);
  f.remember("input", js);
  return js;
}

/** A value that has been reached, and the text under which what lies in it is remembered (if it can be). */
export interface Reached {
  readonly js: string;
  readonly key: string | undefined;
  /** Whether it is part of a base document, in which OPA finds `data.x[1]` under the key "1" too. */
  readonly isBase?: boolean;
}

/** Writes the lookup of keys, one in the other, starting at a defined value. */
export function writePath(f: FunctionWriter, start: Reached, path: readonly Term[]): string {
  let at = start;
  for (const part of path) at = writeStep(f, at, part);
  return at.js;
}

function writeStep(f: FunctionWriter, at: Reached, part: Term): Reached {
  const constant = constantOf(part);
  if (constant !== undefined && literalOf(constant) !== undefined) {
    const key = at.key === undefined ? undefined : `${at.key}[${JSON.stringify(constant)}]`;
    const isProperty =
      typeof constant === "string" && isPlainProperty(constant) && !(at.isBase === true && isIndexText(constant));
    return remembered(f, at, key, () =>
      isProperty
        ? writeProperty(f, at.js, constant)
        : writeMember(f, at, f.program.constants.valueExpression(constant)),
    );
  }
  if (f.isEvaluable(part)) {
    const js = writeValue(f, part);
    return remembered(f, at, at.key === undefined ? undefined : `${at.key}[${js}]`, () => writeMember(f, at, js));
  }
  return { ...at, js: writeWalk(f, at.js, part), key: undefined };
}

function remembered(f: FunctionWriter, at: Reached, key: string | undefined, write: () => string): Reached {
  const known = key === undefined ? undefined : f.scope.known.get(key);
  if (known !== undefined) return { ...at, js: known, key };
  const js = write();
  if (key !== undefined) f.remember(key, js);
  return { ...at, js, key };
}

/** Reads the property inline, which lets V8 cache its place, and asks elsewhere only where there is none. */
function writeProperty(f: FunctionWriter, js: string, name: string): string {
  const found = f.fresh("v");
  f.js.line(`let ${found} = ${js} === null ? undefined : ${propertyOf(js, name)};`);
  f.js.line(
    `if (${found} === undefined && (${found} = R.memberElsewhere(${js}, ${JSON.stringify(name)})) === undefined) ${f.scope.fail}`,
  );
  return found;
}

function writeMember(f: FunctionWriter, { js, isBase = false }: Reached, key: string): string {
  const found = f.keep(`R.${isBase ? "baseMember" : "member"}(${js}, ${key})`);
  f.failIf(`${found} === undefined`);
  return found;
}

/** Writes a loop over the entries of a collection whose keys match a pattern, and returns the entry's value. */
function writeWalk(f: FunctionWriter, js: string, pattern: Term): string {
  const isKeyUnread = pattern.type === "var" && f.isUnread(pattern.name);
  const i = f.fresh("i");
  if (isKeyUnread) {
    const { js: values, order } = keepInOrder(f, "valuesOf", "unorderedValuesOf", js);
    f.failIf(`${values} === undefined`);
    f.loop(`for (let ${i} = 0; ${i} < ${values}.length; ${i} += 1)`, order);
    return f.keep(`${values}[${i}]`);
  }
  const { js: keys, order } = keepInOrder(f, "keysOf", "unorderedKeysOf", js);
  const values = f.keep(`R.valuesAt(${js}, ${keys})`);
  f.failIf(`${values} === undefined`);
  f.loop(`for (let ${i} = 0; ${i} < ${values}.length; ${i} += 1)`, order);
  const value = f.keep(`${values}[${i}]`);
  writeMatch(f, pattern, f.keep(`${keys} === undefined ? ${i} : ${keys}[${i}]`));
  return value;
}

/**
 * Keeps the keys or values that a loop goes through: in OPA's order where that can be seen, which is so if documents are evaluated
 * in the loop, since one round may end the evaluation and another the loop.
 */
export function keepInOrder(
  f: FunctionWriter,
  inOrder: "keysOf" | "valuesOf",
  anyhow: "unorderedKeysOf" | "unorderedValuesOf",
  js: string,
): { readonly js: string; readonly order: () => void } {
  const kept = f.fresh("v");
  const line = f.js.reserve();
  const order = (): void => line(`const ${kept} = R.${inOrder}(${js});`);
  if (f.scope.ordered) order();
  else line(`const ${kept} = (E.isStrict ? R.${inOrder} : R.${anyhow})(${js});`);
  return { js: kept, order };
}
