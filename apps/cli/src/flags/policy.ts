import { type Flag, booleanFlag, choiceFlag, listFlag, numberFlag, textFlag } from "../arguments/flag.ts";

// The flags of the policy commands are named as OPA's.

export function policyFormat<const F extends string>(formats: readonly F[]): Flag<F | undefined> {
  return choiceFlag({
    name: "format",
    short: "f",
    placeholder: "FORMAT",
    choices: formats,
    description: `format of the output: ${formats.join(", ")} (default ${formats[0] ?? ""})`,
  });
}

export const data: Flag<readonly string[]> = listFlag({
  name: "data",
  short: "d",
  placeholder: "PATH",
  completion: "file",
  description:
    "policies and data: .rego, .json, .yaml, .tar.gz, and folders of them; a.b:PATH puts data under data.a.b; repeatable",
});

export const bundle: Flag<readonly string[]> = listFlag({
  name: "bundle",
  short: "b",
  placeholder: "PATH",
  completion: "file",
  description: "a bundle, .tar.gz or folder; repeatable",
});

export const asBundles: Flag<boolean> = booleanFlag({
  name: "bundle",
  short: "b",
  description: "the paths are bundles, .tar.gz or folders",
});

export const input: Flag<string | undefined> = textFlag({
  name: "input",
  short: "i",
  placeholder: "FILE",
  completion: "file",
  description: "the input document, JSON or YAML",
});

export const stdinInput: Flag<boolean> = booleanFlag({
  name: "stdin-input",
  short: "I",
  description: "read the input document from standard input",
});

export const v0Compatible: Flag<boolean> = booleanFlag({
  name: "v0-compatible",
  description: "policies are in the Rego of before OPA 1.0",
});

export const strict: Flag<boolean> = booleanFlag({
  name: "strict",
  short: "S",
  description: "unused variables, unused imports and the like are errors",
});

export const strictBuiltinErrors: Flag<boolean> = booleanFlag({
  name: "strict-builtin-errors",
  description: "the first error of a built-in function ends the evaluation",
});

export const capabilities: Flag<string | undefined> = textFlag({
  name: "capabilities",
  placeholder: "FILE",
  completion: "file",
  description: "what policies may use, in the format of opa capabilities (default: everything)",
});

export const schema: Flag<string | undefined> = textFlag({
  name: "schema",
  short: "s",
  placeholder: "PATH",
  completion: "file",
  description: "check types with this JSON schema of the input, or with the schemas of a folder that METADATA names",
});

export const ignore: Flag<readonly string[]> = listFlag({
  name: "ignore",
  placeholder: "PATTERN",
  separator: ",",
  description: "leave out files and folders whose names match, such as .* or *_test.rego; repeatable",
});

export const maxErrors: Flag<number | undefined> = numberFlag({
  name: "max-errors",
  short: "m",
  placeholder: "N",
  min: 0,
  max: 1_000_000,
  description: "stop after so many errors; 0 is never (default 10)",
});
