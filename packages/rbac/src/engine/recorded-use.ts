/** What a subject did, out of the API server's audit events (audit.k8s.io/v1): each distinct request that was allowed. */
import { listAt, numberAt, objectAt, stringAt, stringsAt } from "@redoubt/kube";
import { type Identity, serviceAccountUser } from "../model/identity.ts";
import { serviceAccountOf } from "../model/access.ts";
import type { AccessRequest } from "./authorizer.ts";

/** What one identity asked the authorizer by an event: one request, two where a patch creates, or what an impersonation takes. */
export interface Action {
  readonly identity: Identity;
  readonly requests: readonly AccessRequest[];
}

/** `allowed` also where the request failed for another reason; `refused` where nothing granted it. */
export type Outcome = "allowed" | "refused";

export interface EventUse {
  readonly requests: readonly AccessRequest[];
  readonly outcome: Outcome;
}

export interface UsedRequest {
  readonly request: AccessRequest;
  readonly count: number;
}

const DECISION = "authorization.k8s.io/decision";

/**
 * Who asked for what in an event; undefined when that is not decided yet (stage RequestReceived). An event of somebody who was
 * impersonated is that person's request, and the impersonation of whoever sent it.
 */
export function actionsOf(
  event: unknown,
): { readonly actions: readonly Action[]; readonly outcome: Outcome } | undefined {
  if (stringAt(event, ["stage"]) === "RequestReceived") return undefined;
  const sender = objectAt(event, ["user"]);
  const impersonated = objectAt(event, ["impersonatedUser"]);
  const actions: Action[] = [{ identity: identityIn(impersonated ?? sender), requests: requestOf(event) }];
  if (impersonated !== undefined)
    actions.push({ identity: identityIn(sender), requests: impersonations(impersonated) });
  const decision = stringAt(event, ["annotations", DECISION]);
  const refused = decision === undefined ? numberAt(event, ["responseStatus", "code"]) === 403 : decision === "forbid";
  return { actions, outcome: refused ? "refused" : "allowed" };
}

function identityIn(user: object | undefined): Identity {
  return { user: stringAt(user, ["username"]) ?? "", groups: stringsAt(user, ["groups"]) };
}

/** What a user asked for in an event; undefined when it is not theirs, or not decided yet. */
export function useOf(event: unknown, user: string): EventUse | undefined {
  const read = actionsOf(event);
  if (read === undefined) return undefined;
  const requests = read.actions.flatMap((action) => (action.identity.user === user ? action.requests : []));
  return requests.length === 0 ? undefined : { requests, outcome: read.outcome };
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

export function requestKey(request: AccessRequest): string {
  if (request.kind === "url") return `url ${request.url} ${request.verb}`;
  const { namespace, group, resource, subresource, name, verb } = request;
  return [namespace, group, resource, subresource, name, verb].join("\u0000");
}
