import assert from "node:assert/strict";
import { afterEach, beforeEach, suite, test } from "node:test";
import { decide } from "@redoubt/admission";
import { type JsonObject, objectAt, stringAt } from "@redoubt/kube";
import { PolicyStore } from "../policies/policy-store.ts";
import { eventually } from "../testing/eventually.ts";
import { FakeApiServer, type Intercept, status } from "../testing/fake-api-server.ts";
import { TEMPLATE, constraint, podNamed } from "../testing/policies.ts";
import { DEFINITIONS_PATH } from "./definitions.ts";
import { GatekeeperSource } from "./gatekeeper-source.ts";

const TEMPLATES_PATH = "/apis/templates.gatekeeper.sh/v1/constrainttemplates";
const CONSTRAINTS_PATH = "/apis/constraints.gatekeeper.sh/v1beta1/deniednames";
const CONFIGS_PATH = "/apis/config.gatekeeper.sh/v1alpha1/configs";
const DEFINITION = "deniednames.constraints.gatekeeper.sh";

suite("policies from Gatekeeper's kinds", () => {
  let api: FakeApiServer;
  let stop: AbortController;
  beforeEach(() => {
    api = new FakeApiServer([TEMPLATES_PATH, CONSTRAINTS_PATH, CONFIGS_PATH, DEFINITIONS_PATH]);
    stop = new AbortController();
  });
  afterEach(() => stop.abort());

  const start = async (): Promise<{ store: PolicyStore; source: GatekeeperSource }> => {
    const timing = { pauseMs: 1, longestPauseMs: 4 };
    const source = new GatekeeperSource(api, { configNamespace: "gatekeeper-system", watch: { timing }, delayMs: 1 });
    const store = new PolicyStore([source]);
    await store.start(stop.signal);
    return { store, source };
  };
  const establish = (name = DEFINITION): void => {
    const definition = api.find(DEFINITIONS_PATH, name);
    assert.ok(definition !== undefined, "no definition");
    const conditions = [{ type: "Established", status: "True" }];
    api.apply(DEFINITIONS_PATH, { ...definition, status: { conditions } });
  };
  const refuses = (store: PolicyStore, name: string): boolean =>
    !decide(podNamed(name), store.current.policies).allowed;

  test("are those that were there before, once the source has started", async () => {
    api.apply(TEMPLATES_PATH, TEMPLATE);
    api.apply(DEFINITIONS_PATH, {
      metadata: { name: DEFINITION, labels: { "gatekeeper.sh/constraint": "yes" } },
      status: { conditions: [{ type: "Established", status: "True" }] },
    });
    api.apply(CONSTRAINTS_PATH, constraint("no-web", ["web"]));
    const { store } = await start();
    assert.equal(refuses(store, "web"), true);
    assert.equal(refuses(store, "db"), false);
  });

  test("come, change and go with their objects, and the kind of constraints with its template", async () => {
    const { store } = await start();
    const template = api.apply(TEMPLATES_PATH, TEMPLATE);
    await eventually(() => establish());
    const [owner] = Object(objectAt(api.find(DEFINITIONS_PATH, DEFINITION), ["metadata"]))["ownerReferences"];
    assert.equal(stringAt(owner, ["uid"]), stringAt(template, ["metadata", "uid"]));
    api.apply(CONSTRAINTS_PATH, constraint("no-web", ["web"]));
    await eventually(() => assert.equal(refuses(store, "web"), true));
    api.apply(CONSTRAINTS_PATH, constraint("no-web", ["db"]));
    await eventually(() => assert.equal(refuses(store, "db"), true));
    assert.equal(refuses(store, "web"), false);
    api.remove(CONSTRAINTS_PATH, "", "no-web");
    await eventually(() => assert.equal(refuses(store, "db"), false));
    api.remove(TEMPLATES_PATH, "", "deniednames");
    await eventually(() => assert.equal(api.watchersOf(CONSTRAINTS_PATH), 0));
  });

  test("are loosened by no Config but the one of the server's own namespace", async () => {
    api.apply(TEMPLATES_PATH, TEMPLATE);
    const { store } = await start();
    await eventually(() => establish());
    api.apply(CONSTRAINTS_PATH, constraint("no-web", ["web"]));
    await eventually(() => assert.equal(refuses(store, "web"), true));
    const loosening = (name: string, namespace: string): JsonObject => ({
      apiVersion: "config.gatekeeper.sh/v1alpha1",
      kind: "Config",
      metadata: { name, namespace },
      spec: { match: [{ excludedNamespaces: ["*"], processes: ["*"] }] },
    });
    api.apply(CONFIGS_PATH, loosening("config", "tenant"));
    api.apply(CONFIGS_PATH, loosening("other", "gatekeeper-system"));
    const places = (): readonly string[] => store.current.problems.map(({ name }) => name);
    await eventually(() => assert.deepEqual(places(), ["Config tenant/config", "Config gatekeeper-system/other"]));
    assert.equal(refuses(store, "web"), true);
    api.apply(CONFIGS_PATH, loosening("config", "gatekeeper-system"));
    await eventually(() => assert.equal(refuses(store, "web"), false));
  });

  test("are not compiled again for what is no policy: status and metadata", async () => {
    const { store } = await start();
    const template = api.apply(TEMPLATES_PATH, TEMPLATE);
    await eventually(() => assert.equal(store.current.objects.length, 1));
    const { revision } = store.current;
    api.apply(TEMPLATES_PATH, { ...template, status: { created: true } });
    api.apply(CONFIGS_PATH, { metadata: { name: "config", namespace: "gatekeeper-system" }, kind: "Config", spec: {} });
    await eventually(() => assert.equal(store.current.objects.length, 2));
    assert.equal(store.current.revision, revision + 1);
  });

  test("say which field of a template's schema the API server does not take, and where it stands", async () => {
    const refuse: Intercept = (method) =>
      method === "POST"
        ? {
            status: 422,
            text: JSON.stringify({
              message: "CustomResourceDefinition is invalid",
              details: {
                causes: [
                  {
                    field:
                      "spec.versions[0].schema.openAPIV3Schema.properties[spec].properties[parameters].properties[names].type",
                    message: 'Unsupported value: "strings"',
                  },
                ],
              },
            }),
          }
        : undefined;
    api.intercept = refuse;
    const { source, store } = await start();
    const broken: JsonObject = JSON.parse(JSON.stringify(TEMPLATE).replace('"array"', '"strings"'));
    api.apply(TEMPLATES_PATH, broken);
    await eventually(() => assert.notEqual(source.definitionProblem("deniednames"), undefined));
    assert.deepEqual(source.definitionProblem("deniednames")?.location, "openAPIV3Schema:4:5");
    assert.match(
      source.definitionProblem("deniednames")?.message ?? "",
      /^spec\.crd\.spec\.validation\.openAPIV3Schema\.properties\[names\]\.type: Unsupported value/,
    );
    await eventually(() => assert.match(store.current.problems[0]?.message ?? "", /Unsupported value/));
    api.intercept = () => undefined;
    api.apply(TEMPLATES_PATH, TEMPLATE);
    await eventually(() => assert.equal(source.definitionProblem("deniednames"), undefined));
    establish();
  });

  test("change the kind of constraints with the template, and say what of that the API server refuses", async () => {
    const { source } = await start();
    api.apply(TEMPLATES_PATH, TEMPLATE);
    await eventually(() => establish());
    const typeOf = (): string => JSON.stringify(api.find(DEFINITIONS_PATH, DEFINITION));
    api.apply(TEMPLATES_PATH, JSON.parse(JSON.stringify(TEMPLATE).replace('"string"', '"integer"')));
    await eventually(() => assert.match(typeOf(), /"items":\{"type":"integer"/));
    api.intercept = (method) => (method === "PUT" ? status(422, "it is invalid") : undefined);
    api.apply(TEMPLATES_PATH, JSON.parse(JSON.stringify(TEMPLATE).replace('"string"', '"number"')));
    await eventually(() =>
      assert.deepEqual(
        [source.definitionProblem("deniednames")?.code, source.definitionProblem("deniednames")?.message],
        ["update_error", "it is invalid"],
      ),
    );
    assert.match(typeOf(), /"items":\{"type":"integer"/);
  });

  test("have their kinds created where there are none, and end the start where that is refused", async () => {
    api.apply(DEFINITIONS_PATH, { metadata: { name: "configs.config.gatekeeper.sh" }, spec: { theirs: true } });
    const installing = (): Promise<void> =>
      new GatekeeperSource(api, {
        configNamespace: "gatekeeper-system",
        install: true,
        watch: { timing: { pauseMs: 1 } },
      }).start(stop.signal, () => undefined);
    await installing();
    assert.equal(api.all(DEFINITIONS_PATH).length, 9);
    assert.deepEqual(api.find(DEFINITIONS_PATH, "configs.config.gatekeeper.sh")?.["spec"], { theirs: true });
    api.remove(DEFINITIONS_PATH, "", "syncsets.syncset.gatekeeper.sh");
    api.intercept = (method) => (method === "POST" ? status(403, "may not create") : undefined);
    await assert.rejects(installing(), { code: "KUBE_API_REFUSED", message: /syncsets.*may not create/ });
  });

  test("leave a kind of constraints that another has made as it is", async () => {
    api.apply(DEFINITIONS_PATH, {
      metadata: { name: DEFINITION, labels: { "gatekeeper.sh/constraint": "yes" } },
      spec: {},
    });
    api.apply(TEMPLATES_PATH, TEMPLATE);
    const { store } = await start();
    assert.equal(store.current.objects.length, 1);
    api.apply(DEFINITIONS_PATH, {
      metadata: { name: DEFINITION, labels: { "gatekeeper.sh/constraint": "yes" } },
      spec: {},
      status: { conditions: [{ type: "Established", status: "True" }] },
    });
    await eventually(() => assert.equal(api.watchersOf(CONSTRAINTS_PATH), 1));
    assert.equal(
      api.log.some((line) => line.startsWith("P")),
      false,
    );
  });

  test("wait for an API server that does not answer", async () => {
    api.apply(TEMPLATES_PATH, TEMPLATE);
    api.intercept = () => status(500, "etcd is down");
    const starting = start();
    await eventually(() => assert.ok(api.requests > 20));
    api.intercept = () => undefined;
    const { store } = await starting;
    assert.equal(store.current.objects.length, 1);
  });
});
