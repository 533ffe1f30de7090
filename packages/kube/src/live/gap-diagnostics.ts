import type { Diagnostic } from "../diagnostic.ts";
import type { SnapshotGap } from "../snapshot.ts";

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
