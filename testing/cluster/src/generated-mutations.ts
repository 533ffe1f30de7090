import type { JsonObject, JsonValue } from "@redoubt/kube";
import type { SeededRandom } from "@redoubt/peers";

/** What a policy does, and the object that it is done to. */
export interface MutationCase {
  readonly title: string;
  /** A `spec` of a MutatingAdmissionPolicy, without its matchConstraints; several for policies that meet at one object. */
  readonly policies: readonly JsonObject[];
  readonly paramRef?: JsonObject;
  readonly object: JsonObject;
}

type Words = readonly [string, ...string[]];
type KindOfObject = "ConfigMap" | "Pod" | "Deployment" | "Service" | "Sample";

interface Template {
  readonly kind: KindOfObject;
  readonly mutations: (random: SeededRandom) => readonly JsonObject[];
}

const KEYS: Words = ["app", "team", "a.b/c-d", "x~y", "x/y"];
const VALUES: Words = ["one", "two", "", "Grüße", "3"];
const IMAGES: Words = ["nginx", "nginx:1.27", "ghcr.io/x/y@sha256:00", "redis:7"];

function apply(expression: string): JsonObject {
  return { patchType: "ApplyConfiguration", applyConfiguration: { expression } };
}

function patch(expression: string): JsonObject {
  return { patchType: "JSONPatch", jsonPatch: { expression } };
}

function annotate(key: string, value: string): JsonObject {
  return apply(`Object{metadata: Object.metadata{annotations: {"${key}": ${value}}}}`);
}

const one = (kind: KindOfObject, mutation: (random: SeededRandom) => JsonObject): Template => ({
  kind,
  mutations: (random) => [mutation(random)],
});

