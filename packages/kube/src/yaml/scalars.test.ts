import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, test } from "node:test";
import { type JsonValue, isJsonObject } from "../json.ts";
import { jsonText, parseJson } from "../exact-json.ts";
import { parseDocument } from "./construct.ts";
import { formatFloat32, resolveCorePlain } from "./scalars.ts";

/** What is written, and what kubectl takes it for. */
const scalars: readonly (readonly [text: string, value: JsonValue])[] = [
  ["", null],
  ["~", null],
  ["null", null],
  ["Null", null],
  ["NULL", null],
  ["nULL", "nULL"],
  ["y", true],
  ["Y", true],
  ["yes", true],
  ["Yes", true],
  ["YES", true],
  ["yEs", "yEs"],
  ["true", true],
  ["True", true],
  ["TRUE", true],
  ["on", true],
  ["On", true],
  ["ON", true],
  ["n", false],
  ["N", false],
  ["no", false],
  ["No", false],
  ["NO", false],
  ["false", false],
  ["False", false],
  ["FALSE", false],
  ["off", false],
  ["Off", false],
  ["OFF", false],
  ["t", "t"],
  ["f", "f"],
  ["0", 0],
  ["-0", 0],
  ["+1", 1],
  ["-1", -1],
  ["12345", 12345],
  ["1_000", 1000],
  ["1_", 1],
  ["_1", "_1"],
  ["0644", 420],
  ["-0644", -420],
  ["00", 0],
  ["08", 8],
  ["09.5", 9.5],
  ["0o17", 15],
  ["0O17", 15],
  ["0o8", "0o8"],
  ["0x1F", 31],
  ["0X1f", 31],
  ["-0x1f", -31],
  ["0x", "0x"],
  ["0xg", "0xg"],
  ["0x_1f", 31],
  ["0b101", 5],
  ["-0b101", -5],
  ["0b2", "0b2"],
  ["9007199254740991", 9007199254740991],
  ["123456789012345678901", 123456789012345680000],
  ["1.5", 1.5],
  ["-1.5", -1.5],
  ["+1.5", 1.5],
  ["1.", 1],
  [".5", 0.5],
  ["-.5", -0.5],
  [".1_5", 0.15],
  ["._5", "._5"],
  [".5_", ".5_"],
  [".", "."],
  ["..", ".."],
  ["1_000.5", 1000.5],
  ["1e3", 1000],
  ["1E3", 1000],
  ["1e+3", 1000],
  ["1e-3", 0.001],
  ["1.5e3", 1500],
  ["1.e3", 1000],
  [".5e1", 5],
  ["1e", "1e"],
  ["e3", "e3"],
  ["1e400", "1e400"],
  ["1e-400", 0],
  ["0x1p3", "0x1p3"],
  ["1.2.3", "1.2.3"],
  ["1:30", "1:30"],
  ["190:20:30", "190:20:30"],
  ["12e03", 12000],
  ["2020-01-01", "2020-01-01"],
  ["2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z"],
  ["2020-1-1", "2020-1-1"],
  ["10Mi", "10Mi"],
  ["100m", "100m"],
  ["+", "+"],
  ["-a", "-a"],
  ["=", "="],
  ["<<x", "<<x"],
  ["inf", "inf"],
  ["NaN", "NaN"],
  [".nanx", ".nanx"],
  ["9007199254740993", 9007199254740993n],
  ["-9223372036854775808", -9223372036854775808n],
  ["9223372036854775808", 2 ** 63],
  ["1e17", 100000000000000000n],
  ["1.2345678901234567e18", 1234567890123456800n],
  ["1e20", 1e20],
  ["0777777777777777777777", 9223372036854775807n],
  ["'3'", "3"],
  ['"yes"', "yes"],
  ["''", ""],
  ["! 12", "12"],
  ["!!str 12", "12"],
  ["!!str", ""],
  ["!!int 0x10", 16],
  ["!!int '12'", 12],
  ["!!float 3", 3],
  ["!!bool yes", true],
  ["!!bool 'no'", false],
  ["!!null ~", null],
  ["!!binary aGk=", "hi"],
  ["!!timestamp 2020-01-01", "2020-01-01"],
  ["!local 12", "12"],
  ["!<tag:yaml.org,2002:str> 3", "3"],
  ["!!set {a: 1}", { a: 1 }],
  ["!x [1, yes]", [1, true]],
  ["|\n    a\n    b\n", "a\nb\n"],
  ["|-\n    a\n", "a"],
  [">\n    a\n    b\n", "a b\n"],
  ["a\n    b", "a b"],
  ['"a\\u0041\\n"', "aA\n"],
  ["'it''s'", "it's"],
  ["http://a:80/#x", "http://a:80/#x"],
  ["a #b", "a"],
  ["[]", []],
  ["{}", {}],
  ["{a, b: }", { a: null, b: null }],
  ["[a: 1, b]", [{ a: 1 }, "b"]],
];

