/** What a subject did, out of the API server's audit events (audit.k8s.io/v1): each distinct request that was allowed. */
import { listAt, objectAt, numberAt, stringAt } from "@redoubt/kube";
import { serviceAccountUser } from "../model/identity.ts";
import { serviceAccountOf } from "../model/access.ts";
import type { AccessRequest } from "./authorizer.ts";

/** What one event asked the authorizer: one request, two where a patch creates, and one for each thing that was impersonated. */
export interface EventUse {
  readonly requests: readonly AccessRequest[];
  /** `allowed` also where the request failed for another reason; `refused` where nothing granted it. */
  readonly outcome: "allowed" | "refused";
}

export interface UsedRequest {
  readonly request: AccessRequest;
  readonly count: number;
}

const DECISION = "authorization.k8s.io/decision";

/**
 * What a user asked for in an event; undefined when it is not theirs, or not decided yet (stage RequestReceived). An event of
 * somebody whom they impersonated counts as the impersonation, and as that person's own request.
 */
export function useOf(event: unknown, user: string): EventUse | undefined {
  if (stringAt(event, ["stage"]) === "RequestReceived") return undefined;
  const impersonated = objectAt(event, ["impersonatedUser"]);
  const actor = stringAt(event, ["user", "username"]);
  const effective = stringAt(impersonated, ["username"]) ?? actor;
  const requests: AccessRequest[] = [];
  if (effective === user) requests.push(...requestOf(event));
  if (impersonated !== undefined && actor === user) requests.push(...impersonations(impersonated));
  if (requests.length === 0) return undefined;
  const decision = stringAt(event, ["annotations", DECISION]);
  const refused = decision === undefined ? numberAt(event, ["responseStatus", "code"]) === 403 : decision === "forbid";
  return { requests, outcome: refused ? "refused" : "allowed" };
}

function requestOf(event: unknown): readonly AccessRequest[] {
  const verb = stringAt(event, ["verb"]) ?? "";
  const resource = stringAt(event, ["objectRef", "resource"]) ?? "";
  if (resource === "") {
    const url = (stringAt(event, ["requestURI"]) ?? "").split("?", 1)[0] ?? "";
    return url === "" ? [] : [{ kind: "url", verb, url }];
  }
  const field = (name: string): string => stringAt(event, ["objectRef", name]) ?? "";
  const subresource = field("subresource");
  // The name of what is created is in the body, where the authorizer does not look; an audit event may have it from there.
  const name = verb === "create" && subresource === "" ? "" : field("name");
  const namespace = field("namespace");
  const request = { kind: "resource", verb, group: field("apiGroup"), resource, subresource, namespace, name } as const;
  return isCreation(event, verb) ? [request, { ...request, verb: "create" }] : [request];
}

/** Whether a server-side apply or an update made the object, which the API server authorizes as its creation by name besides. */
function isCreation(event: unknown, verb: string): boolean {
  return (verb === "patch" || verb === "update") && numberAt(event, ["responseStatus", "code"]) === 201;
}

/** What the API server asks for each Impersonate- header. */
function impersonations(impersonated: object): readonly AccessRequest[] {
  const asks = (resource: string, name: string, namespace = ""): AccessRequest => ({
    kind: "resource",
    verb: "impersonate",
    group: "",
    resource,
    subresource: "",
    namespace,
    name,
  });
  const user = stringAt(impersonated, ["username"]) ?? "";
  const account = serviceAccountOf({ kind: "User", name: user, namespace: "", apiGroup: undefined, index: 0 });
  // Groups that every user or ServiceAccount has are added without being asked about.
  const groups = listAt(impersonated, ["groups"]).filter(
    (group): group is string =>
      typeof group === "string" && !group.startsWith("system:serviceaccounts") && group !== "system:authenticated",
  );
  return [
    account === undefined ? asks("users", user) : asks("serviceaccounts", account.name, account.namespace),
    ...groups.map((group) => asks("groups", group)),
  ];
}

/** Gathers a subject's requests, each distinct one once: a log of any length takes the memory of what was done, not of how often. */
export class RecordedUse {
  readonly user: string;
  readonly #used = new Map<string, { readonly request: AccessRequest; count: number }>();
  readonly #refused = new Map<string, { readonly request: AccessRequest; count: number }>();

  constructor(user: string) {
    this.user = user;
  }

  static ofServiceAccount(namespace: string, name: string): RecordedUse {
    return new RecordedUse(serviceAccountUser(namespace, name));
  }

  /** Counts an event in; whether it was the subject's. */
  add(event: unknown): boolean {
    const use = useOf(event, this.user);
    if (use === undefined) return false;
    const counts = use.outcome === "allowed" ? this.#used : this.#refused;
    for (const request of use.requests) {
      const key = requestKey(request);
      const known = counts.get(key);
      if (known === undefined) counts.set(key, { request, count: 1 });
      else known.count += 1;
    }
    return true;
  }

  /** In order of their text. */
  get used(): readonly UsedRequest[] {
    return sorted(this.#used);
  }

  /** What it asked for in vain. */
  get refused(): readonly UsedRequest[] {
    return sorted(this.#refused);
  }
}

function sorted(counts: ReadonlyMap<string, UsedRequest>): readonly UsedRequest[] {
  return [...counts].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, use]) => use);
}

function requestKey(request: AccessRequest): string {
  if (request.kind === "url") return `url ${request.url} ${request.verb}`;
  const { namespace, group, resource, subresource, name, verb } = request;
  return [namespace, group, resource, subresource, name, verb].join("\u0000");
}
