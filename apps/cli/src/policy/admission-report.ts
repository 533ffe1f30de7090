import { type ClusterView, type CompileProblem, type Violation, expressionWarnings } from "@redoubt/admission";
import { type JsonObject, stringAt } from "@redoubt/kube";
import { reportDiagnostics } from "../actions/report-diagnostics.ts";
import type { Host } from "../terminal/host.ts";

/** Prints policies that are not in force on standard error; true when there are any. */
export function reportProblems(host: Host, problems: readonly CompileProblem[]): boolean {
  for (const { kind, name, message, line, column } of problems) {
    const place = line === undefined ? "" : `:${line}:${column ?? 1}`;
    reportDiagnostics(host, [
      { code: "POLICY_INVALID", severity: "error", message: `${kind} ${name}${place}: ${message}` },
    ]);
  }
  return problems.length > 0;
}

/** Prints what the API server would write to `status.typeChecking` of the policies among `objects`. */
export function reportExpressionWarnings(host: Host, objects: readonly JsonObject[], cluster: ClusterView): void {
  for (const object of objects) {
    if (stringAt(object, ["kind"]) !== "ValidatingAdmissionPolicy") continue;
    for (const { policy, fieldRef, warning } of expressionWarnings(object, cluster)) {
      const message = `ValidatingAdmissionPolicy ${policy}: ${fieldRef}: ${warning.trim()}`;
      reportDiagnostics(host, [{ code: "POLICY_TYPE", severity: "warning", message }]);
    }
  }
}

/** Warns of policies that judge nothing for want of what puts them to work: silence would look like consent. */
export function reportUnused(host: Host, objects: readonly JsonObject[]): void {
  const kinds = new Set(objects.map(kindOf));
  const bound = new Set(objects.map((object) => `${kindOf(object)} ${stringAt(object, ["spec", "policyName"]) ?? ""}`));
  for (const object of objects) {
    const kind = kindOf(object);
    const name = stringAt(object, ["metadata", "name"]) ?? "";
    const made = stringAt(object, ["spec", "crd", "spec", "names", "kind"]);
    const isIdle =
      kind === "ConstraintTemplate"
        ? made !== undefined && !kinds.has(made)
        : kind.endsWith("AdmissionPolicy") && !bound.has(`${kind}Binding ${name}`);
    if (!isIdle) continue;
    const lack = kind === "ConstraintTemplate" ? `a constraint of kind ${made ?? ""}` : `a ${kind}Binding`;
    const message = `${kind} ${name} judges nothing: ${lack} is not among the policies given`;
    reportDiagnostics(host, [{ code: "POLICY_UNUSED", severity: "warning", message }]);
  }
}

function kindOf(object: JsonObject): string {
  return stringAt(object, ["kind"]) ?? "";
}

/** `apps/v1/Deployment shop/web`. */
export function objectName(object: JsonObject): string {
  const namespace = stringAt(object, ["metadata", "namespace"]);
  const name = stringAt(object, ["metadata", "name"]) ?? stringAt(object, ["metadata", "generateName"]) ?? "";
  const kind = `${stringAt(object, ["apiVersion"]) ?? ""}/${stringAt(object, ["kind"]) ?? ""}`;
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

export function policyName({ policy: { kind, name, binding } }: Violation): string {
  return `${kind}/${name}${binding === undefined ? "" : ` (${binding})`}`;
}
