import type { Control, Failure } from "@redoubt/control";
import { type KubeObject, stringAt } from "@redoubt/kube";
import { externalSecretsOf } from "../model/external-secret.ts";
import { parseDuration } from "../model/duration.ts";

const EXAMPLE = (interval: string): string => `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: database
  namespace: shop
spec:
  refreshInterval: ${interval}
  secretStoreRef:
    name: vault
  data:
  - secretKey: password
    remoteRef:
      key: database
`;

export const refreshIntervalSane: Control = {
  id: "SEC-013",
  title: "External secrets are refreshed, but not all the time",
  layer: "application",
  item: "secrets-at-rest",
  severity: "low",
  references: [{ framework: "OWASP-K8S", version: "2025", id: "K03" }],
  rationale:
    "An interval of seconds multiplies the load on the secret store and the entries in its audit log by every ExternalSecret; an interval of zero never brings a rotated credential to the workload.",
  remediation: "Use an interval between some minutes and the rotation period; 1h is the default.",
  examples: { failing: EXAMPLE("15s"), passing: EXAMPLE("1h") },
  fixable: true,
  check(snapshot, report) {
    for (const secret of externalSecretsOf(snapshot)) {
      const failure = failureFor(secret);
      if (failure === undefined) report.pass(secret);
      else report.fail(secret, failure);
    }
  },
};

function failureFor({ value }: KubeObject<object>): Failure | undefined {
  const path = ["spec", "refreshInterval"];
  const interval = stringAt(value, path);
  const policy = stringAt(value, ["spec", "refreshPolicy"]) ?? "Periodic";
  if (interval === undefined || policy !== "Periodic" || /\{\{|\$\{/.test(interval)) return undefined;
  const seconds = parseDuration(interval);
  if (seconds === undefined)
    return {
      message: `refreshInterval ${JSON.stringify(interval)} is not a duration such as 1h or 15m`,
      path,
      severity: "medium",
    };
  if (seconds === 0)
    return {
      message: `refreshInterval ${interval} fetches the value once and never again: a rotated credential does not arrive`,
      path,
    };
  if (seconds >= 60) return undefined;
  return {
    message: `refreshInterval ${interval} asks the store ${Math.round(86_400 / seconds)} times a day for each item: load, and noise in its audit log`,
    path,
    fix: {
      description: "Refreshes once an hour, the operator's default.",
      edits: [{ op: "set", path, value: "1h" }],
      caution: "A rotated value then arrives up to an hour later.",
    },
  };
}
