/** Texts in the languages that builtins read, right and nearly right, and what goes with them. */
import { createHmac, createSign } from "node:crypto";
import type { SeededRandom } from "../seeded-random.ts";
import {
  COUNTS,
  STRINGS,
  anyTerm,
  list,
  numberTerm,
  objectTerm,
  quoted,
  randomString,
  setTerm,
  stringTerm,
} from "./hostile.ts";
import { LEAF_CERTIFICATE, LEAF_KEY, LEAF_REQUEST, ROOT_CERTIFICATE } from "./pem-texts.ts";

/** Writes an operand as a Rego term. */
export type OperandWriter = (random: SeededRandom) => string;

type Texts = readonly [string, ...string[]];

/** One of the texts, in one case of three with a small fault. */
function text(...texts: Texts): OperandWriter {
  return (random) => quoted(random.chance(0.35) ? spoilt(random, random.pick(texts)) : random.pick(texts));
}

function term(...terms: Texts): OperandWriter {
  return (random) => random.pick(terms);
}

function oneOf(...writers: readonly [OperandWriter, ...OperandWriter[]]): OperandWriter {
  return (random) => random.pick(writers)(random);
}

function listOf(item: OperandWriter): OperandWriter {
  return (random) => {
    const items = list(random, () => item(random));
    return random.chance(0.3) ? setTerm(items) : `[${items.join(", ")}]`;
  };
}

function objectOf(value: OperandWriter, key: OperandWriter = stringTerm): OperandWriter {
  return (random) =>
    objectTerm(
      random,
      () => value(random),
      () => key(random),
    );
}

/** Fields of an object, each there three times of four. */
function fields(writers: Readonly<Record<string, OperandWriter>>): OperandWriter {
  return (random) => {
    const present = random.some(Object.entries(writers), 0.75);
    return `{${present.map(([name, writer]) => `${JSON.stringify(name)}: ${writer(random)}`).join(", ")}}`;
  };
}

const any: OperandWriter = (random) => anyTerm(random, 2);

/** What means something in one language or another. */
const MARKS = "{}[]()<>:,.;-+*/\\|&%$#@!?=\"'`~^_ \t\n0 9aZ";

/** A text with a character left out, doubled, replaced or put in. */
function spoilt(random: SeededRandom, whole: string): string {
  const at = random.integer(0, whole.length);
  const added = random.chance(0.7) ? MARKS.charAt(random.integer(0, MARKS.length - 1)) : random.pick(STRINGS);
  switch (random.integer(0, 3)) {
    case 0:
      return whole.slice(0, at) + whole.slice(at + 1);
    case 1:
      return whole.slice(0, at) + whole.slice(Math.max(0, at - random.integer(1, 4)));
    case 2:
      return whole.slice(0, at) + added + whole.slice(at + 1);
    default:
      return whole.slice(0, at) + added + whole.slice(at);
  }
}

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

