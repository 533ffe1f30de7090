import type { Control } from "@redoubt/control";
import { parseLevel, parseVersion } from "../engine/level-version.ts";
import { LABEL_PREFIX, MODES, policyOfNamespace } from "../engine/namespace-policy.ts";
import { cis, nsa, owasp } from "../hardening/frameworks.ts";
import { failure } from "../hardening/judge.ts";

/** The API server's own reading of the labels decides. */
export const namespaceLabels: Control = {
  id: "POD-060",
  title: "Pod Security labels have values that mean something",
  layer: "cluster",
  item: "pod-security",
  severity: "medium",
  references: [...cis("5.2.1"), nsa("Kubernetes Pod security"), owasp("K04")],
  rationale:
    "The API server refuses a new namespace with a bad Pod Security label. On one that exists, a bad audit or warn level means nothing is reported, and a bad version means latest.",
  remediation: "Use privileged, baseline or restricted for levels, and latest or v1.x for versions.",
  examples: {
    failing: `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels:
    pod-security.kubernetes.io/enforce: Restricted
`,
    passing: `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels:
    pod-security.kubernetes.io/enforce: restricted
    pod-security.kubernetes.io/enforce-version: v1.33
`,
  },
  fixable: true,
  check: (snapshot, report) => {
    for (const namespace of snapshot.list("Namespace")) {
      const unread = Object.keys(namespace.labels).filter(
        (label) => label.startsWith(LABEL_PREFIX) && !READ.has(label),
      );
      const { errors } = policyOfNamespace(namespace.labels);
      for (const label of unread) {
        report.fail(
          namespace,
          failure(
            ["metadata", "labels", label],
            `Namespace "${namespace.name}" has the label ${label}, which the API server does not read`,
          ),
        );
      }
      for (const { label, value, detail } of errors) {
        const path = ["metadata", "labels", label];
        const corrected = correct(label, value);
        report.fail(
          namespace,
          failure(
            path,
            `Namespace "${namespace.name}" sets ${label} to "${value}": it ${detail}`,
            corrected === undefined
              ? undefined
              : {
                  description: `Write "${corrected}" instead of "${value}".`,
                  edits: [{ op: "set", path, value: corrected }],
                },
          ),
        );
      }
      if (errors.length === 0 && unread.length === 0) report.pass(namespace);
    }
  },
};

const READ: ReadonlySet<string> = new Set(
  MODES.flatMap((mode) => [`${LABEL_PREFIX}${mode}`, `${LABEL_PREFIX}${mode}-version`]),
);

/** The value that was meant, where only case, spaces or the `v` are wrong. */
function correct(label: string, value: string): string | undefined {
  const lower = value.trim().toLowerCase();
  if (!label.endsWith("-version")) return parseLevel(lower).error === undefined ? lower : undefined;
  return [lower, `v${lower}`].find((version) => parseVersion(version).error === undefined);
}
