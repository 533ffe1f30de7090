import type { PodSpec, SecurityContext, Volume } from "@redoubt/kube";
import { VOLUME_SOURCES } from "../engine/checks/restricted-volumes.ts";
import { safeSysctls } from "../engine/checks/sysctls.ts";
import { NEWEST_MINOR } from "../engine/evaluate-pod.ts";
import { everyContainer, everyVolume, exists, inRanges, literal } from "./cel-expression.ts";
import type { Constraint } from "./constraint.ts";
import { groupConstraints, seLinuxConstraint, userConstraint } from "./identity-constraints.ts";
import type { PodSecurityPolicy } from "./pod-security-policy.ts";
import { profileConstraints } from "./profile-constraints.ts";
import { hardened } from "./hardened-pod.ts";
import { volumeType } from "./validate-pod.ts";

/** Everything that a policy enforced, in the order of its weight. */
export function constraintsOf(policy: PodSecurityPolicy): Constraint[] {
  return [
    ...when(policy.readOnlyRootFilesystem, readOnlyRoot),
    ...when(!policy.privileged, notPrivileged),
    ...(["hostNetwork", "hostPID", "hostIPC"] as const).flatMap((field) => when(!policy[field], () => noHost(field))),
    ...when(true, () => hostPorts(policy)),
    ...volumes(policy),
    ...when(!policy.allowedCapabilities.includes("*"), () => addedCapabilities(policy)),
    ...when(policy.requiredDropCapabilities.length > 0, () => droppedCapabilities(policy)),
    ...when(!policy.allowPrivilegeEscalation, noEscalation),
    ...userConstraint(policy),
    ...groupConstraints(policy),
    ...seLinuxConstraint(policy),
    ...when(true, () => procMounts(policy)),
    ...sysctls(policy),
    ...profileConstraints(policy),
    ...runtimeClass(policy),
  ];
}

function when(condition: boolean, build: () => Constraint): Constraint[] {
  return condition ? [build()] : [];
}

const flag = (field: string): string => `${exists("c", "securityContext", field)} && c.securityContext.${field}`;

function readOnlyRoot(): Constraint {
  return {
    field: "readOnlyRootFilesystem",
    says: "every container's root file system is read-only",
    violations: [hardened({ readOnlyRootFilesystem: false }), hardened({})],
    expression: everyContainer(flag("readOnlyRootFilesystem")),
    message: "every container must set securityContext.readOnlyRootFilesystem to true",
  };
}

function notPrivileged(): Constraint {
  return {
    field: "privileged",
    says: "no container is privileged",
    violations: [hardened({ privileged: true })],
    expression: everyContainer(`!(${flag("privileged")})`),
    message: "no container may set securityContext.privileged to true",
  };
}

function noHost(field: "hostNetwork" | "hostPID" | "hostIPC"): Constraint {
  return {
    field,
    says: `${field} is not used`,
    violations: [hardened({}, { [field]: true })],
    expression: `!has(object.spec.${field}) || !object.spec.${field}`,
    message: `the pod may not set ${field}`,
  };
}

function hostPorts({ hostPorts: ranges }: PodSecurityPolicy): Constraint {
  const allowed = [
    "!has(p.hostPort)",
    "p.hostPort == 0",
    ...(ranges.length === 0 ? [] : [inRanges("p.hostPort", ranges)]),
  ];
  const list = ranges.map(({ min, max }) => (min === max ? `${min}` : `${min}-${max}`)).join(", ");
  const outside = [1, 80, 8080, 65_535].find((port) => !ranges.some(({ min, max }) => port >= min && port <= max));
  return {
    field: "hostPorts",
    says: ranges.length === 0 ? "no ports of the node are claimed" : `host ports are among ${list}`,
    violations: outside === undefined ? [] : [withPort(outside)],
    expression: everyContainer(`!has(c.ports) || c.ports.all(p, ${allowed.join(" || ")})`),
    message: ranges.length === 0 ? "containers may not claim host ports" : `host ports must be among ${list}`,
  };
}

function withPort(hostPort: number): PodSpec {
  const spec = hardened({});
  return { ...spec, containers: (spec.containers ?? []).map((container) => ({ ...container, ports: [{ hostPort }] })) };
}

