/** Literals and documents. Pools are small, so that what is compared is often equal. */
import type { SeededRandom } from "../seeded-random.ts";
import { ANY, BOOLEAN, NULL, NUMBER, STRING, type Type, arrayOf, mapOf, recordOf } from "./types.ts";

const COMMON_STRINGS = ["a", "b", "c", "foo", "bar", "a.b", "x/y"] as const;
const ODD_STRINGS = [
  "",
  "A",
  "10",
  "1.5",
  "true",
  " padded ",
  "a,b,c",
  "café",
  "日本",
  "\u{1f512}",
  "line\nbreak",
  "\u2028",
  "__proto__",
  "constructor",
  'say "x"',
  "back\\slash",
  "`tick`",
  "\u0024{x}",
  "1.2.3",
  "10.0.0.0/8",
  "2021-01-02T03:04:05Z",
  '{"a": [1, 2]}',
] as const;
const COMMON_NUMBERS = ["0", "1", "2", "3"] as const;
const ODD_NUMBERS = [
  "-1",
  "10",
  "0.5",
  "1.5",
  "-2.25",
  "1.0",
  "1e3",
  "0.1",
  "100",
  "255",
  "9007199254740991",
  "9007199254740993",
  "-9007199254740993",
  "100000000000000000000",
  "3.141592653589793238",
  "1e-7",
  "123456789.123456789",
] as const;
const FIELD_NAMES = ["a", "b", "c", "id", "name", "kind", "tags", "items", "spec"] as const;
const ODD_FIELD_NAMES = ["x-y", "__proto__", "constructor", "é", "", "1", "with space", "toString"] as const;

export function stringLiteral(random: SeededRandom): string {
  return JSON.stringify(random.chance(0.8) ? random.pick(COMMON_STRINGS) : random.pick(ODD_STRINGS));
}

export function numberLiteral(random: SeededRandom): string {
  return random.chance(0.8) ? random.pick(COMMON_NUMBERS) : random.pick(ODD_NUMBERS);
}

/** A key of an object in a document, as a string that is not quoted. */
export function keyName(random: SeededRandom): string {
  return random.chance(0.85) ? random.pick(["a", "b", "c", "foo"]) : random.pick(ODD_FIELD_NAMES);
}

export function scalarType(random: SeededRandom): Type {
  return random.pick([NUMBER, NUMBER, STRING, STRING, STRING, BOOLEAN]);
}

/** A type that JSON has. */
export function documentType(random: SeededRandom, depth: number): Type {
  if (depth <= 0) return random.chance(0.06) ? random.pick([ANY, NULL]) : scalarType(random);
  switch (random.integer(0, 9)) {
    case 0:
    case 1:
    case 2:
      return arrayOf(documentType(random, depth - 1));
    case 3:
    case 4:
      return mapOf(documentType(random, depth - 1));
    case 5:
    case 6:
    case 7:
      return recordType(random, depth);
    default:
      return scalarType(random);
  }
}

export function recordType(random: SeededRandom, depth: number): Type {
  const fields = new Map<string, Type>();
  const size = random.integer(1, 4);
  while (fields.size < size) {
    const name = random.chance(0.93) ? random.pick(FIELD_NAMES) : random.pick(ODD_FIELD_NAMES);
    fields.set(name, documentType(random, depth - 1));
  }
  return recordOf(fields);
}

/** A JSON text of this type; now and then a field is missing or of another type, as in real documents. */
export function documentText(random: SeededRandom, type: Type): string {
  return jsonText(random, type, 0.02);
}

/** A JSON text of exactly this type, with something in each collection. */
export function exactText(random: SeededRandom, type: Type): string {
  return jsonText(random, type, 0);
}

function jsonText(random: SeededRandom, type: Type, careless: number): string {
  if (random.chance(careless)) return jsonText(random, documentType(random, 1), careless);
  const least = careless > 0 ? 0 : 1;
  switch (type.kind) {
    case "null":
      return "null";
    case "boolean":
      return random.chance(0.6) ? "true" : "false";
    case "number":
      return numberLiteral(random);
    case "string":
      return stringLiteral(random);
    case "any":
      return jsonText(random, documentType(random, 1), careless);
    case "array":
    case "set": {
      const items = Array.from({ length: random.integer(least, 4) }, () => jsonText(random, type.items, careless));
      return `[${items.join(", ")}]`;
    }
    case "map": {
      const entries = new Map<string, string>();
      for (let count = random.integer(least, 4); count > 0; count -= 1) {
        entries.set(keyName(random), jsonText(random, type.values, careless));
      }
      return objectText(entries);
    }
    case "record": {
      const entries = new Map<string, string>();
      for (const [name, field] of type.fields) {
        if (!random.chance(careless * 3)) entries.set(name, jsonText(random, field, careless));
      }
      return objectText(entries);
    }
  }
}

function objectText(entries: ReadonlyMap<string, string>): string {
  return `{${[...entries].map(([key, value]) => `${JSON.stringify(key)}: ${value}`).join(", ")}}`;
}
