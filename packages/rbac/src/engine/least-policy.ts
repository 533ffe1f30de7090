/** The least roles and bindings that allow a set of requests, at a chosen width. */
import type { JsonObject, PolicyRule } from "@redoubt/kube";
import type { Identity } from "../model/identity.ts";
import { serviceAccountOf } from "../model/access.ts";
import { indexAccess } from "./access-index.ts";
import { type AccessRequest, authorize, rulesAllow } from "./authorizer.ts";

/**
 * How wide rules are made: `names` keeps each right to the objects that were used, `resources` (all objects of a used resource,
 * the used verbs only), or `verbs` (all verbs of reading where one was used, all of writing where one was).
 */
export const WIDTHS = ["names", "resources", "verbs"] as const;
export type Width = (typeof WIDTHS)[number];

export interface PolicyOptions {
  readonly width?: Width;
  /** Requests of at least as many namespaces become one ClusterRoleBinding. Default: never. */
  readonly clusterFrom?: number;
  /** Of the objects. Default: `least-` and the subject's name. */
  readonly name?: string;
}

export interface LeastPolicy {
  /** Roles, ClusterRoles and their bindings, ready to be applied. */
  readonly objects: readonly JsonObject[];
  /** Whether these objects, or what every cluster grants to everybody, allow a request of the subject. */
  allows(request: AccessRequest): boolean;
  /** Requests that need no rule: the API server grants them to every identity of this kind. */
  readonly granted: number;
}

type ResourceAsk = Extract<AccessRequest, { kind: "resource" }>;
interface Grant {
  readonly namespace: string;
  readonly rules: readonly PolicyRule[];
}

const API_VERSION = "rbac.authorization.k8s.io/v1";
const READ = ["get", "list", "watch"];
const WRITE = ["create", "update", "patch", "delete"];

export function leastPolicy(
  requests: readonly AccessRequest[],
  identity: Identity,
  options: PolicyOptions = {},
): LeastPolicy {
  const isGranted = grantedToEverybody(identity);
  const needed = requests.filter((request) => !isGranted(request));
  const grants = grantsFor(needed, options);
  return {
    objects: objectsOf(grants, identity, options.name ?? `least-${plainName(identity.user)}`),
    granted: requests.length - needed.length,
    allows: (request) =>
      isGranted(request) ||
      grants.some(
        ({ namespace, rules }) =>
          (namespace === "" || (request.kind === "resource" && request.namespace === namespace)) &&
          rulesAllow(rules, request),
      ),
  };
}

/** What the API server's own bindings give to the groups that the identity is in by being one of its kind. */
function grantedToEverybody({ groups }: Identity): (request: AccessRequest) => boolean {
  const nothing = { roles: [], bindings: [], aggregates: [], roleByKey: new Map(), bindingsByRole: new Map() };
  const index = indexAccess(nothing, "files");
  const nobody = { user: "", groups: groups.filter((group) => group !== "system:masters") };
  return (request) => authorize(index, nobody, request).decision === "allow";
}

function grantsFor(
  requests: readonly AccessRequest[],
  { width = "resources", clusterFrom = Infinity }: PolicyOptions,
): readonly Grant[] {
  const urls = requests.filter((request) => request.kind === "url");
  const resources = requests.filter((request) => request.kind === "resource");
  const wide = new Set(
    [...Map.groupBy(resources, withoutPlace)]
      .filter(([, alike]) => new Set(alike.map(({ namespace }) => namespace)).size >= clusterFrom)
      .map(([key]) => key),
  );
  const byNamespace = Map.groupBy(resources, (request) => (wide.has(withoutPlace(request)) ? "" : request.namespace));
  const cluster = [...resourceRules(byNamespace.get("") ?? [], width), ...urlRules(urls)];
  return [
    ...(cluster.length === 0 ? [] : [{ namespace: "", rules: cluster }]),
    ...[...byNamespace]
      .filter(([namespace]) => namespace !== "")
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([namespace, own]) => ({ namespace, rules: resourceRules(own, width) })),
  ];
}

function withoutPlace({ verb, group, resource, subresource }: ResourceAsk): string {
  return [verb, group, resource, subresource].join("\u0000");
}

