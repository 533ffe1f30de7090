import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Module } from "../syntax/ast.ts";
import { formatError } from "../syntax/error.ts";
import { parseModule, type ParseOptions } from "../syntax/parse-module.ts";
import { parseQuery } from "../syntax/parse-query.ts";
import { type CheckOptions, allCapabilities, checkModules, checkQuery } from "./index.ts";

function parsed(text: string, options: ParseOptions = {}): Module {
  const { module, errors } = parseModule(text, { file: "a.rego", ...options });
  if (module === undefined) throw new Error(errors.map(formatError).join("\n"));
  return module;
}

interface Case extends CheckOptions {
  /** The rules of package `a`, from the second line of a file on. */
  readonly rules: string;
  readonly version?: ParseOptions["version"];
  /** `row:col code: message` of each error. */
  readonly errors: readonly string[];
}

function errorsOf(modules: readonly Module[], options: CheckOptions): readonly string[] {
  return checkModules(modules, options).errors.map(({ code, message, location }) => {
    const place = location === undefined ? "" : `${location.row}:${location.col} `;
    return `${place}${code.replace("rego_", "").replace("_error", "")}: ${message}`;
  });
}

function table(cases: readonly Case[]): void {
  for (const { rules, version, errors, ...options } of cases) {
    test(rules.replaceAll("\n", "; "), () => {
      const module = parsed(`package a\n${rules}`, version === undefined ? {} : { version });
      assert.deepEqual(errorsOf([module], options), errors);
    });
  }
}

suite("names", () => {
  table([
    { rules: "f(input) := 1", errors: ["2:1 compile: args must not shadow input (use a different variable name)"] },
    { rules: "input := 1", errors: ["2:1 compile: rules must not shadow input (use a different rule name)"] },
    {
      rules: "p if data := 1",
      errors: ["2:6 compile: variables must not shadow data (use a different variable name)"],
    },
    { rules: "p { data := 1; data == 1 }", version: "v0", errors: [] },
    { rules: "import data.b\nimport input.b", errors: ["3:1 compile: import must not shadow import data.b"] },
    { rules: "import data.b\nimport input.b\np = b", version: "v0", errors: [] },
    { rules: "import data.b\np := 1", strict: true, errors: ["2:1 compile: import data.b unused"] },
    { rules: "import data.b\np := b.c", strict: true, errors: [] },
  ]);
});

suite("declarations", () => {
  table([
    { rules: "p if { x := 1; x := 2 }", errors: ["2:16 compile: var x assigned above"] },
    { rules: "p if { x == 1; x := 2 }", errors: ["2:16 compile: var x referenced above"] },
    { rules: "p if { some x; some x; x = 1 }", errors: ["2:16 compile: var x declared above"] },
    { rules: "f(x) if x := 1", errors: ["2:9 compile: arg x redeclared"] },
    { rules: "p if { some x; input.y }", errors: ["2:8 compile: declared var x unused"] },
    { rules: "p if { some x in x }", errors: ["2:8 compile: var x assigned before"] },
    { rules: "p if { every k, v in input { v } }", errors: ["2:30 compile: declared var k unused"] },
    { rules: "p if not x := 1", errors: ["2:6 compile: cannot assign vars inside negated expression"] },
    { rules: 'p if "a" := 1', errors: ["2:6 compile: cannot assign to string"] },
    { rules: "p if input.x := 1", errors: ["2:6 compile: cannot assign to ref"] },
    { rules: "f(g(x)) := x\ng(x) := x", errors: ["2:3 compile: rule arguments cannot contain calls"] },
    {
      rules: "p if { f := 1; x := f(1) + f; x }\nf(x) := x",
      errors: ["2:21 compile: called function f shadowed"],
    },
    { rules: "p if { x := 1; true }", strict: true, errors: ["2:8 compile: assigned var x unused"] },
    {
      rules: "f(x, _) := 1",
      strict: true,
      errors: ["2:1 compile: unused argument x. (hint: use _ (wildcard variable) instead)"],
    },
    { rules: "p if { x := 1; true }", errors: [] },
  ]);
});

