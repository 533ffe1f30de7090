import assert from "node:assert/strict";
import { test } from "node:test";
import { type ClusterEvidence, type EvidenceGap, toEvidence } from "./evidence.ts";
import { evidenceDiagnostics } from "./gap-diagnostics.ts";

const gap = (fields: Pick<EvidenceGap, "missing" | "failure"> & Partial<EvidenceGap>): ClusterEvidence =>
  toEvidence(
    { type: "gap", message: "it said no", needs: "a right", ...fields },
    { source: "there", time: "2026-11-24T00:00:00Z" },
    "test",
  );

test("evidence that could not be had is an error, once for each reason", () => {
  const found = evidenceDiagnostics([
    gap({ missing: "kubelet-configuration", failure: "forbidden", node: "a" }),
    gap({ missing: "kubelet-configuration", failure: "forbidden", node: "b" }),
    gap({ missing: "metrics", failure: "forbidden", component: "kube-apiserver" }),
  ]);
  assert.deepEqual(
    found.map(({ code, severity, message, hint }) => [code, severity, message, hint]),
    [
      ["KUBE_EVIDENCE", "error", "no evidence of the configuration of kubelets: it said no (and 1 more)", "a right"],
      ["KUBE_EVIDENCE", "error", "no evidence of the metrics of kube-apiserver: it said no", "a right"],
    ],
  );
});

test("what a server does not serve is no failure, unless it was asked for", () => {
  assert.deepEqual(evidenceDiagnostics([gap({ missing: "flags", failure: "not-served" })]), []);
  assert.equal(evidenceDiagnostics([gap({ missing: "stored-secret", failure: "not-served" })]).length, 1);
});
