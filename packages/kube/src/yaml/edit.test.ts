import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Edit } from "../edit.ts";
import { applyEditGroups, applyEdits } from "./edit.ts";

interface Case {
  readonly title: string;
  readonly before: string;
  readonly edits: readonly Edit[];
  readonly after: string;
}

function expectText({ title, before, edits, after }: Case): void {
  test(title, () => {
    assert.deepEqual(applyEdits(before, edits), { kind: "edited", text: after });
    const removesItem = edits.some((edit) => edit.op === "remove" && typeof edit.path.at(-1) === "number");
    if (!removesItem)
      assert.deepEqual(applyEdits(after, edits), { kind: "edited", text: after }, "a second time changes nothing");
  });
}

function expectRefused(title: string, before: string, edit: Edit, code: string, reason: RegExp): void {
  test(title, () => {
    const result = applyEdits(before, [edit]);
    assert.equal(result.kind, "refused");
    if (result.kind !== "refused") return;
    assert.equal(result.code, code);
    assert.match(result.reason, reason);
    assert.equal(result.edit, edit);
  });
}

const set = (path: Edit["path"], value: Extract<Edit, { op: "set" }>["value"]): Edit => ({ op: "set", path, value });
const remove = (path: Edit["path"], prune = false): Edit => ({ op: "remove", path, prune });
const append = (path: Edit["path"], value: Extract<Edit, { op: "append" }>["value"]): Edit => ({
  op: "append",
  path,
  value,
});

suite("a value is changed in its place", () => {
  const cases: Case[] = [
    {
      title: "a plain scalar, its comment kept",
      before: "a:  1   # one\n",
      edits: [set(["a"], 2)],
      after: "a:  2   # one\n",
    },
    { title: "in single quotes", before: "a: 'x'\n", edits: [set(["a"], "it's")], after: "a: 'it''s'\n" },
    { title: "in double quotes", before: 'a: "x"\n', edits: [set(["a"], "y")], after: 'a: "y"\n' },
    {
      title: "a string that kubectl would take for a boolean gets quotes",
      before: "a: b\n",
      edits: [set(["a"], "yes")],
      after: 'a: "yes"\n',
    },
    {
      title: "quotes are those of the document",
      before: "a: b\nc: '1'\n",
      edits: [set(["a"], "0644")],
      after: "a: '0644'\nc: '1'\n",
    },
    {
      title: "an empty value before a comment",
      before: "a: # none\nb: 1\n",
      edits: [set(["a"], true)],
      after: "a: true # none\nb: 1\n",
    },
    { title: "an empty value with blanks behind it", before: "a:   \n", edits: [set(["a"], true)], after: "a: true\n" },
    {
      title: "a scalar of several lines",
      before: "a: one\n  two # why\nb: 1\n",
      edits: [set(["a"], "x")],
      after: "a: x # why\nb: 1\n",
    },
    {
      title: "a block scalar, the comment of its header kept",
      before: "a: |- # text\n  one\n\n  two\n\nb: 1\n",
      edits: [set(["a"], "x")],
      after: "a: x # text\n\nb: 1\n",
    },
    {
      title: "a scalar by a text of several lines",
      before: "a: x # old\n   # deep\nb: 1\n",
      edits: [set(["a"], "one\ntwo\n")],
      after: "a: | # old\n  one\n  two\n# deep\nb: 1\n",
    },
    {
      title: "in the document without final line break",
      before: "a: 1",
      edits: [set(["a"], 2), set(["b"], 3)],
      after: "a: 2\nb: 3",
    },
    { title: "under a quoted key", before: '"a b": 1\n', edits: [set(["a b"], 2)], after: '"a b": 2\n' },
    { title: "under an explicit key", before: "? a\n: 1\n", edits: [set(["a"], 2)], after: "? a\n: 2\n" },
    {
      title: "under a key that YAML 1.1 takes for a boolean",
      before: "on: 1\n",
      edits: [set(["true"], 2)],
      after: "on: 2\n",
    },
    { title: "after a tab", before: "a:\t1\t# x\n", edits: [set(["a"], 2)], after: "a:\t2\t# x\n" },
    {
      title: "an alias, for this use alone",
      before: "a: &x 1\nb: *x # same\n",
      edits: [set(["b"], 2)],
      after: "a: &x 1\nb: 2 # same\n",
    },
    {
      title: "a tagged scalar loses its tag, keeps its anchor",
      before: "a: &x !!str 1\n",
      edits: [set(["a"], 2)],
      after: "a: &x 2\n",
    },
    {
      title: "a collection by one of its kind, changing what differs",
      before: "a:\n  # keep\n  x: 1 # same\n  y: 2 # goes\nl:\n- a # first\n- b\n- c # last\n",
      edits: [set(["a"], { x: 1, z: 3 }), set(["l"], ["a", "c"])],
      after: "a:\n  # keep\n  x: 1 # same\n  # goes\n  z: 3\nl:\n- a # first\n- c # last\n",
    },
    {
      title: "a block by a scalar, its comments kept",
      before: "a: # about a\n  b: 1 # one\n  # two\n  c: 2\nd: 1\n",
      edits: [set(["a"], "x")],
      after: "a: x # about a\n  # one\n  # two\nd: 1\n",
    },
  ];
  cases.forEach(expectText);
});