suite("safety", () => {
  table([
    { rules: "p if x == 1", errors: ["2:6 unsafe_var: var x is unsafe"] },
    { rules: "p := x if true", errors: ["2:6 unsafe_var: var x is unsafe"] },
    { rules: "p contains x if true", errors: ["2:12 unsafe_var: var x is unsafe"] },
    { rules: "p if not q[x]\nq contains 1", errors: ["2:6 unsafe_var: var x is unsafe"] },
    {
      rules: "p if [x | x = y] == []",
      errors: ["2:11 unsafe_var: var x is unsafe", "2:11 unsafe_var: var y is unsafe"],
    },
    {
      rules: "p if { x = y + 1; y = x + 1 }",
      errors: ["2:8 unsafe_var: var x is unsafe", "2:12 unsafe_var: var y is unsafe"],
    },
    { rules: "p if { a := b; c := a + 1; c }", errors: ["2:8 unsafe_var: var b is unsafe"] },
    { rules: "p if input.x with input as x", errors: ["2:6 unsafe_var: var x is unsafe"] },
    { rules: "p(x) if every y in 1 { y } with input.b as [input.b | 1 with input as x.c]", errors: [] },
    {
      rules: "p if { x := data.b; to_number(true) with data.b as {input | 1 with data.c as x[_]} }",
      errors: [],
    },
    { rules: "p if { every x in 1 { y; x }; 1 != data.b[y] }", errors: ["2:8 unsafe_var: var y is unsafe"] },
    { rules: "p if { every x in 1 { y; x }; data.b[y] }", errors: [] },
    { rules: "p if x == 1 q if true", errors: ["2:6 unsafe_var: var x is unsafe in rule p"] },
    {
      rules: "p { every == 1 }",
      version: "v0",
      errors: ["2:5 unsafe_var: var every is unsafe (hint: `import future.keywords.every` to import a future keyword)"],
    },
    { rules: "p if { y > 1; y = x + 1; x = input.x }", errors: [] },
  ]);
});

suite("print and template strings", () => {
  table([
    { rules: "p if { some x; print(x); x = 1 }", enablePrint: true, errors: ["2:22 compile: var x is undeclared"] },
    { rules: "p if { print(x) }", errors: [] },
    { rules: "p if x := print(1)", errors: ["2:11 type: print(1) used as value"] },
    { rules: 'p := $"{x.y}" if true', errors: ["2:9 compile: var x is undeclared"] },
    {
      rules: 'p := $"{walk(input)}"',
      errors: ["compile: illegal call to relation built-in 'walk' that may cause multiple outputs"],
    },
    {
      rules: 'p := $"{input.x}"',
      capabilities: { ...allCapabilities, features: ["rego_v1"] },
      errors: ["2:6 compile: template-strings are not supported"],
    },
  ]);
});

suite("conflicts", () => {
  table([
    { rules: "p := 1\np contains 2", errors: ["2:1 type: conflicting rules data.a.p found"] },
    { rules: "p[3.141592653589793238] if 1\np[x] if some x in 1", errors: [] },
    { rules: "p(x) := x\np(x, y) := y if x", errors: ["2:1 type: conflicting rules data.a.p found"] },
    {
      rules: "default p := 1\ndefault p := 2",
      errors: ["1:1 type: multiple default rules data.a.p found at a.rego:2, a.rego:3"],
    },
    { rules: "p := 1\np.q := 2", errors: ["2:1 type: rule data.a.p conflicts with:\n  rule data.a.p.q at a.rego:3"] },
    { rules: "p[x] := 1 if x = input.x\np.q := 2", errors: [] },
    {
      rules: "p[x] := 1 if x = input.x\np.q.f(y) := y",
      errors: ["2:1 type: rule data.a.p[x] conflicts with:\n  rule data.a.p.q.f at a.rego:3"],
    },
    {
      rules: "p := 1",
      pathExists: (path) => path.join("/") === "a/p",
      errors: ["2:1 compile: conflicting rule for data path a/p found"],
    },
  ]);
  test("a package where a rule of another one defines something", () => {
    const modules = [parsed("package a\np.q := 1"), parsed("package a.p.q", { file: "b.rego" })];
    assert.deepEqual(errorsOf(modules, {}), ["1:1 type: package a.p.q conflicts with rule p.q defined at a.rego:2"]);
  });
});

