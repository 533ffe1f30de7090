import type { Control, ControlReport } from "@redoubt/control";
import type { ClusterSnapshot, EvidenceOf, MetricSample } from "@redoubt/kube";
import { evidenceOfType, gapOf, looksAtCluster, readAt } from "../model/evidence.ts";

const OPERATIONS = "apiserver_storage_transformation_operations_total";

export const secretsStoredEncrypted: Control = {
  id: "INF-051",
  title: "Secrets really lie encrypted in etcd",
  layer: "infrastructure",
  item: "secrets-at-rest",
  severity: "critical",
  references: [
    { framework: "CIS", version: "1.11", id: "1.2.28" },
    { framework: "MITRE-ATTACK", version: "16", id: "T1552.007" },
    { framework: "OWASP-K8S", version: "2025", id: "K03" },
  ],
  rationale:
    "A configuration is a promise. What was written before it, or by a server that reads another file, lies in etcd and in its backups in plain text.",
  remediation:
    "Put an encrypting provider first, restart every API server, then rewrite all Secrets: kubectl get secrets -A -o json | kubectl replace -f -",
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
    const bytes = evidenceOfType(snapshot, "stored-secret");
    for (const stored of bytes) judgeBytes(stored, report);
    const counted = evidenceOfType(snapshot, "metrics").map((metrics) => judgeCounters(metrics, report));
    if (bytes.length === 0 && !counted.includes(true) && looksAtCluster(snapshot)) reportUnseen(snapshot, report);
  },
};

function judgeBytes(stored: EvidenceOf<"stored-secret">, report: ControlReport): void {
  if (stored.transformer !== undefined) report.pass(stored.object);
  else
    report.fail(stored.object, {
      message: `${readAt(stored)} holds ${stored.key} in plain text: it does not begin with k8s:enc:`,
      path: ["key"],
    });
}

/** Whether the API server's counters show anything of Secrets. */
function judgeCounters(metrics: EvidenceOf<"metrics">, report: ControlReport): boolean {
  const operations = metrics.samples.filter(
    ({ name, labels, value }) => name === OPERATIONS && labels["resource"] === "secrets" && value > 0,
  );
  const count = (direction: string, which: (sample: MetricSample) => boolean): number =>
    operations
      .filter((sample) => sample.labels["transformation_type"] === direction && which(sample))
      .reduce((sum, { value }) => sum + value, 0);
  const source = readAt(metrics);
  const writtenPlain = count("to_storage", plain);
  const readPlain = count("from_storage", plain);
  if (writtenPlain > 0)
    report.fail(metrics.object, {
      message: `kube-apiserver (${source}) wrote Secrets ${writtenPlain} times in plain text since it started`,
      path: ["samples"],
    });
  else if (readPlain > 0)
    report.fail(metrics.object, {
      message: `kube-apiserver (${source}) read Secrets ${readPlain} times from plain text: they were stored before encryption was turned on and not rewritten since`,
      path: ["samples"],
      severity: "high",
    });
  else if (count("to_storage", encrypted) > 0) report.pass(metrics.object);
  else return false;
  return true;
}

/** The identity provider writes nothing before the value, and is named only when it reads. */
function plain({ labels }: MetricSample): boolean {
  return ["", "identity"].includes(labels["transformer_prefix"] ?? "");
}

function encrypted({ labels }: MetricSample): boolean {
  return (labels["transformer_prefix"] ?? "").startsWith("k8s:enc:") && labels["status"] === "OK";
}

function reportUnseen(snapshot: ClusterSnapshot, report: ControlReport): void {
  const gap = gapOf(snapshot, "stored-secret") ?? gapOf(snapshot, "metrics");
  report.unknown(undefined, {
    message: `nothing shows how Secrets lie in etcd${gap === undefined ? ": the API server's counters have none written since it started" : `: ${gap.message}`}`,
    needs:
      gap?.needs ??
      "a Secret written before the next scan (its encryption then shows in /metrics), or a look into etcd: redoubt scan --live --etcd",
  });
}
