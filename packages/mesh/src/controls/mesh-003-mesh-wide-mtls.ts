import type { Control } from "@redoubt/control";
import { makeStrict } from "../engine/mtls-fixes.ts";
import { oldest } from "../engine/mtls.ts";
import { ROOT_NAMESPACE, meshPolicies } from "../model/policies.ts";
import { attack, nsa, owasp } from "../model/frameworks.ts";

export const meshWideMtls: Control = {
  id: "MESH-003",
  title: "The mesh-wide mode",
  layer: "cluster",
  item: "network-policies",
  severity: "high",
  references: [nsa, attack("T1557"), owasp],
  rationale:
    "The PeerAuthentication of the root namespace holds wherever no other does, also in namespaces that are created later.",
  remediation: "Set its mode to STRICT once every client that must reach the mesh has a sidecar or is in ambient mode.",
  examples: {
    failing: `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata:
  name: default
  namespace: istio-system
spec:
  mtls:
    mode: PERMISSIVE
`,
    passing: `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata:
  name: default
  namespace: istio-system
spec:
  mtls:
    mode: STRICT
`,
  },
  fixable: true,
  check(snapshot, report) {
    const meshWide = oldest(
      meshPolicies(snapshot).peerAuthentications.filter(
        ({ namespace, selector }) => namespace === ROOT_NAMESPACE && selector === undefined,
      ),
    );
    if (meshWide === undefined) return;
    if (meshWide.mode === "STRICT") {
      report.pass(meshWide.object);
      return;
    }
    const mode = meshWide.mode === "UNSET" ? "no mode, which means PERMISSIVE" : meshWide.mode;
    report.fail(meshWide.object, {
      message: `PeerAuthentication ${meshWide.name} sets ${mode} for the whole mesh: every namespace without a policy of its own accepts plaintext${meshWide.mode === "DISABLE" ? " only" : ""}.`,
      path: ["spec", "mtls", "mode"],
      fix: makeStrict(meshWide),
    });
  },
};
