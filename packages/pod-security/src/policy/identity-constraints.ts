import type { PodSpec, SELinuxOptions } from "@redoubt/kube";
import { effective, everyContainer, exists, inRanges, literal } from "./cel-expression.ts";
import type { Constraint } from "./constraint.ts";
import { hardened } from "./hardened-pod.ts";
import { type IdRange, type PodSecurityPolicy, isInRanges } from "./pod-security-policy.ts";

const show = (ranges: readonly IdRange[]): string =>
  ranges.map(({ min, max }) => (min === max ? `${min}` : `${min}-${max}`)).join(", ");

/** Ids that ranges leave out, a few of each sort. */
const outside = (ranges: readonly IdRange[]): number[] =>
  [0, 1, 1000, 65_534, 2 ** 31 - 2].filter((id) => !isInRanges(id, ranges));

export function userConstraint({ runAsUser: { rule, ranges } }: PodSecurityPolicy): Constraint[] {
  if (rule === "RunAsAny") return [];
  if (rule === "MustRunAs") {
    const test = effective("runAsUser", (value) => inRanges(value, ranges), "false");
    return [
      {
        field: "runAsUser",
        says: `containers run as a user among ${show(ranges)}`,
        violations: outside(ranges).map((user) => hardened({ runAsUser: user })),
        expression: everyContainer(test),
        message: `every container must run as a user among ${show(ranges)} (securityContext.runAsUser)`,
      },
    ];
  }
  const userGiven = effective("runAsUser", () => "true", "false");
  const nonRoot = effective("runAsNonRoot", (value) => value, userGiven);
  const notZero = effective("runAsUser", (value) => `${value} != 0`, "true");
  return [
    {
      field: "runAsUser",
      says: "no container runs as root",
      violations: [
        hardened({ runAsNonRoot: false }),
        hardened({ runAsUser: 0 }),
        hardened({}, { securityContext: { runAsNonRoot: false } }),
      ],
      expression: everyContainer(`${nonRoot} && ${notZero}`),
      message: "every container must set runAsNonRoot to true, or a runAsUser other than 0",
    },
  ];
}

export function groupConstraints({ runAsGroup, supplementalGroups, fsGroup }: PodSecurityPolicy): Constraint[] {
  const constraints: Constraint[] = [];
  if (runAsGroup.rule !== "RunAsAny") {
    const absent = runAsGroup.rule === "MayRunAs" ? "true" : "false";
    constraints.push({
      field: "runAsGroup",
      says: `containers run as a group among ${show(runAsGroup.ranges)}`,
      violations: outside(runAsGroup.ranges).map((group) => hardened({ runAsGroup: group })),
      expression: everyContainer(effective("runAsGroup", (value) => inRanges(value, runAsGroup.ranges), absent)),
      message: `every container must run as a group among ${show(runAsGroup.ranges)} (securityContext.runAsGroup)`,
    });
  }
  if (supplementalGroups.rule !== "RunAsAny") {
    const { rule, ranges } = supplementalGroups;
    const given = exists("object.spec", "securityContext", "supplementalGroups");
    const groups = "object.spec.securityContext.supplementalGroups";
    const all = `${groups}.all(g, ${inRanges("g", ranges)})`;
    constraints.push({
      field: "supplementalGroups",
      says: `supplemental groups are among ${show(ranges)}`,
      violations: outside(ranges).map((group) => onPod({ supplementalGroups: [group] })),
      expression: rule === "MayRunAs" ? `!(${given}) || ${all}` : `${given} && size(${groups}) > 0 && ${all}`,
      message: `supplementalGroups must be among ${show(ranges)}`,
    });
  }
  if (fsGroup.rule !== "RunAsAny") {
    const { rule, ranges } = fsGroup;
    const given = exists("object.spec", "securityContext", "fsGroup");
    const test = `(${inRanges("object.spec.securityContext.fsGroup", ranges)})`;
    constraints.push({
      field: "fsGroup",
      says: `the file system group is among ${show(ranges)}`,
      violations: outside(ranges).map((group) => onPod({ fsGroup: group })),
      expression: rule === "MayRunAs" ? `!(${given}) || ${test}` : `${given} && ${test}`,
      message: `securityContext.fsGroup must be among ${show(ranges)}`,
    });
  }
  return constraints;
}

function onPod(securityContext: NonNullable<PodSpec["securityContext"]>): PodSpec {
  return hardened({}, { securityContext });
}

export function seLinuxConstraint({ seLinux }: PodSecurityPolicy): Constraint[] {
  if (seLinux.rule === "RunAsAny") return [];
  const { options } = seLinux;
  const shown = (["level", "role", "type", "user"] as const)
    .flatMap((name) => (options[name] === undefined || options[name] === "" ? [] : [`${name} ${options[name]}`]))
    .join(", ");
  return [
    {
      field: "seLinux",
      says: `containers run with the SELinux options ${shown}`,
      violations: [hardened({ seLinuxOptions: { level: "s0:c1022,c1023" } }), hardened({})],
      expression: everyContainer(effective("seLinuxOptions", (value) => matches(value, options), "false")),
      message: `every container must run with the SELinux options ${shown}`,
    },
  ];
}

function matches(value: string, options: SELinuxOptions): string {
  const test = (name: "role" | "type" | "user"): string => {
    const wanted = options[name] ?? "";
    return wanted === ""
      ? `(!has(${value}.${name}) || ${value}.${name} == "")`
      : `has(${value}.${name}) && ${value}.${name} == ${literal(wanted)}`;
  };
  return [level(value, options.level ?? ""), test("role"), test("type"), test("user")].join(" && ");
}

/** Categories may come in any order. */
function level(value: string, wanted: string): string {
  const given = `${value}.level`;
  if (wanted === "") return `(!has(${given}) || ${given} == "")`;
  const start = wanted.indexOf(":") + 1;
  const categories = start === 0 ? [] : wanted.slice(start).split(",");
  const same = `${given} == ${literal(wanted)}`;
  if (categories.length < 2) return `has(${given}) && ${same}`;
  const listed = `${given}.substring(${start}).split(",")`;
  const reordered =
    `${given}.startsWith(${literal(wanted.slice(0, start))}) && size(${listed}) == ${categories.length} && ` +
    `${literal(categories)}.all(category, category in ${listed})`;
  return `has(${given}) && (${same} || (${reordered}))`;
}