suite("functions", () => {
  table([
    { rules: "p if f(1)", errors: ["2:6 type: undefined function f"] },
    { rules: "p if data.b.f(1)", errors: ["2:6 type: undefined function data.b.f"] },
    { rules: "p if f(1, 2, 3)\nf(x) := x", errors: ["2:6 type: function data.a.f has arity 1, got 3 arguments"] },
    { rules: "p if count(1, 2, 3)", errors: ["2:6 type: count: arity mismatch"] },
    { rules: "p if any([true])", errors: ["2:6 type: deprecated built-in function calls in expression: any"] },
    { rules: "p { any([true]) }", version: "v0", errors: [] },
    {
      rules: 'p if http.send({"url": ""})',
      unsafeBuiltins: new Set(["http.send"]),
      errors: ["2:6 type: unsafe built-in function calls in expression: http.send"],
    },
    {
      rules: 'p if count("")',
      capabilities: { ...allCapabilities, builtins: [] },
      errors: ["2:6 type: undefined function count"],
    },
  ]);
});

suite("modifiers", () => {
  table([
    {
      rules: "p if true with x as 1",
      errors: ["2:16 type: with keyword target must reference existing input, data, or a function"],
    },
    {
      rules: "p if true with data.a.q.r as 1\nq := 1",
      errors: ["2:16 compile: with keyword cannot partially replace virtual document(s)"],
    },
    {
      rules: "p if walk(1, [[], 1]) with walk as 1",
      errors: ["2:28 compile: with keyword replacing built-in function: target must not be a relation"],
    },
    {
      rules: "p if true with print as 1",
      errors: ["2:16 compile: with keyword replacing built-in function: target must not be a void function"],
    },
    {
      rules: "p if true with eq as 1",
      errors: ['2:16 compile: with keyword replacing built-in function: replacement of "eq" invalid'],
    },
    {
      rules: "p if count([]) == 1 with count as split",
      errors: ["2:21 type: count: arity mismatch", "2:21 type: count: arity mismatch"],
    },
    { rules: "p if count([]) == 1 with count as f\nf(x) := 1 if x", errors: [] },
  ]);
});

suite("recursion", () => {
  table([
    {
      rules: "p if q\nq if p",
      errors: [
        "2:1 recursion: rule data.a.p is recursive: data.a.p -> data.a.q -> data.a.p",
        "3:1 recursion: rule data.a.q is recursive: data.a.q -> data.a.p -> data.a.q",
      ],
    },
    {
      rules: "p if data.a[input.x]",
      errors: [
        '2:1 recursion: rule data.a.p may be recursive: data.a.p -> data.a.p (data.a[input.x] refers to data.a.p if input.x is "p")',
      ],
    },
    {
      rules: "p if { x := input.y; data.a[x] }",
      errors: [
        '2:1 recursion: rule data.a.p may be recursive: data.a.p -> data.a.p (data.a[x] refers to data.a.p if x is "p" (x comes from input.y))',
      ],
    },
    { rules: 'p if { some x in ["q"]; data.a[x] }\nq := 1', errors: [] },
    {
      rules: "p := 1 if false else := 2 if p",
      errors: ["2:17 recursion: rule data.a.p is recursive: data.a.p -> data.a.p"],
    },
  ]);
});