function volumes(policy: PodSecurityPolicy): Constraint[] {
  const constraints: Constraint[] = [];
  const allowsAll = policy.volumes.includes("*");
  const allows = (type: string): boolean => allowsAll || policy.volumes.includes(type);
  const sources = VOLUME_SOURCES.map((source) => {
    const volume: Volume = { name: "v", [source]: {} };
    return { source, volume, type: volumeType(volume) ?? source };
  });
  if (!allowsAll) {
    const tests = sources.filter(({ type }) => policy.volumes.includes(type)).map(({ source }) => `has(v.${source})`);
    if (allows("secret") && !allows("projected")) tests.push(SERVICE_ACCOUNT_TOKEN);
    const list = policy.volumes.join(", ");
    constraints.push({
      field: "volumes",
      says: list === "" ? "no volumes are used" : `volumes are of the types ${list}`,
      violations: sources
        .filter(({ type }) => !policy.volumes.includes(type))
        .map(({ volume }) => hardened({}, { volumes: [volume] })),
      expression: everyVolume(tests.length === 0 ? "false" : tests.join(" || ")),
      message: list === "" ? "the pod may not use volumes" : `volumes must be of the types ${list}`,
    });
  }
  if (allows("hostPath") && policy.allowedHostPaths.length > 0) constraints.push(hostPaths(policy));
  for (const [source, field, drivers] of [
    ["flexVolume", "allowedFlexVolumes", policy.allowedFlexVolumes],
    ["csi", "allowedCSIDrivers", policy.allowedCSIDrivers],
  ] as const) {
    if (!allows(source) || drivers.length === 0) continue;
    const volume: Volume = { name: "v", [source]: { driver: "other.example" } };
    constraints.push({
      field,
      says: `${source} drivers are among ${drivers.join(", ")}`,
      violations: [hardened({}, { volumes: [volume] })],
      expression: everyVolume(`!has(v.${source}) || v.${source}.driver in ${literal(drivers)}`),
      message: `${source} volumes may use only the drivers ${drivers.join(", ")}`,
    });
  }
  return constraints;
}

/** The projected volume that carries a pod's own token: allowed wherever secrets are. */
const SERVICE_ACCOUNT_TOKEN =
  "(has(v.projected) && v.projected.sources.all(s, " +
  "(has(s.serviceAccountToken) || has(s.configMap) || has(s.downwardAPI)) && " +
  '(!has(s.serviceAccountToken) || (s.serviceAccountToken.path == "token" && (!has(s.serviceAccountToken.audience) || s.serviceAccountToken.audience == ""))) && ' +
  '(!has(s.configMap) || s.configMap.name == "kube-root-ca.crt") && ' +
  '(!has(s.downwardAPI) || s.downwardAPI.items.all(i, i.path == "namespace" && has(i.fieldRef) && i.fieldRef.fieldPath == "metadata.namespace"))))';

function hostPaths({ allowedHostPaths }: PodSecurityPolicy): Constraint {
  const under = (readOnly: boolean): string =>
    allowedHostPaths
      .filter((allowed) => allowed.readOnly === readOnly)
      .map(({ pathPrefix }) => pathPrefix.replace(/\/$/, ""))
      .map((prefix) => `v.hostPath.path == ${literal(prefix)} || v.hostPath.path.startsWith(${literal(`${prefix}/`)})`)
      .join(" || ");
  const mounted = everyContainer(
    "!has(c.volumeMounts) || c.volumeMounts.all(m, m.name != v.name || (has(m.readOnly) && m.readOnly))",
  );
  const readable = under(true);
  const tests = [
    "!has(v.hostPath)",
    ...(under(false) === "" ? [] : [`(${under(false)})`]),
    ...(readable === "" ? [] : [`((${readable}) && ${mounted})`]),
  ];
  const list = allowedHostPaths
    .map(({ pathPrefix, readOnly }) => `${pathPrefix}${readOnly ? " (read-only)" : ""}`)
    .join(", ");
  return {
    field: "allowedHostPaths",
    says: `hostPath volumes lie under ${list}`,
    violations: [hardened({}, { volumes: [{ name: "v", hostPath: { path: "/outside-of-all" } }] })],
    expression: everyVolume(tests.join(" || ")),
    message: `hostPath volumes must lie under ${list}`,
  };
}

function addedCapabilities({ allowedCapabilities, defaultAddCapabilities }: PodSecurityPolicy): Constraint {
  const allowed = [...new Set([...allowedCapabilities, ...defaultAddCapabilities])];
  const add = "c.securityContext.capabilities.add";
  const test = allowed.length === 0 ? `size(${add}) == 0` : `${add}.all(name, name in ${literal(allowed)})`;
  const list = allowed.join(", ");
  return {
    field: "allowedCapabilities",
    says: list === "" ? "no capabilities are added" : `added capabilities are among ${list}`,
    violations: ["NET_BIND_SERVICE", "CHOWN", "SYS_ADMIN"]
      .filter((name) => !allowed.includes(name))
      .map((name) => hardened({ capabilities: { drop: ["ALL"], add: [name] } })),
    expression: everyContainer(`!(${exists("c", "securityContext", "capabilities", "add")}) || ${test}`),
    message: list === "" ? "containers may not add capabilities" : `containers may add only the capabilities ${list}`,
  };
}

