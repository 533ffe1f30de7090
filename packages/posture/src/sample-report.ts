/** A small report that reporters' tests share. Its controls are made up, so that the real catalogue can grow without changing it. */
import type { Control, Severity } from "@redoubt/control";
import { type Resource, snapshotFromText } from "@redoubt/kube";
import { assess } from "./assess.ts";
import type { Baseline } from "./baseline.ts";
import type { Report } from "./report.ts";

export const SAMPLE_TIME = "2026-11-24T08:30:00Z";

export const SAMPLE_TEXT = `# kept by the fix
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
      - name: web # <script>alert("1")</script> | \`x\`
        image: shop/web
      - name: proxy
        image: shop/proxy:1.2.3
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: shop
  annotations:
    redoubt.dev/exception.RBAC-001: "reason=agreed with the team; owner=ops@example.com; expires=2027-01-31"
data: { mode: "=cmd()" }
`;

function control(
  id: string,
  severity: Severity,
  rest: Pick<Control, "title" | "item" | "layer" | "check" | "fixable">,
): Control {
  return {
    id,
    severity,
    references: [{ framework: "CIS", version: "1.11", id: "5.5.1" }],
    rationale: `Why ${id} matters.`,
    remediation: `Mend ${id} & <check> it.`,
    examples: { failing: "", passing: "" },
    ...rest,
  };
}

const imageTags = control("IMG-001", "high", {
  title: "Images are named by a version",
  item: "image-scanning",
  layer: "container",
  fixable: true,
  check(snapshot, report) {
    for (const object of snapshot.listUntyped("", "Namespace")) report.pass(object);
    for (const { object, containers } of snapshot.workloads) {
      for (const { container, name, path } of containers) {
        if (container.image?.includes(":") === true) continue;
        const field = [...path, "image"];
        report.fail(object, {
          message: `container ${name} runs ${container.image}, which has no tag | <b>`,
          path: field,
          fix: {
            description: "Names version 1.0.0.",
            edits: [{ op: "set", path: field, value: "shop/web:1.0.0" }],
            caution: "Check that 1.0.0 exists.",
          },
        });
      }
    }
  },
});

const hostileMessage = control("RBAC-001", "critical", {
  title: "Roles that grant everything",
  item: "rbac",
  layer: "cluster",
  fixable: false,
  check(snapshot, report) {
    for (const object of snapshot.list("ConfigMap")) {
      report.fail(object, {
        message:
          '=HYPERLINK("https://example.com"), \u001b[31mred\u001b[0m @everyone <img src=x onerror=alert(1)>\nsecond line',
        path: ["data", "mode"],
      });
    }
  },
});

const defaultDeny = control("NET-001", "medium", {
  title: "Namespaces without a default deny",
  item: "network-policies",
  layer: "cluster",
  fixable: true,
  check(snapshot, report) {
    const namespaces: readonly Resource[] = snapshot.list("Namespace");
    for (const object of namespaces) {
      report.fail(object, {
        message: "Namespace shop has no NetworkPolicy that denies by default",
        fix: {
          description: "Adds a NetworkPolicy that denies all incoming traffic.",
          edits: [],
          adds: [
            {
              apiVersion: "networking.k8s.io/v1",
              kind: "NetworkPolicy",
              metadata: { name: "default-deny", namespace: "shop" },
              spec: { podSelector: {}, policyTypes: ["Ingress"] },
            },
          ],
        },
      });
    }
  },
});

const encryption = control("INF-006", "high", {
  title: "The API server is given an encryption configuration",
  item: "secrets-at-rest",
  layer: "infrastructure",
  fixable: false,
  check(_snapshot, report) {
    report.unknown(undefined, {
      message: "whether Secrets are encrypted at rest is not known",
      needs: "the EncryptionConfiguration",
    });
  },
});

const notApplicable = control("DET-001", "low", {
  title: "Nothing to judge",
  item: "runtime-monitoring",
  layer: "container",
  fixable: false,
  check: () => undefined,
});

export const sampleControls: readonly Control[] = [imageTags, hostileMessage, defaultDeny, encryption, notApplicable];

/** The report on `SAMPLE_TEXT`, with one accepted finding. The score is set, because the real one depends on the catalogue. */
export function sampleReport(
  options: { readonly text?: string; readonly file?: string; readonly baseline?: Baseline } = {},
): Report {
  const { text = SAMPLE_TEXT, file = "./manifests/shop app.yaml", baseline } = options;
  const report = assess(snapshotFromText(text, { file }), {
    time: SAMPLE_TIME,
    version: "0.1.0",
    controls: sampleControls,
    ...(baseline === undefined ? {} : { baseline }),
  });
  const items = report.checklist.map(({ item }, index) => ({ item, points: index + 0.25, judged: index + 0.5 }));
  return { ...report, score: { value: 47, coverage: 50, items } };
}
