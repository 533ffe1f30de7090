import assert from "node:assert/strict";
import { after, suite, test } from "node:test";
import { type JsonObject, type JsonValue, valueAt } from "@redoubt/kube";
import { requestForObject } from "../model/admission-request.ts";
import { readProvider } from "../model/external-data.ts";
import { ProviderClient } from "../source/provider-client.ts";
import { type Answer, type FakeProvider, startFakeProvider } from "../testing/fake-provider.ts";
import type { Decision } from "./decide.ts";
import { decideRequestWithProviders, decideWithProviders } from "./decide-with-providers.ts";
import { PolicySet } from "./policies.ts";

const POD: JsonObject = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "web", namespace: "team" },
  spec: {
    containers: [
      { name: "a", image: "a:1" },
      { name: "b", image: "b:1" },
    ],
  },
};

/** Refuses with what `external_data` gave, so that tests see all of it. */
function template(provider: string, keys = "[i | i := input.review.object.spec.containers[_].image]"): JsonObject[] {
  const rego = `package asked
violation[{"msg": msg}] {
  response := external_data({"provider": "${provider}", "keys": ${keys}})
  msg := json.marshal(response)
}`;
  const kind = "Asked";
  return [
    {
      apiVersion: "templates.gatekeeper.sh/v1",
      kind: "ConstraintTemplate",
      metadata: { name: "asked" },
      spec: {
        crd: { spec: { names: { kind } } },
        targets: [{ target: "admission.k8s.gatekeeper.sh", rego }],
      },
    },
    { apiVersion: "constraints.gatekeeper.sh/v1beta1", kind, metadata: { name: "asked" }, spec: {} },
  ];
}

function assign(externalData: JsonObject, location = "spec.containers[name: *].image"): JsonObject {
  return {
    apiVersion: "mutations.gatekeeper.sh/v1",
    kind: "Assign",
    metadata: { name: "digest" },
    spec: {
      applyTo: [{ groups: [""], versions: ["v1"], kinds: ["Pod"] }],
      location,
      parameters: { assign: { externalData } },
    },
  };
}

function items(answers: readonly JsonObject[], response: JsonObject = {}): JsonObject {
  return {
    apiVersion: "externaldata.gatekeeper.sh/v1beta1",
    kind: "ProviderResponse",
    response: { idempotent: true, items: [...answers], ...response },
  };
}

const digests: Answer = (keys) => items(keys.map((key) => ({ key, value: `${key}@sha256:0` })));

