/**
 * The result of an audit as reports that other tools read: one for each namespace, and one for what is cluster-scoped, in each of the
 * two APIs that the cluster serves. One for each object would fill etcd.
 */
import { isDeepStrictEqual } from "node:util";
import {
  type ApiConnection,
  type JsonObject,
  type JsonValue,
  RedoubtError,
  type ServedResource,
  isJsonObject,
  listAt,
  listResource,
  resourcePath,
  stringAt,
} from "@redoubt/kube";
import { writeObject } from "../cluster/api-objects.ts";
import { type Finding, type NamespaceTally, type Tally, referenceOf, reportedResult } from "./tally.ts";

interface ReportApi {
  readonly namespaced: ServedResource;
  readonly clusterScoped: ServedResource;
}

const api = (group: string, version: string, kind: string, resource: string): ReportApi => ({
  namespaced: { group, version, resource, kind, namespaced: true },
  clusterScoped: { group, version, resource: `cluster${resource}`, kind: `Cluster${kind}`, namespaced: false },
});

const REPORT_APIS: readonly ReportApi[] = [
  api("wgpolicyk8s.io", "v1alpha2", "PolicyReport", "policyreports"),
  api("openreports.io", "v1alpha1", "Report", "reports"),
];

const NAME = "redoubt-audit";
const MANAGED_BY = "app.kubernetes.io/managed-by";

/**
 * Writes what is new, and removes reports that have nothing left to say. Returns why some could not be written.
 *
 * @throws what the connection throws.
 */
export async function writePolicyReports(
  connection: ApiConnection,
  tally: Tally,
  at: Date,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const { namespaced, clusterScoped } of REPORT_APIS) {
    for (const resource of [namespaced, clusterScoped]) {
      const existing = await existingReports(connection, resource, signal);
      if (existing === undefined) continue;
      const wanted = [...tally.namespaces].filter(
        ([namespace, { total }]) => total > 0 && (namespace !== "") === resource.namespaced,
      );
      for (const [namespace, found] of wanted) {
        const problem = await writeReport(connection, resource, namespace, found, existing.get(namespace), at, signal);
        if (problem !== undefined) problems.push(`${resource.kind} of ${namespace}: ${problem}`);
        existing.delete(namespace);
      }
      for (const namespace of existing.keys()) {
        await connection.send("DELETE", reportPath(resource, namespace, NAME), undefined, signal);
      }
    }
  }
  return problems;
}

/** Our reports by namespace; undefined where the cluster does not serve the kind. */
async function existingReports(
  connection: ApiConnection,
  resource: ServedResource,
  signal: AbortSignal,
): Promise<Map<string, JsonObject> | undefined> {
  const result = await listResource(connection, resource, { labelSelector: `${MANAGED_BY}=redoubt`, signal });
  if (!result.ok && result.failure === "missing-api") return undefined;
  if (!result.ok) throw new RedoubtError("KUBE_API_REFUSED", `${resource.kind}: ${result.message}`);
  const own = result.items.filter(isJsonObject).filter((item) => stringAt(item, ["metadata", "name"]) === NAME);
  return new Map(own.map((item) => [stringAt(item, ["metadata", "namespace"]) ?? "", item]));
}

async function writeReport(
  connection: ApiConnection,
  resource: ServedResource,
  namespace: string,
  { summary, findings }: NamespaceTally,
  before: JsonObject | undefined,
  at: Date,
  signal: AbortSignal,
): Promise<string | undefined> {
  const results = findings.map((finding) => resultOf(finding, at));
  const wanted: JsonObject = { summary: { ...summary, skip: 0 }, results };
  if (before !== undefined && isDeepStrictEqual(withoutTimes(before), withoutTimes(wanted))) return undefined;
  const version = stringAt(before, ["metadata", "resourceVersion"]);
  const report: JsonObject = {
    apiVersion: `${resource.group}/${resource.version}`,
    kind: resource.kind,
    metadata: {
      name: NAME,
      labels: { [MANAGED_BY]: "redoubt" },
      ...(namespace === "" ? {} : { namespace }),
      ...(version === undefined ? {} : { resourceVersion: version }),
    },
    ...wanted,
  };
  const written =
    before === undefined
      ? await writeObject(connection, "POST", reportPath(resource, namespace), report, signal)
      : await writeObject(connection, "PUT", reportPath(resource, namespace, NAME), report, signal);
  return written.kind === "refused" ? written.message : undefined;
}

function reportPath(resource: ServedResource, namespace: string, name?: string): string {
  const path = resourcePath(resource, namespace === "" ? undefined : namespace);
  return name === undefined ? path : `${path}/${name}`;
}

function resultOf(finding: Finding, at: Date): JsonValue {
  const { policy, message, object, actions } = finding;
  return {
    source: "redoubt",
    policy: policy.kind,
    rule: policy.name,
    category: "admission",
    result: reportedResult(finding),
    message,
    resources: [referenceOf(object)],
    properties: { actions: actions.join(",") },
    timestamp: { seconds: Math.floor(at.getTime() / 1000), nanos: 0 },
  };
}

/** When a result was first seen is no reason to write it again. */
function withoutTimes(report: JsonObject): unknown {
  const results = listAt(report, ["results"]).filter(isJsonObject);
  return {
    summary: report["summary"],
    results: results.map((result) => Object.fromEntries(Object.entries(result).filter(([key]) => key !== "timestamp"))),
  };
}
