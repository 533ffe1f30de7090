/** Builtins whose result depends on nothing but their operands, with operands that mostly make sense. */
import type { SeededRandom } from "../seeded-random.ts";
import { ANY, BOOLEAN, NULL, NUMBER, STRING, type Type, arrayOf, fits, mapOf, setOf } from "./types.ts";

/** An operand: of a type, or a text of its own making. */
export type Operand = Type | ((random: SeededRandom) => string);

export interface BuiltinCall {
  readonly name: string;
  readonly args: readonly Operand[];
  readonly result: Type;
  /** Written between its two operands. */
  readonly infix?: string;
}

const STRINGS = arrayOf(STRING);
const NUMBERS = arrayOf(NUMBER);
const ANYTHINGS = arrayOf(ANY);
const SOME_SET = setOf(ANY);
const OBJECT = mapOf(ANY);

const quoted =
  (...texts: readonly [string, ...string[]]): Operand =>
  (random) =>
    JSON.stringify(random.pick(texts));
const PATTERN = quoted("^a", "[a-c]+", "b.*", "(foo|bar)", "^$", "\\d+", "(a)(b)?", "(?i)A", "\\.", ".", "[", "x*");
const GLOB = quoted("a*", "*.b", "*", "a?", "{a,b}*", "[a-c]", "**", "foo", "a.*.c");
const SMALL: Operand = (random) => String(random.integer(-1, 4));
const BASE: Operand = (random) => random.pick(["2", "8", "10", "16", "3"]);
const SEPARATOR = quoted(",", ".", "/", "", "a", " ");
const FORMAT = quoted(
  "%s",
  "%v",
  "%d",
  "%v-%v",
  "%5.2f|%q",
  "%x",
  "a%%b %s",
  "%t",
  "%s %d %v",
  "%08b",
  "%[2]v %[1]v",
  "%!",
);
const LAYOUT = quoted("2006-01-02T15:04:05Z07:00", "2006-01-02", "15:04");
const MOMENT = quoted("2021-01-02T03:04:05Z", "1999-12-31T23:59:59+02:00", "2021-01-02", "03:04", "soon");
const NANOS: Operand = (random) => random.pick(["0", "1609556645000000000", "1", "-1", "1700000000123456789"]);
const DURATION = quoted("1h", "1m30s", "-2ns", "1.5h", "1d", "");
const UNITS = quoted("1", "10Ki", "1.5G", "2MiB", "100m", "1e3", "x", "0.5Ti", "3kb");
const VERSION = quoted("1.2.3", "1.2.3-rc.1", "1.10.0", "2.0.0+build", "1.2", "v1.0.0");
const CIDR = quoted("10.0.0.0/8", "10.1.0.0/16", "192.168.1.1/32", "fd00::/8", "10.0.0.0/33", "10.0.0.1");
const JSON_TEXT = quoted('{"a": [1, 2.0, "x"]}', "[]", "1e3", "nul", '"a"', '{"a": {"b": null}}', "");
const PATHS: Operand = (random) =>
  random.pick(['["a"]', '["a/b", "c"]', '{"a", "b"}', '[["a", "b"]]', '["items/0"]', '[""]', "[]"]);
const PATCHES: Operand = (random) =>
  random.pick([
    '[{"op": "add", "path": "/a", "value": 1}]',
    '[{"op": "remove", "path": "/a"}]',
    '[{"op": "replace", "path": "/a", "value": {"x": [1]}}]',
    '[{"op": "add", "path": ["b", "c"], "value": "x"}]',
    '[{"op": "copy", "from": "/a", "path": "/z"}, {"op": "test", "path": "/z", "value": 1}]',
    '[{"op": "move", "from": "/a", "path": "/b"}]',
    "[]",
  ]);
const GRAPH: Operand = (random) =>
  random.pick(['{"a": ["b", "c"], "b": ["c"], "c": []}', '{"a": {"b"}, "b": {"a"}}', '{"a": ["a"]}', "{}"]);
const URL = quoted("https://user@example.com:8080/a/b?x=1&y=2#f", "a b", "/relative", "http://[::1]/", "%zz");
const QUERY = quoted("a=1&b=2&a=3", "a+b", "%41", "=", "a%zz");
const YAML_TEXT = quoted("a: [1, x]", "- 1\n- b: 0x10", "k: ~", ": :", "1.50");

const call = (name: string, args: readonly Operand[], result: Type): BuiltinCall => ({ name, args, result });
const infix = (name: string, symbol: string, operand: Type, result: Type): BuiltinCall => ({
  name,
  args: [operand, operand],
  result,
  infix: symbol,
});

/** Operators. */
export const INFIX_CALLS: readonly BuiltinCall[] = [
  infix("plus", "+", NUMBER, NUMBER),
  infix("minus", "-", NUMBER, NUMBER),
  infix("mul", "*", NUMBER, NUMBER),
  infix("div", "/", NUMBER, NUMBER),
  infix("rem", "%", NUMBER, NUMBER),
  infix("and", "&", SOME_SET, SOME_SET),
  infix("or", "|", SOME_SET, SOME_SET),
  infix("minus", "-", SOME_SET, SOME_SET),
];

