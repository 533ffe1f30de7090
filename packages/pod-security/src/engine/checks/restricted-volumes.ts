import type { Volume } from "@redoubt/kube";
import type { Check, PodCheck } from "../check.ts";
import { joinQuoted, pluralize, sortedUnique } from "../message-text.ts";

const ALLOWED = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "image",
  "persistentVolumeClaim",
  "projected",
  "secret",
] as const satisfies readonly (keyof Volume)[];

/** In the order in which the API server looks for them: a volume with two sources is called by the first. */
const RESTRICTED = [
  "hostPath",
  "gcePersistentDisk",
  "awsElasticBlockStore",
  "gitRepo",
  "nfs",
  "iscsi",
  "glusterfs",
  "rbd",
  "flexVolume",
  "cinder",
  "cephfs",
  "flocker",
  "fc",
  "azureFile",
  "vsphereVolume",
  "quobyte",
  "azureDisk",
  "photonPersistentDisk",
  "portworxVolume",
  "scaleIO",
  "storageos",
] as const satisfies readonly (keyof Volume)[];

/** Every kind of volume that Kubernetes knows, by its field. */
export const VOLUME_SOURCES: readonly (keyof Volume)[] = [...ALLOWED, ...RESTRICTED];

const check: PodCheck = (_metadata, spec) => {
  const bad = (spec.volumes ?? []).filter((volume) => ALLOWED.every((type) => volume[type] === undefined));
  if (bad.length === 0) return undefined;
  const types = sortedUnique(bad.map((volume) => RESTRICTED.find((type) => volume[type] !== undefined) ?? "unknown"));
  const names = bad.map(({ name }) => name ?? "");
  return {
    reason: "restricted volume types",
    detail: [
      pluralize("volume", "volumes", names.length),
      joinQuoted(names),
      pluralize("uses", "use", names.length),
      pluralize("restricted volume type", "restricted volume types", types.length),
      joinQuoted(types),
    ].join(" "),
  };
};

/** Volumes are configuration, claims, scratch space or images; not drivers that an administrator should choose. */
export const restrictedVolumes: Check = {
  id: "restrictedVolumes",
  level: "restricted",
  revisions: [{ since: 0, check, overrides: ["hostPathVolumes"] }],
};
