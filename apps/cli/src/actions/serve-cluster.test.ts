import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { join } from "node:path";
import { parseArguments } from "../arguments/parse.ts";
import { serve } from "../commands/serve.ts";
import { captured } from "../testing/captured-run.ts";
import { scratchFolder } from "../testing/scratch-folder.ts";
import { clusterOf, serviceNames } from "./serve-cluster.ts";

const KUBECONFIG = JSON.stringify({
  apiVersion: "v1",
  kind: "Config",
  clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:1" } }],
  users: [{ name: "u", user: { token: "t" } }],
  contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
  "current-context": "c",
});

suite("redoubt serve in a cluster", () => {
  test("takes policies, audits and registers as its flags say, under the names that the pod has", async (context) => {
    const folder = scratchFolder(context, { kubeconfig: KUBECONFIG });
    const line =
      "--cluster --install-crds --configmap-namespace policies --replicate v1/Pod,apps/v1/Deployment --audit-interval 1m " +
      "--constraint-violations-limit 5 --register-service redoubt/hook:8443 --exempt-namespace kube-system --kubeconfig";
    const args = parseArguments(serve, [...line.split(" "), join(folder, "kubeconfig")], []);
    const cluster = await clusterOf(args, { POD_NAME: "redoubt-1", POD_NAMESPACE: "redoubt" });
    assert.ok(cluster !== undefined);
    const { connection, ...options } = cluster;
    assert.equal(connection.server, "https://127.0.0.1:1");
    assert.deepEqual(options, {
      namespace: "redoubt",
      pod: "redoubt-1",
      isPod: true,
      gatekeeper: { install: true },
      configMapNamespaces: ["policies"],
      replicated: [
        { group: "", version: "v1", kind: "Pod" },
        { group: "apps", version: "v1", kind: "Deployment" },
      ],
      exemptNamespaces: ["kube-system"],
      audit: { intervalMs: 60_000, chunk: 100, pauseMs: 50, violations: 5 },
      register: {
        client: { service: { namespace: "redoubt", name: "hook", port: 8443 } },
        failurePolicy: "Fail",
        timeoutSeconds: 5,
      },
    });
    assert.deepEqual(serviceNames(cluster), ["hook.redoubt.svc", "hook.redoubt.svc.cluster.local"]);
  });

  for (const [line, says] of [
    ["", /--policies or --cluster is needed/],
    ["-p x --audit-interval 1m", /--audit-interval needs --cluster/],
    ["--cluster --audit-chunk 5", /--audit-chunk needs --audit-interval/],
    ["--cluster --failure-policy Ignore", /--failure-policy needs --register-service or --register-url/],
    ["--cluster --register-url http://a", /--register-url is an https address/],
    ["--cluster --register-service hook", /--register-service is NAMESPACE\/NAME/],
    ["--cluster --register-service a/b:99999", /--register-service is NAMESPACE\/NAME/],
    ["--cluster --register-service a/b --register-url https://a", /exclude each other/],
    ["--cluster --register-url https://a --tls-cert c --tls-key k", /a certificate of Redoubt's own/],
    ["--cluster --replicate pods", /--replicate is a kind such as v1\/Pod/],
    ["--cluster --audit-interval 0", /is a duration/],
  ] as const) {
    test(`serve ${line} is refused`, async () => {
      const { code, stderr } = await captured(`serve ${line}`);
      assert.equal(code, 2);
      assert.match(stderr, says);
    });
  }
});