/** Mutations of one policy. Many fail, each in its own way. */
const TEMPLATES: readonly Template[] = [
  // Applying configurations: mappings, lists of each relation, nulls, what may not be applied.
  one("ConfigMap", (random) =>
    apply(`Object{data: {"${random.pick(KEYS)}": "${random.pick(VALUES)}", "new": object.metadata.name}}`),
  ),
  one("ConfigMap", (random) =>
    apply(`Object{metadata: Object.metadata{labels: {"${random.pick(["app", "team"])}": "set"}}, immutable: true}`),
  ),
  one("ConfigMap", () => apply("Object{metadata: Object.metadata{finalizers: ['redoubt.dev/a', 'redoubt.dev/c']}}")),
  one("ConfigMap", () => apply("Object{metadata: Object.metadata{finalizers: ['a.b/c', 'a.b/c']}}")),
  one("ConfigMap", () =>
    apply(
      "Object{metadata: Object.metadata{ownerReferences: [Object.metadata.ownerReferences{apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u1'}]}}",
    ),
  ),
  one("ConfigMap", () => apply("Object{data: Object.data{key: 'value'}}")),
  one("ConfigMap", () => apply("Object{datum: Object.datum{}}")),
  one("ConfigMap", () => apply("Object{data: {'n': 1}}")),
  one("ConfigMap", () => apply("Object{immutable: 'yes'}")),
  one("ConfigMap", () => apply("Object{}")),
  one("ConfigMap", () => apply("Object{data: object.data}")),
  one("ConfigMap", () => apply("Object{metadata: Object.meta{labels: {'a': 'b'}}}")),
  one("ConfigMap", () => apply("has(object.data) ? Object{data: {'had': string(object.data.size())}} : Object{}")),
  one("Pod", (random) =>
    apply(
      `Object{spec: Object.spec{containers: object.spec.containers.map(c, Object.spec.containers{name: c.name, image: "${random.pick(IMAGES)}"})}}`,
    ),
  ),
  one("Pod", () =>
    apply(
      "Object{spec: Object.spec{containers: [Object.spec.containers{name: 'side', image: 'side:1', ports: [Object.spec.containers.ports{containerPort: 80}]}]}}",
    ),
  ),
  one("Pod", () =>
    apply(
      "Object{spec: Object.spec{containers: [Object.spec.containers{name: object.spec.containers[0].name, ports: [Object.spec.containers.ports{containerPort: 8080, name: 'web'}], env: [Object.spec.containers.env{name: 'B', value: '2'}, Object.spec.containers.env{name: 'A', value: '1'}]}]}}",
    ),
  ),
  one("Pod", () =>
    apply(
      "Object{spec: Object.spec{containers: [Object.spec.containers{name: object.spec.containers[0].name, args: ['--x']}]}}",
    ),
  ),
  one("Pod", () => apply("Object{spec: Object.spec{tolerations: [Object.spec.tolerations{operator: 'Exists'}]}}")),
  one("Pod", () =>
    apply(
      "Object{spec: Object.spec{securityContext: Object.spec.securityContext{runAsNonRoot: true, supplementalGroups: [1, 2]}}}",
    ),
  ),
  one("Pod", () =>
    apply(
      "Object{spec: Object.spec{securityContext: Object.spec.securityContext{runAsNonRoot: true, runAsUser: 1000}, nodeSelector: {'a': 'b'}}}",
    ),
  ),
  one("Pod", () => apply("Object{spec: Object.spec{containers: [Object.spec.containers{image: 'x'}]}}")),
  one("Pod", () => apply("Object{spec: Object.spec{hostNetwork: 'true'}}")),
  one("Pod", () => apply("Object{spec: Object.spec{containers: Object.spec.containers{name: 'x'}}}")),
  one("Pod", () =>
    apply(
      "Object{spec: Object.spec{volumes: [Object.spec.volumes{name: 'tmp', emptyDir: Object.spec.volumes.emptyDir{}}]}}",
    ),
  ),
  one("Pod", () =>
    apply(
      "Object{spec: Object.spec{topologySpreadConstraints: [Object.spec.topologySpreadConstraints{topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', maxSkew: 2, labelSelector: Object.spec.topologySpreadConstraints.labelSelector{matchLabels: {'a': 'b'}}}]}}",
    ),
  ),
  one("Pod", () =>
    apply(
      "Object{spec: Object.spec{containers: object.spec.containers.map(c, Object.spec.containers{name: c.name, resources: Object.spec.containers.resources{limits: {'cpu': '1', 'memory': '1Gi'}}})}}",
    ),
  ),
  one("Deployment", (random) => apply(`Object{spec: Object.spec{replicas: ${random.integer(-1, 4)}}}`)),
  one("Deployment", () => apply("Object{spec: Object.spec{replicas: object.spec.replicas + 1, paused: true}}")),
  one("Deployment", () => apply("Object{spec: Object.spec{replicas: '3'}}")),
  one("Deployment", () => apply("Object{spec: Object.spec{replicas: 1.5}}")),
  one("Deployment", () =>
    apply("Object{spec: Object.spec{selector: Object.spec.selector{matchLabels: {'more': 'labels'}}}}"),
  ),
  one("Deployment", () =>
    apply(
      "Object{spec: Object.spec{template: Object.spec.template{metadata: Object.spec.template.metadata{labels: {'tier': 'web'}}}}}",
    ),
  ),
  one("Deployment", () =>
    apply(
      "Object{spec: Object.spec{strategy: Object.spec.strategy{rollingUpdate: Object.spec.strategy.rollingUpdate{maxSurge: 2, maxUnavailable: '10%'}}}}",
    ),
  ),
  one("Service", () =>
    apply("Object{spec: Object.spec{ports: [Object.spec.ports{port: 80, name: 'web', appProtocol: 'http'}]}}"),
  ),
  one("Service", () => apply("Object{spec: Object.spec{selector: {'a': 'b'}}}")),
  one("Service", () =>
    apply("Object{spec: Object.spec{ports: [Object.spec.ports{port: 80}, Object.spec.ports{port: 80}]}}"),
  ),
  one("Sample", () => apply("Object{spec: Object.spec{keyed: [Object.spec.keyed{name: 'b', value: 2}]}}")),
  one("Sample", () => apply("Object{spec: Object.spec{set: ['x', 'c']}}")),
  one("Sample", () => apply("Object{spec: Object.spec{plain: ['x']}}")),
  one("Sample", () => apply("Object{spec: Object.spec{whole: Object.spec.whole{a: 'x'}}}")),
  one("Sample", () =>
    apply("Object{spec: Object.spec{open: Object.spec.open{anything: Object.spec.open.anything{b: 1}}}}"),
  ),
  one("Sample", () => apply("Object{spec: Object.spec{open: Object.spec.open{list: [1]}}}")),
  one("Sample", () => apply("Object{spec: Object.spec{unknown: 'x'}}")),
  one("Sample", () => apply("Object{spec: Object.spec{count: 'x'}}")),
  // JSON patches: each operation, pointers, values of each type, tests that do not hold.
  one("ConfigMap", (random) =>
    patch(
      `[JSONPatch{op: "add", path: "/metadata/labels/" + jsonpatch.escapeKey("${random.pick(["a.b/c-d", "team"])}"), value: "v"}]`,
    ),
  ),
  one("ConfigMap", (random) => patch(`[JSONPatch{op: "replace", path: "/data/app", value: "${random.pick(VALUES)}"}]`)),
  one("ConfigMap", () => patch('[JSONPatch{op: "remove", path: "/data/app"}]')),
  one("ConfigMap", () => patch('[JSONPatch{op: "remove", path: "/data"}]')),
  one("ConfigMap", () => patch('[JSONPatch{op: "move", from: "/data/app", path: "/data/moved"}]')),
  one("ConfigMap", () => patch('[JSONPatch{op: "copy", from: "/data/app", path: "/data/copied"}]')),
  one("ConfigMap", () =>
    patch(
      '[JSONPatch{op: "test", path: "/data/app", value: "one"}, JSONPatch{op: "add", path: "/data/tested", value: "y"}]',
    ),
  ),
  one("ConfigMap", () =>
    patch(
      '[JSONPatch{op: "add", path: "/data/first", value: "y"}, JSONPatch{op: "test", path: "/data/nope", value: "z"}]',
    ),
  ),
  one("ConfigMap", () => patch('[JSONPatch{op: "test", path: "/data/nope", value: null}]')),
  one("ConfigMap", () => patch('[JSONPatch{op: "add", path: "/no/such/place", value: 1}]')),
  one("ConfigMap", () => patch('[JSONPatch{op: "add", path: "data", value: {"a": "b"}}]')),
  one("ConfigMap", () => patch('[JSONPatch{op: "nope", path: "/data", value: {"a": "b"}}]')),
  one("ConfigMap", () => patch('[JSONPatch{op: "add", path: "/data", value: {"a": "b"}}]')),
  one("ConfigMap", () => patch('[JSONPatch{op: "add", path: "/data", value: Object.data{a: "b"}}]')),
  one("ConfigMap", () => patch('[JSONPatch{op: "add", path: "/data", value: {"a": 1}}]')),
  one("ConfigMap", () => patch('[JSONPatch{op: "add", path: "/dataa", value: {"a": "b"}}]')),
  one("ConfigMap", () => patch('[JSONPatch{op: "add", path: "/immutable", value: "x"}]')),
  one("ConfigMap", () => patch("[]")),
  one("ConfigMap", () => patch('[JSONPatch{op: "replace", path: "", value: object}]')),
  one("ConfigMap", () => patch('[JSONPatch{op: "add", path: "/data/x", value: duration("1h")}]')),
  one("ConfigMap", () => patch('[JSONPatch{op: "add", path: "/data/x", value: string(object.data.size())}]')),
  one("Pod", () =>
    patch(
      '[JSONPatch{op: "add", path: "/spec/containers/-", value: Object.spec.containers{name: "side", image: "s"}}]',
    ),
  ),
  one("Pod", () =>
    patch(
      '[JSONPatch{op: "add", path: "/spec/containers/0", value: Object.spec.containers{name: "first", image: "s"}}]',
    ),
  ),
  one("Pod", (random) =>
    patch(`[JSONPatch{op: "remove", path: "/spec/containers/${random.pick(["0", "1", "-1", "-", "x", "01"])}"}]`),
  ),
  one("Pod", () => patch('[JSONPatch{op: "replace", path: "/spec/containers/0/image", value: "redis"}]')),
  one("Pod", () =>
    patch('[JSONPatch{op: "add", path: "/spec/containers/9", value: Object.spec.containers{name: "x"}}]'),
  ),
  one("Pod", () => patch('[JSONPatch{op: "add", path: "/spec/containers/0/imagee", value: "redis"}]')),
  one("Pod", () =>
    patch(
      '[JSONPatch{op: "add", path: "/spec/priorityClassName", value: "x"}, JSONPatch{op: "remove", path: "/spec/priorityClassName"}]',
    ),
  ),
  one("Pod", () =>
    patch(
      'object.spec.containers.map(c, JSONPatch{op: "add", path: "/metadata/annotations/" + c.name, value: c.image})',
    ),
  ),
  one("Deployment", () => patch('[JSONPatch{op: "replace", path: "/spec/replicas", value: 7}]')),
  one("Deployment", () => patch('[JSONPatch{op: "replace", path: "/spec/replicas", value: "7"}]')),
  one("Deployment", () => patch('[JSONPatch{op: "add", path: "/spec/strategy/rollingUpdate/maxSurge", value: "25%"}]')),
  one("Sample", () => patch('[JSONPatch{op: "add", path: "/spec/unknown", value: [1, 2]}]')),
  one("Sample", () => patch('[JSONPatch{op: "add", path: "/spec/keyed/-", value: {"name": "z"}}]')),
  // What evaluating may come to.
  one("ConfigMap", () => apply("Object{data: {'x': object.data.absent}}")),
  one("ConfigMap", () => apply("Object{data: {'x': string(1 / 0)}}")),
  one("ConfigMap", () => patch('[JSONPatch{op: "add", path: "/data/x", value: object.nope}]')),
  one("ConfigMap", () =>
    apply(
      "Object{data: {'x': string([1,2,3,4,5,6,7,8,9,10].map(a, [1,2,3,4,5,6,7,8,9,10].map(b, [1,2,3,4,5,6,7,8,9,10].map(c, [1,2,3,4,5,6,7,8,9,10].map(d, [1,2,3,4,5,6,7,8,9,10].map(e, a + b + c + d + e))))).size())}}",
    ),
  ),
  // Several mutations of one policy, each on what the one before it made.
  {
    kind: "ConfigMap",
    mutations: () => [
      apply("Object{data: {'n': '1'}}"),
      apply("Object{data: {'n': object.data.n + '1'}}"),
      patch('[JSONPatch{op: "copy", from: "/data/n", path: "/data/m"}]'),
    ],
  },
  {
    kind: "ConfigMap",
    mutations: () => [
      apply("Object{data: {'first': 'yes'}}"),
      apply("Object{data: {'x': object.data.absent}}"),
      apply("Object{data: {'third': 'yes'}}"),
    ],
  },
];

