import { type ComprehensionIndex, indexComprehension, variableOf } from "../plan/comprehension-index.ts";
import type { ArrayComprehension, Body, ObjectComprehension, SetComprehension, Term } from "../syntax/ast.ts";
import { writeBody } from "./bodies.ts";
import type { FunctionWriter } from "./function-writer.ts";
import { writeValue } from "./values.ts";

type Comprehension = ArrayComprehension | SetComprehension | ObjectComprehension;

/** Writes a comprehension, whose value is kept where a loop would only evaluate it again, and returns what holds it. */
export function writeComprehension(f: FunctionWriter, term: Comprehension): string {
  const index = indexOf(f, term);
  if (index === undefined) return writeResult(f, term, term.body);
  if (index.keys.length === 0) {
    return writeOnce(f, (kept) => f.js.line(`${kept} = ${writeResult(f, term, term.body)};`));
  }
  return term.type === "objectComprehension" ? writeResult(f, term, term.body) : writeGroups(f, term, index);
}

function indexOf(f: FunctionWriter, term: Comprehension): ComprehensionIndex | undefined {
  const { repeated, modified } = f.scope;
  if (!repeated || modified || f.program.isObserved) return undefined;
  return indexComprehension(headsOf(term), term.body, {
    isInvariant: (name) => f.isInvariant(name),
    isVarying: (name) => f.local(name) !== undefined,
    isHarmless: (ref) => f.program.isHarmless(ref),
  });
}

function headsOf(term: Comprehension): readonly Term[] {
  return term.type === "objectComprehension" ? [term.key, term.value] : [term.term];
}

/** Writes what is evaluated when it is first come to, and returns the variable of the function that keeps it. */
function writeOnce(f: FunctionWriter, write: (kept: string) => void): string {
  const kept = f.fresh("h");
  f.js.declare(kept);
  f.nested({}, () => {
    f.js.open(`if (${kept} === undefined) {`);
    write(kept);
  });
  return kept;
}

/** Evaluates the body once for all keys. */
function writeGroups(
  f: FunctionWriter,
  term: ArrayComprehension | SetComprehension,
  { body, keys }: ComprehensionIndex,
): string {
  const kind = term.type === "arrayComprehension" ? "ArrayGroups" : "SetGroups";
  const outer = new Set(keys.map((key) => variableOf(key.outer)));
  const groups = writeOnce(f, (kept) => {
    f.js.line(`${kept} = new R.${kind}();`);
    const locals = new Map([...f.scope.locals].filter(([name]) => !outer.has(name)));
    f.nested({ locals }, () => {
      f.block(term.type === "arrayComprehension", () =>
        writeBody(f, body, () => {
          const key = tuple(keys.map(({ inner }) => writeValue(f, inner)));
          f.js.line(`${kept}.add(${key}, ${writeValue(f, term.term)});`);
        }),
      );
    });
  });
  const result = f.fresh("v");
  f.js.line(`let ${result} = R.${kind}.none;`);
  f.block(false, () => f.js.line(`${result} = ${groups}.get(${tuple(keys.map((key) => writeValue(f, key.outer)))});`));
  return result;
}

function tuple(parts: readonly string[]): string {
  return parts.length === 1 ? parts.join("") : `[${parts.join(", ")}]`;
}

function writeResult(f: FunctionWriter, term: Comprehension, body: Body): string {
  switch (term.type) {
    case "arrayComprehension": {
      const result = f.keep("[]");
      f.block(true, () => writeBody(f, body, () => f.js.line(`${result}.push(${writeValue(f, term.term)});`)));
      return result;
    }
    case "setComprehension": {
      const result = f.keep("R.newSet()");
      f.block(false, () => writeBody(f, body, () => f.js.line(`${result}.add(${writeValue(f, term.term)});`)));
      return result;
    }
    case "objectComprehension": {
      const result = f.keep("R.newObject()");
      const place = f.program.constants.nameOf(term.key.location);
      f.block(false, () =>
        writeBody(f, body, () => {
          const key = writeValue(f, term.key);
          const value = writeValue(f, term.value);
          f.js.line(`R.putUnique(${result}, ${key}, ${value}, ${place});`);
        }),
      );
      return f.keep(`${result}.build()`);
    }
  }
}
