import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type JsonObject, readYamlObjects } from "@redoubt/kube";
import { clusterViewOf } from "../model/cluster-view.ts";
import { type DecisionContext, decide } from "./decide.ts";
import { applyPatch } from "./json-patch.ts";
import { PolicySet } from "./policies.ts";
import { reviewResponse } from "./review-response.ts";

function objects(text: string): readonly JsonObject[] {
  const read = readYamlObjects(text);
  assert.equal(read.kind, "objects", JSON.stringify(read));
  return read.kind === "objects" ? read.objects : [];
}

function one(text: string): JsonObject {
  const [object] = objects(text);
  assert.ok(object);
  return object;
}

const POD = one(`
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: team, labels: { app: web } }
spec:
  containers:
    - { name: app, image: nginx }
    - { name: side, image: ghcr.io/org/side:1.2 }
`);

function decideOn(
  policies: string,
  subject: JsonObject = POD,
  context: DecisionContext = {},
): ReturnType<typeof decide> {
  const set = new PolicySet(objects(policies));
  assert.deepEqual(set.problems, []);
  return decide(subject, set, context);
}

const REPLICA_POLICY = `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: limit }
spec:
  paramKind: { apiVersion: v1, kind: ConfigMap }
  matchConstraints:
    resourceRules:
      - { apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods] }
  variables:
    - { name: names, expression: "object.spec.containers.map(c, c.name)" }
  validations:
    - expression: "size(variables.names) <= int(params.data.max)"
      messageExpression: "'at most ' + params.data.max + ' containers, got ' + variables.names.join(' and ')"
      reason: Forbidden
  auditAnnotations:
    - { key: containers, valueExpression: "string(size(variables.names))" }
`;
const REPLICA_BINDING = `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: limit-team }
spec:
  policyName: limit
  paramRef: { name: max, parameterNotFoundAction: Deny }
  validationActions: [ACTIONS]
  matchResources:
    namespaceSelector: { matchLabels: { tier: one } }
`;
const CLUSTER = `
apiVersion: v1
kind: Namespace
metadata: { name: team, labels: { tier: one } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: max, namespace: team }
data: { max: "1" }
`;

suite("decide: ValidatingAdmissionPolicy", () => {
  const cluster = clusterViewOf(objects(CLUSTER));
  const policies = (actions: string): string => `${REPLICA_POLICY}---${REPLICA_BINDING.replace("ACTIONS", actions)}`;

  test("a binding's parameters, a policy's variables and messageExpression make the denial", () => {
    const decision = decideOn(policies("Deny"), POD, { cluster });
    assert.equal(decision.allowed, false);
    assert.equal(
      decision.message,
      "ValidatingAdmissionPolicy 'limit' with binding 'limit-team' denied request: at most 1 containers, got app and side",
    );
    assert.equal(decision.code, 403);
    assert.deepEqual(decision.auditAnnotations, { "limit/containers": "2" });
  });

  test("Warn and Audit let the request pass, with a warning and an annotation", () => {
    const decision = decideOn(policies("Warn, Audit"), POD, { cluster });
    assert.equal(decision.allowed, true);
    assert.deepEqual(decision.warnings, [
      "Validation failed for ValidatingAdmissionPolicy 'limit' with binding 'limit-team': at most 1 containers, got app and side",
    ]);
    const written = decision.auditAnnotations["validation.policy.admission.k8s.io/validation_failure"] ?? "";
    assert.deepEqual(JSON.parse(written), [
      {
        message: "at most 1 containers, got app and side",
        policy: "limit",
        binding: "limit-team",
        expressionIndex: 0,
        validationActions: ["Warn", "Audit"],
      },
    ]);
  });

  test("another namespace, another kind and a policy without binding are not matched, and it is said why", () => {
    const elsewhere = decideOn(
      policies("Deny"),
      { ...POD, metadata: { name: "web", namespace: "other" } },
      { cluster },
    );
    assert.equal(elsewhere.allowed, true);
    const service = decideOn(policies("Deny"), one("{ apiVersion: v1, kind: Service, metadata: { name: a } }"), {
      cluster,
    });
    assert.deepEqual(
      service.why.map(({ outcome, reason }) => [outcome, reason]),
      [["not matched", "its matchConstraints are not for this request"]],
    );
    assert.deepEqual(
      decideOn(REPLICA_POLICY, POD, { cluster }).why.map(({ reason }) => reason),
      ["no binding puts it to work"],
    );
  });

  test("parameters that are not there deny where the binding says so", () => {
    const [namespace] = objects(CLUSTER);
    assert.ok(namespace);
    const decision = decideOn(policies("Warn"), POD, { cluster: clusterViewOf([namespace]) });
    assert.match(
      decision.message ?? "",
      /failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction$/,
    );
  });

  test("the configuration of admission itself is never judged", () => {
    const everything = `${REPLICA_POLICY.replace('""', '"*"').replace("[pods]", '["*"]')}---${REPLICA_BINDING.replace("ACTIONS", "Deny")}`;
    assert.equal(decideOn(everything, one(REPLICA_POLICY), { cluster }).allowed, true);
  });
});