/** Conditions under which a policy is at work, with variables; not all hold. */
const CONDITIONS: readonly string[] = [
  "request.operation == 'CREATE'",
  "variables.name.startsWith('case')",
  "object.metadata.name == 'other'",
  "object.data.absent == 'x'",
  "variables.name.size() > 0 && object.metadata.namespace == 'team'",
];

export function generateMutations(random: SeededRandom, rounds: number): readonly MutationCase[] {
  const cases: MutationCase[] = [];
  const name = (): string => `case-${cases.length}`;
  for (const { kind, mutations } of TEMPLATES) {
    for (let round = 0; round < rounds; round++) {
      const made = mutations(random);
      const policy = {
        failurePolicy: random.chance(0.8) ? "Fail" : "Ignore",
        reinvocationPolicy: "Never",
        mutations: [...made],
      };
      cases.push({
        title: `${kind}: ${JSON.stringify(made)}`,
        policies: [policy],
        object: sample(random, kind, name()),
      });
    }
  }
  for (const expression of CONDITIONS) {
    for (const failurePolicy of ["Fail", "Ignore"]) {
      const policy = {
        failurePolicy,
        reinvocationPolicy: "Never",
        variables: [{ name: "name", expression: "object.metadata.name" }],
        matchConditions: [
          { name: "first", expression },
          { name: "second", expression: "true" },
        ],
        mutations: [annotate("was", "variables.name")],
      };
      const title = `${failurePolicy} where ${expression}`;
      cases.push({ title, policies: [policy], object: sample(random, "ConfigMap", name()) });
    }
  }
  for (const [reference, reinvocationPolicy] of PARAMETERS) {
    const policy = {
      failurePolicy: "Fail",
      reinvocationPolicy,
      paramKind: { apiVersion: "v1", kind: "ConfigMap" },
      mutations: [annotate("param", "params == null ? 'none' : params.data.value")],
    };
    const title = `params ${JSON.stringify(reference)}`;
    cases.push({ title, policies: [policy], paramRef: reference, object: sample(random, "ConfigMap", name()) });
  }
  for (const isReinvoked of [true, false]) {
    for (const mutation of ["'b' in object.metadata.?labels.orValue({})", "has(object.data) && 'b' in object.data"]) {
      const policies = [
        {
          failurePolicy: "Fail",
          reinvocationPolicy: "IfNeeded",
          mutations: [apply(`${mutation} ? Object{metadata: Object.metadata{annotations: {'saw': 'b'}}} : Object{}`)],
        },
        {
          failurePolicy: "Fail",
          reinvocationPolicy: isReinvoked ? "IfNeeded" : "Never",
          mutations: [
            apply("Object{metadata: Object.metadata{labels: {'b': 'x'}}, data: {'b': 'x'}}"),
            annotate("count", "string(int(object.metadata.?annotations['count'].orValue('0')) + 1)"),
          ],
        },
      ];
      const title = `reinvoked: ${mutation}, ${isReinvoked}`;
      cases.push({ title, policies, object: sample(random, "ConfigMap", name()) });
    }
  }
  return cases;
}

