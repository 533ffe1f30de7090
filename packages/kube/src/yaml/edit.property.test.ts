import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { Edit } from "../edit.ts";
import { type JsonValue, type Path, isJsonObject } from "../json.ts";
import { parseDocument } from "./construct.ts";
import { commentsOf, keepsComments } from "./edit/comments.ts";
import { applyToValue, deepEqual } from "./edit/value.ts";
import { applyEdits } from "./edit.ts";
import { parseTree } from "./tree.ts";
import { quoteString, writeYaml } from "./write.ts";

const KEYS = ["a", "b", "name", "image", "x-y", "yes", "0644", "a b", "k#1", "l: m", "é", "~"];
const STRINGS = [
  "",
  "x",
  "nginx:1.2",
  "yes",
  "0644",
  "1e3",
  "null",
  "a # b",
  "a: b",
  "- c",
  "*d",
  "{e",
  "multi\nline\n",
  "two\n\nlines",
  "trail ",
  "'q'",
  '"',
  "tab\t",
  "2020-01-01",
  "1:30",
  "=",
  "<<",
  "ü☃",
  "---",
  " #x",
];

const scalar: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.constantFrom<JsonValue>(...STRINGS),
  fc.constantFrom<JsonValue>(true, false, 0, 1, -3, 1.5, 1e21),
);
const { tree } = fc.letrec<{ tree: JsonValue }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    { weight: 3, arbitrary: scalar },
    { weight: 2, arbitrary: fc.array(tie("tree"), { maxLength: 3 }) },
    {
      weight: 4,
      arbitrary: fc.dictionary(fc.constantFrom(...KEYS), tie("tree"), { maxKeys: 4, noNullPrototype: true }),
    },
  ),
}));
const document = fc.dictionary(fc.constantFrom(...KEYS), tree, { minKeys: 1, maxKeys: 4, noNullPrototype: true });

/** Prints a value in a style that a stream of dice chooses anew at every turn. */
class Printer {
  readonly #roll: (sides: number) => number;
  readonly #anchors: boolean;
  #comments = 0;
  #names = 0;
  readonly #anchored: { readonly name: string; readonly value: JsonValue }[] = [];

  constructor(dice: readonly number[], anchors: boolean) {
    let at = 0;
    this.#roll = (sides) => (dice[at++ % dice.length] ?? 0) % sides;
    this.#anchors = anchors;
  }

  print(value: JsonValue): string {
    const start = ["", "---\n", "# head\n", "--- # start\n# x\n", "\n"][this.#roll(5)] ?? "";
    const body =
      isJsonObject(value) && Object.keys(value).length > 0 ? this.#mapping(value, 0).join("\n") : this.#flow(value);
    const end = ["\n", "", "\n# tail\n", "\n\n", "\n...\n"][this.#roll(5)] ?? "";
    const text = start + body + end;
    return this.#roll(6) === 0 ? text.replaceAll("\n", "\r\n") : text;
  }

  #comment(): string {
    return this.#roll(4) === 0 ? `${" ".repeat(1 + this.#roll(3))}# note ${this.#comments++}` : "";
  }

  #ownLines(column: number): string[] {
    const roll = this.#roll(9);
    if (roll === 0) return [`${" ".repeat(column)}# own ${this.#comments++}`];
    if (roll === 1) return [""];
    return roll === 2 ? [`${" ".repeat(column + 1 + this.#roll(4))}#deep ${this.#comments++}`] : [];
  }

