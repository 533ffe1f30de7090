/** A Vault store's settings that decide which path is read. */
export interface VaultMount {
  /** The KV mount; undefined where the keys carry it. */
  readonly path: string | undefined;
  readonly version: "v1" | "v2";
}

/** The path below `/v1/` that External Secrets reads for a key (its Vault provider's buildPath). */
export function vaultReadPath(mount: VaultMount, key: string): string {
  const { path, version } = mount;
  if (path === undefined) {
    if (version === "v1" || key.includes("/data/")) return key;
    const [first = "", ...rest] = key.split("/");
    return [first, "data", ...rest].join("/");
  }
  const rest = withoutMount(mount, key);
  return [path, ...(version === "v2" ? ["data"] : []), rest].join("/");
}

/** The key without the mount, and without the `data/` after it, that External Secrets takes away before it adds both. */
function withoutMount({ path = "", version }: VaultMount, key: string): string {
  if (!key.startsWith(`${path}/`)) return key;
  const rest = key.slice(path.length + 1);
  return version === "v2" && rest.startsWith("data/") ? rest.slice("data/".length) : rest;
}

export type VaultKeyProblem =
  /** Repeats the mount and `data/`; External Secrets corrects it, and reads what `shortened` reads. */
  | { readonly kind: "doubled"; readonly reads: string; readonly shortened: string }
  /** Begins with `data/`, which is added a second time. */
  | { readonly kind: "data-twice"; readonly reads: string; readonly shortened: string }
  /** Names a mount and nothing in it. */
  | { readonly kind: "mount-only"; readonly reads: string };

/** What is wrong with a key of a KV version 2 store, or undefined. */
export function vaultKeyProblem(mount: VaultMount, key: string): VaultKeyProblem | undefined {
  if (mount.version !== "v2" || key === "") return undefined;
  const reads = vaultReadPath(mount, key);
  if (mount.path === undefined) return key.includes("/") ? undefined : { kind: "mount-only", reads };
  const doubled = `${mount.path}/data/`;
  if (key.startsWith(doubled) && key.length > doubled.length)
    return { kind: "doubled", reads, shortened: key.slice(doubled.length) };
  if (key.startsWith("data/") && key.length > 5) return { kind: "data-twice", reads, shortened: key.slice(5) };
  return undefined;
}
