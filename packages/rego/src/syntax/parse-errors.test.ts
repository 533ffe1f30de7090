import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseModule } from "./parse-module.ts";

/** A text that is no module, and the errors that OPA 1.22.2 reports for it: row, column, message. */
const REJECTED: readonly (readonly ["v0" | "v1", string, readonly string[]])[] = [
  ["v1", "", ["0:0 empty module"]],
  ["v1", "# only a comment", ["0:0 empty module"]],
  ["v1", "x := 1", ["1:1 package expected"]],
  ["v1", "package", ["1:7 unexpected eof token"]],
  ["v1", "package 1", ["1:9 unexpected number token"]],
  ["v1", "package a.1", ["1:11 unexpected number token: expected identifier"]],
  ["v1", "package a[b]", ["1:11 unexpected var token: expecting string"]],
  ["v1", 'package a["b c"]\npackage d', ["2:1 unexpected package"]],
  [
    "v1",
    "package p\nimport foo.bar",
    [
      "2:8 unexpected import path, must begin with one of: {data, future, input, rego}, got: foo (hint: if this is unexpected, try updating OPA)",
    ],
  ],
  ["v1", "package p\nimport data.a as 1", ["2:18 unexpected number token: expected var"]],
  ["v1", "package p\nimport data.a as data", ["2:18 unexpected import alias, must not be a reserved name, got: data"]],
  [
    "v1",
    "package p\nimport data.if",
    [
      "2:13 unexpected import path, must not end with a keyword, got: if (hint: import a different path or use an alias)",
    ],
  ],
  ["v1", "package p\nimport rego.v9", ["2:8 invalid import `rego.v9`, must be one of: `rego.v1`, `rego.v2`"]],
  ["v1", "package p\nimport future.x", ["2:8 invalid import, must be `future.keywords`"]],
  [
    "v1",
    "package p\nimport future.keywords.xyz",
    ["2:8 unexpected keyword, must be one of [and contains every if in not or]"],
  ],
  ["v1", "package p\nimport rego.v1 as x", ["2:19 `rego` imports cannot be aliased"]],
  ["v1", "package p\nimport future.keywords.in as x", ["2:30 `future` imports cannot be aliased"]],
  ["v1", "package p\nimport data[x]", ["2:13 unexpected var token: expecting string"]],
  ["v1", "package p\nimport", ["2:6 unexpected eof token"]],
  [
    "v1",
    "package p\nx := ",
    ["2:5 unexpected eof token", "2:5 unexpected eof token: expected rule value term (e.g., x := <VALUE> { ... })"],
  ],
  [
    "v1",
    "package p\nx = ",
    [
      "2:4 unexpected eof token",
      "2:4 unexpected eof token: expected rule value term (e.g., x[<nil>] = <VALUE> { ... })",
    ],
  ],
  ["v1", "package p\nx := 1 2", ["2:8 number cannot be used for rule name"]],
  ["v1", "package p\nallow { true }", ["2:1 `if` keyword is required before rule body"]],
  [
    "v1",
    "package p\nx[y] { y := 1 }",
    ["2:1 `if` keyword is required before rule body", "2:1 `contains` keyword is required for partial set rules"],
  ],
  [
    "v1",
    "package p\nx contains if true",
    [
      "2:12 unexpected if keyword",
      "2:12 unexpected if keyword: expected rule key term (e.g., x contains <VALUE> { ... })",
    ],
  ],
  [
    "v1",
    "package p\nf(x) contains 1",
    [
      "2:6 unexpected contains keyword: the contains keyword can only be used with multi-value rule definitions (e.g., f contains <VALUE> { ... })",
    ],
  ],
  ["v1", "package p\ndefault x := y", ["2:1 illegal default rule (value cannot contain var)"]],
  ["v1", "package p\ndefault x := [y]", ["2:1 illegal default rule (value cannot contain var)"]],
  ["v1", "package p\ndefault f(1) := 2", ["2:1 illegal default rule (arguments cannot contain number)"]],
  ["v1", "package p\ndefault f(x, x) := 2", ["2:1 illegal default rule (arguments cannot be repeated x)"]],
  ["v1", "package p\ndefault x contains 1", ["2:1 illegal default rule (must have a value)"]],
  ["v1", "package p\ndefault if := 1", ["2:9 if keyword cannot be used for rule name"]],
  ["v1", "package p\nif := 1", ["2:1 if keyword cannot be used for rule name"]],
  ["v1", "package p\nin := 1", ["2:1 in keyword cannot be used for rule name"]],
  ["v1", "package p\nevery(x) := 1", ["2:1 every keyword cannot be used for rule name"]],
  ["v1", "package p\ninput.x := 1\nx", ["3:1 var cannot be used for rule name"]],
  ["v1", "package p\n1 := 2", ["2:1 number cannot be used for rule name"]],
  ["v1", 'package p\n"a" := 2', ["2:1 string cannot be used for rule name"]],
  ["v1", "package p\ncount(x)", ["2:1 rule name conflicts with built-in function"]],
  ["v1", "package p\nnot x", ["2:1 negated expressions cannot be used for rule head"]],
  ["v1", "package p\nsome x", ["2:1 'some' declarations cannot be used for rule head"]],
  ["v1", "package p\nx with input as 1", ["2:1 expressions using with keyword cannot be used for rule head"]],
  ["v1", "package p\na; b", ["2:1 multiple expressions cannot be used for rule head"]],
  ["v1", "package p\nx if {", ["2:6 unexpected eof token"]],
  ["v1", "package p\nx if { 1", ["2:8 unexpected eof token: expected \\n or ; or }"]],
  ["v1", "package p\nx if { 1 2 }", ["2:10 unexpected number token: expected \\n or ; or }"]],
  ["v1", "package p\nx if { some }", ["2:13 unexpected } token: expected var"]],
  ["v1", "package p\nx if { some 1 }", ["2:13 unexpected number token: expected var"]],
  ["v1", "package p\nx if { some x, 1 }", ["2:16 unexpected number token: expected var"]],
  ["v1", "package p\nx if { some x in }", ["2:15 unexpected in keyword: expected \\n or ; or }"]],
  ["v1", "package p\nx if { not some x in y }", ["2:12 unexpected some keyword: illegal negation of 'some'"]],
  ["v1", "package p\nx if { every x }", ["2:16 unexpected } token: expected `x[, y] in xs { ... }` expression"]],
  ["v1", "package p\nx if { every x in y }", ["2:21 unexpected } token: missing body"]],
  ["v1", "package p\nx if { every 1 in y { 1 } }", ["2:21 unexpected { token: expected value to be a variable"]],
  ["v1", "package p\nx if { every 1, x in y { 1 } }", ["2:24 unexpected { token: expected key to be a variable"]],
  ["v1", "package p\nx if { every x in y { } }", ["2:23 found empty body"]],
  ["v1", "package p\nx if { a with }", ["2:15 unexpected } token: expected ident"]],
  ["v1", "package p\nx if { a with 1 as 2 }", ["2:15 unexpected number token: expected ident"]],
  ["v1", "package p\nx if { a with input 2 }", ["2:21 unexpected number token: expected as keyword"]],
  ["v1", "package p\nx if { a with input as }", ["2:24 unexpected } token"]],
  ["v1", "package p\nx if { a with f(x) as 2 }", ["2:20 unexpected as keyword: expected with target path"]],
  ["v1", "package p\nx if true else", ["2:14 unexpected eof token: expected else value term or rule body"]],
  ["v1", "package p\nx if true else := ", ["2:18 unexpected eof token"]],
  ["v1", "package p\nx contains 1 if true else := 2", ["2:22 else keyword cannot be used on multi-value rules"]],
  [
    "v1",
    "package p\nx[y] if { y := 1 } else := 2",
    ["2:20 else keyword cannot be used on rules with variables in head"],
  ],
  ["v1", "package p\nx if { 1 } { 2 } else := 3", ["2:18 unexpected else keyword"]],
  [
    "v1",
    "package p\nx := [1, 2",
    [
      '2:10 unexpected eof token: expected "," or "]"',
      "2:10 unexpected eof token: expected rule value term (e.g., x := <VALUE> { ... })",
    ],
  ],
  [
    "v1",
    "package p\nx := [1 2]",
    [
      '2:9 unexpected number token: expected "," or "]"',
      "2:9 unexpected number token: expected rule value term (e.g., x := <VALUE> { ... })",
    ],
  ],
  [
    "v1",
    "package p\nx := {1, 2",
    [
      '2:10 unexpected eof token: expected "," or "}"',
      "2:10 unexpected eof token: expected rule value term (e.g., x := <VALUE> { ... })",
    ],
  ],
  [
    "v1",
    "package p\nx := {1: 2",
    [
      "2:10 unexpected eof token: non-terminated object",
      "2:10 unexpected eof token: expected rule value term (e.g., x := <VALUE> { ... })",
    ],
  ],
  [
    "v1",
    "package p\nx := {1: }",
    ["2:10 unexpected } token", "2:10 unexpected } token: expected rule value term (e.g., x := <VALUE> { ... })"],
  ],
  [
    "v1",
    "package p\nx := {1: 2, 3}",
    [
      '2:14 unexpected } token: expected ":"',
      "2:14 unexpected } token: expected rule value term (e.g., x := <VALUE> { ... })",
    ],
  ],
  [
    "v1",
    "package p\nx := {1, 2: 3}",
    [
      '2:11 unexpected : token: expected "," or "}"',
      "2:11 unexpected : token: expected rule value term (e.g., x := <VALUE> { ... })",
    ],
  ],
  [
    "v1",
    "package p\nx := [1 | ]",
    ["2:11 found empty body", "2:11 unexpected ] token: expected rule value term (e.g., x := <VALUE> { ... })"],
  ],
  [
    "v1",
    "package p\nx := [x | y",
    [
      "2:11 unexpected eof token: expected \\n or ; or ]",
      "2:11 unexpected eof token: expected rule value term (e.g., x := <VALUE> { ... })",
    ],
  ],
  [
    "v1",
    "package p\nx := (1",
    [
      "2:7 non-terminated expression",
      "2:7 unexpected eof token: expected rule value term (e.g., x := <VALUE> { ... })",
    ],
  ],
  [
    "v1",
    "package p\nx := ()",
    ["2:7 unexpected ) token", "2:7 unexpected ) token: expected rule value term (e.g., x := <VALUE> { ... })"],
  ],
  [
    "v1",
    "package p\nx := f(",
    ["2:7 unexpected eof token", "2:7 unexpected eof token: expected rule value term (e.g., x := <VALUE> { ... })"],
  ],
  [
    "v1",
    "package p\nx := f(1",
    [
      '2:8 unexpected eof token: expected "," or ")"',
      "2:8 unexpected eof token: expected rule value term (e.g., x := <VALUE> { ... })",
    ],
  ],
  [
    "v1",
    "package p\nx := a.",
    [
      "2:7 unexpected eof token: expected identifier",
      "2:7 unexpected eof token: expected rule value term (e.g., x := <VALUE> { ... })",
    ],
  ],
  [
    "v1",
    "package p\nx := a.1",
    [
      "2:8 unexpected number token: expected identifier",
      "2:8 unexpected number token: expected rule value term (e.g., x := <VALUE> { ... })",
    ],
  ],
  [
    "v1",
    "package p\nx := a. b",
    [
      "2:8 unexpected whitespace token: expected identifier",
      "2:8 unexpected whitespace token: expected rule value term (e.g., x := <VALUE> { ... })",
    ],
  ],
  [
    "v1",
    "package p\nx := a[1",
    [
      "2:8 unexpected eof token: expected [",
      "2:8 unexpected eof token: expected rule value term (e.g., x := <VALUE> { ... })",
    ],
  ],
  [
    "v1",
    "package p\nx := a[]",
    ["2:8 unexpected ] token", "2:8 unexpected ] token: expected rule value term (e.g., x := <VALUE> { ... })"],
  ],
  [
    "v1",
    "package p\nx := 1.a",
    ["2:6 expected fraction", "2:6 illegal number format", "2:6 illegal token", "2:6 illegal token"],
  ],
  ["v1", 'package p\nx := "a".b', ["2:6 illegal ref (head cannot be string)"]],
  [
    "v1",
    "package p\nx := -",
    [
      "2:6 unexpected eof token: expected number",
      "2:6 unexpected eof token: expected rule value term (e.g., x := <VALUE> { ... })",
    ],
  ],
  [
    "v1",
    "package p\nx := 01",
    [
      "2:6 unexpected number token: expected number without leading zero",
      "2:6 unexpected number token: expected rule value term (e.g., x := <VALUE> { ... })",
    ],
  ],
  ["v1", "package p\nx := 1.", ["2:6 expected fraction", "2:6 illegal token", "2:6 illegal token"]],
  ["v1", "package p\nx := 1e", ["2:6 expected exponent", "2:6 illegal token", "2:6 illegal token"]],
  ["v1", "package p\nx := 1a", ["2:6 illegal number format", "2:6 illegal token", "2:6 illegal token"]],
  [
    "v1",
    "package p\nx := .5.5",
    [
      "2:7 unexpected number token: invalid float",
      "2:7 unexpected number token: expected rule value term (e.g., x := <VALUE> { ... })",
    ],
  ],
  [
    "v1",
    "package p\nx := 1e1000000",
    ["2:6 number too big", "2:6 unexpected number token: expected rule value term (e.g., x := <VALUE> { ... })"],
  ],
  ["v1", "package p\nx := 1 +", ["2:8 unexpected eof token"]],
  ["v1", "package p\nx := 1 + + 2", ["2:10 unexpected plus token"]],
  [
    "v1",
    "package p\nx := == 2",
    ["2:6 unexpected equal token", "2:6 unexpected equal token: expected rule value term (e.g., x := <VALUE> { ... })"],
  ],
  ["v1", 'package p\nx := "a', ["2:6 non-terminated string", "2:6 illegal token", "2:6 illegal token"]],
  ["v1", "package p\nx := `a", ["2:6 non-terminated string", "2:6 illegal token", "2:6 illegal token"]],
  ["v1", 'package p\nx := "\\x"', ["2:6 illegal escape sequence", "2:6 illegal token", "2:6 illegal token"]],
  ["v1", 'package p\nx := "\\u12"', ["2:6 non-terminated string", "2:6 illegal token", "2:6 illegal token"]],
  [
    "v1",
    'package p\nx := "\\uzzzz"',
    [
      '2:6 illegal string literal: "\\uzzzz"',
      "2:6 unexpected string token: expected rule value term (e.g., x := <VALUE> { ... })",
    ],
  ],
  ["v1", "package p\nx := !y", ["2:6 illegal ! character", "2:6 illegal token", "2:6 illegal token"]],
  ["v1", "package p\nx := $y", ["2:6 illegal $ character", "2:6 illegal token", "2:6 illegal token"]],
  ["v1", "package p\nx := é", ["2:6 illegal token", "2:6 illegal token"]],
  ["v1", "package p\nx := 😀 + 1", ["2:6 illegal token", "2:6 illegal token"]],
  [
    "v1",
    "package p\nx := \u00a01",
    ["2:6 illegal non-breaking space character, use a regular space instead", "2:6 illegal token", "2:6 illegal token"],
  ],
  ["v1", 'package p\nx := "\ufeff"', ["2:6 illegal byte-order mark", "2:6 illegal token", "2:6 illegal token"]],
  ["v1", "package p\n# \u0000\nx := 1", ["2:1 illegal null character"]],
  [
    "v1",
    'package p\nx := $"{"',
    ["2:9 non-terminated string", "2:9 illegal token", "2:9 invalid template-string expression", "2:9 illegal token"],
  ],
  [
    "v1",
    'package p\nx := $"{}"',
    [
      "2:9 unexpected } token",
      "2:9 invalid template-string expression",
      "2:9 unexpected } token: expected rule value term (e.g., x := <VALUE> { ... })",
    ],
  ],
  [
    "v1",
    'package p\nx := $"{1"',
    ["2:10 non-terminated string", "2:10 expected } to end template string expression", "2:10 illegal token"],
  ],
  [
    "v1",
    'package p\nx := $"{x := 1}"',
    [
      "2:9 unexpected assignment (':=') in template-string expression",
      "2:15 unexpected } token: expected rule value term (e.g., x := <VALUE> { ... })",
    ],
  ],
  [
    "v1",
    'package p\nx := $"{some x in y}"',
    [
      "2:9 unexpected 'some' in template-string expression",
      "2:20 unexpected } token: expected rule value term (e.g., x := <VALUE> { ... })",
    ],
  ],
  [
    "v1",
    'package p\nx := $"{not x}"',
    [
      "2:9 unexpected negation ('not') in template-string expression",
      "2:14 unexpected } token: expected rule value term (e.g., x := <VALUE> { ... })",
    ],
  ],
  [
    "v1",
    'package p\nx := $"{x = 1}"',
    [
      "2:9 unexpected unification ('=') in template-string expression",
      "2:14 unexpected } token: expected rule value term (e.g., x := <VALUE> { ... })",
    ],
  ],
  ["v1", 'package p\nx := $"a\nb"', ["2:6 non-terminated string", "2:6 illegal token", "2:6 illegal token"]],
  ["v1", 'package p\nx := $"\\q"', ["2:6 illegal escape sequence", "2:6 illegal token", "2:6 illegal token"]],
  [
    "v1",
    'package p\nx := $"{1 2}"',
    [
      "2:11 expected } to end template string expression",
      "2:11 unexpected number token: expected rule value term (e.g., x := <VALUE> { ... })",
    ],
  ],
  [
    "v0",
    "package p\nx if { true }",
    ["2:1 var cannot be used for rule name (hint: `import future.keywords.if` for `p if { ... }` rules)"],
  ],
  [
    "v0",
    "package p\nx contains 1",
    [
      "2:1 var cannot be used for rule name (hint: `import future.keywords.contains` for `p contains x` rules)",
      "2:3 var cannot be used for rule name (hint: `import future.keywords.contains` for `p contains x` rules)",
      "2:12 number cannot be used for rule name",
    ],
  ],
  [
    "v0",
    "package p\nx { some y in z }",
    [
      "2:12 unexpected identifier token: expected \\n or ; or } (hint: `import future.keywords.in` for `some x in xs` expressions)",
    ],
  ],
  [
    "v0",
    "package p\nx { every y in z { y } }",
    [
      "2:11 unexpected identifier token: expected \\n or ; or } (hint: `import future.keywords.every` for `every x in xs { ... }` expressions)",
    ],
  ],
  [
    "v0",
    "package p\nx { 1 in y }",
    [
      "2:7 unexpected identifier token: expected \\n or ; or } (hint: `import future.keywords.in` for `x in xs` expressions)",
    ],
  ],
  [
    "v0",
    'package p\nx := $"a"',
    [
      "2:6 template strings are not supported by current capabilities",
      "2:6 unexpected template-string-end token: expected rule value term (e.g., x := <VALUE> { ... })",
    ],
  ],
  ["v0", "package p\nimport rego.v1\nx { true }", ["3:1 `if` keyword is required before rule body"]],
  ["v0", "package p\np[x] { x := 1 } else = 2 { 3 }", ["2:17 else keyword cannot be used on multi-value rules"]],
  ["v0", "package p\nx = 1 { 2 } else", ["2:16 unexpected eof token: expected else value term or rule body"]],
  ["v1", "package p\nimport rego.v2\nx if { 1 } and", ["3:12 unexpected and keyword"]],
  ["v1", "package p\nimport rego.v2\nx if 1 and", ["3:10 unexpected eof token"]],
  ["v1", "package p\nimport rego.v2\nx if { 1 } and {}", ["3:12 unexpected and keyword"]],
  [
    "v1",
    "package p\nimport rego.v2\nx if 1 and {2: 3}",
    [
      "3:12 operand of `and` cannot begin with `{` unless the braces hold a body (hint: wrap the operand to keep the value: `({2: 3}) and ...`)",
    ],
  ],
  ["v1", "package p\nimport rego.v2\nx if {1: 2} and 1", ["3:8 unexpected : token: expected \\n or ; or }"]],
  [
    "v1",
    "package p\nimport rego.v2\nx if not {1: 2}",
    [
      "3:10 `{...}` in an operand position must contain expression(s), got: object (hint: write `not ({1: 2})` to negate the value, or `not {{1: 2}}` for a body holding it)",
    ],
  ],
  ["v1", "package p\nimport rego.v2\nx if ()", ["3:7 unexpected ) token"]],
  ["v1", "package p\nimport rego.v2\nx if () and 1", ["3:7 unexpected ) token"]],
  [
    "v1",
    "package p\nimport rego.v2\nx if 1 with input as 2 and 3",
    [
      "3:8 `with` modifier is not allowed on operand of `and` (hint: Wrap the operand in `(...)` or `{...}` to scope, or move `with` after the `and` expression to apply it to the whole expression)",
    ],
  ],
  [
    "v1",
    "package p\nimport rego.v2\nx if (1 with input as 2 and 3)",
    [
      "3:9 `with` modifier is not allowed on operand of `and` (hint: Wrap the operand in `(...)` or `{...}` to scope, or move `with` after the `and` expression to apply it to the whole expression)",
    ],
  ],
  ["v1", "package p\nimport rego.v2\nx if {a | b} and 1", ["3:14 unexpected and keyword"]],
  [
    "v1",
    "package p\nimport rego.v2\nx if not {a | b}",
    [
      "3:10 ambiguous `{ ... | ... }` operand: read as a body holding a set-union expression, not as a comprehension (hint: write `not ({a | b})` for the comprehension, or `not {(a | b)}` for the set union)",
    ],
  ],
  [
    "v1",
    "package p\nimport rego.v2\nx if ({ a := 1; a }) and 1",
    [
      "3:6 `(...)` in an operand position cannot contain a body (hint: drop the parens to keep the body: `{ a := 1; a }`)",
    ],
  ],
  [
    "v1",
    "package p\nimport rego.v2\nx if print(1) and 1",
    [
      "3:6 operand of `and` cannot consist only of calls to `print` (hint: `print` produces no value and always succeeds, so the operand can never fail; move it out of the operand, or add an expression that can fail)",
    ],
  ],
  ["v1", "package p\nimport rego.v2\nx if (1 and 2", ["3:13 expected ) to close parenthesized group"]],
  ["v1", "package p\nimport rego.v2\nand := 1", ["3:1 and keyword cannot be used for rule name"]],
  [
    "v1",
    "package p\nimport rego.v2\nx := and",
    ["3:6 unexpected and keyword", "3:6 unexpected and keyword: expected rule value term (e.g., x := <VALUE> { ... })"],
  ],
];

suite("texts that are no modules", () => {
  for (const [version, text, expected] of REJECTED) {
    test(`${version}: ${JSON.stringify(text)}`, () => {
      const { module, errors } = parseModule(text, { version, recover: false });
      assert.equal(module, undefined);
      assert.deepEqual(
        errors.map(({ message, location }) => `${location?.row}:${location?.col} ${message}`),
        expected,
      );
      assert.ok(errors.every(({ code }) => code === "rego_parse_error"));
    });
  }
});
