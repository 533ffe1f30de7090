import type { ObjectTerm, Term } from "../syntax/ast.ts";
import { constantOf } from "../plan/constants.ts";
import { writeComprehension } from "./comprehensions.ts";
import { writeReference } from "./references.ts";
import type { FunctionWriter } from "./function-writer.ts";
import { stringLiteral } from "./writer.ts";

/** Writes what gives a term its value, and returns a literal or variable for it. Gives up where it is undefined. */
export function writeValue(f: FunctionWriter, term: Term): string {
  const constant = constantOf(term);
  if (constant !== undefined) return f.program.constants.valueExpression(constant);
  switch (term.type) {
    case "var": {
      const local = f.local(term.name);
      return local ?? writeNothing(f);
    }
    case "ref":
      return writeReference(f, term);
    case "array":
      return f.keep(`[${term.items.map((item) => writeValue(f, item)).join(", ")}]`);
    case "set":
      return f.keep(`R.setOf([${term.items.map((item) => writeValue(f, item)).join(", ")}])`);
    case "object":
      return writeObject(f, term);
    case "arrayComprehension":
    case "setComprehension":
    case "objectComprehension":
      return writeComprehension(f, term);
    default:
      throw new Error(`a ${term.type} was to be rewritten before code is written`);
  }
}

/** What is had of a variable without a value, as in the few bodies that OPA takes to be safe too early: gives up. */
function writeNothing(f: FunctionWriter): string {
  f.failIf("true");
  return "undefined";
}

function writeObject(f: FunctionWriter, { entries }: ObjectTerm): string {
  const names = entries.map(({ key }) => constantOf(key));
  const isPlain = names.every((name) => typeof name === "string") && new Set(names).size === names.length;
  const parts = entries.map(({ key, value }) => [writeValue(f, key), writeValue(f, value)] as const);
  if (!isPlain) return f.keep(`R.objectOf([${parts.map(([key, value]) => `[${key}, ${value}]`).join(", ")}])`);
  return f.keep(`{ ${parts.map(([key, value]) => `[${key}]: ${value}`).join(", ")} }`);
}

/** A JavaScript property access for a name that every value but sets and mixed objects keeps as a plain property. */
export function propertyOf(js: string, name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `${js}.${name}` : `${js}[${stringLiteral(name)}]`;
}