function droppedCapabilities({ requiredDropCapabilities: required }: PodSecurityPolicy): Constraint {
  const drop = "c.securityContext.capabilities.drop";
  const test = `(${literal("ALL")} in ${drop} || ${literal(required)}.all(name, name in ${drop}))`;
  return {
    field: "requiredDropCapabilities",
    says: `every container drops ${required.join(", ")}`,
    violations: [hardened({ capabilities: { drop: [] } })],
    expression: everyContainer(`${exists("c", "securityContext", "capabilities", "drop")} && ${test}`),
    message: `every container must drop the capabilities ${required.join(", ")}`,
  };
}

function noEscalation(): Constraint {
  const field = "allowPrivilegeEscalation";
  const loose: SecurityContext[] = [{ [field]: true }];
  return {
    field,
    says: "no container can gain privileges",
    violations: loose.map((context) => hardened(context)),
    expression: everyContainer(`${exists("c", "securityContext", field)} && !c.securityContext.${field}`),
    message: `every container must set securityContext.${field} to false`,
  };
}

function procMounts({ allowedProcMountTypes }: PodSecurityPolicy): Constraint {
  const allowed = allowedProcMountTypes.length === 0 ? ["Default"] : [...allowedProcMountTypes];
  // An absent procMount is Default.
  const absent = allowed.includes("Default") ? "!" : "";
  const test = `c.securityContext.procMount in ${literal(allowed)}`;
  const given = exists("c", "securityContext", "procMount");
  return {
    field: "allowedProcMountTypes",
    says: `procMount is ${allowed.join(" or ")}`,
    violations: allowed.includes("Unmasked") ? [] : [hardened({ procMount: "Unmasked" })],
    expression: everyContainer(absent === "!" ? `!(${given}) || ${test}` : `${given} && ${test}`),
    message: `securityContext.procMount must be ${allowed.join(" or ")}`,
  };
}

const sysctlNamed = (pattern: string): string =>
  pattern.endsWith("*") ? `s.name.startsWith(${literal(pattern.slice(0, -1))})` : `s.name == ${literal(pattern)}`;

const setting = (sysctl: string): PodSpec =>
  hardened({}, { securityContext: { sysctls: [{ name: sysctl, value: "1" }] } });

function sysctls({ forbiddenSysctls, allowedUnsafeSysctls }: PodSecurityPolicy): Constraint[] {
  const given = exists("object.spec", "securityContext", "sysctls");
  const every = (test: string): string => `!(${given}) || object.spec.securityContext.sysctls.all(s, ${test})`;
  // Sysctls that Kubernetes came to call safe after the policy was written are not held against pods.
  const safe = safeSysctls(NEWEST_MINOR);
  const allowed = [`s.name in ${literal(safe)}`, ...allowedUnsafeSysctls.map(sysctlNamed)];
  const constraints: Constraint[] = [];
  if (!allowedUnsafeSysctls.includes("*")) {
    const extra = allowedUnsafeSysctls.length === 0 ? "" : `, ${allowedUnsafeSysctls.join(", ")}`;
    constraints.push({
      field: "allowedUnsafeSysctls",
      says: `sysctls are safe ones${extra}`,
      violations: [setting("kernel.example_unsafe")],
      expression: every(allowed.join(" || ")),
      message: `the pod may set only safe sysctls${extra}`,
    });
  }
  if (forbiddenSysctls.length > 0) {
    constraints.push({
      field: "forbiddenSysctls",
      says: `the sysctls ${forbiddenSysctls.join(", ")} are not set`,
      violations: forbiddenSysctls.map((pattern) =>
        setting(safe.find((name) => name.startsWith(pattern.replace(/\*$/, ""))) ?? pattern.replace(/\*$/, "example")),
      ),
      expression: every(`!(${forbiddenSysctls.map(sysctlNamed).join(" || ")})`),
      message: `the pod may not set the sysctls ${forbiddenSysctls.join(", ")}`,
    });
  }
  return constraints;
}

function runtimeClass({ runtimeClass: rule }: PodSecurityPolicy): Constraint[] {
  if (rule === undefined || rule.allowed.includes("*")) return [];
  const list = rule.allowed.join(", ");
  const test = `object.spec.runtimeClassName in ${literal(rule.allowed)}`;
  return [
    {
      field: "runtimeClass",
      says: list === "" ? "no runtime class is chosen" : `a runtime class is among ${list}`,
      violations: [hardened({}, { runtimeClassName: "other" })],
      expression: `!has(object.spec.runtimeClassName)${list === "" ? "" : ` || ${test}`}`,
      message: list === "" ? "the pod may not set runtimeClassName" : `runtimeClassName must be among ${list}`,
    },
  ];
}
