import { isDocument, type PlannedDocument, type PlannedNode } from "../plan/documents.ts";
import type { Term } from "../syntax/ast.ts";
import { compositeKey } from "../values/key.ts";
import type { Value } from "../values/value.ts";
import { constantOf } from "../plan/constants.ts";
import type { FunctionWriter } from "./function-writer.ts";
import { writePath } from "./references.ts";
import { writeMatch } from "./unify.ts";
import { writeValue } from "./values.ts";

/** Writes the lookup of a reference into `data`: through the tree of rules as far as its keys are constant. */
export function writeDataReference(f: FunctionWriter, path: readonly Term[]): string {
  let node = f.program.documents;
  const keys: Value[] = [];
  for (const [i, part] of path.entries()) {
    const key = constantOf(part);
    if (key === undefined) return writeOpenWalk(f, node, path.slice(i));
    keys.push(key);
    const child = node.children.get(compositeKey(key))?.content;
    if (child === undefined) return writeBase(f, keys, path.slice(i + 1));
    if (isDocument(child)) return writeDocument(f, child, path.slice(i + 1));
    node = child;
  }
  return writeDefined(f, pathKey(keys), `R.settle(${interior(f, node)})`);
}

function pathKey(keys: readonly Value[]): string {
  return `data${keys.map((key) => `[${compositeKey(key)}]`).join("")}`;
}

/** Keeps what an expression gives, which must be defined; asked for again under the same key, it is not evaluated again. */
function writeDefined(f: FunctionWriter, key: string, expression: string): string {
  const known = f.scope.known.get(key);
  if (known !== undefined) return known;
  const js = f.keep(expression);
  f.failIf(`${js} === undefined`);
  f.remember(key, js);
  return js;
}

/** A base document: no rule defines anything at or below the keys. */
function writeBase(f: FunctionWriter, keys: readonly Value[], rest: readonly Term[]): string {
  if (f.program.isReplaceable(keys)) return writeReplaceable(f, keys, rest);
  const key = pathKey(keys);
  const known = f.scope.known.get(key);
  if (known !== undefined) return writePath(f, { js: known, key, isBase: true }, rest);
  const base = f.program.baseName(keys);
  return writePath(f, { js: writeDefined(f, key, base), key, isBase: true }, rest);
}

/** A base document of which a part may be replaced: what is replaced hides the original only where a reference reaches it. */
function writeReplaceable(f: FunctionWriter, keys: readonly Value[], rest: readonly Term[]): string {
  const [first, ...others] = rest;
  const next = first === undefined ? undefined : constantOf(first);
  if (next !== undefined && f.program.isReplaceable([...keys, next])) {
    return writeReplaceable(f, [...keys, next], others);
  }
  const key = pathKey(keys);
  const js = writeDefined(f, key, `R.baseAt(view(), ${f.program.constants.nameOf(keys)})`);
  return writePath(f, { js, key, isBase: true }, rest);
}

/** A document that rules define, and what is looked up in it. */
function writeDocument(f: FunctionWriter, document: PlannedDocument, rest: readonly Term[]): string {
  if (document.kind === "function") {
    f.failIf("true");
    return "undefined";
  }
  f.noteEvaluation();
  const [first, ...others] = rest.slice(0, depthOf(document));
  // With a first key that is open OPA evaluates the whole, whatever is known of those after it.
  const keys = first !== undefined && f.isEvaluable(first) ? [first, ...others] : [];
  const wanted = keys.flatMap((part, i) => (f.isEvaluable(part) ? [[i, writeValue(f, part)] as const] : []));
  const positions = wanted.map(([i]) => i);
  const call = `${f.program.documentFunction(document, positions)}(${wanted.map(([, js]) => js).join(", ")})`;
  const key = `${pathKey(document.path)}${wanted.map(([i, js]) => `[${i} ${js}]`).join("")}`;
  const js = writeDefined(f, key, f.program.unlessReplaced(document.path, call));
  return writePath(f, { js, key }, rest);
}

/** How many keys of a document its definitions can be told apart by. */
function depthOf({ kind, chains }: PlannedDocument): number {
  if (kind === "object") return Math.max(...chains.map(({ keys }) => keys.length));
  return kind === "set" ? 1 : 0;
}

/** A reference whose next key is not constant although rules lie below: base documents and rules are walked together. */
function writeOpenWalk(f: FunctionWriter, node: PlannedNode, rest: readonly Term[]): string {
  const isKeyed = rest.slice(1).some((part) => f.isEvaluable(part));
  let place = f.keep(interior(f, node, isKeyed));
  for (const [i, part] of rest.entries()) {
    const next = rest[i + 1];
    const wanted = next !== undefined && f.isEvaluable(next) ? `, ${writeValue(f, next)}` : "";
    if (f.isEvaluable(part)) {
      place = f.keep(`R.step(${place}, ${writeValue(f, part)}${wanted})`);
    } else {
      const keys = f.keep(`R.stepKeys(${place})`);
      const at = f.fresh("i");
      f.loop(`for (let ${at} = 0; ${at} < ${keys}.length; ${at} += 1)`);
      const key = f.keep(`${keys}[${at}]`);
      writeMatch(f, part, key);
      place = f.keep(`R.step(${place}, ${key}${wanted})`);
    }
    f.failIf(`${place} === undefined`);
  }
  const js = f.keep(`R.settle(${place})`);
  f.failIf(`${js} === undefined`);
  return js;
}

/** `isKeyed`: whether documents in it are asked for keys that are known. */
function interior(f: FunctionWriter, node: PlannedNode, isKeyed = false): string {
  f.noteEvaluation();
  return `new R.Interior(${f.program.nodeName(node, isKeyed)}, view(), ${f.program.constants.nameOf(node.path)})`;
}