const keys: readonly (readonly [text: string, key: string])[] = [
  ["a", "a"],
  ["1", "1"],
  ["0x10", "16"],
  ["0644", "420"],
  ["+1", "1"],
  ["1_0", "10"],
  ["true", "true"],
  ["yes", "true"],
  ["off", "false"],
  ["on", "true"],
  ["1.5", "1.5"],
  ["1e3", "1000"],
  ["1e30", "1e+30"],
  ["1e6", "1e+06"],
  ["100000.5", "100000.5"],
  ["1e5", "100000"],
  ["1.1234567890123", "1.1234568"],
  ["1e-7", "1e-07"],
  ["123456789.5", "1.2345679e+08"],
  ["0.00001", "1e-05"],
  ["0.001", "0.001"],
  [".inf", ".inf"],
  ["9223372036854775807", "9223372036854775807"],
  ["2020-01-01", "2020-01-01"],
  ["'1'", "1"],
  ["'~'", "~"],
  ["!!str 7", "7"],
  ["=", "="],
  ["'<<'", "<<"],
];

/** Whole mappings, as the value of `data`. */
const constructs: readonly (readonly [text: string, value: JsonValue])[] = [
  ["{a: 1, a: 2}", { a: 2 }],
  ["{a: &x {b: 1}, c: *x}", { a: { b: 1 }, c: { b: 1 } }],
  ["{a: &x 1, b: &x 2, c: *x}", { a: 1, b: 2, c: 2 }],
  ["{a: &x k, *x : v}", { a: "k", k: "v" }],
  ["{<<: {a: 1, b: 1}, b: 2}", { a: 1, b: 2 }],
  ["{b: 2, <<: {a: 1, b: 1}}", { a: 1, b: 1 }],
  ["{<<: [{a: 1}, {a: 2, b: 2}]}", { a: 1, b: 2 }],
  ["{<<: {a: 1}, <<: {a: 2}}", { a: 2 }],
  [
    "{q: &x {a: 1}, r: &y {<<: *x, b: 2}, s: {<<: [*y, {c: 3}]}}",
    { q: { a: 1 }, r: { a: 1, b: 2 }, s: { a: 1, b: 2, c: 3 } },
  ],
  ["{'<<': {a: 1}}", { "<<": { a: 1 } }],
  ["{!!merge <<: {a: 1}}", { a: 1 }],
  ["{? a : b, ? c}", { a: "b", c: null }],
  ["{'__proto__': {a: 1}}", Object.fromEntries([["__proto__", { a: 1 }]])],
  ["{constructor: 1, toString: 2}", { constructor: 1, toString: 2 }],
];

/** Refused by kubectl, as the value of `data`. */
const refused: readonly (readonly [text: string, code: string])[] = [
  ["{~: x}", "KUBE_BAD_KEY"],
  ["{null: x}", "KUBE_BAD_KEY"],
  ["{18446744073709551615: x}", "KUBE_BAD_KEY"],
  ["{[a]: x}", "KUBE_BAD_KEY"],
  ["{{a: b}: x}", "KUBE_BAD_KEY"],
  ["{a: .inf}", "KUBE_BAD_NUMBER"],
  ["{a: -.INF}", "KUBE_BAD_NUMBER"],
  ["{a: .nan}", "KUBE_BAD_NUMBER"],
  ["{a: !!int yes}", "KUBE_BAD_TAG"],
  ["{a: !!null x}", "KUBE_BAD_TAG"],
  ["{a: !!binary '****'}", "KUBE_BAD_TAG"],
  ["{a: !!timestamp foo}", "KUBE_BAD_TAG"],
  ["{a: *b}", "KUBE_UNKNOWN_ANCHOR"],
  ["&x {a: *x}", "KUBE_ALIAS_CYCLE"],
  ["{<<: 3}", "KUBE_BAD_MERGE"],
  ["{<<: ~}", "KUBE_BAD_MERGE"],
  ["{<<: [[{a: b}]]}", "KUBE_BAD_MERGE"],
  ["{a: 1", "KUBE_PARSE"],
];

const HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";