suite("a new key follows the layout around it", () => {
  const cases: Case[] = [
    {
      title: "of its siblings, by four columns, dashes indented",
      before: "a:\n    b:\n        - x\n",
      edits: [set(["a", "c"], { d: ["z"], e: {} })],
      after: "a:\n    b:\n        - x\n    c:\n        d:\n            - z\n        e: {}\n",
    },
    {
      title: "by one column",
      before: "a:\n b:\n  c: 1\n",
      edits: [set(["a", "d", "e"], 2)],
      after: "a:\n b:\n  c: 1\n d:\n  e: 2\n",
    },
    {
      title: "different in different places",
      before: "a:\n   b:\n     c: 1\nd:\n     e: 2\n",
      edits: [set(["a", "x", "z"], 1), set(["d", "x", "z"], 1)],
      after: "a:\n   b:\n     c: 1\n   x:\n     z: 1\nd:\n     e: 2\n     x:\n          z: 1\n",
    },
    {
      title: "in a compact list item with a wide dash",
      before: "l:\n-   name: x # n\n    v: 1\n",
      edits: [set(["l", 0, "s", "t"], ["u"])],
      after: "l:\n-   name: x # n\n    v: 1\n    s:\n        t:\n        -   u\n",
    },
    {
      title: "in an item below its dash",
      before: "l:\n  - # first\n    a: 1\n",
      edits: [set(["l", 0, "b"], 2)],
      after: "l:\n  - # first\n    a: 1\n    b: 2\n",
    },
    {
      title: "before comments that follow",
      before: "a:\n  b: 1\n  # c: 2\n\nd: 1\n",
      edits: [set(["a", "e"], 3)],
      after: "a:\n  b: 1\n  e: 3\n  # c: 2\n\nd: 1\n",
    },
    {
      title: "behind a block scalar and before its blank lines",
      before: "a:\n  b: |\n    x\n\nc: 1\n",
      edits: [set(["a", "e"], 3)],
      after: "a:\n  b: |\n    x\n  e: 3\n\nc: 1\n",
    },
    {
      title: "behind a block scalar that keeps its blank lines",
      before: "a:\n  b: |+\n    x\n\nc: 1\n",
      edits: [set(["a", "e"], 3)],
      after: "a:\n  b: |+\n    x\n\n  e: 3\nc: 1\n",
    },
    {
      title: "in {}",
      before: "a: {}  # none\nb: 1\n",
      edits: [set(["a", "x", "z"], 1)],
      after: "a: # none\n  x:\n    z: 1\nb: 1\n",
    },
    {
      title: "in a flow mapping",
      before: "a: { b: 1 } # f\n",
      edits: [set(["a", "c"], ["x"])],
      after: "a: { b: 1, c: [x] } # f\n",
    },
    {
      title: "in a flow mapping of several lines",
      before: "a: {\n  b: 1 # one\n}\n",
      edits: [set(["a", "c"], "x, y")],
      after: 'a: {\n  b: 1, # one\n  c: "x, y"\n}\n',
    },
    {
      title: "with CRLF",
      before: "a:\r\n  b: 1\r\n",
      edits: [set(["a", "c", "d"], 2)],
      after: "a:\r\n  b: 1\r\n  c:\r\n    d: 2\r\n",
    },
    {
      title: "with a blank line where all have one between",
      before: "a: 1\n\nb: 2\n\nc: 3\n",
      edits: [set(["d"], 4)],
      after: "a: 1\n\nb: 2\n\nc: 3\n\nd: 4\n",
    },
    {
      title: "behind the start and before the end of a document",
      before: "---\na: 1\n...\n",
      edits: [set(["b"], 2)],
      after: "---\na: 1\nb: 2\n...\n",
    },
    {
      title: "in a JSON document of one line",
      before: '{"a":{"b":1}}',
      edits: [set(["a", "c"], { d: [] })],
      after: '{"a":{"b":1,"c":{"d":[]}}}',
    },
    {
      title: "in a pretty-printed JSON document",
      before: '{\n\t"a": {},\n\t"l": [\n\t\t1\n\t]\n}\n',
      edits: [set(["a", "c"], { d: 1 }), append(["l"], 2)],
      after: '{\n\t"a": {\n\t\t"c": {\n\t\t\t"d": 1\n\t\t}\n\t},\n\t"l": [\n\t\t1,\n\t\t2\n\t]\n}\n',
    },
  ];
  cases.forEach(expectText);
});

