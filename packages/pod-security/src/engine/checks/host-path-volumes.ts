import type { Check, PodCheck } from "../check.ts";
import { joinQuoted, pluralize } from "../message-text.ts";

const check: PodCheck = (_metadata, spec) => {
  const bad = (spec.volumes ?? []).filter(({ hostPath }) => hostPath !== undefined).map(({ name }) => name ?? "");
  if (bad.length === 0) return undefined;
  return { reason: "hostPath volumes", detail: `${pluralize("volume", "volumes", bad.length)} ${joinQuoted(bad)}` };
};

/** Pods mount nothing of the node's file system. */
export const hostPathVolumes: Check = { id: "hostPathVolumes", level: "baseline", revisions: [{ since: 0, check }] };
