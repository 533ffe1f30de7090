import { bindingForConstraint, policyForTemplate } from "@redoubt/admission";
import { type JsonObject, stringAt } from "@redoubt/kube";
import type { Action } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { readAdmissionFiles } from "../policy/admission-files.ts";
import { formatYamlDocuments } from "../terminal/yaml.ts";
import { reportDiagnostics } from "./report-diagnostics.ts";

export const runPolicyGenerateVap: Action = async ({ args, host }) => {
  const { objects } = await readAdmissionFiles(args.positional, "policy");
  const made: JsonObject[] = [];
  const turned = new Set<string>();
  let isWhole = true;
  const keep = (object: JsonObject, result: JsonObject | string): void => {
    if (typeof result !== "string") {
      made.push(result);
      return;
    }
    isWhole = false;
    const name = `${stringAt(object, ["kind"]) ?? ""} ${stringAt(object, ["metadata", "name"]) ?? ""}`;
    reportDiagnostics(host, [{ code: "POLICY_NOT_CEL", severity: "error", message: `${name}: ${result}` }]);
  };
  for (const object of objects) {
    if (stringAt(object, ["kind"]) !== "ConstraintTemplate") continue;
    const policy = policyForTemplate(object);
    if (typeof policy !== "string") turned.add(stringAt(policy, ["spec", "paramKind", "kind"]) ?? "");
    keep(object, policy);
  }
  for (const object of objects) {
    if (stringAt(object, ["apiVersion"])?.startsWith("constraints.gatekeeper.sh/") !== true) continue;
    if (turned.has(stringAt(object, ["kind"]) ?? "")) keep(object, bindingForConstraint(object));
  }
  if (made.length > 0) host.stdout.write(formatYamlDocuments(made));
  return isWhole ? EXIT.clean : EXIT.findings;
};
