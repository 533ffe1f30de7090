import type { Control, Fix, Unknown } from "@redoubt/control";
import type { Workload } from "@redoubt/kube";
import { evaluatePod } from "../engine/evaluate-pod.ts";
import type { Level, Version } from "../engine/level-version.ts";
import { LABEL_PREFIX, policyOfNamespace } from "../engine/namespace-policy.ts";
import { attack, cis, nsa, owasp } from "../hardening/frameworks.ts";
import { failure } from "../hardening/judge.ts";
import { admissionDefaults } from "../hardening/admission-defaults.ts";
import { isSystemNamespace } from "../hardening/system-namespace.ts";

/** A bad value counts as restricted, as in the API server. Namespaces that only workloads name are unknown. */
export const namespaceEnforcement: Control = {
  id: "POD-059",
  title: "Namespaces enforce a Pod Security Standard",
  layer: "cluster",
  item: "pod-security",
  severity: "high",
  references: [...cis("5.2.1"), ...cis("5.2.2"), nsa("Kubernetes Pod security"), attack("T1610"), owasp("K04")],
  rationale:
    "Without an enforce label anybody who may create pods in the namespace may create privileged ones, and is root on a node a minute later. Good manifests do not help: the attacker brings another.",
  remediation:
    "Label the namespace pod-security.kubernetes.io/enforce: restricted, or baseline where its workloads need more.",
  examples: {
    failing: `apiVersion: v1
kind: Namespace
metadata:
  name: shop
---
apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
spec:
  securityContext:
    runAsNonRoot: true
    seccompProfile:
      type: RuntimeDefault
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
      securityContext:
        allowPrivilegeEscalation: false
        capabilities:
          drop: [ALL]
`,
    passing: `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels:
    pod-security.kubernetes.io/enforce: restricted
---
apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
spec:
  securityContext:
    runAsNonRoot: true
    seccompProfile:
      type: RuntimeDefault
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
      securityContext:
        allowPrivilegeEscalation: false
        capabilities:
          drop: [ALL]
`,
  },
  fixable: true,
  check: (snapshot, report) => {
    const workloads = Map.groupBy(snapshot.workloads, ({ namespace }) => namespace);
    const given = new Set<string>();
    const defaults = admissionDefaults(snapshot);
    for (const namespace of snapshot.list("Namespace")) {
      given.add(namespace.name);
      const { enforce } = policyOfNamespace(namespace.labels, defaults).policy;
      if (enforce.level !== "privileged") {
        report.pass(namespace);
        continue;
      }
      const explicit = Object.hasOwn(namespace.labels, ENFORCE);
      report.fail(
        namespace,
        failure(
          ["metadata", "labels", ENFORCE],
          explicit
            ? `Namespace "${namespace.name}" enforces the privileged standard, which allows everything`
            : `Namespace "${namespace.name}" has no label ${ENFORCE}: unless the API server has a default, privileged pods are allowed in it`,
          isSystemNamespace(namespace.name) ? undefined : fix(workloads.get(namespace.name) ?? [], enforce.version),
          isSystemNamespace(namespace.name) ? "info" : undefined,
        ),
      );
    }
    const missing = [...workloads.keys()].filter((name) => !given.has(name)).sort();
    if (missing.length > 0) report.unknown(undefined, notGiven(missing));
  },
};

const ENFORCE = `${LABEL_PREFIX}enforce`;

/** Names are cut to the first few: one cluster may have hundreds. */
function notGiven(missing: readonly string[]): Unknown {
  const named = missing.slice(0, 5).join(", ") + (missing.length > 5 ? ` and ${missing.length - 5} more` : "");
  return {
    message: `The labels of namespace${missing.length === 1 ? "" : "s"} ${named} were not given, so whether a Pod Security Standard is enforced there is not known`,
    needs: "the manifests of these namespaces, or a scan of the live cluster",
  };
}

/** The strictest level that every workload given for the namespace meets; none where nothing runs in it or where none meets it. */
function fix(workloads: readonly Workload[], version: Version): Fix | undefined {
  const level = workloads.length === 0 ? undefined : strictestLevel(workloads, version);
  if (level === undefined) return undefined;
  return {
    description: `Enforce the ${level} standard, which every workload given for the namespace meets.`,
    edits: [{ op: "set", path: ["metadata", "labels", ENFORCE], value: level }],
    caution: "Pods that were not given, such as those of operators, are refused if they do not meet it.",
  };
}

function strictestLevel(workloads: readonly Workload[], version: Version): Level | undefined {
  for (const level of ["restricted", "baseline"] as const) {
    if (workloads.every(({ podMetadata, podSpec }) => evaluatePod({ level, version }, podMetadata, podSpec).allowed))
      return level;
  }
  return undefined;
}
