/** Values that builtins may not expect, as Rego terms. */
import type { SeededRandom } from "../seeded-random.ts";

export const STRINGS = [
  "",
  "a",
  "A",
  "ab",
  "abc abc",
  "foo.bar",
  "a/b/c",
  "10",
  "-1.50",
  "1e3",
  "0x10",
  "true",
  "null",
  " padded\t\n",
  "a,b,,c",
  "café",
  "cafe\u0301",
  "日本語",
  "ÄÖÜß",
  "İıſK",
  "ΑΣς",
  "\u{1f512}",
  "👨‍👩‍👧",
  "\u{1d518}\u{10400}",
  "\u0000",
  "\u0001\u001f\u007f\u0080\u009f",
  "\u0085\u00a0\u1680\u2003\u2028\u2029\u202f\u3000\ufeff",
  "\ufffd\uffff",
  "\ud800",
  "a\udfffb",
  "line\nbreak\r\nagain\r",
  "__proto__",
  "constructor",
  "say \"x\" 'y' `z`",
  "back\\slash\\n",
  "\u0024{x} \u00241 \u00240",
  "%d %s %v %%",
  "<a href='x'>&amp;</a>",
  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
] as const;

export const NUMBERS = [
  "0",
  "1",
  "2",
  "3",
  "10",
  "-1",
  "-2",
  "-0",
  "0.0",
  "-0.0",
  "1.0",
  "-1.0",
  "0.1",
  "0.5",
  "-0.5",
  "1.5",
  "-1.5",
  "2.5",
  "-2.25",
  "1e3",
  "1E3",
  "1.50e1",
  "1e-7",
  "1e6",
  "1000000.0",
  "1e21",
  "1e22",
  "1e400",
  "-1e400",
  "1e-400",
  "255",
  "65536",
  "2147483647",
  "-2147483648",
  "4294967296",
  "9007199254740991",
  "9007199254740992",
  "9007199254740993",
  "-9007199254740993",
  "9223372036854775807",
  "9223372036854775808",
  "-9223372036854775808",
  "18446744073709551615",
  "18446744073709551616",
  "100000000000000000000000",
  "100000.0",
  "1000000.5",
  "123456789.123456789",
  "3.141592653589793238",
  "0.30000000000000004",
  "1.7976931348623157e308",
  "5e-324",
] as const;

/** Small integers, which operands that count are mostly asked for. */
export const COUNTS = ["0", "1", "2", "3", "5", "-1", "-2", "100"] as const;

export function stringTerm(random: SeededRandom): string {
  return quoted(randomString(random));
}

/** A text as a Rego term. Rego takes no byte order mark, not even in a string. */
export function quoted(text: string): string {
  return JSON.stringify(text).replaceAll("\ufeff", "\\ufeff");
}

export function randomString(random: SeededRandom): string {
  const text = random.pick(STRINGS);
  if (!random.chance(0.2)) return text;
  const other = random.pick(STRINGS);
  return random.chance(0.5) ? text + other : other + text.slice(1);
}

export function numberTerm(random: SeededRandom): string {
  return random.chance(0.4) ? random.pick(COUNTS) : random.pick(NUMBERS);
}

export function scalarTerm(random: SeededRandom): string {
  const which = random.next();
  if (which < 0.45) return stringTerm(random);
  if (which < 0.85) return numberTerm(random);
  return random.pick(["null", "true", "false"]);
}

/** Any term, nested up to `depth`. */
export function anyTerm(random: SeededRandom, depth: number): string {
  if (depth <= 0 || random.chance(0.4)) return scalarTerm(random);
  const item = (): string => anyTerm(random, depth - 1);
  switch (random.integer(0, 3)) {
    case 0:
      return setTerm(list(random, item));
    case 1:
      return objectTerm(random, item, () => (random.chance(0.7) ? stringTerm(random) : item()));
    case 2:
      return deep(random.integer(1, 40), item());
    default:
      return `[${list(random, item).join(", ")}]`;
  }
}

function deep(depth: number, inside: string): string {
  return `${"[".repeat(depth)}${inside}${"]".repeat(depth)}`;
}

export function list(random: SeededRandom, item: () => string): readonly string[] {
  return Array.from({ length: random.integer(0, 4) }, item);
}

export function setTerm(items: readonly string[]): string {
  return items.length === 0 ? "set()" : `{${items.join(", ")}}`;
}

export function objectTerm(random: SeededRandom, value: () => string, key: () => string): string {
  const entries = new Map(list(random, key).map((name) => [name, value()]));
  return `{${[...entries].map(([name, item]) => `${name}: ${item}`).join(", ")}}`;
}
