/** The result of an audit in the status of constraints, in Gatekeeper's words. */
import type { PolicySet } from "@redoubt/admission";
import { type ApiConnection, type JsonObject, type JsonValue, resourcePath, stringAt } from "@redoubt/kube";
import { writeObject } from "../cluster/api-objects.ts";
import { constraintsOfKind } from "../gatekeeper/kinds.ts";
import type { Finding, Tally } from "./tally.ts";

/**
 * Returns why statuses could not be written; constraints that are not in the cluster have none.
 *
 * @throws what the connection throws.
 */
export async function writeConstraintResults(
  connection: ApiConnection,
  policies: PolicySet,
  tally: Tally,
  auditTimestamp: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const { kind, name, value } of policies.constraints.constraints) {
    const { total, findings } = tally.ofPolicy(kind, name);
    const action = stringAt(value, ["spec", "enforcementAction"]) ?? "deny";
    const violations = findings.map((finding) => statusViolation(finding, action));
    const status = {
      auditTimestamp,
      totalViolations: total,
      // A merge patch takes the field away.
      violations: violations.length === 0 ? null : violations,
    };
    const path = `${resourcePath(constraintsOfKind(kind))}/${name}/status`;
    const written = await writeObject(connection, "PATCH", path, { status }, signal);
    if (written.kind === "refused") problems.push(`${kind} ${name}: ${written.message}`);
  }
  return problems;
}

function statusViolation({ object, message, actions }: Finding, action: string): JsonValue {
  const { namespace, name, kind } = object;
  const [version = "", group = ""] = object.apiVersion.split("/").toReversed();
  const violation: JsonObject = {
    group,
    version,
    kind,
    ...(namespace === "" ? {} : { namespace }),
    name,
    message,
    enforcementAction: action,
  };
  return action === "scoped" ? { ...violation, enforcementActions: [...actions] } : violation;
}
