import type { Control } from "@redoubt/control";
import { writtenValues } from "../model/secret-values.ts";

export const noPlainSecretsInFiles: Control = {
  id: "SEC-001",
  title: "Secrets are not written into files",
  layer: "application",
  item: "secrets-at-rest",
  severity: "high",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1552.001" },
    { framework: "OWASP-K8S", version: "2025", id: "K03" },
  ],
  rationale:
    "base64 is an encoding, not encryption. A Secret in a file is readable by everyone who can read the repository, its history, its mirrors and its backups.",
  remediation:
    "Seal it with kubeseal, or keep the value in a secret store and commit an ExternalSecret. Replace every value that was committed: the history keeps it.",
  examples: {
    failing: `apiVersion: v1
kind: Secret
metadata:
  name: database
  namespace: shop
stringData:
  password: 6f1ed002ab5595859014ebf0951522d9
`,
    passing: `apiVersion: v1
kind: Secret
metadata:
  name: database
  namespace: shop
stringData:
  password: \${DATABASE_PASSWORD}
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const secret of snapshot.list("Secret")) {
      if (secret.origin.kind !== "file") continue;
      const values = writtenValues(secret);
      const [first] = values;
      if (first === undefined) {
        report.pass(secret);
        continue;
      }
      const keys = values.map(({ key }) => JSON.stringify(key)).join(", ");
      const rendered = secret.origin.rendered === "helm";
      report.fail(secret, {
        message: `the value${values.length === 1 ? "" : "s"} of ${keys} can be read from ${rendered ? "this chart's rendered output" : "this file"}${first.path[0] === "data" ? ": base64 is no encryption" : ""}`,
        path: first.path,
        ...(rendered ? { severity: "medium" as const } : {}),
      });
    }
  },
};
