import type { Control, ControlReport } from "@redoubt/control";
import type { ClusterSnapshot, EvidenceOf } from "@redoubt/kube";
import { evidenceOfType, gapOf, looksAtCluster, readAt } from "../model/evidence.ts";
import { countSecrets } from "../model/transformations.ts";
import { cisReferences } from "../model/cis-benchmark.ts";

export const secretsStoredEncrypted: Control = {
  id: "INF-051",
  title: "Secrets really go to etcd encrypted",
  layer: "infrastructure",
  item: "secrets-at-rest",
  severity: "critical",
  references: [
    ...cisReferences("1.2.28"),
    { framework: "MITRE-ATTACK", version: "16", id: "T1552.007" },
    { framework: "OWASP-K8S", version: "2025", id: "K03" },
  ],
  rationale:
    "A configuration is a promise. What a server writes that reads another file, or was not restarted, lies in etcd and in its backups in plain text.",
  remediation:
    "Put an encrypting provider first and restart every API server, then rewrite all Secrets: kubectl get secrets -A -o json | kubectl replace -f -",
  examples: {
    failing: `apiVersion: evidence.redoubt.dev/v1
kind: StoredSecret
metadata:
  name: canary
source: etcd at https://10.0.0.5:2379
time: "2026-11-24T00:00:00Z"
key: /registry/secrets/default/canary
`,
    passing: `apiVersion: evidence.redoubt.dev/v1
kind: StoredSecret
metadata:
  name: canary
source: etcd at https://10.0.0.5:2379
time: "2026-11-24T00:00:00Z"
key: /registry/secrets/default/canary
transformer: "k8s:enc:secretbox:v1:key1:"
`,
  },
  fixable: false,
  check(snapshot, report) {
    const newest = newestStored(snapshot);
    for (const stored of newest) judgeBytes(stored, report);
    const counted = evidenceOfType(snapshot, "metrics").map((metrics) => judgeWrites(metrics, report));
    if (newest.length === 0 && !counted.includes(true) && looksAtCluster(snapshot)) reportUnseen(snapshot, report);
  },
};

/** What shows how Secrets are written now: single ones, and of all that were looked at those that were written last. */
function newestStored(snapshot: ClusterSnapshot): readonly EvidenceOf<"stored-secret">[] {
  const stored = evidenceOfType(snapshot, "stored-secret");
  const last = Math.max(0, ...stored.map(({ revision }) => revision ?? 0));
  return stored.filter(({ revision }) => revision === undefined || revision === last);
}

function judgeBytes(stored: EvidenceOf<"stored-secret">, report: ControlReport): void {
  if (stored.transformer !== undefined) report.pass(stored.object);
  else
    report.fail(stored.object, {
      message: `${readAt(stored)} holds ${stored.key} in plain text: it does not begin with k8s:enc:`,
      path: ["key"],
    });
}

/** Whether the API server's counters show how it writes Secrets. */
function judgeWrites(metrics: EvidenceOf<"metrics">, report: ControlReport): boolean {
  const { encrypted, plain } = countSecrets(metrics, "to_storage");
  if (plain > 0)
    report.fail(metrics.object, {
      message: `kube-apiserver (${readAt(metrics)}) wrote Secrets ${plain} times in plain text since it started`,
      path: ["samples"],
    });
  else if (encrypted > 0) report.pass(metrics.object);
  return plain + encrypted > 0;
}

function reportUnseen(snapshot: ClusterSnapshot, report: ControlReport): void {
  const gap = gapOf(snapshot, "stored-secret") ?? gapOf(snapshot, "metrics");
  report.unknown(undefined, {
    message: `nothing shows how Secrets lie in etcd${gap === undefined ? ": the API server's counters have none written since it started" : `: ${gap.message}`}`,
    needs:
      gap?.needs ??
      "a Secret written before the next scan (its encryption then shows in /metrics), or a look into etcd: redoubt scan --live --etcd URL",
  });
}