const PARAMETERS: readonly (readonly [JsonObject, string])[] = [
  [{ name: "one", namespace: "plain", parameterNotFoundAction: "Deny" }, "Never"],
  [{ name: "absent", namespace: "plain", parameterNotFoundAction: "Deny" }, "Never"],
  [{ name: "absent", namespace: "plain", parameterNotFoundAction: "Allow" }, "Never"],
  [{ name: "here", parameterNotFoundAction: "Deny" }, "IfNeeded"],
  [{ selector: { matchLabels: { parameter: "yes" } }, namespace: "plain", parameterNotFoundAction: "Deny" }, "Never"],
];

export const PARAMETER_OBJECTS: readonly JsonObject[] = [
  parameter("one", "plain", { parameter: "yes" }),
  parameter("here", "team", {}),
];

function parameter(name: string, namespace: string, labels: JsonObject): JsonObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace, labels }, data: { value: name } };
}

function sample(random: SeededRandom, kind: KindOfObject, name: string): JsonObject {
  const labels = { case: name, ...(random.chance(0.5) ? { app: "web" } : {}) };
  const metadata: JsonObject = {
    name,
    labels,
    ...(random.chance(0.4) ? { annotations: { note: random.pick(VALUES) } } : {}),
    ...(random.chance(0.3) ? { finalizers: ["redoubt.dev/a", "redoubt.dev/b"] } : {}),
  };
  switch (kind) {
    case "ConfigMap": {
      const data = random.chance(0.8) ? { data: { app: random.pick(VALUES), other: "x" } } : {};
      return { apiVersion: "v1", kind, metadata, ...data };
    }
    case "Pod":
      return { apiVersion: "v1", kind, metadata, spec: podSpec(random) };
    case "Deployment":
      return {
        apiVersion: "apps/v1",
        kind,
        metadata,
        spec: {
          ...(random.chance(0.7) ? { replicas: random.integer(0, 3) } : {}),
          selector: { matchLabels: { app: "web" } },
          template: { metadata: { labels: { app: "web" } }, spec: podSpec(random) },
        },
      };
    case "Service":
      return {
        apiVersion: "v1",
        kind,
        metadata,
        spec: {
          clusterIP: "None",
          ipFamilyPolicy: "SingleStack",
          ipFamilies: ["IPv4"],
          selector: { app: "web" },
          ports: [
            { name: "dns", port: 53, protocol: "UDP" },
            { name: "a", port: random.pick([80, 81]) },
          ],
        },
      };
    case "Sample":
      return { apiVersion: "test.redoubt.dev/v1", kind, metadata, spec: customSpec(random) };
  }
}

