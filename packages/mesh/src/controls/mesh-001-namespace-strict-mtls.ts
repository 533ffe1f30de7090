import type { Control } from "@redoubt/control";
import { meshNamespaces } from "../engine/membership.ts";
import { addStrict, makeStrict } from "../engine/mtls-fixes.ts";
import { namespaceMtls, oldest } from "../engine/mtls.ts";
import { meshPolicies } from "../model/policies.ts";
import { attack, nsa, owasp } from "../model/frameworks.ts";

export const namespaceStrictMtls: Control = {
  id: "MESH-001",
  title: "Namespaces in the mesh that accept plaintext",
  layer: "cluster",
  item: "network-policies",
  severity: "high",
  references: [nsa, attack("T1557"), owasp],
  rationale:
    "Istio accepts plaintext beside mTLS unless told otherwise: any pod in the cluster can then connect without an identity, and the traffic can be read on the way.",
  remediation:
    "Apply a PeerAuthentication with mode STRICT to the namespace, or to the root namespace for the whole mesh.",
  examples: {
    failing: `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels:
    istio-injection: enabled
`,
    passing: `apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels:
    istio-injection: enabled
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata:
  name: default
  namespace: shop
spec:
  mtls:
    mode: STRICT
`,
  },
  fixable: true,
  check(snapshot, report) {
    const { peerAuthentications } = meshPolicies(snapshot);
    for (const namespace of meshNamespaces(snapshot).values()) {
      const { mode, from } = namespaceMtls(peerAuthentications, namespace.name);
      if (mode === "STRICT") {
        report.pass(namespace.witness);
        continue;
      }
      const own = oldest(
        peerAuthentications.filter((policy) => policy.namespace === namespace.name && policy.selector === undefined),
      );
      const cause =
        from === undefined
          ? "no PeerAuthentication given sets a mode"
          : `PeerAuthentication ${from.namespace}/${from.name} says ${mode}`;
      report.fail(own?.object ?? namespace.witness, {
        message: `Pods of namespace ${namespace.name} accept plaintext${mode === "DISABLE" ? " only" : " beside mTLS"}: ${cause}${from === undefined ? ", and Istio's default is PERMISSIVE" : ""}.`,
        path: own === undefined ? ["metadata"] : ["spec", "mtls", "mode"],
        severity: from !== undefined ? "high" : "medium",
        fix: own === undefined ? addStrict(namespace.name, peerAuthentications) : makeStrict(own),
      });
    }
  },
};