/** Resources that share verbs and names share a rule. */
function resourceRules(requests: readonly ResourceAsk[], width: Width): readonly PolicyRule[] {
  const cells = new Map<
    string,
    {
      readonly group: string;
      readonly resource: string;
      readonly names: readonly string[];
      readonly verbs: Set<string>;
    }
  >();
  for (const request of requests) {
    const resource = request.subresource === "" ? request.resource : `${request.resource}/${request.subresource}`;
    const names = width === "names" && request.name !== "" ? [request.name] : [];
    const key = JSON.stringify([request.group, resource, names]);
    let cell = cells.get(key);
    if (cell === undefined) cells.set(key, (cell = { group: request.group, resource, names, verbs: new Set() }));
    for (const verb of widened(request.verb, width)) cell.verbs.add(verb);
  }
  const joined = [
    ...Map.groupBy(cells.values(), ({ group, resource, verbs }) =>
      JSON.stringify([group, resource, ordered(verbs)]),
    ).values(),
  ].flatMap((alike) => {
    // The same verbs on several names are one rule; without a name they are on all.
    const [first] = alike;
    if (first === undefined) return [];
    const all = alike.some(({ names }) => names.length === 0);
    return [{ ...first, names: all ? [] : alike.flatMap(({ names }) => names).sort() }];
  });
  const rules = [
    ...Map.groupBy(joined, ({ group, names, verbs }) => JSON.stringify([group, names, ordered(verbs)])).values(),
  ].map((alike): PolicyRule => {
    const [first] = alike;
    return {
      apiGroups: [first?.group ?? ""],
      resources: alike.map(({ resource }) => resource).sort(),
      ...(first === undefined || first.names.length === 0 ? {} : { resourceNames: first.names }),
      verbs: ordered(first?.verbs ?? new Set()),
    };
  });
  return rules.sort((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1));
}

function urlRules(requests: readonly Extract<AccessRequest, { kind: "url" }>[]): readonly PolicyRule[] {
  const byVerb = Map.groupBy(requests, ({ verb }) => verb);
  return [...byVerb]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([verb, own]) => ({
      nonResourceURLs: [...new Set(own.map(({ url }) => url))].sort(),
      verbs: [verb],
    }));
}

function widened(verb: string, width: Width): readonly string[] {
  if (width !== "verbs") return [verb];
  return [READ, WRITE].find((kind) => kind.includes(verb)) ?? [verb];
}

const ORDER = [...READ, ...WRITE, "deletecollection"];

function ordered(verbs: ReadonlySet<string>): string[] {
  const rank = (verb: string): number => (ORDER.includes(verb) ? ORDER.indexOf(verb) : ORDER.length);
  return [...verbs].sort((left, right) => rank(left) - rank(right) || (left < right ? -1 : 1));
}

/** The same rules in several namespaces are one ClusterRole with a RoleBinding in each. */
function objectsOf(grants: readonly Grant[], identity: Identity, name: string): readonly JsonObject[] {
  const shared = Map.groupBy(grants, ({ rules }) => JSON.stringify(rules));
  let numbered = 0;
  return [...shared.values()].flatMap((alike) => {
    const [first] = alike;
    if (first === undefined) return [];
    numbered += 1;
    const own = shared.size === 1 ? name : `${name}-${numbered}`;
    const local = alike.length === 1 && first.namespace !== "";
    const kind = local ? "Role" : "ClusterRole";
    return [
      rbacObject(kind, own, local ? first.namespace : "", { rules: asJson(first.rules) }),
      ...alike.map(({ namespace }) =>
        rbacObject(namespace === "" ? "ClusterRoleBinding" : "RoleBinding", own, namespace, {
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind, name: own },
          subjects: [subjectOf(identity)],
        }),
      ),
    ];
  });
}

function rbacObject(kind: string, name: string, namespace: string, body: JsonObject): JsonObject {
  return { apiVersion: API_VERSION, kind, metadata: { name, ...(namespace === "" ? {} : { namespace }) }, ...body };
}

function asJson(rules: readonly PolicyRule[]): JsonObject[] {
  return rules.map((rule): JsonObject => {
    const fields = Object.entries(rule).map(([field, values]: [string, readonly string[]]): [string, string[]] => [
      field,
      [...values],
    ]);
    return Object.fromEntries(fields);
  });
}

function subjectOf({ user }: Identity): JsonObject {
  const account = serviceAccountOf({ kind: "User", name: user, namespace: "", apiGroup: undefined, index: 0 });
  return account === undefined
    ? { kind: "User", apiGroup: "rbac.authorization.k8s.io", name: user }
    : { kind: "ServiceAccount", namespace: account.namespace, name: account.name };
}

/** A name that objects can have. */
function plainName(user: string): string {
  const account = serviceAccountOf({ kind: "User", name: user, namespace: "", apiGroup: undefined, index: 0 });
  const text = (account?.name ?? user).toLowerCase().replaceAll(/[^a-z0-9.-]+/g, "-");
  return text.replaceAll(/^[-.]+|[-.]+$/g, "") || "subject";
}