suite("lists grow at their end", () => {
  const cases: Case[] = [
    {
      title: "with dashes under the key",
      before: "l:\n- a # one\n# two\nm: 1\n",
      edits: [append(["l"], "b")],
      after: "l:\n- a # one\n- b\n# two\nm: 1\n",
    },
    {
      title: "with dashes further right",
      before: "l:\n   -  a\n",
      edits: [append(["l"], { x: 1, z: [2] })],
      after: "l:\n   -  a\n   -  x: 1\n      z:\n         -  2\n",
    },
    {
      title: "in flow style",
      before: "l: [a, b] # x\n",
      edits: [append(["l"], "c: d")],
      after: 'l: [a, b, "c: d"] # x\n',
    },
    {
      title: "in flow style with a comma at the end",
      before: "l: [\n  a, # x\n]\n",
      edits: [append(["l"], "b")],
      after: "l: [\n  a, # x\n  b,\n]\n",
    },
    { title: "from nothing", before: "a: 1\n", edits: [append(["l"], "b")], after: "a: 1\nl:\n- b\n" },
    { title: "from an empty value", before: "l: # none\n", edits: [append(["l"], "b")], after: "l: # none\n- b\n" },
    { title: "from []", before: "l: [] # none\n", edits: [append(["l"], "b")], after: "l: # none\n- b\n" },
    {
      title: "but not twice by an equal item",
      before: "l: [{a: 1, b: 2}]\n",
      edits: [append(["l"], { b: 2, a: 1 })],
      after: "l: [{a: 1, b: 2}]\n",
    },
  ];
  cases.forEach(expectText);
});

suite("what is removed leaves its comments", () => {
  const cases: Case[] = [
    {
      title: "on a line of their own",
      before: "a: 1\n# about b\nb: 2 # two\nc: 3\n",
      edits: [remove(["b"])],
      after: "a: 1\n# about b\n# two\nc: 3\n",
    },
    {
      title: "with all its lines",
      before: "a: 1\nb:\n  c: # x\n    - 1\n  # y\n  d: 2\ne: 3\n",
      edits: [remove(["b"])],
      after: "a: 1\n# x\n# y\ne: 3\n",
    },
    {
      title: "of a compact item's first key",
      before: "l:\n  - name: a # x\n    v: 1\n",
      edits: [remove(["l", 0, "name"])],
      after: "l:\n  - # x\n    v: 1\n",
    },
    {
      title: "of a compact item's first key without any",
      before: "l:\n  - name: a\n    v: 1\n",
      edits: [remove(["l", 0, "name"])],
      after: "l:\n  - v: 1\n",
    },
    {
      title: "the only key leaves {}",
      before: "a:\n  b: 1 # x\nc: 1\n",
      edits: [remove(["a", "b"])],
      after: "a: {}\n  # x\nc: 1\n",
    },
    {
      title: "the only key with its parents",
      before: "a:\n  b:\n    c: 1 # x\nd: 1\n",
      edits: [remove(["a", "b", "c"], true)],
      after: "# x\nd: 1\n",
    },
    {
      title: "a list item",
      before: "l:\n- a # one\n- b # two\n- c\n",
      edits: [remove(["l", 1])],
      after: "l:\n- a # one\n# two\n- c\n",
    },
    {
      title: "the last item of a file without final line break",
      before: "l:\n- a\n- b",
      edits: [remove(["l", 1])],
      after: "l:\n- a",
    },
    {
      title: "from a flow mapping",
      before: "a: {b: 1, c: 2, d: 3}\n",
      edits: [remove(["a", "c"]), remove(["a", "d"])],
      after: "a: {b: 1}\n",
    },
    {
      title: "from a flow list of several lines",
      before: "l: [\n  a, # one\n  b  # two\n]\n",
      edits: [remove(["l", 1])],
      after: "l: [\n  a # one\n  # two\n]\n",
    },
    {
      title: "behind a block scalar, comments that would become its content move left",
      before: "a: |\n  text\nb: 1 # x\n    # deep\nc: 2\n",
      edits: [remove(["b"])],
      after: "a: |\n  text\n# x\n# deep\nc: 2\n",
    },
    {
      title: "from pretty-printed JSON",
      before: '{\n  "a": 1,\n  "b": 2\n}\n',
      edits: [remove(["b"])],
      after: '{\n  "a": 1\n}\n',
    },
  ];
  cases.forEach(expectText);
});

