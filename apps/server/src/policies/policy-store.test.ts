import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { decide } from "@redoubt/admission";
import type { JsonObject } from "@redoubt/kube";
import { TEMPLATE, constraint, podNamed } from "../testing/policies.ts";
import type { PolicyContents, PolicySource } from "./policy-source.ts";
import { PolicyStore } from "./policy-store.ts";

class GivenSource implements PolicySource {
  readonly name: string;
  changed: (contents: PolicyContents) => void = () => undefined;
  #first: PolicyContents;

  constructor(name: string, first: Partial<PolicyContents>) {
    this.name = name;
    this.#first = { objects: [], rego: [], problems: [], ...first };
  }

  start(_: AbortSignal, changed: (contents: PolicyContents) => void): Promise<void> {
    this.changed = changed;
    changed(this.#first);
    return Promise.resolve();
  }

  replace(contents: Partial<PolicyContents>): void {
    this.changed({ objects: [], rego: [], problems: [], ...contents });
  }
}

async function storeOf(...sources: readonly PolicySource[]): Promise<PolicyStore> {
  const store = new PolicyStore(sources);
  await store.start(new AbortController().signal);
  return store;
}

function isAdmitted(store: PolicyStore, pod: JsonObject = podNamed("web")): boolean {
  return decide(pod, store.current.policies).allowed;
}

suite("the policy store", () => {
  test("joins sources: a template from one and its constraint from another are in force", async () => {
    const store = await storeOf(
      new GivenSource("files", { objects: [TEMPLATE] }),
      new GivenSource("cluster", { objects: [constraint("no-web", ["web"])] }),
    );
    assert.deepEqual(store.current.problems, []);
    assert.equal(isAdmitted(store), false);
    assert.equal(isAdmitted(store, podNamed("db")), true);
  });

  test("tells listeners after each swap, until they end it", async () => {
    const source = new GivenSource("files", { objects: [TEMPLATE] });
    const store = new PolicyStore([source]);
    const seen: number[] = [];
    const end = store.onSwap(({ revision }) => seen.push(revision));
    await store.start(new AbortController().signal);
    source.replace({ objects: [TEMPLATE, constraint("no-web", ["web"])] });
    end();
    source.replace({});
    assert.deepEqual(seen, [1, 2]);
    assert.equal(store.current.revision, 3);
    assert.equal(isAdmitted(store), true);
  });

  test("of a policy in two sources the first counts, whichever came last", async () => {
    const first = new GivenSource("files", { objects: [TEMPLATE, constraint("names", ["web"])] });
    const second = new GivenSource("cluster", { objects: [constraint("names", ["db"])] });
    const store = await storeOf(first, second);
    second.replace({ objects: [constraint("names", ["db"])] });
    assert.equal(isAdmitted(store), false);
    assert.equal(isAdmitted(store, podNamed("db")), true);
    assert.deepEqual(
      store.current.problems.map(({ source, name, isEarlierKept }) => ({ source, name, isEarlierKept })),
      [{ source: "cluster", name: "names", isEarlierKept: false }],
    );
  });

  test("a template that no longer compiles stays in force as it was, with a problem at its line and column", async () => {
    const objects = [TEMPLATE, constraint("no-web", ["web"])];
    const source = new GivenSource("files", { objects });
    const store = await storeOf(source);
    const broken: JsonObject = JSON.parse(JSON.stringify(TEMPLATE).replace("input.review", "inputt.review"));
    source.replace({ objects: [broken, constraint("no-web", ["web"])] });
    assert.equal(isAdmitted(store), false);
    const [problem] = store.current.problems;
    assert.equal(problem?.kind, "ConstraintTemplate");
    assert.equal(problem?.isEarlierKept, true);
    assert.equal(typeof problem?.line, "number");
    source.replace({ objects });
    assert.deepEqual(store.current.problems, []);
    assert.equal(isAdmitted(store), false);
  });

  test("a policy that never compiled is not in force, and the others are", async () => {
    const broken = { ...constraint("broken", ["web"]), spec: { parameters: { names: "web" } } };
    const store = await storeOf(new GivenSource("files", { objects: [TEMPLATE, broken, constraint("no-db", ["db"])] }));
    assert.equal(isAdmitted(store), true);
    assert.equal(isAdmitted(store, podNamed("db")), false);
    assert.deepEqual(
      store.current.problems.map(({ kind, name, isEarlierKept }) => [kind, name, isEarlierKept]),
      [["DeniedNames", "broken", false]],
    );
  });

  test("modules of Rego that no longer compile stay as they were", async () => {
    const text = `package kubernetes.admission
deny contains "no web" if input.request.object.metadata.name == "web"`;
    const source = new GivenSource("files", { rego: [{ file: "a.rego", text }] });
    const store = await storeOf(source);
    assert.equal(isAdmitted(store), false);
    source.replace({ rego: [{ file: "a.rego", text: `${text} {` }] });
    assert.equal(isAdmitted(store), false);
    const [problem] = store.current.problems;
    assert.deepEqual([problem?.source, problem?.kind, problem?.isEarlierKept], ["files", "Rego", true]);
    source.replace({ rego: [] });
    assert.equal(isAdmitted(store), true);
  });

  test("of templates only those that changed are compiled again, and changes take effect", async () => {
    const other: JsonObject = JSON.parse(JSON.stringify(TEMPLATE).replaceAll(/denied(?=names)/gi, "other"));
    const source = new GivenSource("files", { objects: [TEMPLATE, other, constraint("no-web", ["web"])] });
    const store = await storeOf(source);
    const text = (template: JsonObject, to: string): JsonObject =>
      JSON.parse(JSON.stringify(template).replace("the name %v is denied", to));
    source.replace({ objects: [text(TEMPLATE, "not %v"), other, constraint("no-web", ["web"])] });
    assert.equal(decide(podNamed("web"), store.current.policies).message, "[no-web] not web");
    source.replace({ objects: [text(TEMPLATE, "not %v"), text(other, "nor %v"), constraint("no-web", ["web", "db"])] });
    assert.equal(decide(podNamed("db"), store.current.policies).message, "[no-web] not db");
    source.replace({ objects: [constraint("no-web", ["web"])] });
    assert.match(store.current.problems.map(({ message }) => message).join(), /there is no template/);
    assert.equal(isAdmitted(store), true);
  });

  test("what policies read of the cluster outlives a swap", async () => {
    const text = `package kubernetes.admission
deny contains "taken" if data.kubernetes.pods.team[_].metadata.name == input.request.object.metadata.name`;
    const source = new GivenSource("files", { rego: [{ file: "a.rego", text }] });
    const store = await storeOf(source);
    store.setCluster({
      view: store.cluster,
      kinds: [{ key: "v1 Pod", isNamespaced: true, isData: true, objects: [podNamed("web")] }],
    });
    assert.equal(isAdmitted(store), false);
    source.replace({ rego: [{ file: "b.rego", text }] });
    assert.equal(isAdmitted(store), false);
  });

  test("what a source could not read is a problem of that source", async () => {
    const problems = [{ place: "a.yaml", message: "no YAML" }];
    const store = await storeOf(new GivenSource("files", { problems }));
    assert.deepEqual(store.current.problems, [
      { source: "files", kind: "Source", name: "a.yaml", message: "no YAML", isEarlierKept: false },
    ]);
  });

  test("a source that cannot start is an error of the start", async () => {
    const source: PolicySource = { name: "files", start: () => Promise.reject(new RangeError("no folder")) };
    await assert.rejects(new PolicyStore([source]).start(new AbortController().signal), RangeError);
  });
});
