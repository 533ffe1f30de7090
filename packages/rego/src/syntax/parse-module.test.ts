import assert from "node:assert/strict";
import { suite, test } from "node:test";
import {
  type Module,
  type ParseOptions,
  type Rule,
  formatBody,
  formatHead,
  formatImport,
  formatPackage,
  parseModule,
} from "./index.ts";

function parsed(text: string, options: ParseOptions = {}): Module {
  const { module, errors } = parseModule(text, options);
  assert.deepEqual(errors, []);
  assert.ok(module !== undefined);
  return module;
}

function onlyRule(text: string, options: ParseOptions = {}): Rule {
  const [rule, second] = parsed(`package p\n${text}`, options).rules;
  assert.ok(rule !== undefined && second === undefined);
  return rule;
}

function messages(text: string, options: ParseOptions = {}): readonly string[] {
  return parseModule(text, options).errors.map(({ message }) => message);
}

suite("the head of a module", () => {
  for (const [text, written] of [
    ["package a", "package a"],
    ["package a.b.c", "package a.b.c"],
    ['package a["b c"].d', 'package a["b c"].d'],
    ["# first a comment\n\npackage a", "package a"],
  ] as const) {
    test(JSON.stringify(text), () => {
      assert.equal(formatPackage(parsed(text).package), written);
    });
  }

  test("imports keep their alias and order", () => {
    const { imports } = parsed(
      'package p\nimport data.a\nimport input.b as c\nimport data.x["y z"] as d\nimport rego.v1\nimport future.keywords.in',
    );
    assert.deepEqual(imports.map(formatImport), [
      "import data.a",
      "import input.b as c",
      'import data.x["y z"] as d',
      "import rego.v1",
      'import future.keywords["in"]',
    ]);
  });

  for (const [text, options, span] of [
    ["package p", {}, { min: "v1", max: "v1" }],
    ["package p", { version: "v0" }, { min: "v0", max: "v0" }],
    ["package p\nimport rego.v1", { version: "v0" }, { min: "v0", max: "v1" }],
    ["package p\nimport rego.v2", {}, { min: "v1", max: "v2" }],
    ["package p\nimport rego.v1", { version: "v2" }, { min: "v2", max: "v2" }],
    ["package p", { version: "v0v1" }, { min: "v0", max: "v1" }],
  ] as const) {
    test(`${JSON.stringify(text)} parsed as ${"version" in options ? options.version : "v1"} spans ${span.min} to ${span.max}`, () => {
      assert.deepEqual(parsed(text, options).version, span);
    });
  }
});

