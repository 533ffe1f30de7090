import { LoadError, annotatedModule, decodeText, moduleJson, parseModule } from "@redoubt/rego";
import { readWholeFile } from "@redoubt/rego/node";
import { UsageError } from "../arguments/usage-error.ts";
import type { Action } from "../command.ts";
import { jsonInclude } from "../commands/policy-parse.ts";
import { EXIT } from "../exit-code.ts";
import { v0Compatible } from "../flags/policy.ts";
import { printFaults } from "../policy/faults.ts";
import { indentedJson } from "../policy/json.ts";

export const runPolicyParse: Action = async ({ args, host }) => {
  const parts = args.get(jsonInclude);
  const unknown = parts.find((part) => !/^-?(?:locations|comments)$/.test(part));
  if (unknown !== undefined) {
    throw new UsageError(
      "USAGE_FLAG_VALUE",
      `--json-include takes locations and comments, or -comments, not "${unknown}"`,
    );
  }
  const [file = ""] = args.positional;
  try {
    const text = decodeText(await readWholeFile(file), file);
    const { module, errors } = parseModule(text, { file, version: args.get(v0Compatible) ? "v0" : "v1" });
    printFaults(host, errors);
    if (module === undefined) return EXIT.findings;
    const annotated = annotatedModule(module);
    printFaults(host, annotated.errors);
    if (annotated.errors.length > 0) return EXIT.findings;
    const tree = moduleJson(annotated.module, {
      locations: parts.includes("locations"),
      comments: !parts.includes("-comments"),
    });
    host.stdout.write(indentedJson(tree));
    return EXIT.clean;
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    printFaults(host, [error]);
    return EXIT.incomplete;
  }
};
