import type { Control, ControlReport } from "@redoubt/control";
import { type ClusterSnapshot, type EvidenceOf, type Path, stringAt } from "@redoubt/kube";
import { cisReferences } from "../model/cis-benchmark.ts";
import { type EncryptionConfiguration, encryptionConfigurationsOf, entryForSecrets } from "../model/encryption.ts";
import { evidenceOfType, readAt } from "../model/evidence.ts";

export const oldKeysRemoved: Control = {
  id: "INF-057",
  title: "Only the key that writes Secrets can read them",
  layer: "infrastructure",
  item: "secrets-at-rest",
  severity: "low",
  references: [...cisReferences("1.2.28"), { framework: "OWASP-K8S", version: "2025", id: "K03" }],
  rationale:
    "A key that was replaced because it may have leaked protects nothing while values are stored with it. And as long as identity reads, whoever can write to etcd can plant a Secret without any key.",
  remediation:
    "Write all Secrets again (kubectl get secrets -A -o json | kubectl replace -f -), then take the old keys and identity out of the list and restart every API server.",
  examples: {
    failing: example(
      "  - secretbox:\n      keys:\n      - name: key2\n        secret: <BASE64 ENCODED SECRET>\n      - name: key1\n        secret: <BASE64 ENCODED SECRET>\n",
    ),
    passing: example("  - secretbox:\n      keys:\n      - name: key2\n        secret: <BASE64 ENCODED SECRET>\n"),
  },
  fixable: false,
  check(snapshot, report) {
    const stored = evidenceOfType(snapshot, "stored-secret").filter(({ secrets }) => secrets !== undefined);
    const configurations = encryptionConfigurationsOf(snapshot);
    for (const configuration of configurations) judgeConfiguration(configuration, stored, report);
    if (configurations.length === 0) judgeStored(stored, snapshot, report);
  },
};

/** Something in the list that reads and does not write. */
interface Reader {
  readonly what: string;
  /** What values that it can read begin with; undefined for identity. */
  readonly mark: string | undefined;
  readonly path: Path;
}

function judgeConfiguration(
  configuration: EncryptionConfiguration,
  stored: readonly EvidenceOf<"stored-secret">[],
  report: ControlReport,
): void {
  const [first] = entryForSecrets(configuration)?.providers ?? [];
  if (first === undefined || first.type === "identity" || first.type === "") return;
  const readers = readersOf(configuration);
  if (readers.length === 0) report.pass(configuration.object);
  for (const { what, mark, path } of readers)
    report.fail(configuration.object, {
      message: `${what} still reads Secrets: ${useOf(mark, stored)}`,
      path,
      // A list in the middle of a rotation has to have it.
      ...(stored.length === 0 ? { severity: "info" } : {}),
    });
}

function readersOf(configuration: EncryptionConfiguration): readonly Reader[] {
  const providers = entryForSecrets(configuration)?.providers ?? [];
  return providers.flatMap(({ type, keys, path, value }, index): readonly Reader[] => {
    if (type === "") return [];
    if (type === "identity") return [{ what: "identity", mark: undefined, path }];
    const own = keys.slice(index === 0 ? 1 : 0).map((key) => ({
      what: `the ${type} key ${JSON.stringify(key.name)}`,
      mark: `k8s:enc:${type}:v1:${key.name}:`,
      path: key.path,
    }));
    if (type !== "kms" || index === 0) return own;
    const name = stringAt(value, ["kms", "name"]) ?? "";
    const version = stringAt(value, ["kms", "apiVersion"]) ?? "v1";
    return [{ what: `the kms provider ${JSON.stringify(name)}`, mark: `k8s:enc:kms:${version}:${name}:`, path }];
  });
}

function useOf(mark: string | undefined, stored: readonly EvidenceOf<"stored-secret">[]): string {
  if (stored.length === 0) return "once no Secret is stored that way, it can be removed";
  const group = stored.find(({ transformer }) => transformer === mark);
  return group === undefined
    ? "no Secret is stored that way any more, and it can be removed"
    : `${group.secrets ?? 1} Secrets are still stored that way (${readAt(group)})`;
}

/** Without the configuration, what is stored under another key than the newest Secret shows that an old key is in use. */
function judgeStored(
  stored: readonly EvidenceOf<"stored-secret">[],
  snapshot: ClusterSnapshot,
  report: ControlReport,
): void {
  const encrypted = stored.filter(({ transformer }) => transformer !== undefined);
  const newest = encrypted.toSorted((a, b) => (b.revision ?? 0) - (a.revision ?? 0))[0];
  if (newest === undefined) return;
  for (const old of encrypted)
    if (old !== newest)
      report.fail(old.object, {
        message: `${readAt(old)} holds ${old.secrets ?? 1} Secrets that ${old.transformer ?? ""} wrote, such as ${old.key}, while new ones are written by ${newest.transformer ?? ""}`,
        path: ["transformer"],
      });
  if (encrypted.length === 1 && snapshot.source === "cluster")
    report.unknown(newest.object, {
      message: "all Secrets are stored with one key; whether others are still accepted is not known",
      needs: "the file that --encryption-provider-config names (redoubt scan --node on a control-plane node reads it)",
    });
}

function example(providers: string): string {
  return `apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets]
  providers:
${providers}`;
}