suite("rules", () => {
  /** Version, text, the head as OPA writes it, the body. */
  const table: readonly (readonly ["v0" | "v1", string, string, string])[] = [
    ["v1", "p := 1", "p := 1", "true"],
    ["v1", "p = 1", "p = 1", "true"],
    ["v1", "p if true", "p = true", "true"],
    ["v1", "p if { a; b }", "p = true", "a; b"],
    ["v1", "p if {1}", "p = true", "1"],
    ["v1", "p := x if x := 1", "p := x", "assign(x, 1)"],
    ["v1", "p contains x", "p contains x", "true"],
    ["v1", "p contains x if { x := 1 }", "p contains x", "assign(x, 1)"],
    ["v1", "p.q.r := 1", "p.q.r := 1", "true"],
    ["v1", "p[x].r := 1 if x := 2", "p[x].r := 1", "assign(x, 2)"],
    ["v1", "p[x] := y if { y := a[x] }", "p[x] := y", "assign(y, a[x])"],
    ["v1", "p[x] if x := 1", "p[x] = true", "assign(x, 1)"],
    ["v1", "p.q contains 1", "p.q contains 1", "true"],
    ["v1", "f(x) := x + 1", "f(x) := plus(x, 1)", "true"],
    ["v1", "f(x, [y, _]) if x == y", "f(x, [y, _]) = true", "equal(x, y)"],
    ["v1", "a.f(x) := x", "a.f(x) := x", "true"],
    ["v1", "default p := 1", "p := 1", "true"],
    ["v1", "default p = {1 | true}", "p = {1 | true}", "true"],
    ["v1", "default f(_) := 0", "f(_) := 0", "true"],
    ["v1", "p.if := 1", 'p["if"] := 1', "true"],
    ["v0", "p { true }", "p = true", "true"],
    ["v0", "p[x] { x := 1 }", "p contains x", "assign(x, 1)"],
    ["v0", "p[x] = y { y := a[x] }", "p[x] = y", "assign(y, a[x])"],
    ["v0", 'p["a"]', 'p contains "a"', "true"],
    ["v0", "p.q", 'p contains "q"', "true"],
    ["v0", "p.q.r", "p.q.r = true", "true"],
    ["v0", "f(x) = 1 { x }", "f(x) = 1", "x"],
    ["v0", "f(x)", "f(x) = true", "true"],
    ["v0", "if { true }", "if = true", "true"],
  ];
  for (const [version, text, head, body] of table) {
    test(`${version}: ${text}`, () => {
      const rule = onlyRule(text, { version });
      assert.equal(formatHead(rule.head), head);
      assert.equal(formatBody(rule.body), body);
      assert.equal(rule.default, text.startsWith("default"));
    });
  }

  test("else goes on, each inside the one before it", () => {
    const rule = onlyRule("p := 1 if a else := 2 if { b } else := 3");
    const chain: string[] = [];
    for (let each: Rule | undefined = rule; each !== undefined; each = each.else) {
      chain.push(`${formatHead(each.head)} if ${formatBody(each.body)}`);
    }
    assert.deepEqual(chain, ["p := 1 if a", "p := 2 if b", "p := 3 if true"]);
  });
  test("a body after a body is a rule with the same head, at the place of the body", () => {
    const { rules } = parsed("package p\nq := 1 { a } { b }", { version: "v0" });
    assert.deepEqual(
      rules.map(({ head, body, location }) => [formatHead(head), formatBody(body), location.col]),
      [
        ["q := 1", "a", 1],
        ["q := 1", "b", 14],
      ],
    );
  });
  test("names of JavaScript are names like any other", () => {
    const { rules } = parsed("package constructor\n__proto__ := 1\nconstructor := 2\ntoString(hasOwnProperty) := 3");
    assert.deepEqual(
      rules.map(({ head }) => head.name),
      ["__proto__", "constructor", "toString"],
    );
  });
});

suite("what imports turn on", () => {
  const table: readonly (readonly [string, ParseOptions, string])[] = [
    ["import future.keywords\np contains 1 if { every x in [1] { x in [1] } }", { version: "v0" }, "p contains 1"],
    ["import future.keywords.every\np { every x in [1] { x } }", { version: "v0" }, "p = true"],
    ["import rego.v1\np contains 1 if true", { version: "v0" }, "p contains 1"],
    ["import future.keywords.and\np if a and b", {}, "p = true"],
    ["import future.keywords.not\np if not { a; b }", {}, "p = true"],
    ["import rego.v2\np if { a or b }", {}, "p = true"],
  ];
  for (const [text, options, head] of table) {
    test(`${options.version ?? "v1"}: ${text}`, () => {
      assert.equal(formatHead(onlyRule(text, options).head), head);
    });
  }
  test("without it the words are names, and the error hints at the import", () => {
    assert.match(
      messages("package p\nq if true", { version: "v0" }).join("\n"),
      /hint: `import future\.keywords\.if` for `p if \{ \.\.\. \}` rules/,
    );
    assert.match(messages("package p\nq { some x in y }", { version: "v0" }).join("\n"), /import future\.keywords\.in/);
    assert.match(messages("package p\nq if { a and b }").join("\n"), /import future\.keywords\.and/);
  });
});

suite("v0 that must also be v1", () => {
  test("takes what both have", () => {
    assert.equal(formatHead(onlyRule("import rego.v1\np if true", { version: "v0v1" }).head), "p = true");
  });
  test("refuses what v1 has not", () => {
    assert.deepEqual(messages("package p\nq { true }", { version: "v0v1" }), [
      "`if` keyword is required before rule body",
    ]);
  });
});

