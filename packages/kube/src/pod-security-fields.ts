/**
 * What of a pod decides what it may do, normalised so that a pod and the template it was made from, or a file and what the API server
 * stored of it, compare equal where they mean the same: server-side defaults (pkg/apis/core/v1/defaults.go) and what admission adds to
 * every pod (the ServiceAccount token volume) are left out.
 */
import { asJson, jsonText } from "./exact-json.ts";
import { effectiveHostPort, effectiveImagePullPolicy, effectiveServiceAccountName } from "./defaults.ts";
import type { Container, EphemeralContainer, ObjectMeta, PodSpec } from "./gen/types.ts";
import { type JsonValue, type Path, isJsonObject } from "./json.ts";
import { listAt, objectAt, stringAt } from "./read.ts";

/** One field of a pod that matters to its security. */
export interface SecurityField {
  /** The same for the same field of another pod: list items are called by their names. `containers[web].image`. */
  readonly key: string;
  /** Where it is, below the pod (or its template): `spec`, `containers`, 0, `image`. */
  readonly path: Path;
  readonly value: JsonValue;
  /** Literal environment values may be secrets: they are compared and never shown. */
  readonly hidden: boolean;
}

const TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";
const TOKEN_VOLUME = /^kube-api-access-|-token-[a-z0-9]{5}$/;

/** Values that mean the same as no value, by the field's own name. */
const DEFAULTS: Readonly<Record<string, JsonValue>> = {
  hostNetwork: false,
  hostPID: false,
  hostIPC: false,
  hostUsers: true,
  shareProcessNamespace: false,
  privileged: false,
  allowPrivilegeEscalation: true,
  readOnlyRootFilesystem: false,
  readOnly: false,
  optional: false,
  procMount: "Default",
  mountPropagation: "None",
  recursiveReadOnly: "Disabled",
  defaultMode: 420,
  expirationSeconds: 3600,
  type: "",
  divisor: "0",
  apiVersion: "v1",
};

const SPEC_FIELDS = [
  "hostNetwork",
  "hostPID",
  "hostIPC",
  "hostUsers",
  "shareProcessNamespace",
  "automountServiceAccountToken",
  "runtimeClassName",
] as const;

/** Volume sources whose settings are compared; of others only which kind it is. */
const COMPARED_SOURCES: ReadonlySet<string> = new Set([
  "hostPath",
  "secret",
  "configMap",
  "projected",
  "downwardAPI",
  "persistentVolumeClaim",
  "csi",
  "nfs",
]);

/** The fields of a pod or pod template, by key. `claims`: volumes that a StatefulSet adds from its volume claim templates. */
export function podSecurityFields(
  metadata: ObjectMeta,
  spec: PodSpec,
  claims: ReadonlySet<string> = new Set(),
): ReadonlyMap<string, SecurityField> {
  const fields = new Fields();
  fields.add(
    "serviceAccountName",
    ["spec", spec.serviceAccountName === undefined ? "serviceAccount" : "serviceAccountName"],
    effectiveServiceAccountName(spec),
  );
  for (const name of SPEC_FIELDS) fields.add(name, ["spec", name], spec[name]);
  fields.addTree("securityContext", ["spec", "securityContext"], spec.securityContext, ["appArmorProfile"]);
  for (const list of ["initContainers", "containers", "ephemeralContainers"] as const) {
    (spec[list] ?? []).forEach((container, index) => {
      addContainer(fields, `${list}[${container.name ?? index}]`, ["spec", list, index], container, metadata, spec);
    });
  }
  (spec.volumes ?? []).forEach((volume, index) => {
    const name = volume.name ?? "";
    if (TOKEN_VOLUME.test(name) || claims.has(name)) return;
    const kind = Object.keys(volume).find((key) => key !== "name") ?? "emptyDir";
    fields.add(`volumes[${name}]`, ["spec", "volumes", index], kind);
    if (COMPARED_SOURCES.has(kind)) {
      fields.addTree(`volumes[${name}].${kind}`, ["spec", "volumes", index, kind], objectAt(volume, [kind]));
    }
  });
  return fields.byKey;
}

