import type { Control } from "@redoubt/control";
import { effectiveServiceAccountName } from "@redoubt/kube";
import { cis, nsa, owasp } from "../hardening/frameworks.ts";
import { failure } from "../hardening/judge.ts";
import { accountOf, accountsNamed } from "../hardening/service-account.ts";

/** Every namespace has `default`; any other account that was not given is unknown, unless its name was given elsewhere. */
export const missingServiceAccount: Control = {
  id: "POD-041",
  title: "The ServiceAccount of each pod exists",
  layer: "cluster",
  item: "rbac",
  severity: "low",
  references: [...cis("5.1.5"), nsa("Authentication and authorization"), owasp("K02")],
  rationale:
    "Pods whose account does not exist are not created. An account of that name in another namespace is another account, with other rights.",
  remediation: "Create the ServiceAccount in the pod's namespace, or name one that is there.",
  examples: {
    failing: `apiVersion: v1
kind: ServiceAccount
metadata:
  name: web
  namespace: staging
automountServiceAccountToken: false
---
apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
spec:
  serviceAccountName: web
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
`,
    passing: `apiVersion: v1
kind: ServiceAccount
metadata:
  name: web
  namespace: shop
automountServiceAccountToken: false
---
apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
spec:
  serviceAccountName: web
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
`,
  },
  fixable: false,
  check: (snapshot, report) => {
    for (const workload of snapshot.workloads) {
      const name = effectiveServiceAccountName(workload.podSpec);
      if (name === "default" || accountOf(snapshot, workload) !== undefined) {
        report.pass(workload.object);
        continue;
      }
      const field = workload.podSpec.serviceAccountName ? "serviceAccountName" : "serviceAccount";
      const path = [...workload.podSpecPath, field];
      const elsewhere = accountsNamed(snapshot, name);
      if (elsewhere.length > 0) {
        report.fail(
          workload.object,
          failure(
            path,
            `The pod runs as ServiceAccount "${name}", which is given for namespace ${elsewhere.join(", ")} but not for ${workload.namespace}: unless it exists there the pod is not created`,
          ),
        );
      } else {
        report.unknown(workload.object, {
          path,
          message: `ServiceAccount "${name}" of namespace ${workload.namespace} was not given, so neither its rights nor its token setting are known`,
          needs: `the manifest of ServiceAccount ${workload.namespace}/${name}, or a scan of the live cluster`,
        });
      }
    }
  },
};