function dataOf(text: string): JsonValue | undefined {
  const { value, problems } = parseDocument(text);
  assert.deepEqual(
    problems.filter(({ severity }) => severity === "error"),
    [],
  );
  return isJsonObject(value) ? value["data"] : undefined;
}

const scalarText = (): string => `${HEAD}data:\n${scalars.map(([text], index) => `  k${index}: ${text}\n`).join("")}`;
const scalarValue = (): JsonValue => Object.fromEntries(scalars.map(([, value], index) => [`k${index}`, value]));
const keyText = (): string => `${HEAD}data:\n${keys.map(([text]) => `  - {${text}: 1}\n`).join("")}`;
const keyValue = (): JsonValue => keys.map(([, key]) => ({ [key]: 1 }));
const constructText = (): string => `${HEAD}data:\n${constructs.map(([text]) => `  - ${text}\n`).join("")}`;
const constructValue = (): JsonValue => constructs.map(([, value]) => value);

suite("plain scalars and constructs", () => {
  for (const [text, value] of scalars) {
    test(`${JSON.stringify(text)} is ${jsonText(value)}`, () => {
      assert.deepEqual(dataOf(`${HEAD}data:\n  k: ${text}\n`), { k: value });
    });
  }
  test("keys become the strings that kubectl makes of them", () => assert.deepEqual(dataOf(keyText()), keyValue()));
  for (const [text, value] of constructs) {
    test(`${text} is ${JSON.stringify(value)}`, () => assert.deepEqual(dataOf(`${HEAD}data: ${text}\n`), value));
  }
  for (const [text, code] of refused) {
    test(`${text} is refused with ${code}`, () => {
      const { value, problems } = parseDocument(`${HEAD}data: ${text}\n`);
      assert.equal(value, undefined);
      assert.deepEqual(
        problems.filter(({ severity }) => severity === "error").map((problem) => problem.code),
        [code],
      );
    });
  }
});

suite("the core schema of YAML 1.2", () => {
  for (const [text, value] of [
    ["yes", "yes"],
    ["on", "on"],
    ["y", "y"],
    ["true", true],
    ["~", null],
    ["", null],
    ["0644", 644],
    ["0o17", 15],
    ["0x1f", 31],
    ["1e3", 1000],
    ["1_000", "1_000"],
  ] as const) {
    test(`${JSON.stringify(text)} is ${JSON.stringify(value)}`, () => assert.equal(resolveCorePlain(text), value));
  }
});

suite("float32 keys", () => {
  for (const [value, text] of [
    [0, "0"],
    [-2.5, "-2.5"],
    [1e20, "1e+20"],
    [1e21, "1e+21"],
    [16777216, "1.6777216e+07"],
    [3.4e38, "3.4e+38"],
    [Infinity, ".inf"],
    [NaN, ".nan"],
  ] as const) {
    test(`${value} is ${text}`, () => assert.equal(formatFloat32(value), text));
  }
});

interface KubectlAnswer {
  readonly failed: boolean;
  readonly output: string;
}

function kubectl(text: string): Promise<KubectlAnswer | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "scalars-"));
  const file = join(folder, "input.yaml");
  writeFileSync(file, text);
  const args = ["annotate", "--local", "-f", file, "checked=yes", "-o", "json"];
  return new Promise((settle) => {
    execFile("kubectl", args, (error, stdout, stderr) => {
      rmSync(folder, { recursive: true });
      const missing = error !== null && "code" in error && error.code === "ENOENT";
      settle(missing ? undefined : { failed: error !== null, output: error === null ? stdout : stderr });
    });
  });
}

suite("the tables, as the real kubectl has them", () => {
  for (const [name, text, value] of [
    ["scalars", scalarText, scalarValue],
    ["keys", keyText, keyValue],
    ["constructs", constructText, constructValue],
  ] as const) {
    test(name, async (context) => {
      const answer = await kubectl(text());
      if (answer === undefined) return context.skip("kubectl is not on PATH");
      assert.equal(answer.failed, false, answer.output);
      const parsed: unknown = parseJson(answer.output);
      assert.deepEqual(isJsonObject(parsed) ? parsed["data"] : undefined, value());
    });
  }
  test("what is refused", async (context) => {
    const answers = await Promise.all(refused.map(([text]) => kubectl(`${HEAD}data: ${text}\n`)));
    if (answers.includes(undefined)) return context.skip("kubectl is not on PATH");
    assert.deepEqual(
      refused.filter((_, index) => answers[index]?.failed !== true).map(([text]) => text),
      [],
    );
  });
});
