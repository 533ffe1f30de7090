import type { EvidenceOf, MetricSample } from "@redoubt/kube";

const OPERATIONS = "apiserver_storage_transformation_operations_total";

/** How often an API server wrote or read Secrets since it started. */
export interface SecretCounts {
  readonly encrypted: number;
  readonly plain: number;
}

/** From the counter of storage transformations; both zero where it says nothing of Secrets. */
export function countSecrets(
  { samples }: EvidenceOf<"metrics">,
  direction: "to_storage" | "from_storage",
): SecretCounts {
  const counted = samples.filter(
    ({ name, labels }) =>
      name === OPERATIONS && labels["resource"] === "secrets" && labels["transformation_type"] === direction,
  );
  const sum = (which: (sample: MetricSample) => boolean): number =>
    counted.filter(which).reduce((total, { value }) => total + value, 0);
  return { encrypted: sum(isEncrypted), plain: sum(isPlain) };
}

/** The identity provider writes nothing before the value, and is named only when it reads. */
function isPlain({ labels }: MetricSample): boolean {
  return ["", "identity"].includes(labels["transformer_prefix"] ?? "");
}

function isEncrypted({ labels }: MetricSample): boolean {
  return (labels["transformer_prefix"] ?? "").startsWith("k8s:enc:") && labels["status"] === "OK";
}
