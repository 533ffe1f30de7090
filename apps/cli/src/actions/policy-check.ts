import {
  type Capabilities,
  LoadError,
  type LoadFault,
  type LoadOptions,
  type Module,
  checkModules,
} from "@redoubt/rego";
import { loadBundle, loadPaths } from "@redoubt/rego/node";
import type { ParsedArguments } from "../arguments/parse.ts";
import type { Action } from "../command.ts";
import { checkFormat, v0v1Compatible } from "../commands/policy-check.ts";
import { EXIT } from "../exit-code.ts";
import { asBundles, ignore, maxErrors, strict, v0Compatible } from "../flags/policy.ts";
import { capabilitiesOf } from "../policy/capabilities.ts";
import { faultsJson, printFaults } from "../policy/faults.ts";
import { indentedJson } from "../policy/json.ts";
import { schemasOf } from "../policy/schemas.ts";

export const runPolicyCheck: Action = async ({ args, host }) => {
  const capabilities = await capabilitiesOf(args);
  const schemas = await schemasOf(args);
  const { modules, faults } = await policiesOf(args, capabilities);
  if (faults.length === 0) {
    const checked = checkModules(modules, {
      strict: args.get(strict),
      enablePrint: true,
      errorLimit: args.get(maxErrors) ?? 10,
      ...(capabilities === undefined ? {} : { capabilities }),
      ...(schemas === undefined ? {} : { schemas }),
    });
    faults.push(...checked.errors);
  }
  if (faults.length === 0) return EXIT.clean;
  if (args.get(checkFormat) === "json") host.stderr.write(indentedJson({ errors: faultsJson(faults) }));
  else printFaults(host, faults);
  return faults.some((fault) => fault instanceof LoadError) ? EXIT.incomplete : EXIT.findings;
};

async function policiesOf(
  args: ParsedArguments,
  capabilities: Capabilities | undefined,
): Promise<{ readonly modules: readonly Module[]; readonly faults: LoadFault[] }> {
  const limits = capabilities === undefined ? {} : { capabilities };
  const ignored = { ignore: args.get(ignore) };
  if (!args.get(asBundles)) {
    const version: LoadOptions["version"] = args.get(v0v1Compatible) ? "v0v1" : args.get(v0Compatible) ? "v0" : "v1";
    const { value, errors } = await loadPaths(args.positional, { version, ...limits, ...ignored, policiesOnly: true });
    return { modules: value?.modules ?? [], faults: [...errors] };
  }
  const modules: Module[] = [];
  const faults: LoadFault[] = [];
  for (const path of args.positional) {
    const { value, errors } = await loadBundle(path, {
      version: args.get(v0Compatible) ? "v0" : "v1",
      skipVerification: true,
      ...limits,
      ...ignored,
    });
    modules.push(...(value?.modules ?? []));
    faults.push(...errors);
  }
  return { modules, faults };
}
