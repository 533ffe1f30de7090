import type { Path, PolicyRule } from "@redoubt/kube";
import {
  builtInGroups,
  groupsServing,
  isBuiltInGroup,
  isClusterScoped,
  resourcesOf,
  servesResource,
} from "../model/api-resources.ts";
import { canBeNamed } from "./rule-matching.ts";
import { listed } from "./holders.ts";
import { closestSpelling } from "./spelling.ts";

/** A part of a rule that allows nothing. */
export interface DeadPart {
  /** Inside the rule. */
  readonly path: Path;
  /** A clause that names the value and why no request matches it. */
  readonly reason: string;
}

const VERBS = [
  "get",
  "list",
  "watch",
  "create",
  "update",
  "patch",
  "delete",
  "deletecollection",
  "use",
  "bind",
  "escalate",
  "impersonate",
  "approve",
  "sign",
  "attest",
  "proxy",
  "*",
];

/** What people write for the verb they mean. */
const VERB_ALIASES: ReadonlyMap<string, string> = new Map([
  ["read", "get"],
  ["describe", "get"],
  ["view", "get"],
  ["put", "update"],
  ["post", "create"],
  ["edit", "update"],
  ["write", "update"],
  ["modify", "update"],
  ["apply", "patch"],
  ["remove", "delete"],
  ["all", "*"],
  ["any", "*"],
]);

const POD_SUBRESOURCES = [
  "attach",
  "binding",
  "ephemeralcontainers",
  "eviction",
  "exec",
  "log",
  "portforward",
  "proxy",
  "resize",
  "status",
];

/** Resources that left `extensions`, which no supported Kubernetes version serves. */
const EXTENSIONS = new Set([
  "daemonsets",
  "deployments",
  "ingresses",
  "networkpolicies",
  "podsecuritypolicies",
  "replicasets",
]);

/**
 * The parts of a rule that no request can match, by the matching rules of RBAC and the resources that Kubernetes
 * serves. Says nothing about groups it does not know (custom resources), and nothing about an entry that works in at
 * least one of the rule's groups: listing `""` and `apps` beside pods and deployments is harmless.
 */
export function deadParts(rule: PolicyRule, scope: "Role" | "ClusterRole"): readonly DeadPart[] {
  if ((rule.nonResourceURLs ?? []).length > 0) {
    return scope === "ClusterRole"
      ? []
      : [{ path: ["nonResourceURLs"], reason: "a Role cannot grant nonResourceURLs: the API server rejects it" }];
  }
  return [
    ...missingParts(rule),
    ...deadVerbs(rule),
    ...deadGroups(rule),
    ...(rule.resources ?? []).flatMap((_, index) => deadResource(rule, index, scope) ?? []),
    ...namelessVerbs(rule),
  ];
}

function missingParts(rule: PolicyRule): readonly DeadPart[] {
  const fields = [
    ["apiGroups", rule.apiGroups, 'write "" for the core group'],
    ["resources", rule.resources, "a rule needs at least one resource"],
    ["verbs", rule.verbs, "a rule needs at least one verb"],
  ] as const;
  return fields
    .filter(([, values]) => (values ?? []).length === 0)
    .map(([field, , hint]) => ({
      path: [field],
      reason: `${field} is empty, so the rule matches nothing and the API server rejects it (${hint})`,
    }));
}

function deadVerbs(rule: PolicyRule): readonly DeadPart[] {
  return (rule.verbs ?? []).flatMap((verb, index) => {
    if (VERBS.includes(verb)) return [];
    const lower = verb.toLowerCase().trim();
    const meant = VERBS.includes(lower) ? lower : (VERB_ALIASES.get(lower) ?? closestSpelling(lower, VERBS));
    // Custom verbs exist, for other authorizers and extension API servers: only what looks like a slip is one.
    return meant === undefined
      ? []
      : [{ path: ["verbs", index], reason: `verb ${verb} is none that Kubernetes asks about (${meant} was meant?)` }];
  });
}

