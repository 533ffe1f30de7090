import type { Check, PodCheck } from "../check.ts";
import { namedContainers, pluralize, sortedUnique } from "../message-text.ts";
import { allContainers } from "../pod-containers.ts";

const check: PodCheck = (_metadata, spec) => {
  const badContainers: string[] = [];
  const ports: string[] = [];
  for (const container of allContainers(spec)) {
    const bad = (container.ports ?? []).flatMap(({ hostPort = 0 }) => (hostPort === 0 ? [] : [String(hostPort)]));
    if (bad.length === 0) continue;
    badContainers.push(container.name ?? "");
    ports.push(...bad);
  }
  if (badContainers.length === 0) return undefined;
  const distinct = sortedUnique(ports);
  const verb = pluralize("uses", "use", badContainers.length);
  return {
    reason: "hostPort",
    detail: `${namedContainers(badContainers)} ${verb} ${pluralize("hostPort", "hostPorts", distinct.length)} ${distinct.join(", ")}`,
  };
};

/** Containers claim no port of the node. */
export const hostPorts: Check = { id: "hostPorts", level: "baseline", revisions: [{ since: 0, check }] };
