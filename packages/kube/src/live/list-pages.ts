import { parseJson } from "../exact-json.ts";
import { RedoubtError } from "../diagnostic.ts";
import { isJsonObject } from "../json.ts";
import { listAt, objectAt, stringAt } from "../read.ts";
import type { ApiConnection } from "./connection.ts";
import type { ServedResource } from "./discovery.ts";

/** Why a kind could not be read. */
export type ListFailure =
  | "forbidden"
  | "unauthorized"
  | "missing-api"
  | "timeout"
  | "unreachable"
  | "server-error"
  | "malformed";

export type ListResult =
  | { readonly ok: true; readonly items: readonly unknown[]; readonly resourceVersion: string }
  | { readonly ok: false; readonly failure: ListFailure; readonly message: string };

const PAGE = 500;
const RESTARTS = 3;
/** What kubectl prints: each row has its cells and the metadata of its object. */
const TABLE = "application/json;as=Table;g=meta.k8s.io;v=v1";

/**
 * All objects of a kind, in pages of 500. A continue token that has expired (410 Gone) is answered by starting over, and in the end
 * by one unpaged request, so that the list is of one resource version as the API promises. With `columns` only the metadata of objects
 * leaves the cluster, and of the rest what these columns of the API server's table say (by name), as fields of the object.
 */
export async function listResource(
  connection: ApiConnection,
  resource: ServedResource,
  options: {
    readonly namespace?: string;
    readonly labelSelector?: string;
    readonly columns?: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal;
  } = {},
): Promise<ListResult> {
  const { columns } = options;
  const accept = columns === undefined ? "application/json" : TABLE;
  const request = { accept, ...(options.signal === undefined ? {} : { signal: options.signal }) };
  for (let restart = 0; ; restart += 1) {
    const paged = restart < RESTARTS;
    const items: unknown[] = [];
    let next = "";
    do {
      const answer = await answered(
        connection,
        `${resourcePath(resource, options.namespace)}${pageQuery(options.labelSelector, paged ? PAGE : undefined, next)}`,
        request,
      );
      if (!answer.ok && answer.status === 410 && paged) break;
      if (!answer.ok) return { ok: false, failure: answer.failure, message: answer.message };
      const found = columns === undefined ? listAt(answer.body, ["items"]) : itemsOfTable(answer.body, columns);
      for (const item of found) items.push(item);
      next = stringAt(answer.body, ["metadata", "continue"]) ?? "";
      if (next === "")
        return { ok: true, items, resourceVersion: stringAt(answer.body, ["metadata", "resourceVersion"]) ?? "" };
    } while (next !== "");
  }
}

/** Objects with their metadata and the fields that columns give; a server that knows no tables answers with a list. */
function itemsOfTable(body: unknown, columns: Readonly<Record<string, string>>): readonly unknown[] {
  if (stringAt(body, ["kind"]) !== "Table") return listAt(body, ["items"]);
  const fields = listAt(body, ["columnDefinitions"]).flatMap((definition, at): (readonly [string, number])[] => {
    const field = columns[stringAt(definition, ["name"]) ?? ""];
    return field === undefined ? [] : [[field, at]];
  });
  return listAt(body, ["rows"]).map((row) => ({
    metadata: objectAt(row, ["object", "metadata"]),
    ...Object.fromEntries(fields.map(([field, at]) => [field, listAt(row, ["cells"])[at]])),
  }));
}

/** Where the API server has a kind: in one namespace, or everywhere. */
export function resourcePath(resource: ServedResource, namespace?: string): string {
  const root = resource.group === "" ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  const scope = namespace === undefined ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}${scope}/${resource.resource}`;
}

function pageQuery(labelSelector: string | undefined, limit: number | undefined, next: string): string {
  const query = new URLSearchParams();
  if (labelSelector !== undefined) query.set("labelSelector", labelSelector);
  if (limit !== undefined) query.set("limit", String(limit));
  if (next !== "") query.set("continue", next);
  return query.size === 0 ? "" : `?${query.toString()}`;
}

type Answered =
  | { readonly ok: true; readonly body: unknown }
  | { readonly ok: false; readonly status: number; readonly failure: ListFailure; readonly message: string };

async function answered(
  connection: ApiConnection,
  path: string,
  request: { readonly accept: string; readonly signal?: AbortSignal },
): Promise<Answered> {
  try {
    const { status, text } = await connection.get(path, request);
    if (status !== 200) return { ok: false, status, failure: failureOf(status), message: statusMessage(text, status) };
    const body = parseJson(text);
    if (isJsonObject(body) && Array.isArray(body["items"])) return { ok: true, body };
    // An empty list may come without items.
    if (isJsonObject(body) && (body["items"] === undefined || body["items"] === null)) return { ok: true, body };
    return { ok: false, status, failure: "malformed", message: "the answer is not a list" };
  } catch (error) {
    request.signal?.throwIfAborted();
    if (error instanceof SyntaxError)
      return { ok: false, status: 0, failure: "malformed", message: "the answer is not JSON" };
    if (!(error instanceof RedoubtError)) throw error;
    return {
      ok: false,
      status: 0,
      failure: error.code === "KUBE_API_TIMEOUT" ? "timeout" : "unreachable",
      message: error.message,
    };
  }
}

function failureOf(status: number): ListFailure {
  if (status === 401) return "unauthorized";
  if (status === 403) return "forbidden";
  if (status === 404 || status === 405) return "missing-api";
  return "server-error";
}

/** The message of a Kubernetes Status, else the status code. */
function statusMessage(text: string, status: number): string {
  try {
    return stringAt(JSON.parse(text), ["message"]) ?? `HTTP ${status}`;
  } catch {
    return `HTTP ${status}`;
  }
}
