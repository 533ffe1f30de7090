import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { outcomeOf, testContext } from "../call-table.test.ts";

const schema = `
  interface Named { name: String! }
  type Employee implements Named { id: ID!, name: String!, salary(unit: Unit = EUR, round: Boolean!): Float, boss: Employee }
  type Robot { id: ID!, model: String }
  union Worker = Employee | Robot
  enum Unit { EUR USD }
  input Filter { name: String!, limit: Int = 10 }
  input Pick @oneOf { id: ID, name: String }
  type Query { employee(id: ID!): Employee, workers(filter: Filter, pick: Pick): [Worker!]!, named: Named }
  type Mutation { hire(name: String!): Employee }
  type Subscription { hired: Employee, fired: Employee }
`;

function error(query: string, against = schema): string {
  return outcomeOf(`graphql.parse(${JSON.stringify(query)}, ${JSON.stringify(against)})`).replace(
    "eval_builtin_error: ",
    "",
  );
}

function isValid(query: string): string {
  return outcomeOf(`graphql.is_valid(${JSON.stringify(query)}, ${JSON.stringify(schema)})`);
}

suite("graphql: documents", () => {
  test("a query as OPA shows it: no places, nothing empty", () => {
    assert.equal(
      outcomeOf(
        'graphql.parse_query("query Q($a: [Int!]! = [1]) @d(x: 1) { e: f(a: $a, o: {k: null}) { ...F ... on T { g } } } fragment F on T { h }")',
      ),
      '{"Fragments": [{"Name": "F", "SelectionSet": [{"Alias": "h", "Name": "h"}], "TypeCondition": "T"}], ' +
        '"Operations": [{"Directives": [{"Arguments": [{"Name": "x", "Value": {"ExpectedTypeHasDefault": false, "Kind": 1, "Raw": "1"}}], ' +
        '"Location": "", "Name": "d"}], "Name": "Q", "Operation": "query", "SelectionSet": [{"Alias": "e", "Arguments": [' +
        '{"Name": "a", "Value": {"ExpectedTypeHasDefault": false, "Kind": 0, "Raw": "a"}}, {"Name": "o", "Value": {"Children": [{"Name": "k", ' +
        '"Value": {"ExpectedTypeHasDefault": false, "Kind": 6, "Raw": "null"}}], "ExpectedTypeHasDefault": false, "Kind": 9, "Raw": ""}}], ' +
        '"Name": "f", "SelectionSet": [{"Name": "F"}, {"SelectionSet": [{"Alias": "g", "Name": "g"}], "TypeCondition": "T"}]}], ' +
        '"VariableDefinitions": [{"DefaultValue": {"Children": [{"Name": "", "Value": {"ExpectedTypeHasDefault": false, "Kind": 1, "Raw": "1"}}], ' +
        '"ExpectedTypeHasDefault": false, "Kind": 8, "Raw": ""}, "Type": {"Elem": {"NamedType": "Int", "NonNull": true}, "NamedType": "", "NonNull": true}, ' +
        '"Used": false, "Variable": "a"}]}]}',
    );
  });

  test("a schema as OPA shows it, with descriptions and comments", () => {
    assert.equal(
      outcomeOf(
        String.raw`graphql.parse_schema("# c\n\"\"\"\n  Text\n\"\"\"\nscalar Date @specifiedBy(url: \"x\")\nextend type Q { a(b: Int = 1): [Int] }\nunion U = | A | B\ndirective @d repeatable on FIELD | QUERY")`,
      ),
      '{"Definitions": [{"BeforeDescriptionComment": {"List": [{"Value": "# c"}]}, "BuiltIn": false, "Description": "Text", "Directives": [' +
        '{"Arguments": [{"Name": "url", "Value": {"ExpectedTypeHasDefault": false, "Kind": 3, "Raw": "x"}}], "Location": "", "Name": "specifiedBy"}], ' +
        '"Kind": "SCALAR", "Name": "Date"}, {"BuiltIn": false, "Description": "", "Kind": "UNION", "Name": "U", "Types": ["A", "B"]}], ' +
        '"Directives": [{"Description": "", "IsRepeatable": true, "Locations": ["FIELD", "QUERY"], "Name": "d"}], ' +
        '"Extensions": [{"BuiltIn": false, "Description": "", "Fields": [{"Arguments": [{"DefaultValue": {"ExpectedTypeHasDefault": false, "Kind": 1, "Raw": "1"}, ' +
        '"Description": "", "Name": "b", "Type": {"NamedType": "Int", "NonNull": false}}], "Description": "", "Name": "a", ' +
        '"Type": {"Elem": {"NamedType": "Int", "NonNull": false}, "NamedType": "", "NonNull": false}}], "Kind": "OBJECT", "Name": "Q"}]}',
    );
  });

  test("a document that was parsed before is taken for its text", () => {
    const query = outcomeOf('graphql.parse_query("{ employee(id: 1) { name } }")');
    const parsed = outcomeOf(`graphql.parse_schema(${JSON.stringify(schema)})`);
    assert.equal(outcomeOf(`graphql.is_valid(${query}, ${parsed})`), "true");
    assert.equal(outcomeOf(`graphql.schema_is_valid(${parsed})`), "true");
    assert.equal(outcomeOf(`graphql.is_valid({"Operations": 1}, ${parsed})`), "false");
    assert.equal(outcomeOf(`graphql.is_valid({"Operations": [{"Operation": "steal"}]}, ${parsed})`), "false");
  });

  const syntaxErrors: readonly (readonly [text: string, message: string])[] = [
    ["{", "Expected Name, found <EOF> in GraphQL string at location 1:2"],
    ["{ a", "Expected Name, found <EOF> in GraphQL string at location 1:4"],
    ["{}", "expected at least one definition, found } in GraphQL string at location 1:2"],
    ["query { a } }", "Unexpected } in GraphQL string at location 1:13"],
    ["{ a(b: ) }", "Unexpected ) in GraphQL string at location 1:8"],
    ["{\n  a(b: 01)\n}", "Unexpected <Invalid> in GraphQL string at location 2:9"],
    ["fragment on on T { a }", 'Unexpected Name "on" in GraphQL string at location 1:10'],
    ["query Q($a: Int = $b) { a }", "Unexpected $ in GraphQL string at location 1:19"],
    ["schema", 'Unexpected Name "schema" in GraphQL string at location 1:1'],
  ];
  for (const [text, message] of syntaxErrors) {
    test(`refuses the query ${JSON.stringify(text)} in OPA's words`, () => {
      assert.equal(outcomeOf(`graphql.parse_query(${JSON.stringify(text)})`), `eval_builtin_error: ${message}`);
    });
  }

  test("operands of a wrong type are told, or count as invalid", () => {
    assert.equal(outcomeOf("graphql.parse_query(1)"), "eval_type_error: operand 1 must be string but got number");
    assert.equal(
      outcomeOf('graphql.parse(1, "")'),
      "eval_type_error: operand 0 must be one of {string, object} but got number",
    );
    assert.equal(outcomeOf('graphql.is_valid(1, "")'), "false");
    assert.equal(outcomeOf("graphql.schema_is_valid(null)"), "false");
    assert.equal(outcomeOf('graphql.parse_and_verify("{", "")'), "[false, {}, {}]");
  });
});