suite("capabilities limit the language", () => {
  const limits = { features: ["rego_v1"], futureKeywords: [] };
  for (const [text, expected] of [
    ["package p\nimport rego.v2", /`rego\.v2` is not supported by current capabilities/],
    ['package p\nx := $"{1}"', /template strings are not supported by current capabilities/],
    ["package p\nimport future.keywords.and", /unexpected keyword, must be one of \[contains every if in\]/],
  ] as const) {
    test(text, () => {
      assert.match(messages(text, { capabilities: limits }).join("\n"), expected);
    });
  }
  test("a version that they lack cannot be parsed at all", () => {
    assert.deepEqual(messages("package p", { capabilities: { features: [], futureKeywords: [] } }), [
      "illegal capabilities: rego_v1 feature required for parsing v1 Rego",
    ]);
  });
  test("a keyword that nobody knows is an error", () => {
    assert.deepEqual(messages("package p", { capabilities: { features: ["rego_v1"], futureKeywords: ["xor"] } }), [
      "illegal capabilities: unknown keyword: xor",
    ]);
  });
});

suite("comments", () => {
  const module = parsed("# top\npackage p # here\r\n\n#METADATA\n# title: x\nq := `# no comment` # last");
  test("are kept in order, without their sign and a carriage return", () => {
    assert.deepEqual(
      module.comments.map(({ text }) => text),
      [" top", " here", "METADATA", " title: x", " last"],
    );
  });
  test("know where they stand", () => {
    assert.deepEqual(
      module.comments.map(({ location: { row, col } }) => [row, col]),
      [
        [1, 1],
        [2, 11],
        [4, 1],
        [5, 1],
        [6, 21],
      ],
    );
  });
});

suite("going on after an error", () => {
  const text = `package p

a := [1,
  2

b := 1

c if {
  x :=
}

d if { y ! 1 }

f(x) := [x x]

g := 7
`;
  const rows = (options: ParseOptions): readonly (number | undefined)[] =>
    parseModule(text, options).errors.map(({ location }) => location?.row);

  test("finds every statement that is wrong", () => {
    const found = new Set(rows({}));
    for (const row of [6, 10, 12, 14]) assert.ok(found.has(row), `row ${row} in ${[...found].join()}`);
  });
  test("blames none that is right", () => {
    assert.ok(!rows({}).includes(16));
  });
  test("stops at the first when told so, as OPA does", () => {
    assert.deepEqual([...new Set(rows({ recover: false }))], [6]);
  });
  test("a broken import ends the reading: what it was to bring would be missed everywhere", () => {
    assert.deepEqual(new Set(messages("package p\nimport 1\nq if a and b\nr if a and b")).size, 1);
  });
  test("every error has the line and a caret under its place", () => {
    const [error] = parseModule("package p\n\tq := = 1").errors;
    assert.deepEqual(error?.details, ["q := = 1", "     ^"]);
  });
});

suite("locations", () => {
  const text = 'package p\n\nallow := "é😀" if {\n\tinput.user == "x" # why\n} else := (1 + 2)\n';
  const [rule] = parsed(text, { file: "a.rego" }).rules;
  const [expr] = rule?.body ?? [];

  test("a rule spans its else", () => {
    assert.equal(rule && text.slice(rule.location.offset, rule.location.end), text.slice(11, -1));
  });
  test("an expression has the text that was written", () => {
    assert.equal(expr && text.slice(expr.location.offset, expr.location.end), 'input.user == "x"');
    assert.deepEqual([expr?.location.row, expr?.location.col], [4, 2]);
  });
  test("columns count characters, offsets UTF-16 code units", () => {
    const [{ location } = assert.fail()] = parsed('package p\nx := ["😀", y]').rules;
    assert.equal(location.row, 2);
    const { rules } = parsed('package p\nx := "😀" + y');
    const value = rules[0]?.head.value;
    assert.ok(value?.type === "call");
    assert.deepEqual([value.args[1]?.location.col, value.args[1]?.location.offset], [12, 22]);
  });
  test("a term in parentheses stands where it is, with a text that has them", () => {
    const value = rule?.else?.head.value;
    assert.ok(value !== undefined);
    assert.equal(text.slice(value.location.offset, value.location.end), "(1 + 2)");
    assert.equal(value.location.col, 12);
  });
  test("all share one source with the file's name", () => {
    assert.equal(expr?.location.source, rule?.location.source);
    assert.equal(rule?.location.source.file, "a.rego");
  });
  test("line ends of Windows count once", () => {
    assert.deepEqual(
      parsed("package p\r\n\r\na := 1\r\nb := 2\r\n").rules.map(({ location: { row, col } }) => [row, col]),
      [
        [3, 1],
        [4, 1],
      ],
    );
  });
});
