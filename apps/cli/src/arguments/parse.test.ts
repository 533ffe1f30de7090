import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { RedoubtError } from "@redoubt/kube";
import type { Command } from "../command.ts";
import { outputFlags } from "../flags/output.ts";
import { booleanFlag, choiceFlag, choicesFlag, listFlag, numberFlag, textFlag } from "./flag.ts";
import { parseArguments } from "./parse.ts";

const filename = listFlag({ name: "filename", short: "f", placeholder: "PATH", description: "" });
const recursive = booleanFlag({ name: "recursive", short: "R", description: "" });
const all = booleanFlag({ name: "all-namespaces", short: "A", description: "" });
const namespace = textFlag({ name: "namespace", short: "n", placeholder: "NAME", description: "" });
const ids = listFlag({ name: "control", placeholder: "ID", separator: ",", description: "" });
const severity = choiceFlag({ name: "severity", placeholder: "S", choices: ["high", "low"], description: "" });
const layers = choicesFlag({ name: "layer", placeholder: "L", choices: ["cluster", "container"], description: "" });
const score = numberFlag({ name: "min-score", placeholder: "N", min: 0, max: 100, description: "" });
const output = outputFlags(["table", "json", "sarif"], "table");

const command: Command = {
  path: ["probe"],
  summary: "",
  description: "",
  argument: { placeholder: "PATH", required: false, repeatable: true },
  flags: [filename, recursive, all, namespace, ids, severity, layers, score, ...output.flags],
  examples: [],
  success: "",
  exitCodes: [],
  load: async () => async () => 0,
};

const parsed = (line: string): unknown => {
  const args = parseArguments(command, line === "" ? [] : line.split(" "), [command]);
  const given = {
    paths: args.positional,
    f: args.get(filename),
    R: args.get(recursive),
    A: args.get(all),
    n: args.get(namespace),
    control: args.get(ids),
    severity: args.get(severity),
    layer: args.get(layers),
    score: args.get(score),
    output: args.occurrences.some(({ flag }) => flag.startsWith("output")) ? output.targets(args) : undefined,
  };
  return Object.fromEntries(
    Object.entries(given).filter(
      ([, value]) => value !== undefined && value !== false && (!Array.isArray(value) || value.length > 0),
    ),
  );
};

suite("command lines that are accepted", () => {
  const table: readonly (readonly [string, unknown])[] = [
    ["", {}],
    ["a b", { paths: ["a", "b"] }],
    ["-", { paths: ["-"] }],
    ["-f -", { f: ["-"] }],
    ["-f a -f b c", { f: ["a", "b"], paths: ["c"] }],
    ["a -R b", { paths: ["a", "b"], R: true }],
    ["-Rf dir", { R: true, f: ["dir"] }],
    ["-Rfdir", { R: true, f: ["dir"] }],
    ["-RA", { R: true, A: true }],
    ["-Rf=dir", { R: true, f: ["dir"] }],
    ["-ojson", { output: [{ format: "json", file: undefined }] }],
    ["-o=JSON", { output: [{ format: "json", file: undefined }] }],
    ["--filename=a=b", { f: ["a=b"] }],
    ["--namespace shop", { n: "shop" }],
    ["-n a -n b", { n: "b" }],
    ["-n -x", { n: "-x" }],
    ["--recursive=true", { R: true }],
    ["--recursive=false", {}],
    ["-R --no-recursive", {}],
    ["--no-recursive -R", { R: true }],
    ["-R=false", {}],
    ["-- -R --filename", { paths: ["-R", "--filename"] }],
    ["-R -- a -- b", { R: true, paths: ["a", "--", "b"] }],
    ["--control A,B --control C", { control: ["A", "B", "C"] }],
    ["--severity HIGH", { severity: "high" }],
    ["--layer cluster,container", { layer: ["cluster", "container"] }],
    ["--min-score 72.5", { score: 72.5 }],
    ["-o json --output-file x", { output: [{ format: "json", file: "x" }] }],
    ["--output-file x -o json", { output: [{ format: "json", file: "x" }] }],
    ["--output-file x", { output: [{ format: "table", file: "x" }] }],
    [
      "-o table -o sarif --output-file x",
      {
        output: [
          { format: "table", file: undefined },
          { format: "sarif", file: "x" },
        ],
      },
    ],
    [
      "-o sarif --output-file x -o json --output-file y",
      {
        output: [
          { format: "sarif", file: "x" },
          { format: "json", file: "y" },
        ],
      },
    ],
    ["-o json --output-file -", { output: [{ format: "json", file: undefined }] }],
  ];
  for (const [line, expected] of table) {
    test(line === "" ? "(nothing)" : line, () => {
      assert.deepEqual(parsed(line), expected);
    });
  }
});

