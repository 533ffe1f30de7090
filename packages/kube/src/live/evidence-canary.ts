import { randomBytes, randomUUID } from "node:crypto";
import { stringAt } from "../read.ts";
import type { ApiConnection } from "./connection.ts";

export type Canary =
  /** `release` deletes it, and says why where that did not work. */
  | { readonly kind: "written"; readonly name: string; readonly release: () => Promise<string | undefined> }
  | { readonly kind: "refused"; readonly status: number; readonly message: string };

/**
 * Writes a Secret with a random value through the API server, to see in etcd how it is stored. Rejects when the API server cannot be
 * reached or `signal` is aborted.
 */
export async function writeCanary(connection: ApiConnection, namespace: string, signal?: AbortSignal): Promise<Canary> {
  const name = `redoubt-canary-${randomUUID()}`;
  const secrets = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
  const { status, text } = await connection.send(
    "POST",
    secrets,
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name, labels: { "app.kubernetes.io/managed-by": "redoubt" } },
      data: { canary: randomBytes(32).toString("base64") },
    },
    signal,
  );
  if (status !== 201) return { kind: "refused", status, message: messageOf(text, status) };
  return {
    kind: "written",
    name,
    // Without the signal: what was written is removed also when the rest was given up.
    release: async () => {
      try {
        const answer = await connection.send("DELETE", `${secrets}/${name}`);
        return answer.status === 200 || answer.status === 404 ? undefined : messageOf(answer.text, answer.status);
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    },
  };
}

function messageOf(text: string, status: number): string {
  try {
    return stringAt(JSON.parse(text), ["message"]) ?? `the API server answered ${status}`;
  } catch {
    return `the API server answered ${status}`;
  }
}
