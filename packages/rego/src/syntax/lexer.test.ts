import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { tokenize } from "./lexer.ts";
import { KIND_NAMES } from "./token.ts";

/** `kind:text` of every token but the last, which is `eof`. */
function tokensOf(text: string): readonly string[] {
  const { kinds, starts, ends } = tokenize(text);
  return kinds.slice(0, -1).map((kind, index) => `${KIND_NAMES[kind] ?? ""}:${text.slice(starts[index], ends[index])}`);
}

function faultsOf(text: string): readonly string[] {
  return [...tokenize(text).faults.values()].flat();
}

suite("tokens", () => {
  const table: readonly (readonly [string, readonly string[]])[] = [
    ["", []],
    ["a_1 B", ["identifier:a_1", "identifier:B"]],
    ["if ifs or", ["if:if", "identifier:ifs", "or:or"]],
    ["0 1.5 2e10 3E-4", ["number:0", "number:1.5", "number:2e10", "number:3E-4"]],
    [".5", [".:.", "number:5"]],
    ["-1", ["minus:-", "number:1"]],
    ['"a\\"b" `c\nd`', ['string:"a\\"b"', "string:`c\nd`"]],
    [":= : == = != <= < >= >", ["assign::=", ":::", "equal:==", "eq:=", "neq:!=", "lte:<=", "lt:<", "gte:>=", "gt:>"]],
    ["+-*/%&|", ["plus:+", "minus:-", "mul:*", "div:/", "rem:%", "and:&", "or:|"]],
    ["[](){},;.", ["[:[", "]:]", "(:(", "):)", "{:{", "}:}", ",:,", ";:;", ".:."]],
    ["a#b\nc", ["identifier:a", "identifier:c"]],
    ['$"a"', ['template-string-end:$"a"']],
    [
      '$"a{b}c{ {d} }"',
      [
        'template-string-part:$"a{',
        "identifier:b",
        "}:}",
        "template-string-part:c{",
        "{:{",
        "identifier:d",
        "}:}",
        "}:}",
        'template-string-end:"',
      ],
    ],
    ["$`\n{1}\\{`", ["raw-template-string-part:$`\n{", "number:1", "}:}", "raw-template-string-end:\\{`"]],
    [
      '$"{$"{1}"}"',
      [
        'template-string-part:$"{',
        'template-string-part:$"{',
        "number:1",
        "}:}",
        'template-string-end:"',
        "}:}",
        'template-string-end:"',
      ],
    ],
  ];
  for (const [text, expected] of table) {
    test(JSON.stringify(text), () => {
      assert.deepEqual(tokensOf(text), expected);
      assert.deepEqual(faultsOf(text), []);
    });
  }
});

suite("what is no token", () => {
  const table: readonly (readonly [string, readonly string[]])[] = [
    ['"a', ["non-terminated string"]],
    ['"a\nb"', ["non-terminated string", "non-terminated string"]],
    ["`a", ["non-terminated string"]],
    ['$"a{b', []],
    ['$"a{b}', ["non-terminated string"]],
    ['"\\x"', ["illegal escape sequence"]],
    ['"\\{"', ["illegal escape sequence"]],
    ["1.", ["expected fraction"]],
    ["1e", ["expected exponent"]],
    ["1e+", ["expected exponent"]],
    ["0x1", ["illegal number format"]],
    ["!a", ["illegal ! character"]],
    ["$a", ["illegal $ character"]],
    ["\u00a0", ["illegal non-breaking space character, use a regular space instead"]],
    ["a\0b", ["illegal null character"]],
    ['"\ufeff"', ["illegal byte-order mark"]],
    ['"\ud800"', ["illegal utf-8 character"]],
    ["# \0", ["illegal null character"]],
  ];
  for (const [text, expected] of table) {
    test(JSON.stringify(text), () => {
      assert.deepEqual(faultsOf(text), expected);
    });
  }
  for (const text of ["é", "@", "\\", "?", "~", "^", "'", "\u2028", "😀"]) {
    test(`${JSON.stringify(text)} starts no token`, () => {
      assert.deepEqual(tokensOf(text), [`illegal:${text}`]);
    });
  }
  test("a byte-order mark at the start is left out", () => {
    assert.deepEqual(tokensOf("\ufeffa"), ["identifier:a"]);
  });
});

suite("places of tokens", () => {
  test("rows and columns count from 1, a character outside the BMP once", () => {
    const { rows, cols } = tokenize('a\n  "😀" b\n\tc');
    assert.deepEqual(rows.slice(0, -1), [1, 2, 2, 3]);
    assert.deepEqual(cols.slice(0, -1), [1, 3, 7, 2]);
  });
  test("a raw string may span lines", () => {
    const { rows, cols } = tokenize("`\n\n` a");
    assert.deepEqual([rows[1], cols[1]], [3, 3]);
  });
});