const shared = `base: &base
  image: nginx # img
  sc: &sc
    user: 0
  args: [a]
one:
  <<: *base
  name: one
two: *base # same
`;

suite("anchors and merge keys keep their meaning", () => {
  const cases: Case[] = [
    {
      title: "a merged key is overridden beside the merge",
      before: shared,
      edits: [set(["one", "image"], "other")],
      after: shared.replace("  name: one\n", "  name: one\n  image: other\n"),
    },
    {
      title: "a key below a merged one brings the whole value",
      before: shared,
      edits: [set(["one", "sc", "ro"], true)],
      after: shared.replace("  name: one\n", "  name: one\n  sc:\n    user: 0\n    ro: true\n"),
    },
    {
      title: "an alias to a mapping becomes a merge with one more key",
      before: shared,
      edits: [set(["two", "name"], "two")],
      after: shared.replace("two: *base # same\n", "two: # same\n  <<: *base\n  name: two\n"),
    },
    {
      title: "an item that comes by an alias is written out",
      before: "l: &l [a]\nm: *l\n",
      edits: [append(["m"], "b")],
      after: "l: &l [a]\nm:\n- a\n- b\n",
    },
    {
      title: "an alias in flow style becomes a merge in flow style",
      before: "a: &a {x: 1}\nb: {c: *a}\n",
      edits: [set(["b", "c", "z"], 2)],
      after: "a: &a {x: 1}\nb: {c: {<<: *a, z: 2}}\n",
    },
    {
      title: "what all uses of an anchor want is written once",
      before: "a: &a\n  x: 1\nb: *a\n",
      edits: [set(["a", "z"], 2), set(["b", "z"], 2)],
      after: "a: &a\n  x: 1\n  z: 2\nb: *a\n",
    },
  ];
  cases.forEach(expectText);
  expectRefused(
    "a change that another use of the anchor does not want",
    shared,
    set(["base", "image"], "x"),
    "EDIT_SHARED_ANCHOR",
    /&base, which 2 other places/,
  );
  expectRefused(
    "taking a merged key away",
    shared,
    remove(["one", "image"]),
    "EDIT_MERGED_KEY",
    /one\.image comes from a merge key/,
  );
  expectRefused(
    "taking an anchor away that is used",
    shared,
    remove(["base"]),
    "EDIT_SHARED_ANCHOR",
    /anchor &sc|anchor &base/,
  );
});

suite("what cannot be done is refused with a reason", () => {
  expectRefused("a key below a string", "a: x\n", set(["a", "b"], 1), "EDIT_TYPE", /a parent of a\.b is no mapping/);
  expectRefused("an item that is not there", "l: [a]\n", set(["l", 3], 1), "EDIT_MISSING", /l\[3\]/);
  expectRefused("an append to a mapping", "l: {a: 1}\n", append(["l"], 1), "EDIT_TYPE", /l is no list/);
  expectRefused("anything in what is no YAML", "a: [\n", set(["a"], 1), "EDIT_NOT_YAML", /cannot be read/);
  expectRefused("anything in what kubectl cannot read", "a: *nope\n", set(["a"], 1), "EDIT_NOT_YAML", /cannot be read/);
});

test("groups of edits are made or refused each for itself, whole", () => {
  const text = "items:\n- a: x\n  c: 1\n- a: {}\n";
  const { text: edited, refused } = applyEditGroups(text, [
    { base: ["items", 0], edits: [set(["c"], 2), set(["a", "b"], 1)] },
    { base: ["items", 0], edits: [set(["d"], 3)] },
    { base: ["items", 1], edits: [set(["a", "b"], 1), remove(["nope"])] },
  ]);
  assert.equal(edited, "items:\n- a: x\n  c: 1\n  d: 3\n- a:\n    b: 1\n");
  assert.deepEqual(
    [...refused].map(([index, { code }]) => [index, code]),
    [[0, "EDIT_TYPE"]],
  );
});

const item = (index: number): string =>
  `- kind: Pod\n  metadata: {name: p${index}}\n  spec:\n    containers:\n    - name: c # ${index}\n`;

test("many objects of one List are edited in about one parse for each of their edits", () => {
  const count = 2000;
  const text = `kind: List\nitems:\n${Array.from({ length: count }, (_, index) => item(index)).join("")}`;
  const edits = [set(["spec", "a"], true), set(["spec", "containers", 0, "securityContext", "b"], false)];
  const { text: edited, refused } = applyEditGroups(
    text,
    Array.from({ length: count }, (_, index) => ({ base: ["items", index], edits })),
  );
  assert.equal(refused.size, 0);
  assert.equal(edited.split("\n").length, text.split("\n").length + 3 * count);
});
