/** What is secret in the input is in no report, in no format. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { ClusterSnapshot, snapshotFromText } from "@redoubt/kube";
import { assess } from "../assess.ts";
import { REPORT_FORMATS, reporters } from "./formats.ts";

const SECRET = "Sw0rdf1shXq9";
const BASE64 = Buffer.from(SECRET).toString("base64");

const inputs: readonly (readonly [string, string])[] = [
  [
    "app.yaml",
    `apiVersion: v1
kind: Secret
metadata:
  name: db
  annotations: { kubectl.kubernetes.io/last-applied-configuration: '{"data":{"password":"${BASE64}"}}' }
stringData: { password: ${SECRET} }
data: { token: ${BASE64} }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data:
  password: ${SECRET}
  url: postgres://admin:${SECRET}@db/app
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      hostNetwork: true
      containers:
      - name: web
        securityContext: { privileged: true }
        image: nginx
        args: [--password=${SECRET}]
        env: [{ name: DB_PASSWORD, value: ${SECRET} }, { name: URL, value: "https://u:${SECRET}@db" }]
        ports: [{ containerPort: 80, hostPort: 80 }]
---
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets]
  providers:
  - aescbc: { keys: [{ name: key1, secret: ${BASE64} }] }
`,
  ],
  [
    ".gitlab-ci.yml",
    `variables: { DB_PASSWORD: ${SECRET} }\nbuild:\n  script: [docker login -u me -p ${SECRET}, echo ${SECRET}]\n`,
  ],
  [
    "seal.sh",
    `#!/bin/sh\nkubectl create secret generic db --from-literal=password=${SECRET}\nexport TOKEN=${SECRET}\n`,
  ],
];

const parts = inputs.map(([file, text]) => snapshotFromText(text, { file }));
const report = assess(
  new ClusterSnapshot({
    objects: parts.flatMap(({ objects }) => objects),
    artifacts: parts.flatMap(({ artifacts }) => artifacts),
  }),
  { time: "2026-11-24T00:00:00Z", version: "0.1.0" },
);

suite("secrets", () => {
  test("are found", () => {
    const ids = new Set(report.findings.map(({ finding }) => finding.control.id));
    for (const id of ["POD-036", "SEC-001"]) assert.ok(ids.has(id), id);
  });
  for (const format of REPORT_FORMATS) {
    test(`are not in ${format}`, () => {
      const text = [...reporters[format](report)].join("");
      for (const secret of [SECRET, BASE64]) {
        const at = text.indexOf(secret);
        assert.equal(at, -1, text.slice(Math.max(0, at - 200), at + 50));
      }
    });
  }
});