suite("external data", () => {
  const running: FakeProvider[] = [];
  after(async () => {
    for (const provider of running) await provider.stop();
  });

  async function start(answer: Answer): Promise<FakeProvider> {
    const provider = await startFakeProvider(answer);
    running.push(provider);
    return provider;
  }

  let now = 0;
  const client = (keepFor = 0): ProviderClient => new ProviderClient({ clock: () => now, keepFor });

  function decided(
    objects: readonly JsonObject[],
    provider: FakeProvider,
    port: ProviderClient = client(),
    object: JsonObject = POD,
  ): Promise<Decision> {
    const set = new PolicySet(objects, { providers: [provider.origin] });
    assert.deepEqual(set.problems, []);
    const request = { ...requestForObject(object, "CREATE"), userInfo: { username: "jane" } };
    return decideRequestWithProviders(request, set, {}, port);
  }

  function told(decision: Decision): unknown {
    const [violation] = decision.violations;
    return violation === undefined ? undefined : JSON.parse(violation.message);
  }

  test("a provider is sent a ProviderRequest with the keys, and Rego sees values, errors and status", async () => {
    const provider = await start((keys) =>
      items(
        keys.map((key, index) => (index === 0 ? { key, value: { digest: 1 } } : { key, error: `no ${key}` })),
        {
          systemError: "tired",
        },
      ),
    );
    const decision = await decided([provider.object("p"), ...template("p")], provider);
    assert.deepEqual(provider.requests, [
      { apiVersion: "externaldata.gatekeeper.sh/v1beta1", kind: "ProviderRequest", request: { keys: ["a:1", "b:1"] } },
    ]);
    assert.deepEqual(told(decision), {
      responses: [["a:1", { digest: 1 }]],
      errors: [["b:1", "no b:1"]],
      status_code: 200,
      system_error: "tired",
    });
  });

  test("keys that come from answers are asked for in another round", async () => {
    const provider = await start((keys) => items(keys.map((key) => ({ key, value: `${key}x` }))));
    const chained = `array.concat([], external_data({"provider": "p", "keys": ["a"]}).responses[0])`;
    const decision = await decided([provider.object("p"), ...template("p", chained)], provider);
    assert.deepEqual(provider.requests.length, 2);
    assert.deepEqual(valueAt(asJson(told(decision)), ["responses"]), [
      ["a", "ax"],
      ["ax", "axx"],
    ]);
  });

  test("failures are system errors, without lists", async () => {
    const failing: readonly (readonly [Answer, RegExp])[] = [
      [() => "no JSON", /failed to unmarshal external data response/],
      [() => undefined, /failed to send external data request/],
      [() => "x".repeat(5_000_000), /failed to send external data request: the answer has more than/],
    ];
    for (const [answer, message] of failing) {
      const provider = await start(answer);
      const response = told(await decided([provider.object("p", { timeout: 1 }), ...template("p")], provider));
      const { system_error: error, ...rest } = Object(response);
      assert.match(String(error), message);
      assert.deepEqual(rest, { responses: null, errors: null, status_code: 500 });
    }
  });

  test("a provider that nobody has is one", async () => {
    const provider = await start(digests);
    assert.deepEqual(told(await decided(template("nobody"), provider)), {
      responses: null,
      errors: null,
      status_code: 400,
      system_error: "key is not found in provider cache",
    });
    assert.deepEqual(provider.requests, []);
  });

  test("answers are kept for their time", async () => {
    const provider = await start(digests);
    const port = client(1000);
    const objects = [provider.object("p"), ...template("p")];
    const [first, second] = [await decided(objects, provider, port), await decided(objects, provider, port)];
    assert.equal(provider.requests.length, 1);
    assert.deepEqual(valueAt(asJson(told(second)), ["responses"]), valueAt(asJson(told(first)), ["responses"]));
    now += 1001;
    await decided(objects, provider, port);
    assert.equal(provider.requests.length, 2);
  });

  test("mutation takes values at the location, or the user's name, and keeps what a failure policy says", async () => {
    const good = await start(digests);
    const mutated = async (provider: FakeProvider, data: JsonObject, location?: string): Promise<Decision> =>
      decided([provider.object("p"), assign({ provider: "p", ...data }, location)], provider);
    const images = (decision: Decision): JsonValue | undefined => valueAt(decision.object, ["spec", "containers"]);
    assert.deepEqual(images(await mutated(good, {})), [
      { name: "a", image: "a:1@sha256:0" },
      { name: "b", image: "b:1@sha256:0" },
    ]);
    const named = await mutated(good, { dataSource: "Username" }, "spec.nodeName");
    assert.equal(valueAt(named.object, ["spec", "nodeName"]), "jane@sha256:0");
    const bad = await start((keys) => items(keys.map((key) => ({ key, error: "gone" }))));
    const refused = await mutated(bad, {});
    assert.match(
      refused.message ?? "",
      /failed to resolve external data placeholders: .*failed to retrieve external data item from provider p: gone/,
    );
    assert.deepEqual(images(await mutated(bad, { failurePolicy: "Ignore" })), valueAt(POD, ["spec", "containers"]));
    assert.deepEqual(images(await mutated(bad, { failurePolicy: "UseDefault", default: "safe" })), [
      { name: "a", image: "safe" },
      { name: "b", image: "safe" },
    ]);
    for (const [answer, message] of [
      [(): unknown => items([]), /failed to find external data item in response for provider p/],
      [
        (keys: readonly string[]): unknown => items(keys.map((key) => ({ key, value: 1 }))),
        /to string, got type float64/,
      ],
      [(): unknown => items([], { systemError: "down" }), /non-empty system error: down/],
      [(): unknown => items([], { idempotent: false }), /non-idempotent response/],
    ] as const) {
      assert.match((await mutated(await start(answer), {})).message ?? "", message);
    }
  });

  test("only providers on the list are asked, over https with an authority of their own", async () => {
    const provider = await start(digests);
    const messages = (objects: readonly JsonObject[], providers: readonly string[]): string =>
      new PolicySet(objects, { providers }).problems.map(({ message }) => message).join("; ");
    assert.match(messages([provider.object("p")], ["https://other:1"]), /is not among the providers that may be asked/);
    const refused: readonly (readonly [JsonObject, RegExp])[] = [
      [{ url: "http://127.0.0.1:1" }, /only HTTPS scheme/],
      [{ caBundle: "" }, /caBundle should be set/],
      [{ caBundle: "eA==" }, /bad caBundle/],
      [{ timeout: -1 }, /positive integer/],
      [{ url: "" }, /invalid provider url/],
    ];
    for (const [spec, message] of refused) {
      assert.match(messages([provider.object("p", spec)], [provider.origin]), message);
      assert.ok(typeof readProvider(provider.object("p", spec)) === "string");
    }
    const without = new PolicySet([...template("p"), assign({ provider: "p" })]).problems.map(({ message }) => message);
    assert.match(without.join("; "), /undefined function external_data/);
    assert.match(without.join("; "), /external data feature flag is not enabled/);
  });

  test("a policy that asks without end comes to one", async () => {
    const provider = await start((keys) => items(keys.map((key) => ({ key, value: `${key}x` }))));
    const nested = Array.from({ length: 12 }).reduce<string>(
      (inner) => `external_data({"provider": "p", "keys": [${inner}]}).responses[0][1]`,
      '"a"',
    );
    const decision = await decided([provider.object("p"), ...template("p", `[${nested}]`)], provider);
    assert.ok(provider.requests.length <= 8, `${provider.requests.length} requests`);
    assert.equal(decision.allowed, true);
  });

  test("a policy that asks for something new each time comes to an end too", async () => {
    const provider = await start(digests);
    const decision = await decided(
      [provider.object("p"), ...template("p", '[uuid.rfc4122(sprintf("%v", [time.now_ns()]))]')],
      provider,
    );
    assert.ok(provider.requests.length <= 8, `${provider.requests.length} requests`);
    const error = valueAt(asJson(told(decision)), ["system_error"]);
    assert.equal(error, "external data is asked for in more than 8 rounds");
  });

  test("thousands of questions about one object share a few connections", async () => {
    const provider = await start(digests);
    const eachOfMany = '[sprintf("%d", [numbers.range(1, 500)[_]])]';
    const decision = await decided([provider.object("p", { timeout: 30 }), ...template("p", eachOfMany)], provider);
    assert.equal(decision.violations.length, 500);
    assert.equal(provider.requests.length, 500);
    assert.ok(provider.connections <= 16, `${provider.connections} connections`);
  });

  test("reviews are decided too, and what is none is refused", async () => {
    const provider = await start(digests);
    const set = new PolicySet([provider.object("p"), ...template("p")], { providers: [provider.origin] });
    assert.equal((await decideWithProviders(POD, set, {}, client())).allowed, false);
    const broken = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview" };
    assert.equal((await decideWithProviders(broken, set, {}, client())).code, 400);
  });
});

function asJson(value: unknown): JsonObject {
  return Object(value);
}
