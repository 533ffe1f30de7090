import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { snapshotFromText } from "@redoubt/kube";
import { meshNamespaces } from "./membership.ts";

const namespace = (labels: string): string => `
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { ${labels} } }
---`;
const POLICY = `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: a, namespace: shop }
spec: {}
---`;
const pod = (extra: string): string => `
apiVersion: v1
kind: Pod
metadata: { name: p, namespace: shop${extra} }
spec: { containers: [{ name: app, image: x }] }
---`;

suite("a namespace", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["labelled for injection", namespace("istio-injection: enabled"), "sidecar, injects"],
    ["labelled with a revision", namespace("istio.io/rev: stable"), "sidecar, injects"],
    ["labelled for ambient", namespace("istio.io/dataplane-mode: ambient"), "ambient"],
    ["that refuses, whatever else is in it", namespace("istio-injection: disabled, istio.io/rev: stable") + POLICY, ""],
    ["with a policy", namespace("") + POLICY, "sidecar"],
    ["with a policy, not given itself", POLICY, "sidecar"],
    ["with a pod that asks for injection", pod(', labels: { sidecar.istio.io/inject: "true" }'), "sidecar"],
    ["with plain pods", namespace("") + pod(""), ""],
    ["of the control plane", namespace("istio-injection: enabled").replace("shop", "istio-system"), ""],
  ];
  for (const [title, text, expected] of cases) {
    test(title, () => {
      const member = meshNamespaces(snapshotFromText(text)).get("shop");
      assert.equal(member === undefined ? "" : `${member.dataPlane}${member.injects ? ", injects" : ""}`, expected);
    });
  }
});