function hmacToken(header: object, payload: unknown, secret: string): string {
  const signed = `${encoded(header)}.${encoded(payload)}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

function ecToken(payload: unknown): string {
  const signed = `${encoded({ alg: "ES256", typ: "JWT", kid: "k" })}.${encoded(payload)}`;
  const signature = createSign("sha256").update(signed).sign({ key: LEAF_KEY, dsaEncoding: "ieee-p1363" }, "base64url");
  return `${signed}.${signature}`;
}

const CLAIMS = { iss: "me", aud: ["a", "b"], exp: 4_000_000_000, nbf: 1, sub: "é" };
const TOKEN = text(
  hmacToken({ alg: "HS256" }, CLAIMS, "secret"),
  hmacToken({ alg: "HS256", typ: "JWT", cty: "x", crit: ["exp"] }, { ...CLAIMS, exp: 1 }, "secret"),
  hmacToken({ alg: "HS512" }, CLAIMS, "secret"),
  hmacToken({ alg: "none" }, CLAIMS, ""),
  hmacToken({ alg: 1 }, [1], "secret"),
  hmacToken({}, { exp: "x", nbf: 1.5, aud: 1 }, "secret"),
  ecToken(CLAIMS),
  ecToken({ aud: "a", exp: 1e10 }),
  "..",
  "a.b.c",
  "e30.e30.",
);
const SECRET_KEY = { kty: "oct", k: Buffer.from("secret").toString("base64url") };
const KEYS = [
  "secret",
  ROOT_CERTIFICATE,
  LEAF_CERTIFICATE,
  JSON.stringify(SECRET_KEY),
  JSON.stringify({ keys: [SECRET_KEY, { ...SECRET_KEY, kid: "k", alg: "HS256" }] }),
  '{"keys": []}',
  '{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}',
  '{"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}',
] as const;
const KEY = text(...KEYS);
const SIGNING_KEYS = fields({
  kty: term('"oct"', '"EC"', '"RSA"', '"x"', "1"),
  k: text(SECRET_KEY.k, "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"),
});

const PATTERN = text(
  "^a",
  "[a-c]+",
  "(foo|bar)*",
  "^$",
  "\\d+\\s",
  "(a)(b)?(?P<n>c)?",
  "(?i)straße",
  "(?s).",
  "\\pL+",
  "\\p{Greek}",
  "[[:alpha:]]",
  "[^\\x00-\\x7F]",
  "a{2,3}",
  "a{1001}",
  "x*?",
  "\\b",
  "\\Q.\\E",
  "(?:a|b)+$",
  "[",
  "a**",
  "(?=a)",
  "\\1",
  "\\C",
  "(?P<a>x)(?P<a>y)",
);
const GLOB = text("a*", "*.b", "**", "a?", "{a,b,}*", "[a-c]", "[!a]x", "\\*", "a.*.c", "[^]", "{a,{b,c}}", "{", "*?é");
const DELIMITERS = oneOf(term("null", "[]", '["."]', '["/", ":"]', '[""]', '["ab"]', '["é"]'), listOf(stringTerm));
const FORMAT = text(
  "%s",
  "%v",
  "%d|%5d|%-5d|%05d|%+d",
  "%x %X %#x % x",
  "%5.2f %e %g %G",
  "%q %+q %#q",
  "%t",
  "%c %U %#U",
  "%o %O %b",
  "%[2]v %[1]d",
  "%[3]*.[2]*[1]f",
  "%*d",
  "%!",
  "%",
  "%%",
  "%z",
  "%.3s|%10s|%-10s|",
  "%T %p",
  "%6.2f%%",
  "%s %s",
  "é%vé",
);
const LAYOUT = text(
  "2006-01-02T15:04:05Z07:00",
  "2006-01-02",
  "15:04:05.000",
  "Mon Jan _2 15:04:05 MST 2006",
  "02 Jan 06 15:04 -0700",
  "RFC1123",
  "Monday, 02-Jan-06 15:04:05 MST",
  "3:04PM",
  "__2 002",
  "",
);
const MOMENT = text(
  "2021-01-02T03:04:05Z",
  "1999-12-31T23:59:59.123456789+02:00",
  "2021-01-02",
  "03:04:05.678",
  "Mon Jan  2 15:04:05 UTC 2006",
  "2262-04-12T00:00:00Z",
  "1677-09-21T00:12:43Z",
  "0001-01-01T00:00:00Z",
  "9999-12-31T23:59:59Z",
  "2021-02-30T00:00:00Z",
  "2021-01-02T24:00:00Z",
  "3:04PM",
);
const NANOS = oneOf(
  term(
    "0",
    "1609556645000000000",
    "1",
    "-1",
    "1700000000123456789",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "1e18",
    "-62135596800000000000",
    "951782400000000000",
  ),
  numberTerm,
);
const ZONE = text("UTC", "", "Local", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "utc", "Mars/Base");
const INSTANT = oneOf(
  NANOS,
  NANOS,
  (random) => `[${NANOS(random)}, ${ZONE(random)}]`,
  (random) => `[${NANOS(random)}, ${ZONE(random)}, ${LAYOUT(random)}]`,
);
const DURATION = text(
  "1h",
  "1m30s",
  "-2ns",
  "1.5h",
  "1d",
  "",
  "0",
  "+5us",
  "5µs",
  "1h1h",
  ".5s",
  "9223372036854775807ns",
);
const UNITS = text(
  "1",
  "10Ki",
  "1.5G",
  "2MiB",
  "100m",
  "1e3",
  "0.5Ti",
  "3kb",
  '"1"',
  "1 k",
  "1E",
  "1Ei",
  "-5",
  ".5m",
  "1e",
  "0x1",
);
const VERSION = text(
  "1.2.3",
  "1.2.3-rc.1+b.2",
  "1.10.0",
  "01.2.3",
  "1.2",
  "v1.0.0",
  "1.2.3-",
  "1.2.3-0a",
  "99999999999999999999.0.0",
);
const CIDR = text(
  "10.0.0.0/8",
  "10.1.2.3/16",
  "192.168.1.1/32",
  "fd00::/8",
  "::/0",
  "0.0.0.0/0",
  "10.0.0.0/33",
  "10.0.0.1",
  "::ffff:10.0.0.1",
  "::ffff:10.0.0.0/104",
  "fe80::1%eth0",
  "10.0.0.0/08",
  "010.0.0.1/8",
  "2001:db8::1/64",
  "1::2::3",
);
const SMALL_CIDR = text("10.0.0.0/30", "10.0.0.255/29", "fd00::/126", "10.0.0.1/32", "10.0.0.0/33", "x");
const CIDRS = oneOf(CIDR, listOf(oneOf(CIDR, (random) => `[${CIDR(random)}, ${any(random)}]`)), objectOf(CIDR));
const JSON_TEXT = text(
  '{"a": [1, 2.0, "x"], "a": 2}',
  "[]",
  "1e3",
  "-0",
  "01",
  "1.",
  "nul",
  '"a\\u00e9\\ud800\\n"',
  '{"a": {"b": null}}',
  "",
  "1 2",
  "[1,]",
  '{"a" 1}',
  "{1: 2}",
  '"\t"',
  "123456789012345678901234567890",
  "1e400",
  "\ufeff1",
  " \n[true , false]\t",
  '{"__proto__": {"x": 1}, "constructor": 2}',
);
const PATH = oneOf(
  text("a", "a/b", "/a/0/b", "", "/", "a~1b", "~0", "items/0", "a/-"),
  (random) => `[${list(random, () => (random.chance(0.6) ? stringTerm(random) : numberTerm(random))).join(", ")}]`,
);
const DOCUMENT = oneOf(
  any,
  term(
    '{"a": {"b": [1, {"c": 2}], "a/b": 3}, "items": [{"x": 1}, {"x": 2}]}',
    '{"a": 1, "b": {"c": {"d": [1, 2, 3]}}}',
    "{1: {2: 3}, [1]: {4}}",
    '{"a": {"x", "y", {"z"}}}',
    "{}",
  ),
);
const PATCH = fields({
  op: term('"add"', '"remove"', '"replace"', '"move"', '"copy"', '"test"', '"x"', "1"),
  path: oneOf(text("/a", "/a/b/0", "/items/-", "/items/1/x", "", "/", "a", "/b/c", "/~1"), PATH),
  from: oneOf(text("/a", "/items/0", "/b/c/d", ""), PATH),
  value: any,
});
const GRAPH = oneOf(
  term(
    '{"a": ["b", "c"], "b": ["c"], "c": []}',
    '{"a": {"b"}, "b": {"a"}}',
    '{"a": ["a"]}',
    '{"a": null, "b": 1}',
    "{}",
  ),
  objectOf(any),
);
const URLS = text(
  "https://user:p%40ss@example.com:8080/a%2Fb/c?x=1&y=2#f",
  "a b",
  "/relative?q",
  "http://[::1]:80/",
  "http://[fe80::1%25eth0]/",
  "%zz",
  "mailto:a@b",
  "//host/path",
  "http://host:port/",
  "http://é.example/ü",
  ":",
  "1http://x",
  "http://a b/",
  "x:#%zz",
);
const QUERY = text("a=1&b=2&a=3", "a+b=%41", "=", "a%zz", "a;b", "&&", "%", "é=ü");
const YAML = text(
  "a: [1, x, {y: 2}]\nb:\n  - c: d\n    e: |\n      f\n  - >-\n      g\n      h\n",
  "- 1\n- b: 0x10\n- 0o17\n- 1_000\n- .5\n- 1e3\n- .inf\n",
  "k: ~\nl:\nm: no\n? n\n: o\n",
  ": :",
  "1.50",
  "a: &x {b: 1}\nc: *x\nd:\n  <<: *x\n",
  "--- a\n--- b\n...\n",
  "\"q\\u00e9\\x41\\\n  r\" : 's''t'\n",
  "a: b: c",
  "a:\n\tb: 1",
  "{a: 1, b: [2, 3], c}",
  "- - - 1\n  - 2\n- 3",
  "2021-01-02",
  "!!str 1",
  "!!binary aGk=",
  "%YAML 1.2\n---\n1",
  "# only a comment",
  "'a\n\n b'",
  "key with spaces: value # comment\n",
  "a: 1\na: 2\n",
  "[1, 2",
  "- a\nb: c",
  "&a",
  "*a",
  "a: |+\n  x\n\n\nb: >\n  y\n  z\n\n   w\n",
);
const SCHEMA = oneOf(
  term(
    '{"type": "object", "properties": {"a": {"type": "string", "minLength": 2}}, "required": ["a"]}',
    '{"type": "array", "items": {"type": "integer"}, "uniqueItems": true, "maxItems": 2}',
    '{"enum": [1, "a", null]}',
    '{"oneOf": [{"type": "number", "multipleOf": 2}, {"type": "string", "pattern": "^a"}]}',
    '{"allOf": [{"minimum": 1}, {"exclusiveMaximum": 10}], "not": {"const": 5}}',
    '{"$ref": "#/definitions/x", "definitions": {"x": {"type": "boolean"}}}',
    '{"additionalProperties": false, "patternProperties": {"^a": {}}, "dependencies": {"a": ["b"]}}',
    '{"if": {"type": "string"}, "then": {"format": "date-time"}, "else": {"maximum": 3}}',
    '{"type": "any"}',
    '{"type": 1}',
    '{"required": "a"}',
    '{"pattern": "["}',
    '{"minLength": -1}',
    "{}",
  ),
  text('{"type": "string"}', '{"type": ["integer", "null"]}', "{", "true", "1"),
);
const GRAPHQL_SCHEMA = text(
  "type Query { a(x: Int!, y: [String] = []): T b: Int } type T { c: String d: [T!]! }",
  "schema { query: Q } type Q { a: E u: U } enum E { A B } union U = Q | V type V implements I { i: ID } interface I { i: ID }",
  "type Query { a(i: In): Int } input In { x: Float = 1.5 y: In } scalar Date directive @d(r: Int) on FIELD",
  '"doc" type Query { """block""" a: Int @deprecated(reason: "x") } extend type Query { b: Int }',
  "type A { a: Missing }",
  "type Query { }",
  "",
);
const GRAPHQL_QUERY = text(
  "{ a(x: 1) { c d { c } } }",
  'query Q($v: Int = 1, $w: [String!]) { a(x: $v, y: ["z"]) { ...F } } fragment F on T { c }',
  "mutation { m }",
  "{ a: b ... on Query @include(if: true) { b } }",
  "{ a(i: {x: 1.5e3, y: null}) }",
  "subscription S { s }",
  "{ a(x: 1) { e } }",
  "{",
  '{ a(x: "unterminated) }',
);
const TEMPLATE = text(
  "{{.a}}",
  'x{{ .b | printf "%v" }}y',
  "{{range .items}}{{.}},{{else}}none{{end}}",
  "{{if .a}}1{{else if .b}}2{{end}}",
  "{{with .a}}{{.}}{{end}}",
  "{{- .a -}} z",
  "{{len .items}} {{index .items 0}}",
  "{{/* c */}}{{$x := .a}}{{$x}}",
  "{{eq .a 1}} {{and .a .b}} {{not .c}}",
  '{{printf "%d %q" 1 "a"}}',
  "{{html .a}} {{js .b}} {{urlquery .a}}",
  "{{.a.b.c}}",
  '{{define "t"}}x{{end}}{{template "t" .}}',
  "{{",
  "{{nope}}",
  "{{end}}",
);
const TEMPLATE_VALUES = objectOf(any, term('"a"', '"b"', '"c"', '"items"'));
const PEM = text(
  ROOT_CERTIFICATE,
  LEAF_CERTIFICATE,
  ROOT_CERTIFICATE + LEAF_CERTIFICATE,
  LEAF_CERTIFICATE + ROOT_CERTIFICATE,
  LEAF_REQUEST,
  LEAF_KEY,
  "x",
);
const PEM_OR_BASE64 = oneOf(
  PEM,
  (random) => base64(PEM(random)),
  (random) => base64(JSON.stringify(randomString(random))),
);
const MODULE = text(
  "package a\n\np := 1\n",
  "package a\nimport rego.v1\nallow if { some x in input.y; x > 1 }\n",
  'package a.b\ndefault q := {"x": [1, {2}]}\nf(x) := y if y := x + 1 else := 2\n',
  "# METADATA\n# title: t\npackage a\n",
  "p := 1",
  "package",
  "",
);
const HEX = text("6162", "zz", "6", "C3a9", "ff");
const BASE64 = text("YQ==", "YWI", "!", "", "w6k=", "Y W", "YQ", "YR==", "_-8=", "/+8=", "YQ==\n", "YQ=");
const UUID = text(
  "00000000-0000-4000-8000-000000000000",
  "6BA7B810-9DAD-11D1-80B4-00C04FD430C8",
  "urn:uuid:6ba7b811-9dad-21d1-80b4-00c04fd430c8",
  "{6ba7b812-9dad-61d1-80b4-00c04fd430c8}",
  "017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
  "6ba7b8109dad11d180b400c04fd430c8",
  "x",
);
const AWS_REQUEST = fields({
  method: term('"get"', '"POST"', '"put"', "1"),
  url: text("https://s3.us-east-1.amazonaws.com/b/k?x=1&a=%20", "http://h/", "x", ":"),
  headers: objectOf(stringTerm),
  body: any,
  raw_body: stringTerm,
});
const AWS_CONFIG = fields({
  aws_access_key: term('"AK"'),
  aws_secret_access_key: term('"SK"'),
  aws_service: term('"s3"', '"sns"', "1"),
  aws_region: term('"us-east-1"', '""'),
  aws_session_token: stringTerm,
  disable_payload_signing: term("true", "false", "1"),
});
const VERIFY_OPTIONS = fields({
  DNSName: text("leaf.example", "x"),
  CurrentTime: NANOS,
  MaxConstraintComparisons: numberTerm,
  KeyUsages: listOf(text("KeyUsageAny", "KeyUsageServerAuth")),
});
const CONSTRAINTS = fields({
  secret: text("secret", "x"),
  cert: KEY,
  alg: term('"HS256"', '"ES256"', '"x"', "1"),
  iss: text("me"),
  aud: text("a"),
  time: NANOS,
});
const JWT_HEADER = fields({
  alg: term('"HS256"', '"HS384"', '"x"', '"none"', "1"),
  typ: term('"JWT"', '"x"'),
  kid: stringTerm,
});
const BASES = oneOf(term("2", "8", "10", "16", "3"), numberTerm);
const MARSHAL_OPTIONS = fields({
  pretty: term("true", "false", "1"),
  indent: term('"  "', '"\\t"', '""', '"é"', "1"),
  prefix: term('"> "', '""', "null"),
});
const COUNT = oneOf(term(...COUNTS), numberTerm);
/** Nothing that OPA would make a collection of for minutes. */
const BOUND = term("0", "1", "10", "-3", "5.0", "2.5", "300", '"1"', "null", "1e1", "-0");
/** Nothing that OPA would run out of memory over. */
const SHIFT = term(
  "0",
  "1",
  "3",
  "64",
  "200",
  "-1",
  "1.0",
  "2.5",
  "1e1",
  "18446744073709551616",
  "-18446744073709551617",
  '"1"',
  "null",
  "-0",
);

function base64(json: string): string {
  const plain: unknown = JSON.parse(json);
  return JSON.stringify(Buffer.from(String(plain)).toString("base64"));
}

const strings = listOf(stringTerm);
const verifiers = [
  "es256",
  "es384",
  "es512",
  "hs256",
  "hs384",
  "hs512",
  "ps256",
  "ps384",
  "ps512",
  "rs256",
  "rs384",
  "rs512",
  "eddsa",
];

type Operands = readonly (OperandWriter | undefined)[];

/** Operands that make sense for a builtin, by position. Others get what their type says. */
export const OPERANDS: ReadonlyMap<string, Operands> = new Map<string, Operands>([
  ...verifiers.map((name): [string, Operands] => [`io.jwt.verify_${name}`, [TOKEN, KEY]]),
  ["io.jwt.decode", [TOKEN]],
  ["io.jwt.decode_verify", [TOKEN, CONSTRAINTS]],
  ["io.jwt.encode_sign", [JWT_HEADER, objectOf(any), SIGNING_KEYS]],
  ["io.jwt.encode_sign_raw", [text('{"alg": "HS256"}', "{", '{"alg": 1}'), text('{"a": 1}', "x", ""), text(...KEYS)]],
  ["re_match", [PATTERN]],
  ["regex.match", [PATTERN]],
  ["regex.is_valid", [PATTERN]],
  ["regex.find_n", [PATTERN, undefined, COUNT]],
  ["regex.find_all_string_submatch_n", [PATTERN, undefined, COUNT]],
  ["regex.replace", [undefined, PATTERN, text("x", "<$0>", "\u0024{1}", "$n$$", "\\1", "")]],
  ["regex.split", [PATTERN]],
  ["regex.globs_match", [text("a.*", "b+", "[a-z]+", "[^a]", "\\.", "."), text("ab", "b.", "a.+", "[b-d]*")]],
  [
    "regex.template_match",
    [text("a:{.*}", "x{[0-9]+}y", "{", "}"), undefined, term('"{"', '"<"', '"ab"', '""'), term('"}"', '">"')],
  ],
  ["glob.match", [GLOB, DELIMITERS]],
  ["glob.quote_meta", [GLOB]],
  ["sprintf", [FORMAT, (random) => `[${list(random, () => any(random)).join(", ")}]`]],
  ["format_int", [numberTerm, BASES]],
  ["bits.lsh", [numberTerm, SHIFT]],
  ["bits.rsh", [numberTerm, SHIFT]],
  ["numbers.range", [BOUND, BOUND]],
  ["numbers.range_step", [BOUND, BOUND, BOUND]],
  ["array.slice", [undefined, COUNT, COUNT]],
  ["substring", [undefined, COUNT, COUNT]],
  ["strings.split_n", [undefined, undefined, COUNT]],
  [
    "to_number",
    [oneOf(text("1.50", "0x10", "1_000", "+5", "1e400", ".5", "-0", "Inf", "nan", "0b1", "1e", "٣", " 1"), any)],
  ],
  ["concat", [undefined, strings]],
  ["strings.any_prefix_match", [oneOf(stringTerm, strings), oneOf(stringTerm, strings)]],
  ["strings.any_suffix_match", [oneOf(stringTerm, strings), oneOf(stringTerm, strings)]],
  ["strings.replace_n", [objectOf(stringTerm)]],
  ["strings.render_template", [TEMPLATE, TEMPLATE_VALUES]],
  ["internal.template_string", [listOf(oneOf(any, (random) => setTerm(random.chance(0.2) ? [] : [any(random)])))]],
  ["sum", [listOf(numberTerm)]],
  ["product", [listOf(numberTerm)]],
  ["max", [listOf(any)]],
  ["min", [listOf(any)]],
  ["sort", [listOf(any)]],
  ["union", [oneOf(any, (random) => setTerm(list(random, () => setTerm(list(random, () => any(random))))))]],
  [
    "intersection",
    [oneOf(any, (random) => setTerm(list(random, () => setTerm(list(random, () => numberTerm(random))))))],
  ],
  ["time.parse_ns", [LAYOUT, MOMENT]],
  ["time.parse_rfc3339_ns", [MOMENT]],
  ["time.parse_duration_ns", [DURATION]],
  ["time.clock", [INSTANT]],
  ["time.date", [INSTANT]],
  ["time.weekday", [INSTANT]],
  ["time.format", [INSTANT]],
  ["time.diff", [INSTANT, INSTANT]],
  ["time.add_date", [NANOS, COUNT, COUNT, COUNT]],
  ["units.parse", [UNITS]],
  ["units.parse_bytes", [UNITS]],
  ["semver.compare", [VERSION, VERSION]],
  ["semver.is_valid", [VERSION]],
  ["net.cidr_contains", [CIDR, CIDR]],
  ["net.cidr_overlap", [CIDR, CIDR]],
  ["net.cidr_intersects", [CIDR, CIDR]],
  ["net.cidr_contains_matches", [CIDRS, CIDRS]],
  ["net.cidr_expand", [SMALL_CIDR]],
  ["net.cidr_is_valid", [CIDR]],
  ["net.cidr_merge", [listOf(CIDR)]],
  ["json.unmarshal", [JSON_TEXT]],
  ["json.is_valid", [JSON_TEXT]],
  ["json.marshal_with_options", [any, MARSHAL_OPTIONS]],
  ["json.filter", [DOCUMENT, listOf(PATH)]],
  ["json.remove", [DOCUMENT, listOf(PATH)]],
  ["json.patch", [DOCUMENT, (random) => `[${list(random, () => PATCH(random)).join(", ")}]`]],
  ["json.match_schema", [oneOf(any, JSON_TEXT), SCHEMA]],
  ["json.verify_schema", [SCHEMA]],
  ["object.get", [DOCUMENT, oneOf(any, strings)]],
  ["object.filter", [DOCUMENT, oneOf(strings, DOCUMENT)]],
  ["object.remove", [DOCUMENT, oneOf(strings, DOCUMENT)]],
  ["object.union_n", [(random) => `[${list(random, () => DOCUMENT(random)).join(", ")}]`]],
  ["graph.reachable", [GRAPH, oneOf(strings, term('["a"]', '{"b", "z"}'))]],
  ["graph.reachable_paths", [GRAPH, oneOf(strings, term('["a"]', '{"b", "z"}'))]],
  ["graphql.is_valid", [GRAPHQL_QUERY, GRAPHQL_SCHEMA]],
  ["graphql.parse", [GRAPHQL_QUERY, GRAPHQL_SCHEMA]],
  ["graphql.parse_and_verify", [GRAPHQL_QUERY, GRAPHQL_SCHEMA]],
  ["graphql.parse_query", [GRAPHQL_QUERY]],
  ["graphql.parse_schema", [GRAPHQL_SCHEMA]],
  ["graphql.schema_is_valid", [GRAPHQL_SCHEMA]],
  ["uri.parse", [URLS]],
  ["uri.is_valid", [URLS]],
  ["urlquery.decode", [QUERY]],
  ["urlquery.decode_object", [QUERY]],
  ["urlquery.encode_object", [objectOf(oneOf(stringTerm, strings, any))]],
  ["yaml.unmarshal", [YAML]],
  ["yaml.is_valid", [YAML]],
  ["yaml.marshal", [oneOf(any, objectOf(any), stringTerm, (random) => quoted(yamlLike(random)))]],
  ["hex.decode", [HEX]],
  ["base64.decode", [BASE64]],
  ["base64.is_valid", [BASE64]],
  ["base64url.decode", [BASE64]],
  ["uuid.parse", [UUID]],
  ["crypto.parse_private_keys", [PEM_OR_BASE64]],
  ["crypto.x509.parse_certificates", [PEM_OR_BASE64]],
  ["crypto.x509.parse_certificate_request", [PEM_OR_BASE64]],
  ["crypto.x509.parse_and_verify_certificates", [PEM_OR_BASE64]],
  ["crypto.x509.parse_and_verify_certificates_with_options", [PEM_OR_BASE64, VERIFY_OPTIONS]],
  ["crypto.x509.parse_keypair", [PEM_OR_BASE64, PEM_OR_BASE64]],
  ["crypto.x509.parse_rsa_private_key", [PEM_OR_BASE64]],
  ["providers.aws.sign_req", [AWS_REQUEST, AWS_CONFIG, NANOS]],
  ["rego.parse_module", [text("a.rego", ""), MODULE]],
]);

/** A text of pieces that mean something to YAML. */
function yamlLike(random: SeededRandom): string {
  return Array.from({ length: random.integer(1, 12) }, () => random.pick(YAML_PIECES)).join("");
}

const YAML_PIECES = [
  ...(["a", "é", " ", "\n", "\t", "\r", ":", "#", "-", "?", "'", '"', "\u00a0", "\u2003", "\u2028", "\u0085"] as const),
  ...([
    "\u{1f512}",
    "\ufeff",
    "\u0007",
    "0",
    ".",
    "~",
    "{",
    "]",
    ",",
    "&",
    "%",
    "@",
    "<<",
    "long words that go on ",
  ] as const),
] as const;
