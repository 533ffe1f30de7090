import {
  type ClusterSnapshot,
  type KubeObject,
  type Path,
  isJsonObject,
  listAt,
  stringAt,
  stringsAt,
} from "@redoubt/kube";

/** A key written into the configuration. */
export interface EncryptionKey {
  readonly name: string;
  /** Base64 as written. Never printed. */
  readonly secret: string;
  readonly path: Path;
}

export interface EncryptionProvider {
  /** identity, aescbc, aesgcm, secretbox, kms; empty where none or several are named. */
  readonly type: string;
  readonly path: Path;
  readonly keys: readonly EncryptionKey[];
  readonly value: unknown;
}

/** apiserver.config.k8s.io/v1 ResourceConfiguration. */
export interface EncryptionEntry {
  readonly resources: readonly string[];
  /** The first writes, the others only read. */
  readonly providers: readonly EncryptionProvider[];
  readonly path: Path;
}

export interface EncryptionConfiguration {
  readonly object: KubeObject<object>;
  readonly entries: readonly EncryptionEntry[];
}

const PROVIDERS = ["identity", "aescbc", "aesgcm", "secretbox", "kms"];

export function encryptionConfigurationsOf(snapshot: ClusterSnapshot): readonly EncryptionConfiguration[] {
  return ["apiserver.config.k8s.io", ""]
    .flatMap((group) => snapshot.listUntyped(group, "EncryptionConfiguration"))
    .map((object) => ({
      object,
      entries: listAt(object.value, ["resources"]).map((entry, index) => {
        const path: Path = ["resources", index];
        return {
          resources: stringsAt(entry, ["resources"]),
          providers: listAt(entry, ["providers"]).map((value, position) =>
            readProvider(value, [...path, "providers", position]),
          ),
          path,
        };
      }),
    }));
}

function readProvider(value: unknown, path: Path): EncryptionProvider {
  const named = isJsonObject(value) ? PROVIDERS.filter((type) => Object.hasOwn(value, type)) : [];
  const [type = ""] = named.length === 1 ? named : [];
  const keys = listAt(value, [type, "keys"]).map((key, index) => ({
    name: stringAt(key, ["name"]) ?? "",
    secret: stringAt(key, ["secret"]) ?? "",
    path: [...path, type, "keys", index],
  }));
  return { type, path, keys, value };
}

/** The entry that decides how Secrets are stored: the first that names them or a wildcard over them. */
export function entryForSecrets(configuration: EncryptionConfiguration): EncryptionEntry | undefined {
  return configuration.entries.find(({ resources }) =>
    resources.some((name) => name === "secrets" || name === "*." || name === "*.*"),
  );
}

/** Text that some tool replaces before the API server reads the file. */
export function isPlaceholder(text: string): boolean {
  return text === "" || /\$\{?\w|\{\{|<[^>]*>|^\[.*\]$|%\w+%|^(?:BASE64|YOUR|REPLACE|CHANGE|INSERT)[\s_-]/i.test(text);
}
