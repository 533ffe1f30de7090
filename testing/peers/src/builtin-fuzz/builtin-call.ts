import { allCapabilities } from "@redoubt/rego";
import { SeededRandom } from "../seeded-random.ts";
import { anyTerm, list, numberTerm, objectTerm, setTerm, stringTerm } from "./hostile.ts";
import { OPERANDS } from "./texts.ts";

type Declaration = (typeof allCapabilities)["builtins"][number];
type TypeDeclaration = Declaration["args"][number];

/** A call of a builtin with constant operands. */
export interface BuiltinCall {
  readonly builtin: string;
  /** Rego terms. */
  readonly operands: readonly string[];
}

/** Not called at all: what depends on the machine or the time, and what a compiler replaces. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  "assign",
  "eq",
  "http.send",
  "internal.print",
  "internal.test_case",
  "net.lookup_ip_addr",
  "opa.runtime",
  "print",
  "rego.metadata.chain",
  "rego.metadata.rule",
  "time.now_ns",
]);

/** The builtins that can be called with the same outcome everywhere. */
export const CALLED: readonly Declaration[] = allCapabilities.builtins.filter(({ name }) => !LEFT_OUT.has(name));

/** The call number `index` of a seed; all builtins come in turn. */
export function generateCall(seed: number, index: number, builtins: readonly Declaration[] = CALLED): BuiltinCall {
  const random = new SeededRandom(Math.imul(seed ^ 0x51ed270b, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35));
  const declaration = builtins[index % builtins.length];
  if (declaration === undefined) throw new Error("there are no builtins to call");
  const { name, args } = declaration;
  const writers = OPERANDS.get(name) ?? [];
  const operands = args.map((type, position) => {
    if (random.chance(0.04)) return anyTerm(random, 2);
    return writers[position]?.(random) ?? ofType(random, type, 2);
  });
  return { builtin: name, operands };
}

/** The query that makes a call. The operands come in a way that hides their types from the type checker. */
export function queryOf({ builtin, operands }: BuiltinCall): string {
  const names = operands.map((_, position) => `data.operands[${position}]`);
  const isRelation = builtin === "walk";
  const call = isRelation ? `[x | walk(${names.join(", ")}, x)]` : `${builtin}(${names.join(", ")})`;
  return `result := ${call} with data.operands as [${operands.join(", ")}]`;
}

function ofType(random: SeededRandom, type: TypeDeclaration, depth: number): string {
  switch (type.type) {
    case "null":
      return "null";
    case "boolean":
      return random.pick(["true", "false"]);
    case "number":
      return numberTerm(random);
    case "string":
      return stringTerm(random);
    case "any": {
      const { of = [] } = type;
      const chosen = of[random.integer(0, of.length - 1)];
      return chosen === undefined ? anyTerm(random, depth) : ofType(random, chosen, depth);
    }
    case "array": {
      const { dynamic, static: fixed = [] } = type;
      const more = dynamic === undefined ? [] : list(random, () => ofType(random, dynamic, depth - 1));
      return `[${[...fixed.map((item) => ofType(random, item, depth - 1)), ...more].join(", ")}]`;
    }
    case "set":
      return setTerm(list(random, () => ofType(random, type.of, depth - 1)));
    case "object": {
      const { dynamic } = type;
      if (dynamic === undefined) return "{}";
      return objectTerm(
        random,
        () => ofType(random, dynamic.value, depth - 1),
        () => ofType(random, dynamic.key, depth - 1),
      );
    }
  }
}