suite("types", () => {
  table([
    { rules: 'p if { x := 1; x == "a" }', errors: ["2:16 type: match error"] },
    { rules: "p if { x := 1; x.y }", errors: ["2:16 type: undefined ref: x.y"] },
    { rules: 'p if upper(1) == "A"', errors: ["2:6 type: upper: invalid argument(s)"] },
    { rules: 'p if f("a")\nf(x) := x + 1', errors: ["2:6 type: data.a.f: invalid argument(s)"] },
    { rules: "p := q[1.0]\nq := [1, 2]", errors: ["2:6 type: undefined ref: data.a.q[1.0]"] },
    { rules: 'p if q.c\nq := {"a": 1, "b": 2}', errors: ["2:6 type: undefined ref: data.a.q.c"] },
    { rules: "p if q\nq if f\nf(x) := x", errors: ["3:6 type: function data.a.f used as reference, not called"] },
    { rules: 'p if "a" in [1, 2]', errors: ["2:6 type: match error"] },
    {
      rules: "p(x) if { { 1 | y := x; [z[_] | z := {x: 1 | 1}] } }",
      errors: ["2:26 type: undefined ref: z[_]"],
    },
    { rules: 'p if { [x | x := 1; x == "a"] == [] }', errors: ["2:21 type: match error"] },
    { rules: 'p if q == "a"\nq := 1 if input.x\nq := "b" if input.y', errors: [] },
    { rules: 'p if q == "a" with q as "a"\nq := 1', errors: [] },
  ]);

  test("the lines under an error say what there is and what is wanted", () => {
    const details = (rules: string): readonly string[] | undefined =>
      checkModules([parsed(`package a\n${rules}`)]).errors[0]?.details;
    assert.deepEqual(details('p if { x := {"b": 1, "c": 2}; x.d }'), [
      "x.d",
      "  ^",
      '  have: "d"',
      '  want (one of): ["b" "c"]',
    ]);
    assert.deepEqual(details("p if concat(1, [])"), [
      "have: (number, array)",
      "want: (delimiter: string, collection: any<...>, output: string)",
    ]);
    assert.deepEqual(details("p if { x := [1]; x == {1} }"), ["left  : array<number>", "right : set[number]"]);
  });

  test("the schema of the input and of documents that METADATA names", () => {
    const schema = { type: "object", properties: { user: { type: "string" } } };
    const plain = parsed("package a\np if input.user.name\nq if input.usr");
    assert.deepEqual(errorsOf([plain], { schemas: new Map([["schema", schema]]) }), [
      "2:6 type: undefined ref: input.user.name",
      "3:6 type: undefined ref: input.usr",
    ]);
    const named = parsed("package a\n# METADATA\n# schemas:\n#   - data.x: schema.x\np if data.x.usr\nq if data.x.usr");
    assert.deepEqual(errorsOf([named], { schemas: new Map([["schema.x", schema]]) }), [
      "5:6 type: undefined ref: data.x.usr",
    ]);
    assert.deepEqual(errorsOf([named], { schemas: new Map([["schema.y", schema]]) }), [
      "5:1 type: undefined schema: schema.x",
    ]);
    assert.deepEqual(errorsOf([named], {}), []);
  });
});

suite("METADATA", () => {
  const call = "\np := rego.metadata.rule()";
  table([
    {
      rules: `# METADATA\n# title: [1]${call}`,
      errors: ["3:1 parse: yaml: unmarshal errors:\n  line 1: cannot unmarshal !!seq into string"],
    },
    { rules: `# METADATA\n#${call}`, errors: ["2:1 parse: expected METADATA block, found whitespace"] },
    {
      rules: `# METADATA\n# scope: all${call}`,
      errors: ["2:1 parse: invalid annotation scope 'all'. Use one of 'rule', 'document', 'package', or 'subpackages'"],
    },
    {
      rules: `# METADATA\n# scope: package${call}`,
      errors: ["2:1 parse: annotation scope 'package' must be applied to package (have rule)"],
    },
    {
      rules: `# METADATA\n# scope: rule\n# entrypoint: true${call}`,
      errors: ["2:1 parse: annotation entrypoint applied to non-document or package scope 'rule'"],
    },
    {
      rules: `# METADATA\n# scope: document\n# title: x${call}\n# METADATA\n# scope: document\n# title: y\np := 2`,
      errors: ["6:1 type: document annotation redeclared: a.rego:2"],
    },
    { rules: "# METADATA\n# scope: all\np := 1", errors: [] },
  ]);
});