function deadGroups(rule: PolicyRule): readonly DeadPart[] {
  return (rule.apiGroups ?? []).flatMap((group, index) => {
    if (group === "*" || isBuiltInGroup(group)) return [];
    const path: Path = ["apiGroups", index];
    if (group === "core" || /^v\d/.test(group)) {
      return [{ path, reason: `API group ${group} does not exist: the core group is written ""` }];
    }
    if (group.includes("/")) {
      return [
        {
          path,
          reason: `API group ${group} names a version, which groups in rules do not have (${group.split("/", 1)[0] ?? ""})`,
        },
      ];
    }
    const meant = closestSpelling(
      group,
      builtInGroups.filter((known) => known.length > 3),
    );
    return meant === undefined ? [] : [{ path, reason: `API group ${group} does not exist (${meant} was meant?)` }];
  });
}

function deadResource(rule: PolicyRule, index: number, scope: "Role" | "ClusterRole"): DeadPart | undefined {
  const entry = rule.resources?.[index] ?? "";
  const groups = rule.apiGroups ?? [];
  const path: Path = ["resources", index];
  if (entry === "*" || groups.length === 0) return undefined;
  const [base = "", subresource] = entry.split("/", 2);
  if (base === "*") {
    return subresource === "*" ? { path, reason: "resource */* matches nothing (write * for everything)" } : undefined;
  }
  if (subresource === "*") {
    return { path, reason: `resource ${entry} matches nothing: subresources are listed one by one, as in ${base}/log` };
  }
  if (base !== base.toLowerCase() && servesAnywhere(base.toLowerCase())) {
    return {
      path,
      reason: `resource ${entry} matches nothing: resource names are lower case (${entry.toLowerCase()})`,
    };
  }
  if (groups.some((group) => group === "*" || !isBuiltInGroup(group))) return undefined;
  const serving = groups.filter((group) => servesResource(group, base));
  if (serving.length === 0) return unserved(entry, base, groups, path);
  if (scope === "Role" && serving.every((group) => isClusterScoped(group, base))) {
    return { path, reason: `resource ${entry} is cluster-scoped, and a Role grants nothing outside its namespace` };
  }
  if (base === "pods" && subresource !== undefined && !POD_SUBRESOURCES.includes(subresource)) {
    const meant = closestSpelling(subresource, POD_SUBRESOURCES);
    if (meant !== undefined) return { path, reason: `resource ${entry} does not exist (pods/${meant} was meant?)` };
  }
  return undefined;
}

function servesAnywhere(resource: string): boolean {
  return groupsServing(resource).length > 0 || groupsServing(`${resource}s`).length > 0;
}

function unserved(entry: string, base: string, groups: readonly string[], path: Path): DeadPart | undefined {
  const written = listed(groups.map(groupName));
  if (EXTENSIONS.has(base) && groups.includes("extensions")) {
    return {
      path,
      reason: `resource ${entry} left API group extensions before Kubernetes 1.22 (now in ${nowIn(base)})`,
    };
  }
  const elsewhere = groupsServing(base);
  if (elsewhere.length > 0) {
    return { path, reason: `resource ${entry} is not in ${written} but in ${listed(elsewhere.map(groupName))}` };
  }
  const inGroups = groups.flatMap(resourcesOf);
  const all = builtInGroups.flatMap(resourcesOf);
  const plural = [`${base}s`, `${base}es`, base.replace(/y$/, "ies")].find((name) => all.includes(name));
  const meant = plural ?? closestSpelling(base, inGroups) ?? closestSpelling(base, all);
  // An unknown name without a likely meaning may belong to an extension of the platform.
  return meant === undefined
    ? undefined
    : { path, reason: `resource ${entry} does not exist in ${written} (${meant} was meant?)` };
}

function nowIn(resource: string): string {
  const groups = groupsServing(resource).filter((group) => group !== "policy");
  return groups.length === 0 ? "none: PodSecurityPolicy is gone since 1.25" : listed(groups);
}

/** The core group has an empty name. */
function groupName(group: string): string {
  return group === "" ? 'the core group ("")' : group;
}

function namelessVerbs(rule: PolicyRule): readonly DeadPart[] {
  const names = rule.resourceNames ?? [];
  if (names.length === 0 || names.includes("")) return [];
  return (rule.verbs ?? []).flatMap((verb, index) => {
    const named = (rule.resources ?? []).some((resource) =>
      (rule.apiGroups ?? []).some((group) => canBeNamed(rule, verb, group, resource)),
    );
    return !named && (rule.resources ?? []).length > 0
      ? [
          {
            path: ["verbs", index],
            reason: `verb ${verb} never matches together with resourceNames: such a request names no object when it is authorized`,
          },
        ]
      : [];
  });
}