const MUTATING = `
apiVersion: admissionregistration.k8s.io/v1beta1
kind: MutatingAdmissionPolicy
metadata: { name: change }
spec:
  matchConstraints:
    resourceRules:
      - { apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods] }
  matchConditions:
    - { name: labelled, expression: "has(object.metadata.labels)" }
  failurePolicy: Fail
  reinvocationPolicy: IfNeeded
  mutations: [MUTATION]
---
apiVersion: admissionregistration.k8s.io/v1beta1
kind: MutatingAdmissionPolicyBinding
metadata: { name: change }
spec: { policyName: change }
`;

function mutating(kind: "ApplyConfiguration" | "JSONPatch", expression: string): string {
  const field = kind === "JSONPatch" ? "jsonPatch" : "applyConfiguration";
  const mutation = JSON.stringify({ patchType: kind, [field]: { expression } });
  return MUTATING.replace("MUTATION", mutation);
}

suite("decide: MutatingAdmissionPolicy", () => {
  test("an ApplyConfiguration merges into lists by their keys", () => {
    const decision = decideOn(
      mutating(
        "ApplyConfiguration",
        `Object{metadata: Object.metadata{labels: {"added": "yes"}}, spec: Object.spec{containers: [Object.spec.containers{name: "side", imagePullPolicy: "Always"}, Object.spec.containers{name: "new", image: "a"}]}}`,
      ),
    );
    assert.equal(decision.allowed, true);
    assert.deepEqual(applyPatch(POD, decision.patches), decision.object);
    assert.deepEqual(decision.object?.["spec"], {
      containers: [
        { name: "app", image: "nginx" },
        { name: "side", image: "ghcr.io/org/side:1.2", imagePullPolicy: "Always" },
        { name: "new", image: "a" },
      ],
    });
    assert.deepEqual(
      decision.why.map(({ name, outcome }) => [name, outcome]),
      [["change", "changed"]],
    );
  });

  test("type names that do not follow the fields, and atomic lists, are refused", () => {
    const wrong = decideOn(mutating("ApplyConfiguration", "Object{spec: Object.metadata{}}"));
    assert.match(wrong.message ?? "", /type mismatch: unexpected type name "Object.metadata", expected "Object.spec"/);
    const atomic = decideOn(
      mutating(
        "ApplyConfiguration",
        `Object{spec: Object.spec{containers: [Object.spec.containers{name: "app", args: ["a"]}]}}`,
      ),
    );
    assert.match(atomic.message ?? "", /may not mutate atomic arrays, maps or structs: \.spec\.containers\[0\]\.args$/);
    assert.deepEqual(atomic.patches, []);
  });

  test("a JSONPatch changes what it names; a test that fails changes nothing; a path that is not there is an error", () => {
    const patch = (text: string): ReturnType<typeof decide> => decideOn(mutating("JSONPatch", text));
    const added = patch(`[JSONPatch{op: "add", path: "/metadata/labels/" + jsonpatch.escapeKey("a/b"), value: "c"}]`);
    assert.deepEqual(added.patches, [{ op: "add", path: "/metadata/labels/a~1b", value: "c" }]);
    const tested = patch(
      `[JSONPatch{op: "test", path: "/kind", value: "Job"}, JSONPatch{op: "remove", path: "/spec"}]`,
    );
    assert.deepEqual([tested.allowed, tested.patches], [true, []]);
    const missing = patch(`[JSONPatch{op: "remove", path: "/spec/nope"}]`);
    assert.match(missing.message ?? "", /^policy 'change' with binding 'change' denied request: JSON Patch: /);
  });
});

suite("decide: image policy", () => {
  const policy = (spec: string): string =>
    `{ apiVersion: policy.redoubt.dev/v1alpha1, kind: ImagePolicy, metadata: { name: images }, spec: ${spec} }`;

  test("registries, tags and digests", () => {
    const only = decideOn(policy('{ repositories: ["ghcr.io/org/*"] }'));
    assert.deepEqual(
      only.violations.map(({ message }) => message),
      ['container "app" runs "nginx": docker.io/library/nginx is none of the repositories allowed: ghcr.io/org/*'],
    );
    const latest = decideOn(policy("{ deniedTags: [latest], enforcementAction: warn }"));
    assert.equal(latest.allowed, true);
    assert.deepEqual(latest.warnings, ['[images] container "app" runs "nginx": the tag latest is denied']);
    assert.equal(decideOn(policy("{ requireDigest: true }")).violations.length, 2);
    assert.equal(decideOn(policy("{ repositories: [docker.io, ghcr.io] }")).allowed, true);
  });

  test("what volumes mount counts too, and kinds may have any name", () => {
    const volumes = [
      { name: "tools", image: { reference: "ghcr.io/evil/tools:1" } },
      { name: "empty", emptyDir: {} },
    ];
    const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "a" }, spec: { containers: [], volumes } };
    assert.deepEqual(
      decideOn(policy('{ repositories: ["ghcr.io/org/*"] }'), pod).violations.map(({ message }) => message),
      [
        'volume "tools" mounts "ghcr.io/evil/tools:1": ghcr.io/evil/tools is none of the repositories allowed: ghcr.io/org/*',
      ],
    );
    for (const kind of ["toString", "__proto__", "constructor"]) {
      const odd = { apiVersion: "example.com/v1", kind, metadata: { name: "a" }, spec: {} };
      assert.equal(decideOn(policy('{ repositories: ["ghcr.io/org/*"] }'), odd).allowed, true);
    }
  });

  test("a match block of a wrong form is a problem", () => {
    const [problem] = new PolicySet(objects(policy("{ match: { excludedNamespaces: team } }"))).problems;
    assert.equal(problem?.message, "spec.match.excludedNamespaces: must be a list of texts");
  });

  test("a verifier decides where one is asked for, and nothing passes where there is none", () => {
    const verifyImage = (image: string): string | undefined => (image === "nginx" ? undefined : "it is not signed");
    const decision = decideOn(policy("{ verify: true }"), POD, { verifyImage });
    assert.match(decision.message ?? "", /^\[images\] container "side" runs .*: it is not signed$/);
    assert.equal(decideOn(policy("{ verify: true }")).violations.length, 2);
  });
});

