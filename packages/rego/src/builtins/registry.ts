import { aggregates } from "./aggregates.ts";
import { arrays } from "./arrays.ts";
import { aws } from "./aws.ts";
import { bits } from "./bits.ts";
import type { Builtin, BuiltinCall, Family } from "./builtin.ts";
import { comparison } from "./comparison.ts";
import { cryptoFamily } from "./crypto.ts";
import type { BuiltinDeclaration } from "./declaration.ts";
import { encoding } from "./encoding.ts";
import { declarations } from "./gen/capabilities.ts";
import { globFamily } from "./globs.ts";
import { graphqls } from "./graphqls.ts";
import { graphs } from "./graphs.ts";
import { internals } from "./internal.ts";
import { jsonPatch } from "./json-patch.ts";
import { jsonPaths } from "./json-paths.ts";
import { jsonSchemas } from "./json-schemas.ts";
import { networks } from "./networks.ts";
import { numbers } from "./numbers.ts";
import { objects } from "./objects.ts";
import { outside } from "./outside.ts";
import { regexFamily } from "./regexes.ts";
import { semverFamily } from "./semver.ts";
import { sets } from "./sets.ts";
import { strings } from "./strings.ts";
import { times } from "./times.ts";
import { tokens } from "./tokens.ts";
import { types } from "./types.ts";
import { units } from "./units.ts";
import { uuids } from "./uuid.ts";

const families: readonly Family[] = [
  aggregates,
  arrays,
  aws,
  bits,
  comparison,
  cryptoFamily,
  encoding,
  globFamily,
  graphqls,
  graphs,
  internals,
  jsonPatch,
  jsonPaths,
  jsonSchemas,
  networks,
  numbers,
  objects,
  outside,
  regexFamily,
  semverFamily,
  sets,
  strings,
  times,
  tokens,
  types,
  units,
  uuids,
];

const calls: ReadonlyMap<string, BuiltinCall> = new Map(families.flatMap((family) => Object.entries(family)));

/** A builtin from its declaration in a capabilities file; undefined for one that has no implementation here. */
export function builtinOf(declaration: BuiltinDeclaration): Builtin | undefined {
  const call = calls.get(declaration.name);
  if (call === undefined) return undefined;
  const { name, infix, args, variadic, result } = declaration;
  return {
    name,
    ...(infix !== undefined && { infix }),
    deterministic: declaration.nondeterministic !== true,
    deprecated: declaration.deprecated === true,
    relation: declaration.relation === true,
    decl: { args, ...(variadic !== undefined && { variadic }), ...(result !== undefined && { result }) },
    call,
  };
}

/** All builtins of OPA 1.22.2 by name. */
export const builtins: ReadonlyMap<string, Builtin> = new Map(
  declarations.flatMap((declaration) => {
    const builtin = builtinOf(declaration);
    return builtin === undefined ? [] : [[declaration.name, builtin] as const];
  }),
);
