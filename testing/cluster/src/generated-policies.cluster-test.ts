/** ValidatingAdmissionPolicies made from Gatekeeper's templates: the API server takes them, and decides as Gatekeeper would. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, after, before, suite, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
  PolicySet,
  bindingForConstraint,
  clusterViewOf,
  constraintDefinition,
  decideRequest,
  policyForTemplate,
  requestForObject,
} from "@redoubt/admission";
import { type JsonObject, readYamlObjects, stringAt } from "@redoubt/kube";
import { ControlPlane } from "./control-plane.ts";

const LIBRARY = join(import.meta.dirname, "../../../../shared/corpora/gatekeeper");
const GROUP = "/apis/admissionregistration.k8s.io/v1";
const TIMEOUT_MS = 60_000;

const TEMPLATE: JsonObject = {
  apiVersion: "templates.gatekeeper.sh/v1",
  kind: "ConstraintTemplate",
  metadata: { name: "labelled" },
  spec: {
    crd: {
      spec: {
        names: { kind: "Labelled" },
        validation: {
          openAPIV3Schema: { type: "object", properties: { label: { type: "string" } } },
        },
      },
    },
    targets: [
      {
        target: "admission.k8s.gatekeeper.sh",
        code: [
          {
            engine: "K8sNativeValidation",
            source: {
              variables: [{ name: "labels", expression: "variables.anyObject.metadata.?labels.orValue({})" }],
              validations: [
                {
                  expression: "variables.params.label in variables.labels",
                  messageExpression: "'needs ' + variables.params.label",
                },
              ],
            },
          },
        ],
      },
    ],
  },
};

/** Match blocks, by the label that the constraint asks for. */
const MATCHES: Readonly<Record<string, JsonObject>> = {
  everything: {},
  kinds: { kinds: [{ apiGroups: [""], kinds: ["Secret", "Namespace"] }] },
  group: { kinds: [{ apiGroups: ["rbac.authorization.k8s.io"], kinds: ["*"] }] },
  inside: { namespaces: ["team-*"] },
  outside: { excludedNamespaces: ["*-one"] },
  both: { namespaces: ["*eam*"], excludedNamespaces: ["team-two"] },
  named: { name: "web-*" },
  cluster: { scope: "Cluster" },
  namespaced: { scope: "Namespaced" },
  labelled: { labelSelector: { matchExpressions: [{ key: "tier", operator: "In", values: ["a", "b"] }] } },
  tenant: { namespaceSelector: { matchLabels: { tenant: "yes" } } },
  generated: { source: "Generated" },
};

const NAMESPACES: readonly JsonObject[] = [
  namespaceObject("team-one", { tenant: "yes" }),
  namespaceObject("team-two", {}),
  namespaceObject("other", { tenant: "no" }),
];

function namespaceObject(name: string, labels: JsonObject): JsonObject {
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name, labels: { "kubernetes.io/metadata.name": name, ...labels } },
  };
}

const PATHS: Readonly<Record<string, string>> = {
  ConfigMap: "/api/v1/namespaces/NS/configmaps",
  Secret: "/api/v1/namespaces/NS/secrets",
  Role: "/apis/rbac.authorization.k8s.io/v1/namespaces/NS/roles",
  ClusterRole: "/apis/rbac.authorization.k8s.io/v1/clusterroles",
  Namespace: "/api/v1/namespaces",
};

/** Objects of several kinds in every namespace and in none, with labels and names that some constraints are for. */
function objects(): readonly JsonObject[] {
  const all: JsonObject[] = [];
  for (const [index, namespace] of ["team-one", "team-two", "other"].entries()) {
    for (const [kind, apiVersion] of [
      ["ConfigMap", "v1"],
      ["Secret", "v1"],
      ["Role", "rbac.authorization.k8s.io/v1"],
    ] as const) {
      const labels = index === 1 ? { tier: "a" } : { tier: "c" };
      all.push({ apiVersion, kind, metadata: { name: `web-${index}`, namespace, labels } });
      all.push({ apiVersion, kind, metadata: { name: `api-${index}`, namespace } });
    }
  }
  all.push({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: "web-wide" },
    rules: [],
  });
  all.push(namespaceObject("team-new", { tenant: "yes", tier: "b" }), namespaceObject("quiet", {}));
  return all;
}

