import type { Check, PodCheck } from "../check.ts";

const check: PodCheck = (_metadata, spec) => {
  const shared = (["hostNetwork", "hostPID", "hostIPC"] as const).filter((field) => spec[field] === true);
  if (shared.length === 0) return undefined;
  return { reason: "host namespaces", detail: shared.map((field) => `${field}=true`).join(", ") };
};

/** Pods do not share the node's network, process or IPC namespaces. */
export const hostNamespaces: Check = { id: "hostNamespaces", level: "baseline", revisions: [{ since: 0, check }] };