function podSpec(random: SeededRandom): JsonObject {
  const containers = Array.from({ length: random.integer(1, 2) }, (_, index): JsonValue => ({
    name: `c${index}`,
    image: random.pick(IMAGES),
    ...(random.chance(0.5) ? { args: ["run"] } : {}),
    ...(random.chance(0.5) ? { env: [{ name: "A", value: "0" }] } : {}),
    ...(random.chance(0.5) ? { ports: [{ containerPort: 8080, protocol: "TCP" }] } : {}),
  }));
  return {
    containers,
    ...(random.chance(0.4) ? { tolerations: [{ key: "k", operator: "Exists" }] } : {}),
    ...(random.chance(0.4) ? { securityContext: { runAsUser: 1 } } : {}),
    ...(random.chance(0.4) ? { volumes: [{ name: "v", emptyDir: {} }] } : {}),
  };
}

function customSpec(random: SeededRandom): JsonObject {
  return {
    count: random.integer(0, 3),
    keyed: [{ name: "a", value: 1 }, ...(random.chance(0.5) ? [{ name: "b", value: 1, more: "kept" }] : [])],
    set: ["a", "b", "c"].slice(0, random.integer(1, 3)),
    plain: ["p"],
    whole: { a: "1", b: "2" },
    open: random.chance(0.5) ? { anything: { a: 1 } } : {},
  };
}

const FIELD = { type: "string" };

export const SAMPLE_DEFINITION: JsonObject = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "samples.test.redoubt.dev" },
  spec: {
    group: "test.redoubt.dev",
    scope: "Namespaced",
    names: { kind: "Sample", plural: "samples" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              spec: {
                type: "object",
                properties: {
                  count: { type: "integer" },
                  keyed: {
                    type: "array",
                    "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": ["name"],
                    items: {
                      type: "object",
                      required: ["name"],
                      properties: { name: FIELD, value: { type: "integer" }, more: FIELD },
                    },
                  },
                  set: { type: "array", "x-kubernetes-list-type": "set", items: FIELD },
                  plain: { type: "array", items: FIELD },
                  whole: { type: "object", "x-kubernetes-map-type": "atomic", properties: { a: FIELD, b: FIELD } },
                  open: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
                },
              },
            },
          },
        },
      },
    ],
  },
};