suite("limits", () => {
  const many = Array.from({ length: 12 }, (_, i) => `r${i} if x${i}`).join("\n");
  test("errors are reported up to a limit, in the order of their places", () => {
    const errors = errorsOf([parsed(`package a\n${many}`)], {});
    assert.equal(errors.length, 11);
    assert.equal(errors.at(0), "2:7 unsafe_var: var x0 is unsafe");
    assert.equal(errors.at(-1), "compile: error limit reached");
    assert.equal(errorsOf([parsed(`package a\n${many}`)], { errorLimit: 0 }).length, 12);
    assert.equal(errorsOf([parsed(`package a\n${many}`)], { errorLimit: 1 }).length, 2);
  });

  test("ten thousand rules, and cycles of them, are checked in a moment", () => {
    const rules = (next: (i: number) => string): string =>
      Array.from({ length: 10_000 }, (_, i) => `r${i} if ${next(i)}`).join("\n");
    assert.deepEqual(errorsOf([parsed(`package a\n${rules((i) => (i === 0 ? "input.x" : `r${i - 1}`))}`)], {}), []);
    const cycle = errorsOf([parsed(`package a\n${rules((i) => `r${(i + 1) % 10_000}`)}`)], { errorLimit: 1 });
    assert.match(cycle[0] ?? "", /^2:1 recursion: rule data\.a\.r0 is recursive/);
    const all = errorsOf([parsed(`package a\n${rules(() => "data.a[input.x]")}`)], { errorLimit: 1 });
    assert.match(all[0] ?? "", /^2:1 recursion: rule data\.a\.r0 may be recursive/);
  });

  test("what is nested deep is checked or refused, and never ends the process", () => {
    const nested = (open: string, close: string, depth: number): string =>
      `package a\np := ${open.repeat(depth)}input.x${close.repeat(depth)}`;
    for (const depth of [100, 400, 5000]) {
      for (const [open, close] of [
        ["[", "]"],
        ["upper(", ")"],
        ["[x | x := ", "]"],
        ["{1: ", "}"],
      ] as const) {
        const { module, errors } = parseModule(nested(open, close, depth), { file: "a.rego" });
        if (module === undefined) assert.match(errors[0].message, /recursion depth/);
        else for (const { code } of checkModules([module]).errors) assert.match(code, /^rego_/);
      }
    }
  });

  test("names that JavaScript objects have are names like others", () => {
    const module = parsed(
      [
        "package constructor",
        "import data.__proto__.toString as valueOf",
        "__proto__ := 1",
        'hasOwnProperty[x] := y if some x, y in {"__proto__": 1, "constructor": valueOf}',
        "isPrototypeOf(__proto__) := toString if toString := __proto__ + 1",
        "p if isPrototypeOf(__proto__) == hasOwnProperty.__proto__",
      ].join("\n"),
    );
    assert.deepEqual(errorsOf([module], { strict: true }), []);
  });
});

suite("queries", () => {
  const table2: readonly (readonly [string, readonly string[]])[] = [
    ["x == 1", ["var x is unsafe"]],
    ["x := 1; x := 2", ["var x assigned above"]],
    ["f(1)", ["undefined function f"]],
    ['x := 1; x = "a"', ["match error"]],
    ["data.a.p.q", ["undefined ref: data.a.p.q"]],
    ["input.x with y as 1", ["with keyword target must reference existing input, data, or a function"]],
    ["x := print(1)", ["print(1) used as value"]],
    ["x := data.a.p", []],
  ];
  const checked = checkModules([parsed("package a\np := 1")]);
  for (const [query, messages] of table2) {
    test(query, () => {
      const { body } = parseQuery(query);
      assert.ok(body);
      assert.deepEqual(
        checkQuery(checked, body).errors.map(({ message }) => message),
        messages,
      );
    });
  }
  test("an empty one is an error", () => {
    assert.equal(checkQuery(checked, []).errors[0]?.message, "empty query cannot be compiled");
  });
});
