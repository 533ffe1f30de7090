/** `rbac generate` over the audit log of a real controller: with the generated roles alone, the controller does the same again. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, suite, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { numberAt, stringAt } from "@redoubt/kube";
import { type LeastPolicy, RecordedUse, leastPolicy, serviceAccountIdentity } from "@redoubt/rbac";
import { ControlPlane } from "./control-plane.ts";

const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const CONTROLLER = "deployment-controller";
const DEPLOYMENTS = "/apis/apps/v1/namespaces/shop/deployments";

suite("the least roles of the deployment controller", () => {
  let plane: ControlPlane;
  before(async () => {
    plane = await ControlPlane.start({
      controllers: true,
      auditPolicy: {
        apiVersion: "audit.k8s.io/v1",
        kind: "Policy",
        omitStages: ["RequestReceived"],
        rules: [{ level: "Metadata" }],
      },
      auditLog: true,
    });
    assert.equal((await plane.admin.post("/api/v1/namespaces", { metadata: { name: "shop" } })).status, 201);
  });
  after(() => plane.stop());

  async function until(what: string, ready: () => Promise<boolean>, tries = 150): Promise<void> {
    for (let attempt = 0; attempt < tries; attempt += 1) {
      if (await ready()) return;
      await sleep(100);
    }
    assert.fail(`${what}: not within ${tries / 10} s`);
  }

  /** How many ReplicaSets a Deployment has, by the images of their Pods. */
  async function imagesOf(name: string): Promise<readonly string[]> {
    const { body } = await plane.admin.get(`/apis/apps/v1/namespaces/shop/replicasets?labelSelector=app%3D${name}`);
    const items: unknown = Object(body).items;
    return Array.isArray(items)
      ? items.map((item) => stringAt(item, ["spec", "template", "spec", "containers", 0, "image"]) ?? "").sort()
      : [];
  }

  /** Deploys, scales, rolls out a second image, rolls back. Every step waits for what the controller makes of it. */
  async function exercise(name: string): Promise<void> {
    const template = (image: string): object => ({
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: "c", image }] },
    });
    const spec = { replicas: 1, selector: { matchLabels: { app: name } } };
    assert.equal(
      (
        await plane.admin.post(DEPLOYMENTS, {
          metadata: { name },
          spec: { ...spec, template: template("example.com/a:1") },
        })
      ).status,
      201,
    );
    await until("a ReplicaSet", async () => (await imagesOf(name)).length === 1);
    const patch = async (change: object): Promise<void> => {
      assert.equal(
        (await plane.admin.send("PATCH", `${DEPLOYMENTS}/${name}`, { spec: change }, "application/merge-patch+json"))
          .status,
        200,
      );
    };
    await patch({ replicas: 3 });
    await until(
      "the scale",
      async () =>
        numberAt((await plane.admin.get(`${DEPLOYMENTS}/${name}`)).body, ["status", "observedGeneration"]) === 2,
    );
    await patch({ template: template("example.com/a:2") });
    await until("the second ReplicaSet", async () => (await imagesOf(name)).length === 2);
    await patch({ template: template("example.com/a:1") });
    await until(
      "the rollback",
      async () =>
        Number(
          stringAt((await plane.admin.get(`${DEPLOYMENTS}/${name}`)).body, [
            "metadata",
            "annotations",
            "deployment.kubernetes.io/revision",
          ]),
        ) === 3,
    );
  }

  function generate(): { readonly policy: LeastPolicy; readonly use: RecordedUse } {
    const use = RecordedUse.ofServiceAccount("kube-system", CONTROLLER);
    for (const line of readFileSync(plane.auditLogPath, "utf8").split("\n")) if (line !== "") use.add(JSON.parse(line));
    const requests = use.used.map(({ request }) => request);
    return { use, policy: leastPolicy(requests, serviceAccountIdentity("kube-system", CONTROLLER)) };
  }

  test("are enough for what was recorded, narrower than its own, and what it needs", async () => {
    await exercise("first");
    const { policy, use } = generate();
    assert.ok(use.used.length >= 4);
    assert.deepEqual(
      use.used.filter(({ request }) => !policy.allows(request)),
      [],
    );
    const wider = {
      kind: "resource",
      verb: "delete",
      group: "",
      resource: "pods",
      subresource: "",
      namespace: "shop",
      name: "x",
    } as const;
    assert.equal(policy.allows(wider), false);

    // Without its own binding the controller can do nothing.
    assert.equal((await plane.admin.delete(`${RBAC}/clusterrolebindings/system:controller:${CONTROLLER}`)).status, 200);
    await sleep(1000);
    await assert.rejects(exercise("orphan"), /a ReplicaSet: not within/);

    for (const object of policy.objects) {
      const kind = `${stringAt(object, ["kind"])?.toLowerCase() ?? ""}s`;
      const namespace = stringAt(object, ["metadata", "namespace"]);
      const path = namespace === undefined ? `${RBAC}/${kind}` : `${RBAC}/namespaces/${namespace}/${kind}`;
      const { status, body } = await plane.admin.post(path, object);
      assert.equal(status, 201, JSON.stringify(body));
    }
    await sleep(1000);
    await exercise("second");
  });
});
