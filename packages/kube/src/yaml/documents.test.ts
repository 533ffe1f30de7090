import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { splitDocuments } from "./documents.ts";

/** Name, stream, and the texts of its documents; `!` marks one behind a separator that kubectl refuses. */
const cases: readonly (readonly [name: string, stream: string, ...documents: string[]])[] = [
  ["nothing", ""],
  ["blanks and comments only", "\n  # a\n---\n# b\n\n---\n"],
  ["one document", "a: 1\n", "a: 1\n"],
  ["a separator before the first document", "---\na: 1\n", "a: 1\n"],
  ["two documents", "a: 1\n---\nb: 2", "a: 1\n", "b: 2"],
  ["CRLF", "a: 1\r\n---\r\nb: 2\r\n", "a: 1\r\n", "b: 2\r\n"],
  ["a comment behind the separator", "a: 1\n--- # next\nb: 2\n", "a: 1\n", "b: 2\n"],
  ["blanks behind the separator", "a: 1\n--- \t\nb: 2\n", "a: 1\n", "b: 2\n"],
  ["text behind the separator", "a: 1\n--- foo\nb: 2\n", "a: 1\n", "!b: 2\n"],
  ["four dashes", "a: 1\n----\nb: 2\n", "a: 1\n", "!b: 2\n"],
  ["an indented separator is none", "a: |\n  x\n  ---\n  y\n", "a: |\n  x\n  ---\n  y\n"],
  ["a separator inside a block scalar separates, as in kubectl", "a: |\n---\n  y\n", "a: |\n", "  y\n"],
  ["a separator inside quotes separates, as in kubectl", 'a: "\n---\n"\n', 'a: "\n', '"\n'],
  ["an end mark stays with its document", "a: 1\n...\nb: 2\n", "a: 1\n...\nb: 2\n"],
  ["an end mark alone is nothing", "...\n---\na: 1\n", "a: 1\n"],
  ["directives belong to the document behind them", "%YAML 1.1\n# c\n---\na: 1\n", "%YAML 1.1\n# c\n---\na: 1\n"],
  ["a byte order mark before a later document", "a: 1\n---\n\uFEFFb: 2\n", "a: 1\n", "\uFEFFb: 2\n"],
  ["JSON objects one after another", '{"a": 1}{"b": 2}', '{"a": 1}', '{"b": 2}'],
  ["JSON objects on lines", '{"a": "}"}\n\n{"b": [{}]}\n', '{"a": "}"}', '\n\n{"b": [{}]}\n'],
  ["quotes in JSON", '{"a": "\\"}{"}\n{"b": 2}\n', '{"a": "\\"}{"}', '\n{"b": 2}\n'],
  ["JSON objects with a separator", '{"a": 1}\n---\n{"b": 2}\n', '{"a": 1}\n', '{"b": 2}\n'],
  ["JSON that is not closed", '{"a": 1}\n{"b": 2\n', '{"a": 1}', '\n{"b": 2\n'],
  ["text behind JSON stays with it", '{"a": 1} x\n', '{"a": 1} x\n'],
];

suite("splitDocuments", () => {
  for (const [name, stream, ...documents] of cases) {
    test(name, () => {
      const texts = splitDocuments(stream).map(
        ({ start, end, badSeparator }) => (badSeparator === undefined ? "" : "!") + stream.slice(start, end),
      );
      assert.deepEqual(texts, documents);
    });
  }
});
