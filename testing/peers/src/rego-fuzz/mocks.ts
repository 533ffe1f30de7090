/** `with` modifiers: the input, data, rules, functions and builtins, replaced for one statement. */
import { fieldText } from "./references.ts";
import { BUILTIN_CALLS } from "./builtin-calls.ts";
import type { Scope, Source } from "./scope.ts";
import { anyType, term } from "./terms.ts";
import { type Type, fits } from "./types.ts";

/** One or two modifiers, without the keyword: `input.a as 1`. */
export function mocks(scope: Scope, depth: number, functions: boolean): readonly string[] {
  const count = scope.random.chance(0.8) ? 1 : 2;
  const [first = "", ...rest] = Array.from({ length: count }, () => mock(scope.closed(), depth, functions));
  // OPA writes what replaces a part of a document into what replaces the document, whoever else holds that.
  return [first, ...rest.filter((other) => !isAbove(targetOf(first), targetOf(other)))];
}

function targetOf(modifier: string): string {
  return modifier.split(" as ", 1).join("");
}

function isAbove(path: string, other: string): boolean {
  return other.startsWith(path) && /^[.[]/.test(other.slice(path.length));
}

function mock(scope: Scope, depth: number, functions: boolean): string {
  const { random, world } = scope;
  switch (random.integer(0, functions ? 9 : 6)) {
    case 0:
    case 1:
      return `input as ${term(scope, anyType(scope), depth)}`;
    case 2:
    case 3:
      return documentMock(scope, isInput, depth) ?? `input as {}`;
    case 4:
    case 5:
      return documentMock(scope, isBase, depth) ?? `data.absent as 1`;
    case 6:
      return documentMock(scope, ({ virtual }) => virtual, depth) ?? `data.absent.deep as {"a": 1}`;
    case 7:
      return functionMock(scope, depth) ?? builtinMock(scope, depth);
    default:
      return world.functions.length > 0 && random.chance(0.4)
        ? (functionMock(scope, depth) ?? builtinMock(scope, depth))
        : builtinMock(scope, depth);
  }
}

const isInput = ({ path }: Source): boolean => path === "input";
const isBase = ({ path, virtual }: Source): boolean => !virtual && path !== "input";

/** A document, or a field of it. */
function documentMock(scope: Scope, which: (source: Source) => boolean, depth: number): string | undefined {
  const { random, world } = scope;
  const [first, ...rest] = world.sources.filter(which);
  if (first === undefined) return undefined;
  const source = random.pick([first, ...rest]);
  let type: Type = source.type;
  let path = source.path;
  while (type.kind === "record" && !source.virtual && random.chance(0.7)) {
    const [field, ...fields] = type.fields;
    if (field === undefined) break;
    const [name, fieldType] = random.pick([field, ...fields]);
    path += fieldText(name, true);
    type = fieldType;
  }
  const value = random.chance(0.8) ? type : anyType(scope);
  return `${path} as ${term(scope, value, depth)}`;
}

function functionMock(scope: Scope, depth: number): string | undefined {
  const { random, world } = scope;
  const [first, ...rest] = world.functions;
  if (first === undefined) return undefined;
  const target = random.pick([first, ...rest]);
  const alike = world.functions.filter(
    ({ path, args, result }) =>
      path !== target.path && args.length === target.args.length && fits(result, target.result),
  );
  const [other, ...others] = alike;
  if (other !== undefined && random.chance(0.6)) return `${target.path} as ${random.pick([other, ...others]).path}`;
  return `${target.path} as ${term(scope, target.result, depth)}`;
}

function builtinMock(scope: Scope, depth: number): string {
  const { random, world } = scope;
  const [first, ...rest] = BUILTIN_CALLS;
  if (first === undefined) throw new Error("there are no builtins");
  const target = random.pick([first, ...rest]);
  // A keyword cannot name what is replaced.
  if (target.name === "contains" && scope.module.keywords) return `lower as ${term(scope, target.result, depth)}`;
  const [other, ...others] = world.functions.filter(
    ({ args, result }) => args.length === target.args.length && fits(result, target.result),
  );
  if (other !== undefined && random.chance(0.6)) return `${target.name} as ${random.pick([other, ...others]).path}`;
  return `${target.name} as ${term(scope, target.result, depth)}`;
}
