import assert from "node:assert/strict";
import { test } from "node:test";
import { type YamlNode, parseTree, scalarText } from "./tree.ts";

/** Every node as its source text, with collections' own text first. */
function outline(text: string, node: YamlNode): unknown {
  const source = text.slice(node.start, node.end);
  if (node.kind === "mapping")
    return [source, ...node.entries.map((entry) => [outline(text, entry.key), outline(text, entry.value)])];
  if (node.kind === "sequence") return [source, ...node.items.map((item) => outline(text, item.value))];
  return source;
}

function outlineOf(text: string): unknown {
  const root = parseTree(text);
  assert.ok(root);
  return outline(text, root);
}

test("block collections reach from the first key to the end of the last child", () => {
  assert.deepEqual(outlineOf("# head\na: 1 # one\nb:\n- x\n-  y  # why\n# tail\n"), [
    "a: 1 # one\nb:\n- x\n-  y",
    ["a", "1"],
    ["b", ["- x\n-  y", "x", "y"]],
  ]);
});

test("quoted scalars include their quotes, block scalars their header", () => {
  const text = "a: \"x # y\"\nb: 'it''s'\nc: |- # header\n  one\n\n  two\nd: >+\n  x\n\n";
  assert.deepEqual(outlineOf(text), [
    text,
    ["a", '"x # y"'],
    ["b", "'it''s'"],
    ["c", "|- # header\n  one\n\n  two\n"],
    ["d", ">+\n  x\n\n"],
  ]);
});

test("flow collections include their brackets, through comments, trailing commas and empty values", () => {
  const text = 'a: {b: , "c":1, # see\n  d,\n  ? e : [x: y, z, ], }';
  assert.deepEqual(outlineOf(text), [
    text,
    ["a", [text.slice(3), ["b", ""], ['"c"', "1"], ["d", ""], ["e", ["[x: y, z, ]", ["x: y", ["x", "y"]], "z"]]]],
  ]);
});

test("empty nodes stand right behind their indicator or property", () => {
  const text = "a:\nb: &x\nc: # no\nd:\n-";
  const root = parseTree(text);
  assert.ok(root?.kind === "mapping");
  const ends = root.entries.map(({ value }) => text.slice(0, value.end).split("\n").at(-1));
  assert.deepEqual(ends, ["a:", "b: &x", "c:", "-"]);
});

test("anchors, tags and aliases are told, and aliases know what they name", () => {
  const text = "a: &base !!map\n  k: v\nb: *base\nc: &base 2\nd: *base\n";
  const root = parseTree(text);
  assert.ok(root?.kind === "mapping");
  const [a, b, , d] = root.entries.map(({ value }) => value);
  assert.equal(a?.anchor, "base");
  assert.equal(a?.tag, "!!map");
  assert.equal(a && text.slice(a.outerStart, a.start), "&base !!map\n  ");
  assert.equal(b?.kind === "alias" && b.target, a);
  assert.equal(d?.kind === "alias" && d.target?.kind === "scalar" && scalarText(text, d.target), "2");
});

test("explicit keys, nested sequences and document markers have their places", () => {
  assert.deepEqual(outlineOf("%YAML 1.2\n---\n- - 1\n  - ? k\n    : v\n    ? w\n-\n  x: y\n..."), [
    "- - 1\n  - ? k\n    : v\n    ? w\n-\n  x: y",
    ["- 1\n  - ? k\n    : v\n    ? w", "1", ["? k\n    : v\n    ? w", ["k", "v"], ["w", ""]]],
    ["x: y", ["x", "y"]],
  ]);
});

test("a byte order mark, CRLF and tabs after indicators do not shift anything", () => {
  assert.deepEqual(outlineOf("\uFEFF---\r\na:\t1\r\nb:\r\n- x\r\n"), [
    "a:\t1\r\nb:\r\n- x",
    ["a", "1"],
    ["b", ["- x", "x"]],
  ]);
});

test("a text without a document has no tree", () => {
  assert.equal(parseTree("# only a comment\n"), undefined);
});
