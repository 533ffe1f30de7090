/**
 * What a rule of a role is worth where it stands. A control of RBAC sees the rule and how far its bindings reach; the graph also sees
 * where the right leads from there (the ServiceAccount that a Pod may run as, the node that a Namespace does not guard) and who can
 * get to the holder. So findings about rules weigh more where that leads to the cluster or a node, and more again where the outside
 * or everybody with a login gets there. They never weigh less: what the graph does not know may still be there.
 */
import type { ControlResult, Finding, Severity } from "@redoubt/control";
import type { ClusterSnapshot, KubeObject } from "@redoubt/kube";
import { severityRank } from "../order.ts";
import type { AttackEdge, AttackGraph } from "./attack-graph.ts";
import { attackGraph } from "./build-graph.ts";
import { goalIds } from "./find-paths.ts";
import { CLUSTER_ADMIN, OUTSIDE } from "./positions.ts";
import { searchPaths } from "./search.ts";

/** Results with the findings about rules of roles weighed by what the rules lead to. */
export function weighRights(snapshot: ClusterSnapshot, results: readonly ControlResult[]): readonly ControlResult[] {
  const roles = new Set(results.flatMap(({ findings }) => findings.flatMap((finding) => ruleOf(finding)?.role ?? [])));
  if (roles.size === 0) return results;
  const weigh = weigher(attackGraph(snapshot), roles);
  return results.map((result) => ({ ...result, findings: result.findings.map(weigh) }));
}

interface RuleInQuestion {
  readonly role: KubeObject<object>;
  readonly rule: number;
}

/** The rule of a Role or ClusterRole that a finding is about. */
function ruleOf({ verdict, resource, path }: Finding): RuleInQuestion | undefined {
  const [field, rule] = path;
  if (verdict !== "fail" || resource?.type !== "object" || field !== "rules" || typeof rule !== "number")
    return undefined;
  const { group, kind } = resource;
  return group === "rbac.authorization.k8s.io" && (kind === "Role" || kind === "ClusterRole")
    ? { role: resource, rule }
    : undefined;
}

function weigher(graph: AttackGraph, roles: ReadonlySet<KubeObject<object>>): (finding: Finding) => Finding {
  const steps = stepsByRule(graph, roles);
  const goals = [
    { name: "cluster-admin", ends: [CLUSTER_ADMIN.id], alone: "high", open: "critical" },
    { name: "root on a node", ends: goalIds(graph, "node"), alone: "medium", open: "high" },
  ] as const;
  const searches = goals.map((goal) => ({
    ...goal,
    toGoal: new Set(goal.ends),
    search: searchPaths(graph, goal.ends),
  }));
  const open = openTo(graph);
  return (finding) => {
    const about = ruleOf(finding);
    const own = about === undefined ? undefined : steps.get(about.role)?.get(about.rule);
    if (own === undefined) return finding;
    for (const { name, toGoal, search, alone, open: forAll } of searches) {
      const leading = own.filter(({ to }) => toGoal.has(to) || search.from(to) !== undefined);
      if (leading.length === 0) continue;
      const by = leading.map(({ from }) => open.get(from)).find((who) => who !== undefined);
      const severity: Severity = by === undefined ? alone : forAll;
      if (severityRank(severity) >= severityRank(finding.severity)) continue;
      const who = by === undefined ? "" : `, and ${by} gets there`;
      return { ...finding, severity, message: `${finding.message} From here a path leads to ${name}${who}.` };
    }
    return finding;
  };
}

/** The steps that rest on a rule, for each rule of some roles. */
function stepsByRule(
  graph: AttackGraph,
  roles: ReadonlySet<KubeObject<object>>,
): ReadonlyMap<KubeObject<object>, ReadonlyMap<number, readonly AttackEdge[]>> {
  const steps = new Map<KubeObject<object>, Map<number, AttackEdge[]>>();
  for (const edge of graph.edges)
    for (const { object, path } of edge.proof) {
      const [field, rule] = path;
      if (field !== "rules" || typeof rule !== "number" || !roles.has(object)) continue;
      let rules = steps.get(object);
      if (rules === undefined) steps.set(object, (rules = new Map()));
      const known = rules.get(rule);
      if (known === undefined) rules.set(rule, [edge]);
      else known.push(edge);
    }
  return steps;
}

const CROWDS: readonly (readonly [id: string, who: string])[] = [
  [OUTSIDE.id, "the outside"],
  ["group:system:authenticated", "everybody with a login"],
  ["group:system:serviceaccounts", "every ServiceAccount"],
];

/** What those get to whom nobody chose, each with the widest of them. */
function openTo(graph: AttackGraph): ReadonlyMap<string, string> {
  const outgoing = Map.groupBy(graph.edges, ({ from }) => from);
  const open = new Map<string, string>();
  for (const [start, who] of CROWDS) {
    const waiting = [start];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      if (open.has(at) || !graph.nodes.has(at)) continue;
      open.set(at, who);
      for (const { to } of outgoing.get(at) ?? []) waiting.push(to);
    }
  }
  return open;
}
