import {
  type ClusterSnapshot,
  type KubeObject,
  type Path,
  isJsonObject,
  listAt,
  objectAt,
  parseShell,
  stringAt,
} from "@redoubt/kube";

export type ComponentName = "kube-apiserver" | "kube-controller-manager" | "kube-scheduler" | "etcd";

export interface Flag {
  readonly value: string;
  readonly path: Path;
}

/** How a control-plane component is started, by a static pod's manifest or by kubeadm. */
export interface Component {
  readonly name: ComponentName;
  readonly object: KubeObject<object>;
  /** By name without dashes. kubeadm's own defaults are among them. */
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
  },
  "kube-controller-manager": { "use-service-account-credentials": "true", "bind-address": "127.0.0.1" },
  "kube-scheduler": { "bind-address": "127.0.0.1" },
  etcd: {
    "cert-file": "/etc/kubernetes/pki/etcd/server.crt",
    "key-file": "/etc/kubernetes/pki/etcd/server.key",
    "client-cert-auth": "true",
    "peer-cert-file": "/etc/kubernetes/pki/etcd/peer.crt",
    "peer-key-file": "/etc/kubernetes/pki/etcd/peer.key",
    "peer-client-cert-auth": "true",
  },
};

export function componentsOf(snapshot: ClusterSnapshot, name: ComponentName): readonly Component[] {
  const pods = snapshot.workloads.flatMap(({ object, containers }) =>
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
      return [{ name, object, flags: readFlags(words.slice(start + 1)), path: listPath }];
    }),
  );
  const kubeadm = snapshot.listUntyped("kubeadm.k8s.io", "ClusterConfiguration").flatMap((object) => {
    if (name === "etcd" && objectAt(object.value, ["etcd", "external"]) !== undefined) return [];
    const path = KUBEADM_KEYS[name];
    const flags = new Map<string, Flag>(
      Object.entries(KUBEADM_DEFAULTS[name]).map(([flag, value]) => [flag, { value, path: path.slice(0, 1) }]),
    );
    for (const [flag, found] of kubeadmFlags(object.value, path)) flags.set(flag, found);
    return [{ name, object, flags, path }];
  });
  return [...pods, ...kubeadm];
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