  /** `value` behind `head` (`key:` or `-`) that stands at `column`. */
  #behind(head: string, value: JsonValue, column: number, dash: boolean): string[] {
    if (this.#anchors && typeof value === "object" && value !== null) {
      const known = this.#anchored.find((each) => deepEqual(each.value, value));
      if (known !== undefined && this.#roll(3) > 0) return [`${head} *${known.name}${this.#comment()}`];
    }
    const anchored = this.#anchors && this.#roll(4) === 0;
    const name = anchored ? `n${this.#names++}` : undefined;
    const lines = this.#placed(
      name === undefined ? head : `${head} &${name}`,
      value,
      column,
      dash && name === undefined,
    );
    if (name !== undefined) this.#anchored.push({ name, value });
    return lines;
  }

  #placed(head: string, value: JsonValue, column: number, compact: boolean): string[] {
    const empty = typeof value === "object" && value !== null && Object.keys(value).length === 0;
    if (typeof value !== "object" || value === null || empty || this.#roll(5) === 0)
      return this.#inline(head, value, column);
    const comment = this.#comment();
    if (Array.isArray(value)) {
      const at = column + (compact || head.startsWith("-") ? 1 + this.#roll(3) : this.#roll(4));
      return [head + comment, ...this.#items(value, at)];
    }
    if (compact && this.#roll(3) > 0) {
      const gap = 1 + this.#roll(3);
      const [first = "", ...rest] = this.#mapping(value, column + 1 + gap, true);
      return [`${head}${" ".repeat(gap)}${first.trimStart()}`, ...rest];
    }
    return [head + comment, ...this.#mapping(value, column + 1 + this.#roll(4))];
  }

  #inline(head: string, value: JsonValue, column: number): string[] {
    if (typeof value === "string" && value.includes("\n") && !value.endsWith("\n\n") && this.#roll(3) > 0) {
      const padding = " ".repeat(column + 1 + this.#roll(3));
      const clipped = value.endsWith("\n");
      const lines = (clipped ? value.slice(0, -1) : value).split("\n");
      return [
        `${head} ${clipped ? "|" : "|-"}${this.#comment()}`,
        ...lines.map((line) => (line === "" ? "" : padding + line)),
      ];
    }
    return [`${head}${" ".repeat(1 + this.#roll(2))}${this.#flow(value, " ".repeat(column + 2))}${this.#comment()}`];
  }

  #mapping(value: JsonValue, column: number, compact = false): string[] {
    const padding = " ".repeat(column);
    return Object.entries(value ?? {}).flatMap(([key, item], index) => [
      ...(compact && index === 0 ? [] : this.#ownLines(column)),
      ...this.#behind(`${padding}${this.#key(key)}:`, item, column, false),
    ]);
  }

  #items(value: readonly JsonValue[], column: number): string[] {
    const padding = " ".repeat(column);
    return value.flatMap((item, index) => [
      ...(index === 0 ? [] : this.#ownLines(column)),
      ...this.#behind(`${padding}-`, item, column, true),
    ]);
  }

  #key(key: string): string {
    return this.#roll(4) === 0 ? quoteString(key, "double") : writeYaml(key).trimEnd();
  }

  #flow(value: JsonValue, padding = ""): string {
    if (typeof value === "string") {
      const [quote] = [this.#roll(3)];
      return quote === 0 || /[,[\]{}:?-]|\n/.test(value)
        ? quoteString(value, quote === 1 ? "single" : "double")
        : writeYaml(value).trimEnd();
    }
    if (typeof value !== "object" || value === null) return String(value);
    const parts = Array.isArray(value)
      ? value.map((item) => this.#flow(item, `${padding} `))
      : Object.entries(value).map(([key, item]) => `${quoteString(key, "double")}: ${this.#flow(item, `${padding} `)}`);
    const [open, close] = Array.isArray(value) ? "[]" : "{}";
    if (parts.length === 0 || padding === "" || this.#roll(3) > 0) {
      const space = this.#roll(3) === 0 ? " " : "";
      return open + space + parts.join(", ") + (this.#roll(8) === 0 && parts.length > 0 ? "," : "") + space + close;
    }
    const lines = parts.map(
      (part, index) => `${padding} ${part}${index < parts.length - 1 ? "," : ""}${this.#comment()}`,
    );
    return `${open}${this.#comment()}\n${lines.join("\n")}\n${padding}${close}`;
  }
}

/** A path that starts inside the value and may leave it. */
function choosePath(value: JsonValue, dice: readonly number[]): Path {
  const path: (string | number)[] = [];
  let at: JsonValue | undefined = value;
  for (const die of dice) {
    const keys: readonly (string | number)[] = Array.isArray(at)
      ? [...at.keys()]
      : isJsonObject(at)
        ? Object.keys(at)
        : [];
    const key = keys[die % (keys.length + 1)];
    if (key === undefined || die % 7 === 0) {
      if (at === undefined || isJsonObject(at)) path.push(KEYS[die % KEYS.length] ?? "a");
      return path.length === 0 ? ["a"] : path;
    }
    path.push(key);
    at = Array.isArray(at) ? at[Number(key)] : isJsonObject(at) ? at[String(key)] : undefined;
  }
  return path;
}

const dice = (count: number): fc.Arbitrary<number[]> =>
  fc.array(fc.nat({ max: 5039 }), { minLength: count, maxLength: count });
const operation = fc.record({
  op: fc.constantFrom("set", "remove", "append"),
  path: dice(6),
  deeper: fc.constantFrom<Path>([], [], ["new"], ["new", "er"]),
  value: tree,
  prune: fc.boolean(),
});

function toEdit(
  value: JsonValue,
  {
    op,
    path,
    deeper,
    value: item,
    prune,
  }: { op: string; path: number[]; deeper: Path; value: JsonValue; prune: boolean },
): Edit {
  const place = choosePath(value, path);
  if (op === "remove") return { op, path: place, prune };
  return { op: op === "set" ? "set" : "append", path: [...place, ...deeper], value: item };
}

function check(text: string, edits: readonly Edit[], mayRefuse: readonly string[]): void {
  const before = parseDocument(text).value;
  assert.ok(before !== undefined, `generated text is not YAML:\n${text}`);
  const wanted = applyToValue(before, edits);
  const result = applyEdits(text, edits);
  if (result.kind === "refused") {
    if (wanted.kind === "refused") return;
    assert.ok(
      mayRefuse.includes(result.code),
      `${result.code}: ${result.reason}\n${JSON.stringify(result.edit)}\n${text}`,
    );
    return;
  }
  assert.equal(wanted.kind, "edited");
  if (wanted.kind === "edited") assert.ok(deepEqual(parseDocument(result.text).value, wanted.value), result.text);
  assert.ok(keepsComments(commentsOf(text, parseTree(text)), commentsOf(result.text, parseTree(result.text))));
  // What an edit made may be undone by the next, and an item's number names another one when it is gone: the last edit holds.
  const last = edits.at(-1);
  if (last === undefined || (last.op === "remove" && typeof last.path.at(-1) === "number")) return;
  assert.deepEqual(applyEdits(result.text, [last]), { kind: "edited", text: result.text });
}

const runs = Number(process.env["REDOUBT_PROPERTY_RUNS"] ?? 1500);

test("any edit of any block document without anchors is made exactly, keeps all comments, and holds", () => {
  fc.assert(
    fc.property(document, dice(60), fc.array(operation, { minLength: 1, maxLength: 3 }), (value, style, operations) => {
      const text = new Printer(style, false).print(value);
      check(
        text,
        operations.map((each) => toEdit(value, each)),
        [],
      );
    }),
    { numRuns: runs },
  );
});

test("edits of documents with anchors and aliases are exact or refused with a reason", () => {
  fc.assert(
    fc.property(
      document,
      tree,
      dice(60),
      fc.array(operation, { minLength: 1, maxLength: 3 }),
      (value, shared, style, operations) => {
        const doubled = { ...value, first: shared, second: { inner: shared }, third: [shared] };
        const text = new Printer(style, true).print(doubled);
        check(
          text,
          operations.map((each) => toEdit(doubled, each)),
          ["EDIT_SHARED_ANCHOR", "EDIT_MERGED_KEY"],
        );
      },
    ),
    { numRuns: runs },
  );
});

function parseJson(text: string): JsonValue {
  const value: JsonValue = JSON.parse(text);
  return value;
}

test("JSON documents stay JSON, in their own style", () => {
  fc.assert(
    fc.property(
      document,
      fc.constantFrom("", "\t", " ", "  ", "    "),
      fc.array(operation, { minLength: 1, maxLength: 3 }),
      (value, unit, operations) => {
        const edits = operations.map((each) => toEdit(value, each));
        const text = JSON.stringify(value, null, unit);
        const wanted = applyToValue(value, edits);
        const result = applyEdits(text, edits);
        if (wanted.kind === "refused") return;
        assert.equal(result.kind, "edited");
        if (result.kind !== "edited") return;
        assert.ok(deepEqual(parseJson(result.text), wanted.value), result.text);
        if (unit === "" && edits.length === 1) assert.equal(result.text, JSON.stringify(JSON.parse(result.text)));
      },
    ),
    { numRuns: runs },
  );
});

test("whatever is written as YAML is read back the same", () => {
  fc.assert(
    fc.property(
      fc.oneof(tree, fc.string({ unit: "grapheme", maxLength: 8 }), fc.string({ unit: "binary", maxLength: 6 })),
      (value) => {
        const written = writeYaml({ value });
        assert.ok(deepEqual(parseDocument(written).value, { value }), written);
      },
    ),
    { numRuns: runs },
  );
});
