import type { Control } from "@redoubt/control";
import { LABEL_PREFIX, policyOfNamespace } from "../engine/namespace-policy.ts";
import { cis, nsa, owasp } from "../hardening/frameworks.ts";
import { failure } from "../hardening/judge.ts";
import { admissionDefaults } from "../hardening/admission-defaults.ts";
import { isSystemNamespace } from "../hardening/system-namespace.ts";

/** Nothing to add where restricted is enforced. System namespaces are meant to hold what it refuses. */
export const namespaceWarnings: Control = {
  id: "POD-061",
  title: "Namespaces report what the restricted standard would refuse",
  layer: "cluster",
  item: "pod-security",
  severity: "low",
  references: [...cis("5.2.1"), nsa("Kubernetes Pod security"), owasp("K04")],
  rationale:
    "Where restricted is not enforced yet, warn tells whoever applies a pod what it would refuse, and audit records it. Without them nobody learns what is missing.",
  remediation:
    "Label the namespace pod-security.kubernetes.io/warn: restricted and pod-security.kubernetes.io/audit: restricted.",
  examples: {
    failing: `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels:
    pod-security.kubernetes.io/enforce: baseline
`,
    passing: `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels:
    pod-security.kubernetes.io/enforce: baseline
    pod-security.kubernetes.io/warn: restricted
    pod-security.kubernetes.io/audit: restricted
`,
  },
  fixable: true,
  check: (snapshot, report) => {
    const defaults = admissionDefaults(snapshot);
    for (const namespace of snapshot.list("Namespace")) {
      if (isSystemNamespace(namespace.name)) continue;
      const { enforce, audit, warn } = policyOfNamespace(namespace.labels, defaults).policy;
      if (enforce.level === "restricted" || audit.level === "restricted" || warn.level === "restricted") {
        report.pass(namespace);
        continue;
      }
      report.fail(
        namespace,
        failure(
          ["metadata", "labels", WARN],
          `Namespace "${namespace.name}" neither warns about nor audits what the restricted standard would refuse`,
          {
            description: "Warn about and audit what the restricted standard would refuse.",
            edits: [
              { op: "set", path: ["metadata", "labels", WARN], value: "restricted" },
              { op: "set", path: ["metadata", "labels", AUDIT], value: "restricted" },
            ],
          },
        ),
      );
    }
  },
};

const WARN = `${LABEL_PREFIX}warn`;
const AUDIT = `${LABEL_PREFIX}audit`;
