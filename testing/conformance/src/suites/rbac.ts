import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type PolicyRule, formatDiagnostic, isJsonObject, snapshotFromText } from "@redoubt/kube";
import {
  type AccessModel,
  type AccessRequest,
  accessModel,
  covers,
  describeMissing,
  effectiveRules,
  indexAccess,
  rulesAllow,
} from "@redoubt/rbac";
import { ndjsonLines } from "../case-files.ts";
import { type CaseResult, type Suite, failed, passed } from "../suite.ts";

/** What cases name instead of carrying: roles with their rules, and requests. */
interface Named {
  readonly roles: ReadonlyMap<string, readonly PolicyRule[]>;
  readonly requests: readonly AccessRequest[];
}

/**
 * RBAC. A case is a line of an `.ndjson` file, told apart by its fields:
 * - `{rule, requests: [[request, verdict]...]}`: each request against one rule;
 * - `{role, allowed: [index...]}`: the requests of `requests.json` beside it that a role allows, and no others;
 * - `{owner, servant, covers, missing}`: an escalation check with the atomic rules it misses;
 * - `{owner, covers: [role...]}`: the roles whose rules a role covers, and no others;
 * - `{name, labels, rules, aggregated}`: a ClusterRole as it is after aggregation. These are the roles that cases name;
 *   a folder without any means the API server's own.
 */
export const rbac: Suite = {
  name: "rbac",
  async *run(directory) {
    const namedIn = new Map<string, Named>();
    for await (const line of ndjsonLines(directory)) {
      if ("error" in line) {
        yield failed(line.place, line.error);
        continue;
      }
      const folder = join(directory, dirname(line.place));
      let named = namedIn.get(folder);
      if (named === undefined) {
        named = await readNamed(folder);
        namedIn.set(folder, named);
      }
      yield judge(line.place, line.value, named);
    }
  },
};

function judge(place: string, value: unknown, named: Named): CaseResult {
  if (!isJsonObject(value)) return failed(place, "is not an object");
  const { rule, requests, role, allowed, owner, servant, covers: covered, missing, name, rules } = value;
  if (rule !== undefined && Array.isArray(requests)) return judgeRule(place, readRule(rule), requests);
  if (typeof role === "string" && Array.isArray(allowed)) return judgeRole(`${place} ${role}`, role, allowed, named);
  if (Array.isArray(owner) && Array.isArray(servant) && typeof covered === "boolean" && Array.isArray(missing))
    return judgeCovers(place, { owner, servant, covered, missing });
  if (typeof owner === "string" && Array.isArray(covered))
    return judgeCovered(`${place} ${owner}`, owner, covered, named);
  if (typeof name === "string" && Array.isArray(rules)) return judgeAggregated(`${place} ${name}`, name, rules, named);
  return failed(place, `is not a case of this suite: it has the fields ${Object.keys(value).join(", ")}`);
}

function judgeRule(place: string, rule: PolicyRule, requests: readonly unknown[]): CaseResult {
  const wrong = requests.flatMap((entry) => {
    const [request, expected]: unknown[] = Array.isArray(entry) ? entry : [];
    const verdict = rulesAllow([rule], readRequest(request));
    return verdict === expected ? [] : [`${JSON.stringify(request)}: expected ${String(expected)}, was ${verdict}`];
  });
  return wrong.length === 0 ? passed(place) : failed(place, `${JSON.stringify(rule)}\n${wrong.join("\n")}`);
}

function judgeRole(place: string, role: string, allowed: readonly unknown[], named: Named): CaseResult {
  const rules = named.roles.get(role);
  if (rules === undefined) return failed(place, "no file of the folder has this role");
  const expected = new Set(allowed);
  const wrong = named.requests.flatMap((request, index) => {
    const verdict = rulesAllow(rules, request);
    return verdict === expected.has(index) ? [] : [`request ${index} ${JSON.stringify(request)}: was ${verdict}`];
  });
  if (named.requests.length === 0) wrong.push("the folder has no requests.json");
  return wrong.length === 0 ? passed(place) : failed(place, wrong.join("\n"));
}

function judgeCovers(
  place: string,
  given: {
    readonly owner: readonly unknown[];
    readonly servant: readonly unknown[];
    readonly covered: boolean;
    readonly missing: readonly unknown[];
  },
): CaseResult {
  const result = covers(given.owner.map(readRule), given.servant.map(readRule));
  const ours = describeMissing(result.missing);
  const theirs = [...new Set(given.missing.map(String))].sort();
  const same = result.covers === given.covered && JSON.stringify(ours) === JSON.stringify(theirs);
  return same
    ? passed(place)
    : failed(
        place,
        `expected ${given.covered} missing ${theirs.join(" ")}, was ${result.covers} missing ${ours.join(" ")}`,
      );
}