function addContainer(
  fields: Fields,
  key: string,
  path: Path,
  container: Container | EphemeralContainer,
  metadata: ObjectMeta,
  spec: PodSpec,
): void {
  fields.add(`${key}.image`, [...path, "image"], container.image ?? "");
  fields.add(`${key}.imagePullPolicy`, [...path, "imagePullPolicy"], effectiveImagePullPolicy(container));
  fields.add(`${key}.command`, [...path, "command"], [...(container.command ?? [])]);
  fields.add(`${key}.args`, [...path, "args"], [...(container.args ?? [])]);
  fields.addTree(`${key}.securityContext`, [...path, "securityContext"], container.securityContext, [
    "appArmorProfile",
  ]);
  fields.add(
    `${key}.appArmorProfile`,
    [...path, "securityContext", "appArmorProfile"],
    appArmor(container, metadata, spec),
  );
  (container.ports ?? []).forEach((port, index) => {
    const host = effectiveHostPort(spec, port);
    if (host !== 0) {
      fields.add(
        `${key}.ports[${port.containerPort ?? 0}/${port.protocol ?? "TCP"}].hostPort`,
        [...path, "ports", index, "hostPort"],
        host,
      );
    }
  });
  (container.volumeMounts ?? []).forEach((mount, index) => {
    const { mountPath = "", name = "" } = mount;
    if (mountPath === TOKEN_PATH && TOKEN_VOLUME.test(name)) return;
    fields.addTree(`${key}.volumeMounts[${mountPath}]`, [...path, "volumeMounts", index], mount, ["mountPath"]);
  });
  (container.env ?? []).forEach((variable, index) => {
    const name = `${key}.env[${variable.name ?? ""}]`;
    if (variable.valueFrom === undefined) {
      fields.add(name, [...path, "env", index, "value"], variable.value ?? "", true);
    } else fields.addTree(name, [...path, "env", index, "valueFrom"], variable.valueFrom);
  });
  fields.add(`${key}.envFrom`, [...path, "envFrom"], jsonOf(container.envFrom));
}

const APPARMOR_ANNOTATION = "container.apparmor.security.beta.kubernetes.io/";

/** The profile a container runs under; in pods the API server keeps field and annotation alike, in templates only what was written. */
function appArmor(
  container: Container | EphemeralContainer,
  { annotations }: ObjectMeta,
  spec: PodSpec,
): JsonValue | undefined {
  const profile = container.securityContext?.appArmorProfile ?? spec.securityContext?.appArmorProfile;
  if (profile !== undefined) {
    const local = profile.localhostProfile;
    return local === undefined ? (profile.type ?? "") : `${profile.type ?? ""}/${local}`;
  }
  const written = annotations?.[`${APPARMOR_ANNOTATION}${container.name ?? ""}`];
  if (written === "runtime/default") return "RuntimeDefault";
  if (written === "unconfined") return "Unconfined";
  return written?.replace(/^localhost\//, "Localhost/");
}

class Fields {
  readonly byKey = new Map<string, SecurityField>();

  add(key: string, path: Path, value: JsonValue | undefined, hidden = false): void {
    if (value === undefined || isEmpty(value) || isDefault(path.at(-1), value)) return;
    this.byKey.set(key, { key, path, value, hidden });
  }

  /** Every scalar and list below `value` is a field of its own. */
  addTree(key: string, path: Path, value: object | undefined, except: readonly string[] = []): void {
    for (const [name, child] of Object.entries(jsonOf(value) ?? {})) {
      if (except.includes(name)) continue;
      if (isJsonObject(child)) this.addTree(`${key}.${name}`, [...path, name], child);
      else this.add(`${key}.${name}`, [...path, name], normalised(child));
    }
  }
}

function isDefault(name: string | number | undefined, value: JsonValue): boolean {
  return typeof name === "string" && Object.hasOwn(DEFAULTS, name) && DEFAULTS[name] === value;
}

function isEmpty(value: JsonValue): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** Lists of capabilities, groups and paths are sets; in lists of objects, defaults are left out of each. */
function normalised(value: JsonValue): JsonValue {
  if (Array.isArray(value)) {
    const items = value.map(normalised);
    return items.every((item) => typeof item === "string" || typeof item === "number")
      ? items.toSorted((a, b) => (String(a) < String(b) ? -1 : 1))
      : items;
  }
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, child]) => [name, normalised(child)] as const)
      .filter(([name, child]) => !isDefault(name, child))
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** Typed values are JSON by construction. */
function jsonOf(value: object | undefined): JsonValue | undefined {
  return value === undefined ? undefined : asJson(value);
}

/** Names of the volumes that a StatefulSet's claim templates add to its pods. */
export function claimedVolumes(owner: object): ReadonlySet<string> {
  return new Set(
    listAt(owner, ["spec", "volumeClaimTemplates"]).flatMap((claim) => stringAt(claim, ["metadata", "name"]) ?? []),
  );
}

/** One field that two pods have differently; undefined where one lacks it. */
export interface SecurityDifference {
  readonly key: string;
  readonly left: SecurityField | undefined;
  readonly right: SecurityField | undefined;
}

/** In order of key. */
export function compareSecurityFields(
  left: ReadonlyMap<string, SecurityField>,
  right: ReadonlyMap<string, SecurityField>,
): readonly SecurityDifference[] {
  const keys = [...new Set([...left.keys(), ...right.keys()])].toSorted();
  return keys
    .map((key) => ({ key, left: left.get(key), right: right.get(key) }))
    .filter(
      (pair) =>
        pair.left === undefined || pair.right === undefined || jsonText(pair.left.value) !== jsonText(pair.right.value),
    );
}
