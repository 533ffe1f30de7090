/** A layer of the test's own adds steps to the graph, stops others, and has its fixes made by a cut: through the port alone. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { AttackPosition, AttackStep, EdgeSource } from "@redoubt/control";
import { type ClusterSnapshot, matchesLabelSelector, snapshotFromText } from "@redoubt/kube";
import { attackGraph } from "./build-graph.ts";
import { cutPaths } from "./cut.ts";
import { findPaths } from "./find-paths.ts";
import { PATH_FORMATS, renderPaths } from "./render-paths.ts";

const OBJECTS = `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { type: LoadBalancer, selector: { app: web } }
---
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop, labels: { app: web } }
spec: { automountServiceAccountToken: false, containers: [{ name: c, image: example.com/web:1 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: agent, namespace: shop, labels: { app: agent } }
spec: { containers: [{ name: c, image: example.com/agent:1, securityContext: { privileged: true } }] }
---
`;
const CLOSED = {
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "closed", namespace: "shop" },
  spec: { podSelector: { matchLabels: { app: "agent" } }, policyTypes: ["Ingress"] },
};

/** Pods talk to all Pods that no NetworkPolicy selects; those that one selects are reached by nobody. */
const NETWORK: EdgeSource = {
  name: "network",
  kinds: { connect: { title: "connects to a Pod", effort: 3, alsoKnownAs: "NETWORK_REACH" } },
  *steps(snapshot): Generator<AttackStep> {
    for (const from of snapshot.workloads)
      for (const to of snapshot.workloads) {
        if (from === to || policyOf(snapshot, { kind: "workload", object: to.object }) !== undefined) continue;
        yield {
          kind: "connect",
          from: { kind: "workload", object: from.object },
          to: { kind: "workload", object: to.object },
          says: "connects to it: no policy forbids that",
          proof: [{ object: to.object, path: ["metadata", "labels"] }],
          fixes: [
            {
              object: to.object,
              fix: { description: `close ${to.object.name} to the network`, edits: [], adds: [CLOSED] },
              cost: 1,
            },
          ],
        };
      }
  },
  stops: (snapshot) => (step) => {
    const policy = step.kind === "exposed-service" ? policyOf(snapshot, step.to) : undefined;
    return policy === undefined
      ? undefined
      : { by: `NetworkPolicy ${policy.name}`, proof: [{ object: policy, path: ["spec"] }] };
  },
};

function policyOf(
  snapshot: ClusterSnapshot,
  to: AttackPosition,
): ReturnType<ClusterSnapshot["list"]>[number] | undefined {
  if (to.kind !== "workload") return undefined;
  const labels = snapshot.workloads.find(({ object }) => object === to.object)?.podLabels ?? {};
  return snapshot
    .list("networking.k8s.io/NetworkPolicy")
    .find(({ value }) => matchesLabelSelector(value.spec?.podSelector ?? {}, labels));
}

/** An image that others may push to decides what a workload runs. */
const IMAGES: EdgeSource = {
  name: "images",
  kinds: {
    push: { title: "pushes an image", effort: 1 },
    run: { title: "has its image run", effort: 0 },
  },
  steps: (snapshot) =>
    snapshot.workloads.flatMap(({ object, containers }) =>
      containers.flatMap(({ container, path }): readonly AttackStep[] => {
        const image = { kind: "image", reference: container.image ?? "" } as const;
        const proof = [{ object, path: [...path, "image"] }];
        const says = "the registry takes it from anybody";
        return [
          { kind: "push", from: { kind: "outside" }, to: image, says, proof, fixes: [] },
          { kind: "run", from: image, to: { kind: "workload", object }, says: "runs it", proof, fixes: [] },
        ];
      }),
    ),
};

const sources = [NETWORK];
const kindsOf = (snapshot: ClusterSnapshot, from: readonly EdgeSource[]): readonly (readonly string[])[] =>
  findPaths(snapshot, { starts: ["outside"], goals: ["node"], sources: from }).paths.map(({ edges }) =>
    edges.map(({ kind }) => kind),
  );

suite("layers add to attack paths", () => {
  const snapshot = snapshotFromText(OBJECTS, { file: "shop.yaml" });

  test("by steps of kinds of their own", () => {
    assert.deepEqual(kindsOf(snapshot, []), []);
    assert.deepEqual(kindsOf(snapshot, sources), [["exposed-service", "network:connect", "privileged-container"]]);
    assert.deepEqual(kindsOf(snapshot, [IMAGES]), [["images:push", "images:run", "privileged-container"]]);
  });
  test("each with proof and place, in every format", () => {
    const report = findPaths(snapshot, { starts: ["outside"], goals: ["node"], sources });
    const [path] = report.paths;
    assert.equal(path?.effort, 5 + 3 + 1);
    for (const format of PATH_FORMATS) assert.match(renderPaths(report, format, 5, undefined), /connects to/);
    assert.match(renderPaths(report, "table", 5, undefined), /Pod shop\/agent metadata\.labels \(shop\.yaml:14:/);
    assert.match(
      renderPaths(report, "json", 5, undefined),
      /"kind": "network:connect",\s+"alsoKnownAs": "NETWORK_REACH"/,
    );
  });
  test("by what stops a step of the graph's own", () => {
    const policy = JSON.stringify(CLOSED).replaceAll("agent", "web");
    const closed = snapshotFromText(`${OBJECTS}${policy}`);
    assert.deepEqual(kindsOf(closed, sources), []);
    const stopped = attackGraph(closed, sources).stopped.filter(({ kind }) => kind === "exposed-service");
    assert.deepEqual(
      stopped.map(({ by }) => by),
      ["NetworkPolicy closed"],
    );
  });
  test("by changes that a cut chooses, makes and proves", () => {
    const cut = cutPaths(snapshot, { starts: ["outside"], goals: ["node"], sources });
    assert.deepEqual(
      cut.remedies.map(({ remedy, cost }) => [remedy.kind, cost]),
      [["fix", 1]],
    );
    assert.deepEqual([cut.left.length, cut.cost, cut.lowerBound], [0, 1, 1]);
    assert.equal(cut.after.list("networking.k8s.io/NetworkPolicy").length, 1);
    const report = findPaths(snapshot, { starts: ["outside"], goals: ["node"], sources });
    assert.match(renderPaths(report, "table", 5, cut), /close agent to the network \(cost 1\)/);
  });
  test("to a graph of their own, kept for the same list of sources", () => {
    assert.equal(attackGraph(snapshot, sources), attackGraph(snapshot, sources));
    assert.notEqual(attackGraph(snapshot, sources), attackGraph(snapshot));
  });
  test("only with kinds that they name", () => {
    const broken: EdgeSource = { ...NETWORK, kinds: {} };
    assert.throws(() => kindsOf(snapshot, [broken]), /no kind of step is called network:connect/);
  });
});
