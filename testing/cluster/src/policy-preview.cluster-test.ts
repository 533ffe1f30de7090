/** `redoubt policy preview --live`: what policies of every kind would refuse among thousands of objects of a real cluster. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { ControlPlane } from "./control-plane.ts";
import { redoubt } from "./redoubt-run.ts";

const NAMESPACES = 4;
const PODS = 2000;
const MAPS = 1000;
/** Every so many pods have no owner, run as latest, and every so many maps hold a secret. */
const UNOWNED = 5;
const LATEST = 8;
const SECRET = 10;

const POLICIES = `
apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: { name: owned }
spec:
  crd: { spec: { names: { kind: Owned } } }
  targets:
    - target: admission.k8s.gatekeeper.sh
      rego: |
        package owned
        violation[{"msg": "no owner"}] { not input.review.object.metadata.labels.owner }
---
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: Owned
metadata: { name: pods }
spec: { match: { kinds: [{ apiGroups: [""], kinds: [Pod] }], excludedNamespaces: [team-3] } }
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: no-latest }
spec:
  matchConstraints: { resourceRules: [{ apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods] }] }
  validations: [{ expression: "object.spec.containers.all(c, !c.image.endsWith(':latest'))", message: latest }]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: no-latest }
spec: { policyName: no-latest, validationActions: [Warn] }
`;

const REGO = `package main

import rego.v1

deny contains msg if {
	input.kind == "ConfigMap"
	input.data.password
	msg := "a password in a map"
}
`;

interface Preview {
  readonly objects: number;
  readonly refused: number;
  readonly warned: number;
  readonly policies: readonly {
    readonly policy: string;
    readonly action: string;
    readonly count: number;
    readonly namespaces: Readonly<Record<string, number>>;
  }[];
}

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

async function eachAtOnce(items: readonly number[], use: (item: number) => Promise<void>): Promise<void> {
  const rest = items.values();
  await Promise.all(
    numbers(16).map(async () => {
      for (const item of rest) await use(item);
    }),
  );
}

/** How many of the first `count` numbers are of every `step` and in a namespace that `isIn` takes, by namespace. */
function expected(count: number, step: number, isIn: (namespace: number) => boolean): Record<string, number> {
  const found: Record<string, number> = {};
  for (const index of numbers(count)) {
    const namespace = index % NAMESPACES;
    if (index % step === 0 && isIn(namespace)) found[`team-${namespace}`] = (found[`team-${namespace}`] ?? 0) + 1;
  }
  return found;
}

suite("policy preview in a cluster", { timeout: 300_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "redoubt-preview-"));
  let plane: ControlPlane;

  async function create(path: string, body: object): Promise<void> {
    const { status, body: answer } = await plane.admin.post(path, body);
    assert.equal(status, 201, JSON.stringify(answer));
  }

  before(async () => {
    writeFileSync(join(folder, "policies.yaml"), POLICIES);
    writeFileSync(join(folder, "main.rego"), REGO);
    plane = await ControlPlane.start({});
    for (const index of numbers(NAMESPACES)) {
      await create("/api/v1/namespaces", { metadata: { name: `team-${index}` } });
    }
    await eachAtOnce(numbers(PODS), (index) =>
      create(`/api/v1/namespaces/team-${index % NAMESPACES}/pods`, {
        metadata: { name: `pod-${index}`, labels: index % UNOWNED === 0 ? {} : { owner: "me" } },
        spec: { containers: [{ name: "a", image: index % LATEST === 0 ? "app:latest" : "app:1" }] },
      }),
    );
    await eachAtOnce(numbers(MAPS), (index) =>
      create(`/api/v1/namespaces/team-${index % NAMESPACES}/configmaps`, {
        metadata: { name: `map-${index}` },
        data: index % SECRET === 0 ? { password: "x" } : { a: "b" },
      }),
    );
  });
  after(async () => {
    await plane.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("counts by policy and namespace", async () => {
    const args = ["policy", "preview", "-f", folder, "--live", "--kubeconfig", plane.kubeconfig, "-o", "json"];
    const run = await redoubt(...args);
    assert.equal(run.code, 1, run.stderr);
    const preview: Preview = JSON.parse(run.stdout);
    assert.ok(preview.objects > PODS + MAPS, `${preview.objects} objects`);
    const unowned = expected(PODS, UNOWNED, (namespace) => namespace !== 3);
    const latest = expected(PODS, LATEST, () => true);
    const secret = expected(MAPS, SECRET, () => true);
    const effects = preview.policies.map(({ policy, action, namespaces }) => ({ policy, action, namespaces }));
    assert.deepEqual(
      effects.toSorted((one, other) => (one.policy < other.policy ? -1 : 1)),
      [
        { policy: "Owned/pods", action: "deny", namespaces: unowned },
        { policy: "Rego/main.deny", action: "deny", namespaces: secret },
        { policy: "ValidatingAdmissionPolicy/no-latest", action: "warn", namespaces: latest },
      ],
    );
    const sum = (counts: Readonly<Record<string, number>>): number =>
      Object.values(counts).reduce((total, count) => total + count, 0);
    assert.equal(preview.refused, sum(unowned) + sum(secret));
  });

  test("what may not be read makes the answer incomplete", async () => {
    const kubeconfig = await plane.writeKubeconfig("reader", "reader");
    const rules = [{ apiGroups: [""], resources: ["namespaces", "pods"], verbs: ["get", "list"] }];
    const root = "/apis/rbac.authorization.k8s.io/v1";
    await create(`${root}/clusterroles`, { metadata: { name: "reader" }, rules });
    await create(`${root}/clusterrolebindings`, {
      metadata: { name: "reader" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "reader" },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "reader" }],
    });
    const run = await redoubt("policy", "preview", "-f", folder, "--live", "--kubeconfig", kubeconfig, "-o", "json");
    assert.equal(run.code, 3, run.stderr);
    assert.match(run.stderr, /configmaps/);
    const preview: Preview = JSON.parse(run.stdout);
    const found = preview.policies.find(({ policy }) => policy === "Owned/pods");
    assert.deepEqual(
      found?.namespaces,
      expected(PODS, UNOWNED, (namespace) => namespace !== 3),
    );
    assert.equal(
      preview.policies.some(({ policy }) => policy === "Rego/main.deny"),
      false,
    );
  });
});
