import type { SELinuxOptions } from "@redoubt/kube";
import type { Check, PodCheck } from "../check.ts";
import { joinQuoted, pluralize, setters, sortedUnique } from "../message-text.ts";
import { allContainers } from "../pod-containers.ts";

const TYPES_1_0 = ["", "container_t", "container_init_t", "container_kvm_t"];
const TYPES_1_31 = [...TYPES_1_0, "container_engine_t"];

const allowing =
  (types: readonly string[]): PodCheck =>
  (_metadata, spec) => {
    const badTypes: string[] = [];
    let setsUser = false;
    let setsRole = false;
    const isBad = ({ type = "", user = "", role = "" }: SELinuxOptions): boolean => {
      const badType = !types.includes(type);
      if (badType) badTypes.push(type);
      setsUser ||= user !== "";
      setsRole ||= role !== "";
      return badType || user !== "" || role !== "";
    };
    const podIsBad = isBad(spec.securityContext?.seLinuxOptions ?? {});
    const badContainers = allContainers(spec)
      .filter(({ securityContext }) => isBad(securityContext?.seLinuxOptions ?? {}))
      .map(({ name }) => name ?? "");
    if (!podIsBad && badContainers.length === 0) return undefined;
    const distinct = sortedUnique(badTypes);
    const faults = [
      ...(distinct.length > 0 ? [`${pluralize("type", "types", distinct.length)} ${joinQuoted(distinct)}`] : []),
      ...(setsUser ? ["user may not be set"] : []),
      ...(setsRole ? ["role may not be set"] : []),
    ];
    return {
      reason: "seLinuxOptions",
      detail: `${setters(podIsBad, badContainers)} set forbidden securityContext.seLinuxOptions: ${faults.join("; ")}`,
    };
  };

/** SELinux types are those made for containers; user and role are left to the runtime. */
export const seLinuxOptions: Check = {
  id: "seLinuxOptions",
  level: "baseline",
  revisions: [
    { since: 0, check: allowing(TYPES_1_0) },
    { since: 31, check: allowing(TYPES_1_31) },
  ],
};
