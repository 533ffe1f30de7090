import type { MetricSample } from "./evidence.ts";

/** The families that a control asks for. The rest of a busy API server's /metrics is tens of megabytes. */
const FAMILIES: ReadonlySet<string> = new Set([
  "apiserver_admission_controller_admission_duration_seconds_count",
  "apiserver_audit_error_total",
  "apiserver_audit_event_total",
  "apiserver_audit_level_total",
  "apiserver_authorization_decisions_total",
  "apiserver_encryption_config_controller_last_config_info",
  "apiserver_encryption_config_controller_automatic_reloads_total",
  "apiserver_storage_transformation_operations_total",
  "authorization_attempts_total",
  "kubernetes_build_info",
  "kubernetes_feature_enabled",
  "pod_security_evaluations_total",
  "pod_security_exemptions_total",
]);

/** Series that differ in labels nobody asks for are not worth keeping one by one. */
const MOST_SAMPLES = 5000;

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g;

/** The samples of wanted families in a Prometheus text (exposition format 0.0.4). Lines that are none are skipped. */
export function parseMetrics(text: string, families: ReadonlySet<string> = FAMILIES): readonly MetricSample[] {
  const samples: MetricSample[] = [];
  for (let start = 0; start < text.length && samples.length < MOST_SAMPLES;) {
    const found = text.indexOf("\n", start);
    const end = found === -1 ? text.length : found;
    const line = text.slice(start, end);
    start = end + 1;
    const name = NAME.exec(line)?.[0];
    if (name === undefined || !families.has(name)) continue;
    const sample = readSample(name, line.slice(name.length));
    if (sample !== undefined) samples.push(sample);
  }
  return samples;
}

function readSample(name: string, rest: string): MetricSample | undefined {
  const labelled = /^\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\}/.exec(rest);
  const [number = ""] = rest
    .slice(labelled?.[0].length ?? 0)
    .trim()
    .split(/\s+/);
  const value = number === "" ? Number.NaN : Number(number);
  if (Number.isNaN(value)) return undefined;
  const labels = [...(labelled?.[1] ?? "").matchAll(LABEL)].map(
    ([, key = "", written = ""]) => [key, unescaped(written)] as const,
  );
  return { name, labels: Object.fromEntries(labels), value };
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped));
}
