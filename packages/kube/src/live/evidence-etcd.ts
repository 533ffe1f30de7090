import { type RequestOptions, request as requestPlain } from "node:http";
import { request as requestTls } from "node:https";
import { isJsonObject } from "../json.ts";
import { listAt, stringAt } from "../read.ts";
import type { StoredSecretEvidence } from "./evidence.ts";

/** Where etcd listens, and with what to authenticate to it. */
export interface EtcdOptions {
  /** `https://10.0.0.5:2379`, one or more members of one etcd: the first that answers is asked. */
  readonly endpoints: readonly string[];
  /** PEM texts. */
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: string;
  /** The API server's --etcd-prefix; `/registry` when absent. */
  readonly prefix?: string;
}

export interface SecretName {
  readonly namespace: string;
  readonly name: string;
}

/** What etcd said; `endpoint` is the member that said it. */
export type EtcdAnswer =
  | { readonly kind: "stored"; readonly endpoint: string; readonly found: readonly StoredSecretEvidence[] }
  /** There is nothing under the key or prefix. */
  | { readonly kind: "absent"; readonly endpoint: string; readonly key: string }
  | { readonly kind: "refused"; readonly endpoint: string; readonly message: string };

/** A Secret is at most 1 MiB; encrypted and in base64 it takes up to half as much again. */
const PAGE = 16;
const LONGEST_ANSWER = PAGE * 2 * 1024 * 1024;
const TIMEOUT_MS = 10_000;
/** How the API server marks a value that a transformer wrote: `k8s:enc:`, type, version, and the key's or provider's name. */
const MARK = /^k8s:enc:[a-z]+:v\d+:(?:[^:\0]{1,256}:)?/;

/**
 * How etcd holds one Secret, by etcd's JSON gateway (`/v3/kv/range`). Nothing of a value but its mark leaves this function.
 * Rejects when no endpoint can be reached or `signal` is aborted.
 */
export async function readStoredSecret(
  options: EtcdOptions,
  { namespace, name }: SecretName,
  signal?: AbortSignal,
): Promise<EtcdAnswer> {
  const key = `${folderOf(options)}${namespace}/${name}`;
  const range = await askRange(options, { key: base64(key) }, signal);
  if (range.refused !== undefined) return { kind: "refused", endpoint: range.endpoint, message: range.refused };
  const [stored] = range.values;
  if (stored === undefined) return { kind: "absent", endpoint: range.endpoint, key };
  return { kind: "stored", endpoint: range.endpoint, found: [evidenceOf(stored)] };
}

/** How etcd holds all Secrets: one entry for each transformer that wrote some of them. Otherwise like `readStoredSecret`. */
export async function readStoredSecrets(options: EtcdOptions, signal?: AbortSignal): Promise<EtcdAnswer> {
  const folder = folderOf(options);
  const end = base64(`${folder.slice(0, -1)}0`);
  const groups = new Map<string | undefined, StoredSecretEvidence & { secrets: number; revision: number }>();
  let endpoint = "";
  for (let from = base64(folder), more = true; more;) {
    const range = await askRange(options, { key: from, range_end: end, limit: PAGE }, signal);
    ({ endpoint, more } = range);
    if (range.refused !== undefined) return { kind: "refused", endpoint, message: range.refused };
    for (const stored of range.values) {
      const { transformer } = stored;
      const group = groups.get(transformer) ?? { ...evidenceOf(stored), secrets: 0, revision: 0 };
      group.secrets += 1;
      group.revision = Math.max(group.revision, stored.revision);
      groups.set(transformer, group);
      from = base64(`${stored.key}\0`);
    }
    more &&= range.values.length > 0;
  }
  if (groups.size === 0) return { kind: "absent", endpoint, key: folder };
  return { kind: "stored", endpoint, found: [...groups.values()] };
}

function folderOf({ prefix = "/registry" }: EtcdOptions): string {
  return `${prefix.replace(/\/+$/, "")}/secrets/`;
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** A key, and of its value what a transformer wrote before it. */
interface Stored {
  readonly key: string;
  readonly transformer: string | undefined;
  readonly revision: number;
}

interface Range {
  readonly endpoint: string;
  readonly values: readonly Stored[];
  readonly more: boolean;
  /** Why etcd did not answer the question. */
  readonly refused?: string;
}

function evidenceOf({ key, transformer }: Stored): StoredSecretEvidence {
  return { type: "stored-secret", key, ...(transformer === undefined ? {} : { transformer }) };
}

async function askRange(options: EtcdOptions, question: object, signal: AbortSignal | undefined): Promise<Range> {
  const { endpoint, status, text } = await postToFirst(options, JSON.stringify(question), signal);
  const refuse = (refused: string): Range => ({ endpoint, values: [], more: false, refused });
  if (status === 404) return refuse("it serves no JSON gateway (/v3/kv/range), or it is no etcd");
  if (status !== 200) return refuse(`it answered ${status}`);
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return refuse("its answer is not JSON: it is no etcd");
  }
  if (!isJsonObject(answer) || !isJsonObject(answer["header"])) return refuse("its answer is not that of an etcd");
  return { endpoint, values: listAt(answer, ["kvs"]).flatMap(readStored), more: answer["more"] === true };
}

/** 64-bit numbers are strings in the gateway's JSON. */
function readStored(entry: unknown): Stored | [] {
  const key = stringAt(entry, ["key"]);
  const value = stringAt(entry, ["value"]);
  if (key === undefined || value === undefined) return [];
  const transformer = MARK.exec(Buffer.from(value.slice(0, 540), "base64").toString("latin1"))?.[0];
  return {
    key: Buffer.from(key, "base64").toString("utf8"),
    transformer,
    revision: Number(stringAt(entry, ["mod_revision"]) ?? 0),
  };
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** The answer of the first endpoint that gives one; rejects with the last one's reason when none does. */
async function postToFirst(
  options: EtcdOptions,
  body: string,
  signal: AbortSignal | undefined,
): Promise<Answer & { readonly endpoint: string }> {
  let reason: unknown = new Error("no endpoint of etcd is given");
  for (const endpoint of options.endpoints) {
    try {
      return { endpoint, ...(await post(new URL("/v3/kv/range", endpoint), body, options, signal)) };
    } catch (error) {
      signal?.throwIfAborted();
      reason = new Error(`etcd at ${endpoint}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw reason;
}

function post(
  url: URL,
  body: string,
  { ca, certificate, key }: EtcdOptions,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const options: RequestOptions = {
    method: "POST",
    headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body) },
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
  };
  return new Promise((resolve, reject) => {
    const send =
      url.protocol === "https:"
        ? requestTls(url, {
            ...options,
            ...(ca === undefined ? {} : { ca }),
            ...(certificate === undefined ? {} : { cert: certificate }),
            ...(key === undefined ? {} : { key }),
          })
        : requestPlain(url, options);
    send.on("error", reject);
    send.on("response", (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on("data", (chunk: Buffer) => {
        length += chunk.length;
        if (length > LONGEST_ANSWER) send.destroy(new Error("its answer is longer than Secrets can be"));
        else chunks.push(chunk);
      });
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }),
      );
    });
    send.end(body);
  });
}
