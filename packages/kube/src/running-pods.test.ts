import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { JsonObject } from "./json.ts";
import { liveObject } from "./live/live-object.ts";
import { describeResource } from "./object.ts";
import { stringAt } from "./read.ts";
import { ClusterSnapshot } from "./snapshot.ts";

type Known = Parameters<typeof liveObject>[3];

function object(kind: string, known: Known, name: string, owner: string | undefined, body: JsonObject): JsonObject {
  const ownerReferences =
    owner === undefined ? [] : [{ apiVersion: "v1", kind: "X", name: owner, uid: owner, controller: true }];
  return { kind, known: known ?? "", metadata: { name, namespace: "shop", uid: name, ownerReferences }, ...body };
}

function snapshotOf(objects: readonly JsonObject[]): ClusterSnapshot {
  return new ClusterSnapshot({
    source: "cluster",
    objects: objects.map(({ known, ...value }) => {
      const kinds = [
        "Pod",
        "apps/Deployment",
        "apps/ReplicaSet",
        "apps/StatefulSet",
        "batch/CronJob",
        "batch/Job",
      ] as const;
      return liveObject(
        value,
        "v1",
        stringAt(value, ["kind"]) ?? "",
        kinds.find((kind) => kind === known),
        "test",
      );
    }),
  });
}

const CONTAINER: JsonObject = { name: "web", image: "shop/web:1", securityContext: { runAsNonRoot: true } };
const SPEC: JsonObject = { containers: [CONTAINER] };
const deployment = object("Deployment", "apps/Deployment", "web", undefined, {
  spec: { template: { metadata: { labels: { app: "web" } }, spec: SPEC } },
});
const replicaSet = object("ReplicaSet", "apps/ReplicaSet", "web-1", "web", { spec: { template: { spec: SPEC } } });

/** As the API server and the ServiceAccount admission plugin complete a pod. */
const ADMITTED: JsonObject = {
  serviceAccountName: "default",
  serviceAccount: "default",
  restartPolicy: "Always",
  enableServiceLinks: true,
  securityContext: {},
  containers: [
    {
      ...CONTAINER,
      imagePullPolicy: "IfNotPresent",
      terminationMessagePolicy: "File",
      volumeMounts: [
        { name: "kube-api-access-x7k2p", readOnly: true, mountPath: "/var/run/secrets/kubernetes.io/serviceaccount" },
      ],
    },
  ],
  volumes: [{ name: "kube-api-access-x7k2p", projected: { defaultMode: 420, sources: [] } }],
};
const pod = (name: string, spec: JsonObject, status: JsonObject = { phase: "Running" }): JsonObject =>
  object("Pod", "Pod", name, "web-1", { spec, status });
const changed = (change: JsonObject): JsonObject => ({ ...ADMITTED, containers: [{ ...CONTAINER, ...change }] });

function judged(...objects: readonly JsonObject[]): readonly string[] {
  return snapshotOf(objects).workloads.map(({ object: each }) => describeResource(each));
}

suite("workloads of a cluster", () => {
  test("a Deployment speaks for its ReplicaSets and pods", () => {
    assert.deepEqual(judged(deployment, replicaSet, pod("web-1-a", ADMITTED), pod("web-1-b", ADMITTED)), [
      "Deployment shop/web",
    ]);
  });

  const differing: readonly (readonly [string, JsonObject])[] = [
    ["another image", changed({ image: "shop/web:2" })],
    ["more privilege", changed({ securityContext: { runAsNonRoot: true, privileged: true } })],
    ["a container more", { ...ADMITTED, containers: [CONTAINER, { name: "proxy", image: "mesh/proxy:1" }] }],
    ["the host's network", { ...ADMITTED, hostNetwork: true }],
    ["a debug container", { ...ADMITTED, ephemeralContainers: [{ name: "debug", image: "busybox:1" }] }],
    ["another account", { ...ADMITTED, serviceAccountName: "admin" }],
    ["a host folder", { ...ADMITTED, volumes: [{ name: "host", hostPath: { path: "/", type: "" } }] }],
  ];
  for (const [what, spec] of differing) {
    test(`a pod that runs with ${what} is judged too, and the two are said to differ`, () => {
      const snapshot = snapshotOf([deployment, replicaSet, pod("web-1-a", spec)]);
      assert.deepEqual(
        snapshot.workloads.map(({ object: each }) => describeResource(each)),
        ["Deployment shop/web", "Pod shop/web-1-a"],
      );
      assert.deepEqual(
        snapshot.diagnostics.map(({ code }) => code),
        ["KUBE_POD_DIFFERS"],
      );
    });
  }

  test("of pods that differ in the same way, one is judged", () => {
    const spec = changed({ image: "shop/web:2" });
    const snapshot = snapshotOf([deployment, replicaSet, pod("web-1-a", spec), pod("web-1-b", spec)]);
    assert.equal(snapshot.workloads.length, 2);
    assert.equal(
      snapshot.diagnostics[0]?.message,
      "2 pods of Deployment shop/web run otherwise than its template says: containers[web].image differs (judged by Pod shop/web-1-a)",
    );
  });

  test("a pod that has ended does not run", () => {
    assert.deepEqual(judged(deployment, replicaSet, pod("web-1-a", changed({ image: "x" }), { phase: "Succeeded" })), [
      "Deployment shop/web",
    ]);
  });

  test("pods whose owner was not read are judged by themselves", () => {
    assert.deepEqual(judged(pod("web-1-a", ADMITTED)), ["Pod shop/web-1-a"]);
  });

  test("volumes of a StatefulSet's claims are its own", () => {
    const claims = object("StatefulSet", "apps/StatefulSet", "db", undefined, {
      spec: { volumeClaimTemplates: [{ metadata: { name: "data" } }], template: { spec: SPEC } },
    });
    const volumes = [{ name: "data", persistentVolumeClaim: { claimName: "data-db-0" } }];
    assert.deepEqual(judged(claims, object("Pod", "Pod", "db-0", "db", { spec: { ...SPEC, volumes } })), [
      "StatefulSet shop/db",
    ]);
  });

  test("owners in a circle end", () => {
    const one = object("ReplicaSet", "apps/ReplicaSet", "one", "two", { spec: { template: { spec: SPEC } } });
    const two = object("ReplicaSet", "apps/ReplicaSet", "two", "one", { spec: { template: { spec: SPEC } } });
    assert.ok(judged(one, two).length <= 2);
  });
});
