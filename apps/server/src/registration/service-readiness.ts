/** Whether the API server would reach anyone by the webhook's Service. */
import { setTimeout as sleep } from "node:timers/promises";
import { type ApiConnection, RedoubtError, type ServedResource, booleanAt, listAt, listResource } from "@redoubt/kube";

export interface ServiceTiming {
  readonly pollMs: number;
  /** How long proxies and API servers may take to follow what EndpointSlices say: kube-proxy collects changes for a second. */
  readonly settleMs: number;
  /** When `failed` is told that there is still nobody: a Service of another name never has anyone. */
  readonly patienceMs: number;
}

const TIMING: ServiceTiming = { pollMs: 500, settleMs: 3000, patienceMs: 30_000 };

const ENDPOINT_SLICES: ServedResource = {
  group: "discovery.k8s.io",
  version: "v1",
  resource: "endpointslices",
  kind: "EndpointSlice",
  namespaced: true,
};

/**
 * Resolves once the Service has had a ready replica for as long as proxies need to know of it, at once where that may not be read
 * (`failed` is told, as it is where nobody becomes ready), and when aborted.
 *
 * @throws what the connection throws.
 */
export async function serviceAnswers(
  connection: ApiConnection,
  service: { readonly namespace: string; readonly name: string },
  options: Partial<ServiceTiming> & { readonly failed?: ((error: Error) => void) | undefined },
  signal: AbortSignal,
): Promise<void> {
  const { pollMs, settleMs, patienceMs, failed } = { ...TIMING, ...options };
  const { namespace, name } = service;
  const tell = (message: string): void =>
    failed?.(new RedoubtError("KUBE_API_REFUSED", `Service ${namespace}/${name}: ${message}`));
  const started = performance.now();
  let isTold = false;
  try {
    for (;;) {
      const labelSelector = `kubernetes.io/service-name=${name}`;
      const result = await listResource(connection, ENDPOINT_SLICES, { namespace, labelSelector, signal });
      if (!result.ok) {
        tell(`whether it has a ready replica is not known: ${result.message}`);
        return;
      }
      const endpoints = result.items.flatMap((slice) => listAt(slice, ["endpoints"]));
      if (endpoints.some((endpoint) => booleanAt(endpoint, ["conditions", "ready"]) === true)) break;
      if (!isTold && performance.now() - started > patienceMs) {
        tell("the webhook is not registered before it has a ready replica");
        isTold = true;
      }
      await sleep(pollMs, undefined, { signal });
    }
    await sleep(settleMs, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