suite("graphql: schemas", () => {
  const faults: readonly (readonly [text: string, message: string])[] = [
    ["type Query { a: Missing }", "input:1:17: Undefined type Missing."],
    ["type Query { a: Int } type Query { b: Int }", "input:1:28: Cannot redeclare type Query."],
    ["type Query { a: Int, a: Int }", "input:1:22: Field Query.a can only be defined once."],
    [
      "type Query { __a: Int }",
      'input:1:14: Name "__a" must not begin with "__", which is reserved by GraphQL introspection.',
    ],
    ["enum E { true }", "input:1:6: ENUM E: non-enum value true."],
    ["enum E { A A }", "input:1:12: Enum value E.A can only be defined once."],
    ["union U = Int", 'input:1:7: UNION type "Int" must be OBJECT.'],
    ["type A { a: Int } union U = A | A", "input:1:33: Union type U can only include type A once."],
    [
      "input I { a: I! }",
      'input:1:11: Cannot reference Input Object "I" within itself through a series of non-null fields: "a".',
    ],
    ["type A { a: Int @nope }", "input:1:18: Undefined directive nope."],
    ["type A { a: Int @skip(if: true) }", "input:1:18: Directive skip is not applicable on FIELD_DEFINITION."],
    ["directive @d(a: Int @d) on ARGUMENT_DEFINITION", "input:1:22: Directive d cannot refer to itself."],
    ["schema { query: Nope }", "input:1:10: Schema root query refers to a type Nope that does not exist."],
    [
      "interface I { a: Int } type T implements I { b: Int }",
      "input:1:29: For T to implement I it must have a field called a.",
    ],
    [
      "interface I { a: Int } type T implements I { a: String }",
      "input:1:46: For T to implement I the field a must have type Int.",
    ],
    ["type A { a(b: A): Int }", "input:1:12: cannot use A as argument b because OBJECT is not a valid input type"],
    ["extend enum Int { A }", "input:1:13: Cannot extend type Int because the base type is a SCALAR, not ENUM."],
  ];
  for (const [text, message] of faults) {
    test(`refuses ${text}`, () => {
      assert.equal(error("{ a }", text), `Error in gqlparser SchemaDocument to Schema conversion: ${message}`);
      assert.equal(outcomeOf(`graphql.schema_is_valid(${JSON.stringify(text)})`), "false");
    });
  }

  test("extensions alone make a type, and a schema may say its roots", () => {
    assert.equal(outcomeOf('graphql.schema_is_valid("extend type Query { a: Int }")'), "true");
    assert.equal(outcomeOf('graphql.is_valid("{ a }", "schema { query: Root } type Root { a: Int }")'), "true");
    assert.equal(outcomeOf('graphql.is_valid("{ __schema { types { name } } }", "type Query { a: Int }")'), "true");
  });
});

