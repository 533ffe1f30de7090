import type { Control } from "@redoubt/control";

const OUTPUT =
  /_(?:WEBHOOKURL|WEBHOOK_URL|URL|HOSTPORT|ADDRESS|TOKEN|ROUTINGKEY|APIKEY|TOPICARN|BUCKET|HOST|ENDPOINT|TOPIC)$/i;
const NOT_OUTPUT = /^(?:WEBUI|LISTEN)|PROMETHEUS|STATSD|_REDIS_|^TLS/i;

const EXAMPLE = (environment: string): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: falcosidekick
  namespace: falco
spec:
  selector:
    matchLabels:
      app: falcosidekick
  template:
    metadata:
      labels:
        app: falcosidekick
    spec:
      containers:
      - name: falcosidekick
        image: docker.io/falcosecurity/falcosidekick:2.31.1
${environment}`;

export const alertsLeaveTheCluster: Control = {
  id: "DET-011",
  title: "Alerts reach somebody",
  layer: "cluster",
  item: "runtime-monitoring",
  severity: "medium",
  references: [
    { framework: "NSA-CISA", version: "1.2", id: "Audit logging & threat detection" },
    { framework: "OWASP-K8S", version: "2025", id: "K10" },
  ],
  rationale:
    "An alert in a pod's log is gone with the pod, and nobody watches it. Outside the cluster it survives the intruder.",
  remediation: "Give falcosidekick an output: a chat, a pager, an alert manager or a log system outside the cluster.",
  examples: {
    failing: EXAMPLE(""),
    passing: EXAMPLE(
      "        env:\n        - name: ALERTMANAGER_HOSTPORT\n          value: https://alerts.example.com\n",
    ),
  },
  fixable: false,
  check(snapshot, report) {
    for (const { object, containers } of snapshot.workloads)
      for (const { container, path } of containers) {
        if (!/(?:^|\/)falcosidekick(?:[:@]|$)/.test(container.image ?? "")) continue;
        const variables = (container.env ?? []).filter(
          ({ name = "", value, valueFrom }) =>
            OUTPUT.test(name) && !NOT_OUTPUT.test(name) && (valueFrom !== undefined || (value ?? "") !== ""),
        );
        if (variables.length > 0) report.pass(object);
        else if ((container.envFrom ?? []).length > 0 || (container.args ?? []).length > 0)
          report.unknown(object, {
            message: "where falcosidekick sends alerts is in a Secret or file that is not read",
            needs: "a drill whose alert arrives",
            path: [...path, "envFrom"],
          });
        else
          report.fail(object, { message: "falcosidekick has no output: alerts go no further than its own log", path });
      }
  },
};
