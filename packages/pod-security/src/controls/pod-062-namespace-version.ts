import type { Control } from "@redoubt/control";
import { activeChecks } from "../engine/evaluate-pod.ts";
import { formatVersion } from "../engine/level-version.ts";
import { LABEL_PREFIX, policyOfNamespace } from "../engine/namespace-policy.ts";
import { cis, nsa, owasp } from "../hardening/frameworks.ts";
import { failure } from "../hardening/judge.ts";

/**
 * Compares the checks that the pinned version makes with those of the newest. `procMount_restricted` of v1.35 demands what `procMount`
 * demanded of everybody before.
 */
export const namespaceVersion: Control = {
  id: "POD-062",
  title: "The enforced standard is not out of date",
  layer: "cluster",
  item: "updates",
  severity: "info",
  references: [...cis("5.2.1"), nsa("Upgrading and application security practices"), owasp("K04")],
  rationale:
    "A pinned version keeps an upgrade from refusing pods, and also keeps every check that was added since from being made.",
  remediation: "Raise pod-security.kubernetes.io/enforce-version after each upgrade, or use latest.",
  examples: {
    failing: `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels:
    pod-security.kubernetes.io/enforce: restricted
    pod-security.kubernetes.io/enforce-version: v1.20
`,
    passing: `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels:
    pod-security.kubernetes.io/enforce: restricted
    pod-security.kubernetes.io/enforce-version: latest
`,
  },
  fixable: false,
  check: (snapshot, report) => {
    for (const namespace of snapshot.list("Namespace")) {
      if (!Object.hasOwn(namespace.labels, ENFORCE)) continue;
      const { level, version } = policyOfNamespace(namespace.labels).policy.enforce;
      if (level === "privileged") continue;
      const made = new Set(activeChecks(level, version).map(({ id }) => id));
      const missed = activeChecks(level, "latest").filter(
        ({ id }) => !made.has(id) && !(id === "procMount_restricted" && made.has("procMount")),
      );
      if (missed.length === 0) {
        report.pass(namespace);
        continue;
      }
      report.fail(
        namespace,
        failure(
          ["metadata", "labels", `${ENFORCE}-version`],
          `Namespace "${namespace.name}" enforces ${level} as of ${formatVersion(version)}, which does not check ${missed.map(({ id }) => id).join(", ")}`,
        ),
      );
    }
  },
};

const ENFORCE = `${LABEL_PREFIX}enforce`;
