import { type RequestOptions, request as requestPlain } from "node:http";
import { request as requestTls } from "node:https";
import { stringAt } from "../read.ts";
import type { StoredSecretEvidence } from "./evidence.ts";

/** Where etcd listens, and with what to authenticate to it. */
export interface EtcdOptions {
  /** `https://10.0.0.5:2379`. */
  readonly endpoint: string;
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

export type EtcdAnswer =
  | { readonly kind: "stored"; readonly evidence: StoredSecretEvidence }
  | { readonly kind: "absent"; readonly key: string }
  | { readonly kind: "refused"; readonly message: string };

/** A Secret is at most 1 MiB, in base64. */
const LONGEST_ANSWER = 3 * 1024 * 1024;
const TIMEOUT_MS = 10_000;
/** How the API server marks a value that a transformer wrote: `k8s:enc:`, type, version, and the key's or provider's name. */
const MARK = /^k8s:enc:[a-z]+:v\d+:(?:[^:\0]{1,256}:)?/;

/**
 * How etcd holds a Secret, by etcd's JSON gateway (`/v3/kv/range`). Nothing of the value but its mark leaves this function.
 * Rejects when etcd cannot be reached or `signal` is aborted.
 */
export async function readStoredSecret(
  options: EtcdOptions,
  secret: SecretName,
  signal?: AbortSignal,
): Promise<EtcdAnswer> {
  const key = `${options.prefix ?? "/registry"}/secrets/${secret.namespace}/${secret.name}`;
  const url = new URL("/v3/kv/range", options.endpoint);
  const body = JSON.stringify({ key: Buffer.from(key).toString("base64") });
  const { status, text } = await post(url, body, options, signal);
  if (status !== 200) return { kind: "refused", message: `etcd answered ${status}` };
  const value = stringAt(JSON.parse(text), ["kvs", 0, "value"]);
  if (value === undefined) return { kind: "absent", key };
  const transformer = MARK.exec(Buffer.from(value, "base64").subarray(0, 400).toString("latin1"))?.[0];
  return {
    kind: "stored",
    evidence: { type: "stored-secret", key, ...(transformer === undefined ? {} : { transformer }) },
  };
}

function post(
  url: URL,
  body: string,
  { ca, certificate, key }: EtcdOptions,
  signal: AbortSignal | undefined,
): Promise<{ readonly status: number; readonly text: string }> {
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
        if (length > LONGEST_ANSWER) send.destroy(new Error("etcd answered more than a Secret can hold"));
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