function judgeCovered(place: string, owner: string, expected: readonly unknown[], named: Named): CaseResult {
  const rules = named.roles.get(owner);
  if (rules === undefined) return failed(place, "no file of the folder has this role");
  const ours = [...named.roles].filter(([, other]) => covers(rules, other).covers).map(([name]) => name);
  const wrong = [
    ...ours.filter((name) => !expected.includes(name)).map((name) => `${name}: covered, and should not be`),
    ...expected.filter((name) => !ours.includes(String(name))).map((name) => `${String(name)}: not covered`),
  ];
  return wrong.length === 0 ? passed(place) : failed(place, wrong.join("\n"));
}

function judgeAggregated(place: string, role: string, expected: readonly unknown[], named: Named): CaseResult {
  const ours = [...(named.roles.get(role) ?? [])].map(canonical).sort();
  const theirs = expected.map((rule) => canonical(readRule(rule))).sort();
  return JSON.stringify(ours) === JSON.stringify(theirs)
    ? passed(place)
    : failed(place, `expected the rules\n${theirs.join("\n")}\nwere\n${ours.join("\n")}`);
}

/** Reads what the cases of a folder refer to; aggregated roles are computed by our engine from those they collect. */
async function readNamed(folder: string): Promise<Named> {
  const listed: string[] = [];
  for await (const line of ndjsonLines(folder)) {
    if ("error" in line || line.place.includes("/") || !isJsonObject(line.value)) continue;
    const { name, labels = {}, rules, aggregated } = line.value;
    if (typeof name !== "string" || !Array.isArray(rules)) continue;
    listed.push(
      JSON.stringify({
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRole",
        metadata: { name, labels },
        ...(aggregated === true ? { aggregationRule: aggregationOf(name) } : { rules }),
      }),
    );
  }
  const model = listed.length === 0 ? undefined : readModel(listed.join("\n---\n"));
  const roles = model === undefined ? builtInRoles() : rolesOf(model);
  const text = await readFile(join(folder, "requests.json"), "utf8").catch(() => "[]");
  const requests: unknown = JSON.parse(text);
  return { roles, requests: Array.isArray(requests) ? requests.map(readRequest) : [] };
}

/** The built-in aggregated roles collect the label that bears their name. */
function aggregationOf(name: string): object {
  return { clusterRoleSelectors: [{ matchLabels: { [`rbac.authorization.k8s.io/aggregate-to-${name}`]: "true" } }] };
}

function readModel(text: string): AccessModel {
  const snapshot = snapshotFromText(text);
  const fault = snapshot.diagnostics.find(({ severity }) => severity === "error");
  if (fault !== undefined) throw new Error(`a role could not be read: ${formatDiagnostic(fault)}`);
  return accessModel(snapshot);
}

function rolesOf(model: AccessModel): ReadonlyMap<string, readonly PolicyRule[]> {
  return new Map(model.roles.map((role) => [role.name, effectiveRules(model, role)]));
}

/** For folders whose cases name roles and define none: those of the API server itself. */
function builtInRoles(): ReadonlyMap<string, readonly PolicyRule[]> {
  const index = indexAccess(readModel(""), "files");
  const clusterRoles = index.roles.filter(({ kind }) => kind === "ClusterRole");
  return new Map(clusterRoles.map((role) => [role.name, index.rulesOf(role)]));
}

/** A rule as the cases write it: Kubernetes' JSON, empty lists left out. */
function readRule(value: unknown): PolicyRule {
  if (!isJsonObject(value)) throw new Error(`a rule is not an object: ${JSON.stringify(value)}`);
  const texts = (field: string): readonly string[] => {
    const list = value[field] ?? [];
    if (!Array.isArray(list)) throw new Error(`${field} of a rule is not a list: ${JSON.stringify(value)}`);
    return list.map(String);
  };
  return {
    verbs: texts("verbs"),
    apiGroups: texts("apiGroups"),
    resources: texts("resources"),
    resourceNames: texts("resourceNames"),
    nonResourceURLs: texts("nonResourceURLs"),
  };
}

function readRequest(value: unknown): AccessRequest {
  if (!isJsonObject(value)) throw new Error(`a request is not an object: ${JSON.stringify(value)}`);
  const text = (field: string): string => {
    const given = value[field] ?? "";
    if (typeof given !== "string") throw new Error(`${field} of a request is not a text: ${JSON.stringify(value)}`);
    return given;
  };
  const verb = text("verb");
  if (value["path"] !== undefined) return { kind: "url", verb, url: text("path") };
  return {
    kind: "resource",
    verb,
    group: text("group"),
    resource: text("resource"),
    subresource: text("subresource"),
    namespace: text("namespace"),
    name: text("name"),
  };
}

function canonical(rule: PolicyRule): string {
  const { verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  return JSON.stringify([apiGroups, resources, resourceNames, nonResourceURLs, verbs]);
}