export const BUILTIN_CALLS: readonly BuiltinCall[] = [
  call("abs", [NUMBER], NUMBER),
  call("ceil", [NUMBER], NUMBER),
  call("floor", [NUMBER], NUMBER),
  call("round", [NUMBER], NUMBER),
  call("bits.and", [NUMBER, NUMBER], NUMBER),
  call("bits.or", [NUMBER, NUMBER], NUMBER),
  call("bits.xor", [NUMBER, NUMBER], NUMBER),
  call("bits.negate", [NUMBER], NUMBER),
  call("bits.lsh", [NUMBER, SMALL], NUMBER),
  call("bits.rsh", [NUMBER, SMALL], NUMBER),
  call("count", [STRING], NUMBER),
  call("count", [ANYTHINGS], NUMBER),
  call("count", [SOME_SET], NUMBER),
  call("count", [OBJECT], NUMBER),
  call("sum", [NUMBERS], NUMBER),
  call("sum", [setOf(NUMBER)], NUMBER),
  call("product", [NUMBERS], NUMBER),
  call("max", [NUMBERS], ANY),
  call("max", [setOf(STRING)], ANY),
  call("min", [ANYTHINGS], ANY),
  call("min", [SOME_SET], ANY),
  call("sort", [ANYTHINGS], ANYTHINGS),
  call("sort", [SOME_SET], ANYTHINGS),
  call("numbers.range", [SMALL, SMALL], NUMBERS),
  call("numbers.range_step", [SMALL, SMALL, SMALL], NUMBERS),
  call("format_int", [NUMBER, BASE], STRING),
  call("to_number", [STRING], NUMBER),
  call("to_number", [BOOLEAN], NUMBER),
  call("to_number", [quoted("1.50", "0x10", "1_000", "+5", "1e400", ".5", "-0")], NUMBER),

  call("array.concat", [ANYTHINGS, ANYTHINGS], ANYTHINGS),
  call("array.concat", [STRINGS, STRINGS], ANYTHINGS),
  call("array.flatten", [ANYTHINGS], ANYTHINGS),
  call("array.reverse", [ANYTHINGS], ANYTHINGS),
  call("array.slice", [ANYTHINGS, SMALL, SMALL], ANYTHINGS),

  call("intersection", [setOf(SOME_SET)], SOME_SET),
  call("union", [setOf(SOME_SET)], SOME_SET),

  call("concat", [SEPARATOR, STRINGS], STRING),
  call("concat", [SEPARATOR, setOf(STRING)], STRING),
  call("contains", [STRING, STRING], BOOLEAN),
  call("startswith", [STRING, STRING], BOOLEAN),
  call("endswith", [STRING, STRING], BOOLEAN),
  call("indexof", [STRING, STRING], NUMBER),
  call("indexof_n", [STRING, STRING], NUMBERS),
  call("lower", [STRING], STRING),
  call("upper", [STRING], STRING),
  call("replace", [STRING, STRING, STRING], STRING),
  call("split", [STRING, SEPARATOR], STRINGS),
  call("strings.split_n", [STRING, SEPARATOR, SMALL], STRINGS),
  call("sprintf", [FORMAT, ANYTHINGS], STRING),
  call("strings.any_prefix_match", [STRING, STRINGS], BOOLEAN),
  call("strings.any_suffix_match", [STRINGS, setOf(STRING)], BOOLEAN),
  call("strings.count", [STRING, STRING], NUMBER),
  call("strings.replace_n", [mapOf(STRING), STRING], STRING),
  call("strings.reverse", [STRING], STRING),
  call("strings.render_template", [quoted("{{.a}}", "x{{ .b }}y", "{{range .}}{{.}}{{end}}"), OBJECT], STRING),
  call("substring", [STRING, SMALL, SMALL], STRING),
  call("trim", [STRING, STRING], STRING),
  call("trim_left", [STRING, STRING], STRING),
  call("trim_right", [STRING, STRING], STRING),
  call("trim_prefix", [STRING, STRING], STRING),
  call("trim_suffix", [STRING, STRING], STRING),
  call("trim_space", [STRING], STRING),

  call("regex.match", [PATTERN, STRING], BOOLEAN),
  call("regex.find_n", [PATTERN, STRING, SMALL], STRINGS),
  call("regex.find_all_string_submatch_n", [PATTERN, STRING, SMALL], arrayOf(STRINGS)),
  call("regex.replace", [STRING, PATTERN, quoted("x", "<$0>", "\u0024{1}", "")], STRING),
  call("regex.split", [PATTERN, STRING], STRINGS),
  call("regex.is_valid", [PATTERN], BOOLEAN),
  call("regex.globs_match", [quoted("a.*", "b+", "[a-z]+"), quoted("ab", "b.", "a.+")], BOOLEAN),
  call("glob.match", [GLOB, () => "[]", STRING], BOOLEAN),
  call("glob.match", [GLOB, () => '["."]', STRING], BOOLEAN),
  call("glob.match", [GLOB, NULL, STRING], BOOLEAN),
  call("glob.quote_meta", [GLOB], STRING),

  call("object.get", [OBJECT, STRING, ANY], ANY),
  call("object.get", [OBJECT, STRINGS, ANY], ANY),
  call("object.keys", [OBJECT], setOf(STRING)),
  call("object.remove", [OBJECT, STRINGS], OBJECT),
  call("object.remove", [OBJECT, setOf(STRING)], OBJECT),
  call("object.filter", [OBJECT, STRINGS], OBJECT),
  call("object.filter", [OBJECT, OBJECT], OBJECT),
  call("object.union", [OBJECT, OBJECT], OBJECT),
  call("object.union_n", [arrayOf(OBJECT)], OBJECT),
  call("object.subset", [OBJECT, OBJECT], BOOLEAN),
  call("object.subset", [SOME_SET, SOME_SET], BOOLEAN),
  call("object.subset", [ANYTHINGS, ANYTHINGS], BOOLEAN),
  call("json.filter", [OBJECT, PATHS], OBJECT),
  call("json.remove", [OBJECT, PATHS], OBJECT),
  call("json.patch", [OBJECT, PATCHES], ANY),
  call("json.marshal", [ANY], STRING),
  call("json.unmarshal", [JSON_TEXT], ANY),
  call("json.is_valid", [JSON_TEXT], BOOLEAN),
  call("json.marshal_with_options", [ANY, () => '{"pretty": true, "indent": " "}'], STRING),
  call("yaml.marshal", [ANY], STRING),
  call("yaml.unmarshal", [YAML_TEXT], ANY),
  call("yaml.is_valid", [YAML_TEXT], BOOLEAN),
  call("base64.encode", [STRING], STRING),
  call("base64.decode", [quoted("YQ==", "YWI", "!", "")], STRING),
  call("base64url.encode_no_pad", [STRING], STRING),
  call("hex.encode", [STRING], STRING),
  call("hex.decode", [quoted("6162", "zz", "6")], STRING),
  call("urlquery.encode", [STRING], STRING),
  call("urlquery.decode", [QUERY], STRING),
  call("urlquery.decode_object", [QUERY], mapOf(STRINGS)),
  call("urlquery.encode_object", [mapOf(STRING)], STRING),
  call("uri.parse", [URL], mapOf(ANY)),
  call("uri.is_valid", [URL], BOOLEAN),
  call("crypto.sha256", [STRING], STRING),
  call("crypto.md5", [STRING], STRING),
  call("crypto.hmac.sha256", [STRING, STRING], STRING),
  call("uuid.parse", [quoted("00000000-0000-4000-8000-000000000000", "x")], mapOf(ANY)),

  call("type_name", [ANY], STRING),
  call("is_array", [ANY], BOOLEAN),
  call("is_boolean", [ANY], BOOLEAN),
  call("is_null", [ANY], BOOLEAN),
  call("is_number", [ANY], BOOLEAN),
  call("is_object", [ANY], BOOLEAN),
  call("is_set", [ANY], BOOLEAN),
  call("is_string", [ANY], BOOLEAN),

  call("graph.reachable", [GRAPH, STRINGS], setOf(STRING)),
  call("graph.reachable_paths", [GRAPH, setOf(STRING)], setOf(ANYTHINGS)),
  call("net.cidr_contains", [CIDR, CIDR], BOOLEAN),
  call("net.cidr_intersects", [CIDR, CIDR], BOOLEAN),
  call("net.cidr_merge", [() => '["10.0.0.0/9", "10.128.0.0/9"]'], setOf(STRING)),
  call("net.cidr_is_valid", [CIDR], BOOLEAN),
  call("semver.compare", [VERSION, VERSION], NUMBER),
  call("semver.is_valid", [VERSION], BOOLEAN),
  call("units.parse", [UNITS], NUMBER),
  call("units.parse_bytes", [UNITS], NUMBER),
  call("time.parse_rfc3339_ns", [MOMENT], NUMBER),
  call("time.parse_ns", [LAYOUT, MOMENT], NUMBER),
  call("time.parse_duration_ns", [DURATION], NUMBER),
  call("time.date", [NANOS], NUMBERS),
  call("time.clock", [NANOS], NUMBERS),
  call("time.weekday", [NANOS], STRING),
  call("time.add_date", [NANOS, SMALL, SMALL, SMALL], NUMBER),
  call("time.diff", [NANOS, NANOS], NUMBERS),
  call("time.format", [NANOS], STRING),
];

/** Calls whose result can stand where `want` is asked for. */
export function callsFor(want: Type): readonly BuiltinCall[] {
  return BUILTIN_CALLS.filter(({ result }) => fits(result, want));
}