suite("command lines that are refused", () => {
  const table: readonly (readonly [string, string, RegExp])[] = [
    ["--recursiv", "USAGE_FLAG_UNKNOWN", /has no flag --recursiv; did you mean --recursive\?/],
    ["--filenmae=x", "USAGE_FLAG_UNKNOWN", /has no flag --filenmae; did you mean --filename\?/],
    ["--severty high", "USAGE_FLAG_UNKNOWN", /did you mean --severity\?/],
    ["-x", "USAGE_FLAG_UNKNOWN", /has no flag -x; a value that starts with a dash goes after --/],
    ["-Rx", "USAGE_FLAG_UNKNOWN", /has no flag -x/],
    ["-recursive", "USAGE_FLAG_UNKNOWN", /has no flag -recursive; did you mean --recursive\?/],
    ["--no-namespace", "USAGE_FLAG_UNKNOWN", /has no flag --no-namespace/],
    ["--no-recursive=true", "USAGE_FLAG_UNKNOWN", /has no flag --no-recursive/],
    ["--__proto__", "USAGE_FLAG_UNKNOWN", /has no flag --__proto__/],
    ["-f", "USAGE_FLAG_VALUE_MISSING", /-f needs a value: -f PATH/],
    ["-Rf", "USAGE_FLAG_VALUE_MISSING", /-f needs a value/],
    ["--namespace", "USAGE_FLAG_VALUE_MISSING", /--namespace needs a value: --namespace NAME/],
    ["--namespace=", "USAGE_FLAG_VALUE", /--namespace has an empty value; it takes NAME/],
    ["--control A,,B", "USAGE_FLAG_VALUE", /--control has an empty value/],
    ["--recursive=perhaps", "USAGE_FLAG_VALUE", /--recursive is true or false, not "perhaps"/],
    [
      "--severity hihg",
      "USAGE_FLAG_VALUE",
      /--severity does not take "hihg", did you mean high\? \(one of high, low\)/,
    ],
    ["--layer cluster,sky", "USAGE_FLAG_VALUE", /--layer does not take "sky" \(one of cluster, container\)/],
    ["--min-score 101", "USAGE_FLAG_VALUE", /--min-score is a number from 0 to 100, not "101"/],
    ["--min-score -1", "USAGE_FLAG_VALUE", /not "-1"/],
    ["--min-score 0x10", "USAGE_FLAG_VALUE", /not "0x10"/],
    ["-o jsno", "USAGE_FLAG_VALUE", /-o does not take "jsno", did you mean json\?/],
    ["-o json -o sarif", "USAGE_OUTPUT", /only one format can go to standard output, got json and sarif/],
    ["-o json --output-file x -o sarif --output-file x", "USAGE_OUTPUT", /two formats would go to the file x/],
    ["-o json --output-file x --output-file y", "USAGE_OUTPUT", /--output-file y has no format/],
    ["--output-file=", "USAGE_FLAG_VALUE", /--output-file has an empty value/],
  ];
  for (const [line, code, message] of table) {
    test(line, () => {
      assert.throws(
        () => parsed(line),
        (error) => error instanceof RedoubtError && error.code === code && message.test(error.message),
      );
    });
  }
});

test("an argument for a command that takes none is refused", () => {
  const { argument: _, ...without } = command;
  assert.throws(() => parseArguments(without, ["x"], []), { code: "USAGE_ARGUMENT_UNEXPECTED" });
});

test("a second argument for a command that takes one is refused", () => {
  const one = { ...command, argument: { placeholder: "SHELL", required: true, repeatable: false } };
  assert.throws(() => parseArguments(one, ["x", "y"], []), { code: "USAGE_ARGUMENT_UNEXPECTED" });
  assert.throws(() => parseArguments(one, [], []), {
    code: "USAGE_ARGUMENT_MISSING",
    message: "redoubt probe needs SHELL",
  });
});