suite("graphql: validation", () => {
  const faults: readonly (readonly [query: string, message: string])[] = [
    ["{ employes }", 'Cannot query field "employes" on type "Query". Did you mean "employee"?'],
    [
      "{ named { id } }",
      'Cannot query field "id" on type "Named". Did you mean to use an inline fragment on "Employee"?',
    ],
    ["{ employee { name } }", 'Field "employee" argument "id" of type "ID!" is required, but it was not provided'],
    [
      "{ employee(id: 1) }",
      'Field "employee" of type "Employee" must have a selection of subfields. Did you mean "employee { ... }"?',
    ],
    [
      "{ employee(id: 1) { name { x } } }",
      'Field "name" must not have a selection since type "String" has no subfields',
    ],
    ["{ employee(id: 1, ix: 2) { name } }", 'Unknown argument "ix" on field "Query.employee". Did you mean "id"?'],
    ["{ employee(id: 1, id: 2) { name } }", 'There can be only one argument named "id"'],
    ["{ employee(id: true) { name } }", "ID cannot represent a non-string and non-integer value: true"],
    ["{ employee(id: null) { name } }", 'Expected value of type "ID!", found null'],
    ["{ employee(id: 1) { salary(unit: GBP, round: true) } }", 'Value "GBP" does not exist in "Unit" enum'],
    [
      '{ employee(id: 1) { salary(unit: "USD", round: true) } }',
      'Enum "Unit" cannot represent non-enum value: "USD". Did you mean the enum value "USD"?',
    ],
    [
      "{ workers(filter: {limit: 99999999999}) { __typename } }",
      'Field "Filter.name" of required type "String!" was not provided',
    ],
    ["{ workers(filter: {name: 1}) { __typename } }", "String cannot represent a non string value: 1"],
    [
      '{ workers(filter: {name: "a", nme: 1}) { __typename } }',
      'Field "nme" is not defined by type "Filter". Did you mean "name"?',
    ],
    ['{ workers(pick: {id: 1, name: "a"}) { __typename } }', 'OneOf Input Object "Pick" must specify exactly one key'],
    [
      "{ workers { ... on Query { named { name } } } }",
      'Fragment cannot be spread here as objects of type "Worker" can never be of type "Query"',
    ],
    ["{ workers { ... on Unit { a } } }", 'Fragment cannot condition on non composite type "Unit"'],
    ["{ named { ...F } }", 'Unknown fragment "F"'],
    ["{ named { name } } fragment F on Named { name }", 'Fragment "F" is never used'],
    ["{ named { ...F } } fragment F on Named { ...F }", 'Cannot spread fragment "F" within itself'],
    ["query A { named { name } } query A { named { name } }", 'There can be only one operation named "A"'],
    ["{ named { name } } query B { named { name } }", "This anonymous operation must be the only defined operation"],
    ["query Q($a: ID!) { named { name } }", 'Variable "$a" is never used in operation "Q"'],
    ["query Q { employee(id: $a) { name } }", 'Variable "$a" is not defined by operation "Q"'],
    [
      "query ($a: Int) { employee(id: $a) { name } }",
      'Variable "$a" of type "Int" used in position expecting type "ID!"',
    ],
    ["query ($a: Employee) { employee(id: $a) { name } }", 'Variable "$a" cannot be non-input type "Employee"'],
    ["query ($a: Nope) { employee(id: $a) { name } }", 'Unknown type "Nope"'],
    ["query ($a: ID!, $a: ID!) { employee(id: $a) { name } }", 'There can be only one variable named "$a"'],
    ["{ named @nope { name } }", 'Unknown directive "@nope"'],
    ["{ named @oneOf { name } }", 'Directive "@oneOf" may not be used on FIELD'],
    [
      "{ named @skip(if: true) @skip(if: true) { name } }",
      'The directive "@skip" can only be used once at this location',
    ],
    [
      "{ named @skip { name } }",
      'Directive "@skip" argument "if" of type "Boolean!" is required, but it was not provided',
    ],
    ["subscription { hired { name } fired { name } }", "Anonymous Subscription must select only one top level field"],
    [
      "{ named { a: name ... on Employee { a: id } } }",
      'Fields "a" conflict because "name" and "id" are different fields. Use different aliases on the fields to fetch both if this was intentional',
    ],
    [
      "{ a: employee(id: 1) { name } a: employee(id: 2) { name } }",
      'Fields "a" conflict because they have differing arguments',
    ],
    [
      "{ a: named { x: name } a: named { x: __typename } }",
      'Fields "a" conflict because subfields "x" conflict because "name" and "__typename" are different fields',
    ],
    [
      "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
      "Maximum introspection depth exceeded",
    ],
  ];
  for (const [query, message] of faults) {
    test(`refuses ${query}`, () => {
      const found = error(query);
      assert.ok(found.includes(message), `expected ${message}, was ${found}`);
      assert.equal(isValid(query), "false");
    });
  }

  const good = [
    "{ employee(id: 1) { name salary(round: true) boss { name } } }",
    'query Q($id: ID!, $f: Filter = {name: "x"}) { employee(id: $id) { name } workers(filter: $f) { ... on Robot { model } ...E } } fragment E on Employee { id }',
    'mutation { hire(name: """block "text" here""") { id } }',
    "subscription { hired { name } }",
    "{ workers(pick: {id: 1}) { __typename } }",
    "{ named { name ... on Employee @include(if: true) { name } } }",
  ];
  for (const query of good) test(`takes ${query}`, () => assert.equal(isValid(query), "true"));

  test("all faults are told, one a line, the place of the first behind them", () => {
    assert.equal(
      error("{ a b }"),
      'Cannot query field "a" on type "Query".\ninput:1:5: Cannot query field "b" on type "Query" in GraphQL string at location 1:3',
    );
  });
});

suite("graphql: hostile documents", () => {
  test("deep nesting is refused before the stack ends", () => {
    const deep = `${"{ a ".repeat(50_000)}${"}".repeat(50_000)}`;
    assert.match(outcomeOf(`graphql.parse_query(${JSON.stringify(deep)})`), /nested deeper than 1000 levels/);
    const list = `{ a(b: ${"[".repeat(50_000)}) }`;
    assert.match(outcomeOf(`graphql.parse_query(${JSON.stringify(list)})`), /nested deeper than 1000 levels/);
  });

  test("comparing fields is charged to the budget", () => {
    const fields = Array.from({ length: 2000 }, () => "named { name }").join(" ");
    const context = testContext({ charge: chargeUpTo(100_000) });
    assert.throws(
      () => outcomeOf(`graphql.is_valid(${JSON.stringify(`{ ${fields} }`)}, ${JSON.stringify(schema)})`, context),
      /budget/,
    );
  });

  function chargeUpTo(limit: number): (cost: number) => void {
    let left = limit;
    return (cost) => {
      left -= cost;
      if (left < 0) throw new RangeError("the budget is spent");
    };
  }
});
