import {
  type ClusterSnapshot,
  type KubeObject,
  type Path,
  type Workload,
  isJsonObject,
  listAt,
  objectAt,
  parseShell,
  snapshotModel,
  stringAt,
  toWorkload,
} from "@redoubt/kube";
import { evidenceOfType, readAt } from "./evidence.ts";
import { minorVersion } from "./minor-version.ts";

export type ComponentName = "kube-apiserver" | "kube-controller-manager" | "kube-scheduler" | "etcd";

export interface Flag {
  readonly value: string;
  readonly path: Path;
}

/** How a control-plane component is started: by a static pod's manifest or by kubeadm, or as it says itself. */
export interface Component {
  readonly name: ComponentName;
  readonly object: KubeObject<object>;
  /** What messages name as the source; empty where the object's own place says it. */
  readonly source: string;
  /** Minor version, where known: defaults differ. */
  readonly minor: number | undefined;
  /** By name without dashes. kubeadm's own defaults are among them, and every default where the component itself was asked. */
  readonly flags: ReadonlyMap<string, Flag>;
  /** Where flags are listed: what to blame for one that is missing. */
  readonly path: Path;
}

const KUBEADM_KEYS: Readonly<Record<ComponentName, Path>> = {
  "kube-apiserver": ["apiServer", "extraArgs"],
  "kube-controller-manager": ["controllerManager", "extraArgs"],
  "kube-scheduler": ["scheduler", "extraArgs"],
  etcd: ["etcd", "local", "extraArgs"],
};

/** What kubeadm writes into the manifests when nobody says otherwise, as far as a control asks for it. */
const KUBEADM_DEFAULTS: Readonly<Record<ComponentName, Readonly<Record<string, string>>>> = {
  "kube-apiserver": {
    "authorization-mode": "Node,RBAC",
    "enable-admission-plugins": "NodeRestriction",
    "kubelet-client-certificate": "/etc/kubernetes/pki/apiserver-kubelet-client.crt",
    "kubelet-client-key": "/etc/kubernetes/pki/apiserver-kubelet-client.key",
    "client-ca-file": "/etc/kubernetes/pki/ca.crt",
    "etcd-cafile": "/etc/kubernetes/pki/etcd/ca.crt",
    "etcd-certfile": "/etc/kubernetes/pki/apiserver-etcd-client.crt",
    "etcd-keyfile": "/etc/kubernetes/pki/apiserver-etcd-client.key",
    "service-account-key-file": "/etc/kubernetes/pki/sa.pub",
    "tls-cert-file": "/etc/kubernetes/pki/apiserver.crt",
    "tls-private-key-file": "/etc/kubernetes/pki/apiserver.key",
  },
  "kube-controller-manager": {
    "use-service-account-credentials": "true",
    "bind-address": "127.0.0.1",
    "root-ca-file": "/etc/kubernetes/pki/ca.crt",
    "service-account-private-key-file": "/etc/kubernetes/pki/sa.key",
  },
  "kube-scheduler": { "bind-address": "127.0.0.1" },
  etcd: {
    "cert-file": "/etc/kubernetes/pki/etcd/server.crt",
    "key-file": "/etc/kubernetes/pki/etcd/server.key",
    "client-cert-auth": "true",
    "peer-cert-file": "/etc/kubernetes/pki/etcd/peer.crt",
    "peer-key-file": "/etc/kubernetes/pki/etcd/peer.key",
    "peer-client-cert-auth": "true",
    "trusted-ca-file": "/etc/kubernetes/pki/etcd/ca.crt",
  },
};

/** Flags that kubeadm takes from `etcd.external` when there is one. */
const EXTERNAL_ETCD: Readonly<Record<string, string>> = {
  "etcd-cafile": "caFile",
  "etcd-certfile": "certFile",
  "etcd-keyfile": "keyFile",
};

/** Every instance of a component that there is evidence of, each by the best of it. */
export function componentsOf(snapshot: ClusterSnapshot, name: ComponentName): readonly Component[] {
  return MODELS[name](snapshot);
}

const modelOf = (name: ComponentName): ((snapshot: ClusterSnapshot) => readonly Component[]) =>
  snapshotModel((snapshot) => bestOf(running(snapshot, name), fromPods(snapshot, name), fromKubeadm(snapshot, name)));

const MODELS: Readonly<Record<ComponentName, (snapshot: ClusterSnapshot) => readonly Component[]>> = {
  "kube-apiserver": modelOf("kube-apiserver"),
  "kube-controller-manager": modelOf("kube-controller-manager"),
  "kube-scheduler": modelOf("kube-scheduler"),
  etcd: modelOf("etcd"),
};

interface Running {
  readonly component: Component;
  /** Asked over the network, so that nobody knows which of several instances answered. */
  readonly anyInstance: boolean;
}

/**
 * What a component says itself goes before the pod that starts it, and that before what kubeadm was asked to make. A command line
 * that equals its manifest is judged as the manifest, which has lines to point at. Where several pods run a component, the one that
 * answered does not speak for the others, and the pods are judged.
 */
function bestOf(
  spoke: readonly Running[],
  pods: readonly Component[],
  kubeadm: readonly Component[],
): readonly Component[] {
  if (spoke.length === 0) return [...pods, ...kubeadm];
  const system = pods.filter(({ object }) => object.namespace === "kube-system");
  const others = pods.filter(({ object }) => object.namespace !== "kube-system");
  const answered = spoke.filter(({ anyInstance }) => anyInstance).map(({ component }) => component);
  if (answered.length > 0) return [...(system.length > 1 ? system : answered), ...others];
  const started = spoke.map(({ component }) => system.find((pod) => agree(pod, component)) ?? component);
  return [...new Set(started), ...others];
}

