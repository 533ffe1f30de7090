import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { snapshotFromText } from "@redoubt/kube";
import { meshPolicies } from "../model/policies.ts";
import { effectiveMtls } from "./mtls.ts";

const policy = (name: string, namespace: string, spec: string, created = ""): string => `
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: ${name}, namespace: ${namespace}${created === "" ? "" : `, creationTimestamp: "${created}"`} }
spec: ${spec}
---`;
const mode = (value: string): string => `{ mtls: { mode: ${value} } }`;
const WEB = "selector: { matchLabels: { app: web } }";

suite("the mode that holds for a port of a pod", () => {
  const cases: readonly (readonly [string, string, number | undefined, string])[] = [
    ["nothing set is PERMISSIVE", "", undefined, "PERMISSIVE"],
    ["the mesh", policy("m", "istio-system", mode("STRICT")), undefined, "STRICT"],
    [
      "the namespace over the mesh",
      policy("m", "istio-system", mode("STRICT")) + policy("own", "shop", mode("PERMISSIVE")),
      undefined,
      "PERMISSIVE",
    ],
    [
      "UNSET inherits",
      policy("m", "istio-system", mode("STRICT")) + policy("own", "shop", mode("UNSET")),
      undefined,
      "STRICT",
    ],
    [
      "a missing mode inherits",
      policy("m", "istio-system", mode("STRICT")) + policy("own", "shop", "{}"),
      undefined,
      "STRICT",
    ],
    [
      "the workload over the namespace",
      policy("own", "shop", mode("STRICT")) + policy("w", "shop", `{ ${WEB}, mtls: { mode: DISABLE } }`),
      undefined,
      "DISABLE",
    ],
    [
      "another workload's policy is nothing",
      policy("own", "shop", mode("STRICT")) +
        policy("w", "shop", "{ selector: { matchLabels: { app: x } }, mtls: { mode: DISABLE } }"),
      undefined,
      "STRICT",
    ],
    [
      "a selector in the root namespace is not for others",
      policy("w", "istio-system", `{ ${WEB}, mtls: { mode: STRICT } }`),
      undefined,
      "PERMISSIVE",
    ],
    ["another namespace is nothing", policy("own", "other", mode("STRICT")), undefined, "PERMISSIVE"],
    [
      "the port over the workload",
      policy("w", "shop", `{ ${WEB}, mtls: { mode: STRICT }, portLevelMtls: { 8080: { mode: DISABLE } } }`),
      8080,
      "DISABLE",
    ],
    [
      "another port is as the workload",
      policy("w", "shop", `{ ${WEB}, mtls: { mode: STRICT }, portLevelMtls: { 8080: { mode: DISABLE } } }`),
      9090,
      "STRICT",
    ],
    [
      "port modes without a selector are ignored",
      policy("own", "shop", "{ mtls: { mode: STRICT }, portLevelMtls: { 8080: { mode: DISABLE } } }"),
      8080,
      "STRICT",
    ],
    [
      "an empty selector is the namespace's",
      policy("own", "shop", "{ selector: { matchLabels: {} }, mtls: { mode: STRICT } }"),
      undefined,
      "STRICT",
    ],
    [
      "the oldest of a scope",
      policy("young", "shop", mode("STRICT"), "2026-01-02T00:00:00Z") +
        policy("old", "shop", mode("PERMISSIVE"), "2026-01-01T00:00:00Z"),
      undefined,
      "PERMISSIVE",
    ],
  ];
  for (const [title, text, port, expected] of cases) {
    test(title, () => {
      const { peerAuthentications } = meshPolicies(snapshotFromText(text));
      assert.equal(
        effectiveMtls(peerAuthentications, { namespace: "shop", labels: { app: "web" } }, port).mode,
        expected,
      );
    });
  }
});
