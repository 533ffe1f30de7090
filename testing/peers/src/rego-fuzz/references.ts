/** References into documents: `input.items[_].tags[i]`, `data.p.q["a b"]`, `person.roles[_]`. */
import { type Access, type Scope, type Step, accessesOf } from "./scope.ts";
import { type Type, fits } from "./types.ts";
import { keyName, numberLiteral, stringLiteral } from "./values.ts";

const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const KEYWORDS = new Set([
  "as",
  "contains",
  "default",
  "else",
  "every",
  "false",
  "if",
  "import",
  "in",
  "not",
  "null",
  "package",
  "some",
  "true",
  "with",
]);

/** A reference to something that can be used as a value of this type, or undefined where there is none. */
export function reference(scope: Scope, want: Type): string | undefined {
  const { random } = scope;
  const fromVariables = scope.variables
    .filter(({ type }) => type.kind === "array" || type.kind === "map" || type.kind === "record" || type.kind === "set")
    .flatMap(({ name, type, typed }) => accessesOf({ path: name, type, typed, virtual: false }).slice(1))
    .filter(({ type, source }) => fits(type, want) || (!source.typed && type.kind === "any"))
    .filter((access) => reachable(scope, access));
  const fromWorld = scope.world.accesses(want).filter((access) => reachable(scope, access));
  const [first, ...rest] = fromVariables.length > 0 && random.chance(0.4) ? fromVariables : fromWorld;
  if (first === undefined) return undefined;
  return accessText(scope, random.pick([first, ...rest]));
}

/** A reference into base documents, of which OPA knows no type. */
export function untypedReference(scope: Scope, want: Type): string | undefined {
  const [first, ...rest] = scope.world.accesses(want).filter(({ source }) => !source.typed);
  return first === undefined ? undefined : accessText(scope, scope.random.pick([first, ...rest]));
}

/** Where the type is known and nothing may iterate, a key might be one that OPA knows to be absent. */
export function reachable({ iterates }: Scope, { source, steps }: Access): boolean {
  return iterates || !source.typed || steps.every(({ kind }) => kind === "field");
}

/** A reference with any of its parts varied. */
export function accessText(scope: Scope, { source, steps }: Access): string {
  let text = scope.named(source.path, source.virtual);
  for (const step of steps) text += stepText(scope, step, source.typed);
  return text;
}

function stepText(scope: Scope, step: Step, typed: boolean): string {
  const { random } = scope;
  if (step.kind === "field") {
    if (!typed && random.chance(0.04)) return `[${keyOf(scope, { kind: "string" })}]`;
    return fieldText(step.name, random.chance(0.85));
  }
  if (!scope.iterates || random.chance(typed ? 0.01 : 0.25)) return `[${keyOf(scope, step.keys)}]`;
  const [known, ...more] = scope.variablesOf(step.keys);
  if (known !== undefined && random.chance(0.25)) return `[${random.pick([known, ...more]).name}]`;
  if (random.chance(0.55)) return "[_]";
  const name = scope.freshName();
  scope.bind(name, step.keys, step.of === "array");
  return `[${name}]`;
}

export function fieldText(name: string, dotted: boolean): string {
  return dotted && NAME.test(name) && !KEYWORDS.has(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

/** A key that is known where the reference stands. */
function keyOf(scope: Scope, keys: Type): string {
  const { random } = scope;
  const [first, ...rest] = scope.variablesOf(keys);
  if (first !== undefined && random.chance(0.6)) return random.pick([first, ...rest]).name;
  switch (keys.kind) {
    case "number":
      return random.chance(0.9) ? String(random.integer(0, 3)) : numberLiteral(random);
    case "string":
      return random.chance(0.8) ? JSON.stringify(keyName(random)) : stringLiteral(random);
    case "array":
      return `[${[keyOf(scope, keys.items), ...(random.chance(0.5) ? [keyOf(scope, keys.items)] : [])].join(", ")}]`;
    case "boolean":
      return random.chance(0.5) ? "true" : "false";
    default:
      return stringLiteral(random);
  }
}