suite("generated policies", { timeout: 300_000 }, () => {
  let plane: ControlPlane;

  before(async () => {
    plane = await ControlPlane.start({});
    for (const namespace of NAMESPACES) await created("/api/v1/namespaces", namespace);
  });
  after(() => plane.stop());

  async function created(path: string, object: JsonObject): Promise<void> {
    const { status, body } = await plane.admin.post(path, object);
    assert.equal(status, 201, JSON.stringify(body));
  }

  test("decide as the constraints that they come from", async () => {
    const constraints = Object.entries(MATCHES).map(([label, match]): JsonObject => ({
      apiVersion: "constraints.gatekeeper.sh/v1beta1",
      kind: "Labelled",
      metadata: { name: label },
      // Of refusals a client is told the first, of warnings all.
      spec: { enforcementAction: "warn", match, parameters: { label } },
    }));
    await created(
      "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
      made(constraintDefinition(TEMPLATE) ?? "no definition"),
    );
    const parameters = "/apis/constraints.gatekeeper.sh/v1beta1/labelled";
    const deadline = Date.now() + TIMEOUT_MS;
    while ((await plane.admin.get(parameters)).status !== 200) {
      assert.ok(Date.now() < deadline, "the constraints' kind is not served");
      await sleep(200);
    }
    for (const constraint of constraints) await created(parameters, constraint);
    await created(`${GROUP}/validatingadmissionpolicies`, made(policyForTemplate(TEMPLATE)));
    for (const constraint of constraints) {
      await created(`${GROUP}/validatingadmissionpolicybindings`, made(bindingForConstraint(constraint)));
    }
    const set = new PolicySet([TEMPLATE, ...constraints], { engine: "K8sNativeValidation" });
    assert.deepEqual(set.problems, []);
    const cluster = clusterViewOf(NAMESPACES);
    const [first = {}] = objects();
    // The API server takes all changes of about a second at once.
    while ((await theirs(first)).length === 0) {
      assert.ok(Date.now() < deadline, "policies are not put to work");
      await sleep(200);
    }
    await sleep(3000);
    const differences: string[] = [];
    let warned = 0;
    for (const object of objects()) {
      const [real, mine] = [await theirs(object), ours(set, object, cluster)];
      warned += real.length;
      if (JSON.stringify(real) !== JSON.stringify(mine)) {
        differences.push(`${JSON.stringify(object)}\n  theirs ${real.join()}\n  ours   ${mine.join()}`);
      }
    }
    assert.deepEqual(differences, []);
    assert.ok(warned > 50, `${warned} warnings`);
  });

  test("the API server takes those of Gatekeeper's library", async (context: TestContext) => {
    if (!existsSync(LIBRARY)) {
      context.skip("the library is not beside the repository");
      return;
    }
    let taken = 0;
    for (const group of ["general", "pod-security-policy"]) {
      for (const folder of readdirSync(join(LIBRARY, group))) {
        const file = join(LIBRARY, group, folder, "template.yaml");
        const read = existsSync(file) ? readYamlObjects(readFileSync(file, "utf8")) : undefined;
        const policy =
          read?.kind === "objects" && read.objects[0] !== undefined ? policyForTemplate(read.objects[0]) : "";
        if (typeof policy === "string") continue;
        const { status, body } = await plane.admin.post(`${GROUP}/validatingadmissionpolicies?dryRun=All`, policy);
        assert.equal(status, 201, `${folder}: ${stringAt(body, ["message"]) ?? ""}`);
        taken++;
      }
    }
    assert.ok(taken > 10, `${taken} policies`);
  });

  /** The labels that warnings ask for. */
  async function theirs(object: JsonObject): Promise<readonly string[]> {
    const path = (PATHS[stringAt(object, ["kind"]) ?? ""] ?? "").replace(
      "NS",
      stringAt(object, ["metadata", "namespace"]) ?? "",
    );
    const { status, body, warnings } = await plane.admin.post(`${path}?dryRun=All`, object);
    assert.equal(status, 201, JSON.stringify(body));
    return labelsIn(warnings.join(" "));
  }

  function ours(set: PolicySet, object: JsonObject, cluster: ReturnType<typeof clusterViewOf>): readonly string[] {
    const { violations } = decideRequest(requestForObject(object, "CREATE"), set, { cluster });
    return labelsIn(violations.map(({ message }) => message).join(" "));
  }
});

function made(policy: JsonObject | string): JsonObject {
  assert.ok(typeof policy !== "string", JSON.stringify(policy));
  return policy;
}

function labelsIn(text: string): readonly string[] {
  return [...new Set(Array.from(text.matchAll(/needs (\w+)/g), ([, label = ""]) => label))].sort();
}
