/** What the macros over two variables call to build maps. */
import { declareFunction, overload, type FunctionDeclaration } from "../check/declarations.ts";
import { mapType, paramType } from "../types/type.ts";
import { NO_OVERLOAD } from "../values/arithmetic.ts";
import { inserted } from "../values/map.ts";
import { MapValue, isError, type Value } from "../values/value.ts";

const K = paramType("K");
const V = paramType("V");
const MAP = mapType(K, V);

function insertAll(map: Value, entries: Value): Value {
  if (!(map instanceof MapValue) || !(entries instanceof MapValue)) return NO_OVERLOAD;
  let grown: MapValue = map;
  for (const key of entries.keys()) {
    const next = inserted(grown, key, entries.find(key) ?? null);
    if (isError(next)) return next;
    grown = next;
  }
  return grown;
}

export const COMPREHENSION_FUNCTIONS: readonly FunctionDeclaration[] = [
  declareFunction("cel.@mapInsert", [
    overload("@mapInsert_map_key_value", [MAP, K, V], MAP, (map, key = null, value = null) =>
      map instanceof MapValue ? inserted(map, key, value) : NO_OVERLOAD,
    ),
    overload("@mapInsert_map_map", [MAP, MAP], MAP, (map = null, entries = null) => insertAll(map, entries)),
  ]),
];
