import type { Control, ControlReport } from "@redoubt/control";
import type { ClusterSnapshot, EvidenceOf } from "@redoubt/kube";
import { componentsOf } from "../model/component.ts";
import { evidenceOfType, gapOf, looksAtCluster, readAt } from "../model/evidence.ts";
import { parseFlagBoolean } from "../model/flag-boolean.ts";
import { countSecrets } from "../model/transformations.ts";
import { cisReferences } from "../model/cis-benchmark.ts";

export const olderSecretsEncrypted: Control = {
  id: "INF-056",
  title: "Secrets from before encryption are encrypted too",
  layer: "infrastructure",
  item: "secrets-at-rest",
  severity: "high",
  references: [
    ...cisReferences("1.2.28"),
    { framework: "MITRE-ATTACK", version: "16", id: "T1552.007" },
    { framework: "OWASP-K8S", version: "2025", id: "K03" },
  ],
  rationale:
    "Turning encryption on encrypts what is written from then on. What nobody has written since lies in etcd in plain text, and the oldest Secrets are often the most important ones.",
  remediation: "Write all Secrets again: kubectl get secrets -A -o json | kubectl replace -f -",
  examples: {
    failing: group("encrypted", 3, 40, "k8s:enc:secretbox:v1:key1:") + "---\n" + group("plain", 2, 20),
    passing: group("encrypted", 5, 40, "k8s:enc:secretbox:v1:key1:"),
  },
  fixable: false,
  check(snapshot, report) {
    const all = evidenceOfType(snapshot, "stored-secret").filter(({ secrets }) => secrets !== undefined);
    const seen =
      all.length > 0
        ? judgeAll(all, report)
        : evidenceOfType(snapshot, "metrics")
            .map((metrics) => judgeReads(metrics, snapshot, report))
            .includes(true);
    if (!seen && looksAtCluster(snapshot)) reportUnseen(snapshot, report);
  },
};

/** Where nothing is encrypted there is no before and after: that is another control's finding. */
function judgeAll(all: readonly EvidenceOf<"stored-secret">[], report: ControlReport): boolean {
  const plain = all.filter(({ transformer }) => transformer === undefined);
  const encrypted = all.filter(({ transformer }) => transformer !== undefined);
  if (plain.length === 0) for (const stored of encrypted) report.pass(stored.object);
  else if (encrypted.length > 0)
    for (const stored of plain)
      report.fail(stored.object, {
        message: `${readAt(stored)} holds ${stored.secrets ?? 1} Secrets in plain text, such as ${stored.key}: they were not written since encryption was turned on`,
        path: ["secrets"],
      });
  return true;
}

/**
 * An API server reads all Secrets into its watch cache when it starts, so that those in plain text show in its counters. Without the
 * cache it reads only what it is asked for.
 */
function judgeReads(metrics: EvidenceOf<"metrics">, snapshot: ClusterSnapshot, report: ControlReport): boolean {
  const written = countSecrets(metrics, "to_storage");
  const read = countSecrets(metrics, "from_storage");
  if (read.plain > 0 && written.encrypted + read.encrypted > 0) {
    report.fail(metrics.object, {
      message: `kube-apiserver (${readAt(metrics)}) read Secrets ${read.plain} times from plain text: they were stored before encryption was turned on and not rewritten since, or since it started`,
      path: ["samples"],
    });
    return true;
  }
  if (read.encrypted === 0 || read.plain + written.plain > 0 || withoutWatchCache(snapshot)) return false;
  report.pass(metrics.object);
  return true;
}

function withoutWatchCache(snapshot: ClusterSnapshot): boolean {
  return componentsOf(snapshot, "kube-apiserver").some(
    ({ flags }) =>
      parseFlagBoolean(flags.get("watch-cache")?.value) === false ||
      /(?:^|,)secrets#0(?:,|$)/.test(flags.get("watch-cache-sizes")?.value ?? ""),
  );
}

function reportUnseen(snapshot: ClusterSnapshot, report: ControlReport): void {
  const gap = gapOf(snapshot, "stored-secret") ?? gapOf(snapshot, "metrics");
  report.unknown(undefined, {
    message: `whether Secrets that were there before are encrypted is not known${gap === undefined ? "" : `: ${gap.message}`}`,
    needs:
      gap?.needs ??
      "a look at all Secrets in etcd (redoubt scan --live --etcd URL), or the metrics of an API server that was started after encryption was turned on",
  });
}

function group(name: string, secrets: number, revision: number, transformer?: string): string {
  return `apiVersion: evidence.redoubt.dev/v1
kind: StoredSecret
metadata:
  name: ${name}
source: etcd at https://10.0.0.5:2379
time: "2026-11-24T00:00:00Z"
key: /registry/secrets/default/${name}
${transformer === undefined ? "" : `transformer: "${transformer}"\n`}secrets: ${secrets}
revision: ${revision}
`;
}
