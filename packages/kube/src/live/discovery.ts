import { isJsonObject } from "../json.ts";
import { listAt, stringAt, stringsAt } from "../read.ts";
import type { ApiConnection } from "./connection.ts";

/** A kind that the API server serves and lets clients list. */
export interface ServedResource {
  /** Empty for core. */
  readonly group: string;
  readonly version: string;
  /** Plural, as URLs have it. */
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

export interface Discovery {
  readonly resources: readonly ServedResource[];
  /** Group versions whose kinds could not be learnt (an aggregated API that is down), or `/apis` for all groups. */
  readonly failed: readonly string[];
}

/**
 * Every listable kind, each in its group's preferred version: one request a root by aggregated discovery (Kubernetes 1.27 and
 * newer, KEP-3352), else one for each group version.
 */
export async function discover(connection: ApiConnection, signal?: AbortSignal): Promise<Discovery> {
  const answers = await Promise.all(["/api", "/apis"].map((path) => aggregated(connection, path, signal)));
  const documents = answers.filter((document) => document !== undefined);
  if (documents.length === answers.length) return fromAggregated(documents);
  return fromGroupVersions(connection, signal);
}

const AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

async function aggregated(connection: ApiConnection, path: string, signal: AbortSignal | undefined): Promise<unknown> {
  const { status, text } = await connection.get(path, {
    accept: `${AGGREGATED},application/json`,
    ...withSignal(signal),
  });
  if (status !== 200) return undefined;
  const body = parse(text);
  return isJsonObject(body) && body["kind"] === "APIGroupDiscoveryList" ? body : undefined;
}

function fromAggregated(documents: readonly unknown[]): Discovery {
  const resources: ServedResource[] = [];
  const failed: string[] = [];
  for (const group of documents.flatMap((document) => listAt(document, ["items"]))) {
    const name = stringAt(group, ["metadata", "name"]) ?? "";
    const seen = new Set<string>();
    // Versions come in order of preference; a kind is taken from the first that serves it.
    for (const version of listAt(group, ["versions"])) {
      const versionName = stringAt(version, ["version"]) ?? "";
      if (stringAt(version, ["freshness"]) === "Stale") failed.push(`${name}/${versionName}`);
      for (const entry of listAt(version, ["resources"])) {
        const resource = stringAt(entry, ["resource"]) ?? "";
        if (seen.has(resource) || !stringsAt(entry, ["verbs"]).includes("list")) continue;
        seen.add(resource);
        const kind = stringAt(entry, ["responseKind", "kind"]) ?? "";
        resources.push({
          group: name,
          version: versionName,
          resource,
          kind,
          namespaced: stringAt(entry, ["scope"]) === "Namespaced",
        });
      }
    }
  }
  return { resources, failed };
}

async function fromGroupVersions(connection: ApiConnection, signal: AbortSignal | undefined): Promise<Discovery> {
  const { status, text } = await connection.get("/apis", withSignal(signal));
  const groups = status === 200 ? parse(text) : undefined;
  const preferred = listAt(groups, ["groups"]).flatMap(
    (group) => stringAt(group, ["preferredVersion", "groupVersion"]) ?? [],
  );
  const resources: ServedResource[] = [];
  const failed: string[] = isJsonObject(groups) ? [] : ["/apis"];
  for (const groupVersion of ["v1", ...preferred]) {
    const path = groupVersion === "v1" ? "/api/v1" : `/apis/${groupVersion}`;
    const answer = await connection.get(path, withSignal(signal));
    if (answer.status !== 200) {
      failed.push(groupVersion);
      continue;
    }
    const [version = "", group = ""] = groupVersion.split("/").toReversed();
    for (const entry of listAt(parse(answer.text), ["resources"])) {
      const resource = stringAt(entry, ["name"]) ?? "";
      if (resource.includes("/") || !stringsAt(entry, ["verbs"]).includes("list")) continue;
      const namespaced = isJsonObject(entry) && entry["namespaced"] === true;
      resources.push({ group, version, resource, kind: stringAt(entry, ["kind"]) ?? "", namespaced });
    }
  }
  return { resources, failed };
}

/** A proxy in between may answer anything. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function withSignal(signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
