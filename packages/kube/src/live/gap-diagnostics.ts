import type { Diagnostic } from "../diagnostic.ts";
import type { SnapshotGap } from "../snapshot.ts";
import type { ClusterEvidence, EvidenceGap, EvidenceOf } from "./evidence.ts";

/** Evidence that could not be had, once for each reason. What a server just does not serve is no failure, unless it was asked for. */
export function evidenceDiagnostics(evidence: readonly ClusterEvidence[]): readonly Diagnostic[] {
  const gaps = evidence.filter(
    (one): one is EvidenceOf<"gap"> =>
      one.type === "gap" && (one.failure !== "not-served" || ASKED_FOR.has(one.missing)),
  );
  const reasons = Map.groupBy(gaps, ({ missing, component = "", needs }) => `${missing} ${component} ${needs}`);
  return [...reasons.values()].flatMap(([first, ...more]): readonly Diagnostic[] => {
    if (first === undefined) return [];
    const what = `${WORDS[first.missing]}${first.component === undefined ? "" : ` of ${first.component}`}`;
    const others = more.length === 0 ? "" : ` (and ${more.length} more)`;
    const message = `no evidence of ${what}: ${first.message}${others}`;
    return [{ code: "KUBE_EVIDENCE", severity: "error", message, hint: first.needs }];
  });
}

/** What is looked for only when a flag says so. */
const ASKED_FOR: ReadonlySet<EvidenceGap["missing"]> = new Set([
  "stored-secret",
  "audit-probe",
  "kubelet-configuration",
]);

const WORDS: Readonly<Record<EvidenceGap["missing"], string>> = {
  flags: "the flags",
  metrics: "the metrics",
  "kubelet-configuration": "the configuration of kubelets",
  "server-version": "the server's version",
  "node-file": "a node's files",
  "stored-secret": "how Secrets are stored",
  "audit-probe": "audit events",
  "anonymous-probe": "the answer to anonymous requests",
};

/** What could not be read, said once for all kinds that are missing for the same reason. */
export function gapDiagnostics(gaps: readonly SnapshotGap[]): readonly Diagnostic[] {
  const refused = gaps.filter(({ failure }) => failure === "forbidden");
  const rest = Map.groupBy(
    gaps.filter(({ failure }) => failure !== "forbidden"),
    ({ failure, message }) => `${failure}: ${message}`,
  );
  return [
    ...(refused.length === 0 ? [] : [forbidden(refused)]),
    ...[...rest].map(([reason, missing]): Diagnostic => ({
      code: "KUBE_LIST_FAILED",
      severity: "error",
      message: `${namesOf(missing)} could not be read: ${reason}`,
      hint: "scan again when the API server answers",
    })),
  ];
}

function forbidden(gaps: readonly SnapshotGap[]): Diagnostic {
  return {
    code: "KUBE_FORBIDDEN",
    severity: "error",
    message: `the account may not list ${namesOf(gaps)}`,
    hint: "redoubt rbac-for-scan prints the role that a scan needs",
  };
}

/** `pods, deployments.apps, roles.rbac.authorization.k8s.io in namespace shop`. */
function namesOf(gaps: readonly SnapshotGap[]): string {
  const byNamespace = Map.groupBy(gaps, ({ namespace }) => namespace);
  return [...byNamespace]
    .map(([namespace, missing]) => {
      const names = missing.map(({ group, resource }) => (group === "" ? resource : `${resource}.${group}`));
      return `${names.toSorted().join(", ")}${namespace === undefined ? "" : ` in namespace ${namespace}`}`;
    })
    .join("; ");
}