function agree(pod: Component, { flags }: Component): boolean {
  return pod.flags.size === flags.size && [...pod.flags].every(([name, { value }]) => flags.get(name)?.value === value);
}

function running(snapshot: ClusterSnapshot, name: ComponentName): readonly Running[] {
  return evidenceOfType(snapshot, "flags")
    .filter(({ component }) => component === name)
    .map((evidence) => ({
      anyInstance: evidence.effective,
      component: {
        name,
        object: evidence.object,
        source: readAt(evidence),
        minor: minorVersion(evidence.version ?? "") ?? serverMinor(snapshot),
        flags: new Map(
          Object.entries(evidence.flags).map(([flag, value]) => [flag, { value, path: ["flags", flag] }] as const),
        ),
        path: ["flags"],
      },
    }));
}

/** In a cluster only pods run; a file's pod templates are what will. */
function fromPods(snapshot: ClusterSnapshot, name: ComponentName): readonly Component[] {
  const workloads: readonly Workload[] =
    snapshot.source === "cluster"
      ? snapshot.list("Pod").flatMap((object) => toWorkload(object) ?? [])
      : snapshot.workloads;
  return workloads.flatMap(({ object, containers }) =>
    containers.flatMap(({ container, path }) => {
      const written = [...(container.command ?? []), ...(container.args ?? [])];
      if (!written.some((text) => text.includes(name))) return [];
      const words = [
        ...wordsOf(container.command ?? [], [...path, "command"]),
        ...wordsOf(container.args ?? [], [...path, "args"]),
      ];
      const start = words.findIndex(({ text }) => text.split("/").at(-1) === name);
      if (start < 0) return [];
      const listPath = (container.args ?? []).length > 0 ? [...path, "args"] : [...path, "command"];
      const tag = /:(v\d[^@]*)(?:@|$)/.exec(container.image ?? "")?.[1] ?? "";
      return [
        {
          name,
          object,
          source: Object.hasOwn(object.annotations, "kubernetes.io/config.mirror") ? "mirror pod" : "",
          minor: minorVersion(tag) ?? serverMinor(snapshot),
          flags: readFlags(words.slice(start + 1)),
          path: listPath,
        },
      ];
    }),
  );
}

function fromKubeadm(snapshot: ClusterSnapshot, name: ComponentName): readonly Component[] {
  return snapshot.listUntyped("kubeadm.k8s.io", "ClusterConfiguration").flatMap((object) => {
    const external = objectAt(object.value, ["etcd", "external"]);
    if (name === "etcd" && external !== undefined) return [];
    const path = KUBEADM_KEYS[name];
    const flags = new Map<string, Flag>(
      Object.entries(KUBEADM_DEFAULTS[name]).map(([flag, value]) => [flag, { value, path: path.slice(0, 1) }]),
    );
    if (name === "kube-apiserver" && external !== undefined)
      for (const [flag, key] of Object.entries(EXTERNAL_ETCD)) {
        const value = stringAt(external, [key]);
        if (value === undefined) flags.delete(flag);
        else flags.set(flag, { value, path: ["etcd", "external", key] });
      }
    for (const [flag, found] of kubeadmFlags(object.value, path)) flags.set(flag, found);
    const minor = minorVersion(stringAt(object.value, ["kubernetesVersion"]) ?? "");
    return [{ name, object, source: "", minor, flags, path }];
  });
}

function serverMinor(snapshot: ClusterSnapshot): number | undefined {
  return minorVersion(evidenceOfType(snapshot, "server-version")[0]?.version ?? "");
}

interface Word {
  readonly text: string;
  readonly path: Path;
}

/** A command line's words; `sh -c "..."` is taken apart. */
function wordsOf(list: readonly string[], path: Path): readonly Word[] {
  return list.flatMap((text, index) => {
    const at = [...path, index];
    if (!/\s--?\w/.test(text) || text.startsWith("-")) return [{ text, path: at }];
    return parseShell(text).flatMap(({ words }) => words.map((word) => ({ text: word.text, path: at })));
  });
}

function readFlags(words: readonly Word[]): ReadonlyMap<string, Flag> {
  const flags = new Map<string, Flag>();
  for (const [index, { text, path }] of words.entries()) {
    const match = /^--?([a-zA-Z][\w.-]*)(?:=([^]*))?$/.exec(text);
    if (match?.[1] === undefined) continue;
    const next = words[index + 1];
    const separate = next === undefined || next.text.startsWith("-") ? "true" : next.text;
    flags.set(match[1], { value: match[2] ?? separate, path });
  }
  return flags;
}

/** kubeadm v1beta4 lists name and value; older versions have a mapping. */
function kubeadmFlags(value: unknown, path: Path): ReadonlyMap<string, Flag> {
  const flags = new Map<string, Flag>();
  listAt(value, path).forEach((item, index) => {
    const name = stringAt(item, ["name"]);
    if (name !== undefined) flags.set(name, { value: stringAt(item, ["value"]) ?? "", path: [...path, index] });
  });
  const mapping = objectAt(value, path);
  if (isJsonObject(mapping))
    for (const [name, item] of Object.entries(mapping))
      if (typeof item !== "object") flags.set(name, { value: String(item), path: [...path, name] });
  return flags;
}

/** The items of a comma-separated flag. */
export function flagItems(component: Component, name: string): readonly string[] {
  return (component.flags.get(name)?.value ?? "")
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}