suite("decide: Rego of its own", () => {
  test("kubernetes.admission reads the review, other packages the object; names are conftest's", () => {
    const set = new PolicySet([], {
      rego: [
        {
          file: "admission.rego",
          text: `package kubernetes.admission
deny[msg] {
  input.request.kind.kind == "Pod"
  other := data.kubernetes.services[input.request.namespace][_]
  msg := sprintf("%v may not be beside %v", [input.request.object.metadata.name, other.metadata.name])
}`,
        },
        {
          file: "main.rego",
          text: `package main
warn_latest contains {"msg": msg, "image": c.image} if {
  some c in input.spec.containers
  not contains(c.image, ":")
  msg := "no tag"
}`,
        },
      ],
    });
    assert.deepEqual(set.problems, []);
    set.setObjects(objects("{ apiVersion: v1, kind: Service, metadata: { name: svc, namespace: team } }"));
    const decision = decide(POD, set);
    assert.deepEqual(
      decision.violations.map(({ policy, action, message, details }) => [policy.name, action, message, details]),
      [
        ["kubernetes.admission.deny", "deny", "web may not be beside svc", undefined],
        ["main.warn_latest", "warn", "no tag", { image: "nginx" }],
      ],
    );
    assert.equal(decision.message, "web may not be beside svc");
  });

  test("what does not compile is said with its place, and the rest decides", () => {
    const set = new PolicySet(objects(MUTATING.replace("MUTATION", "")), {
      rego: [{ file: "bad.rego", text: "package a\nimport rego.v1\n\ndeny contains x if { y }" }],
    });
    assert.match(set.problems.at(-1)?.message ?? "", /bad\.rego:4: rego_unsafe_var_error/);
    assert.equal(decide(POD, set).allowed, true);
  });
});

suite("decide: context", () => {
  const always = `
apiVersion: policy.redoubt.dev/v1alpha1
kind: ImagePolicy
metadata: { name: none }
spec: { repositories: [none.example] }
`;

  test("exempt namespaces are exempt by their name", () => {
    assert.equal(decideOn(always, POD, { exemptNamespaces: new Set(["team"]) }).allowed, true);
    assert.equal(decideOn(always).allowed, false);
  });

  test("Pod Security comes through its port", () => {
    const decision = decideOn("{}", POD, {
      podSecurity: (request) => ({
        verdict: "deny",
        message: `pods "${request.name}" is forbidden`,
        warnings: ["careful"],
        auditAnnotations: { "enforce-policy": "baseline:latest" },
      }),
    });
    assert.equal(decision.message, 'pods "web" is forbidden');
    assert.deepEqual(decision.warnings, ["careful"]);
    assert.deepEqual(decision.auditAnnotations, { "pod-security.kubernetes.io/enforce-policy": "baseline:latest" });
  });

  test("a review that is none is refused with the reason", () => {
    const set = new PolicySet([]);
    for (const request of [null, { operation: "EAT" }, { operation: "CREATE" }, { operation: "CREATE", object: 1 }]) {
      const decision = decide({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request }, set);
      assert.deepEqual([decision.allowed, decision.code], [false, 400]);
      assert.notEqual(decision.message ?? "", "");
    }
  });

  test("an answer carries patches, warnings and the reason", () => {
    const decision = decideOn(mutating("JSONPatch", `[JSONPatch{op: "remove", path: "/metadata/labels"}]`));
    const response = reviewResponse("1", decision)["response"];
    assert.deepEqual(response, {
      uid: "1",
      allowed: true,
      patchType: "JSONPatch",
      patch: Buffer.from('[{"op":"remove","path":"/metadata/labels"}]').toString("base64"),
    });
    const refused = reviewResponse("2", decideOn(always))["response"];
    assert.match(
      JSON.stringify(refused),
      /"uid":"2","allowed":false,"status":\{"status":"Failure","message":"\[none\] container/,
    );
  });
});
