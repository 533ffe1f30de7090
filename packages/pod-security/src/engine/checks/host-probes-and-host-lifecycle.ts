import type { LifecycleHandler, Probe } from "@redoubt/kube";
import type { Check, PodCheck } from "../check.ts";
import { joinQuoted, namedContainers, pluralize, sortedUnique } from "../message-text.ts";
import { allContainers } from "../pod-containers.ts";

function hostsOf(action: Probe | LifecycleHandler | undefined): string[] {
  return [action?.httpGet?.host ?? "", action?.tcpSocket?.host ?? ""].filter((host) => host !== "");
}

const check: PodCheck = (_metadata, spec) => {
  const badContainers: string[] = [];
  const hosts: string[] = [];
  for (const { name, livenessProbe, readinessProbe, startupProbe, lifecycle } of allContainers(spec)) {
    const bad = [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop].flatMap(
      hostsOf,
    );
    if (bad.length === 0) continue;
    badContainers.push(name ?? "");
    hosts.push(...bad);
  }
  if (badContainers.length === 0) return undefined;
  const names = sortedUnique(badContainers);
  const distinct = sortedUnique(hosts);
  const noun = pluralize("probe or lifecycle host", "probe or lifecycle hosts", distinct.length);
  return {
    reason: "probe or lifecycle host",
    detail: `${namedContainers(names)} ${pluralize("uses", "use", names.length)} ${noun} ${joinQuoted(distinct)}`,
  };
};

/** Probes and lifecycle hooks address their own pod: a `host` would have the kubelet make requests elsewhere (KEP-4940). */
export const hostProbesAndHostLifecycle: Check = {
  id: "hostProbesAndHostLifecycle",
  level: "baseline",
  revisions: [{ since: 34, check }],
};
