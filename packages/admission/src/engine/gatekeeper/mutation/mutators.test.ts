import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type JsonObject, readYamlObjects, valueAt } from "@redoubt/kube";
import { parseLocation } from "./location.ts";
import { type MutationResult, Mutators } from "./mutators.ts";

const POD: JsonObject = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "web", namespace: "team" },
  spec: {
    containers: [
      { name: "app", image: "nginx:1" },
      { name: "side", image: "ghcr.io/a/b@sha256:0" },
    ],
  },
};

function mutator(kind: string, location: string, parameters: string, more = ""): JsonObject {
  const applyTo = kind === "AssignMetadata" ? "" : 'applyTo: [{ groups: [""], versions: [v1], kinds: [Pod] }],';
  const read = readYamlObjects(
    `{ apiVersion: mutations.gatekeeper.sh/v1, kind: ${kind}, metadata: { name: ${kind.toLowerCase()}${more === "" ? "" : "-more"} }, spec: { ${applyTo} location: ${JSON.stringify(location)}, ${more} parameters: ${parameters} } }`,
  );
  const [object] = read.kind === "objects" ? read.objects : [];
  assert.ok(object);
  return object;
}

function mutated(...values: readonly JsonObject[]): MutationResult {
  const mutators = new Mutators();
  for (const value of values) mutators.add(value);
  assert.deepEqual(mutators.problems, []);
  return mutators.mutate({ object: POD, namespace: undefined, source: "Original", operation: "CREATE" });
}

function problem(value: JsonObject): string {
  const mutators = new Mutators();
  mutators.add(value);
  return mutators.problems[0]?.message ?? "";
}

suite("Gatekeeper's mutators", () => {
  test("Assign sets what it finds, makes what is missing, and enters lists by key or all of them", () => {
    const all = mutated(mutator("Assign", "spec.containers[name: *].imagePullPolicy", "{ assign: { value: Always } }"));
    assert.deepEqual(
      [0, 1].map((index) => valueAt(all.object, ["spec", "containers", index, "imagePullPolicy"])),
      ["Always", "Always"],
    );
    const one = mutated(mutator("Assign", 'spec.containers[name: "new"].image', "{ assign: { value: a } }"));
    assert.deepEqual(valueAt(one.object, ["spec", "containers", 2]), { name: "new", image: "a" });
    const deep = mutated(mutator("Assign", "spec.securityContext.runAsNonRoot", "{ assign: { value: true } }"));
    assert.deepEqual(valueAt(deep.object, ["spec", "securityContext"]), { runAsNonRoot: true });
    assert.deepEqual(POD["metadata"], { name: "web", namespace: "team" });
  });

  test("Assign takes values from the object's metadata, and adds items to keyed lists", () => {
    const named = mutated(mutator("Assign", "spec.hostname", "{ assign: { fromMetadata: { field: name } } }"));
    assert.equal(valueAt(named.object, ["spec", "hostname"]), "web");
    const item = mutated(
      mutator("Assign", "spec.containers[name: app]", "{ assign: { value: { name: app, image: other } } }"),
    );
    assert.deepEqual(valueAt(item.object, ["spec", "containers", 0]), { name: "app", image: "other" });
  });

  test("path tests stand in the way", () => {
    const tested = (condition: string): MutationResult =>
      mutated(
        mutator(
          "Assign",
          "spec.securityContext.runAsUser",
          `{ assign: { value: 1 }, pathTests: [{ subPath: spec.securityContext, condition: ${condition} }] }`,
        ),
      );
    assert.deepEqual(tested("MustExist").applied, []);
    assert.equal(tested("MustNotExist").applied.length, 1);
  });

  test("AssignMetadata adds labels and never changes them", () => {
    const added = mutated(mutator("AssignMetadata", "metadata.labels.owner", "{ assign: { value: me } }"));
    assert.deepEqual(valueAt(added.object, ["metadata", "labels"]), { owner: "me" });
    const again = new Mutators();
    again.add(mutator("AssignMetadata", "metadata.labels.owner", "{ assign: { value: other } }"));
    const target = { object: added.object, namespace: undefined, source: "Original", operation: "CREATE" } as const;
    assert.deepEqual(again.mutate(target).applied, []);
  });

  test("ModifySet merges and prunes", () => {
    const merged = mutated(
      mutator("ModifySet", "spec.containers[name: app].args", "{ operation: merge, values: { fromList: [a, b] } }"),
      mutator(
        "ModifySet",
        "spec.containers[name: app].args",
        "{ operation: prune, values: { fromList: [c] } }",
        "match: { name: web },",
      ),
    );
    assert.deepEqual(valueAt(merged.object, ["spec", "containers", 0, "args"]), ["a", "b"]);
  });

  test("AssignImage replaces parts of an image", () => {
    const result = mutated(
      mutator("AssignImage", "spec.containers[name: *].image", "{ assignDomain: mirror.example, assignTag: ':2' }"),
    );
    assert.deepEqual(
      [0, 1].map((index) => valueAt(result.object, ["spec", "containers", index, "image"])),
      ["mirror.example/nginx:2", "mirror.example/a/b:2"],
    );
  });

  test("mutators that overwrite one another come to an end, in the order of their kinds and names", () => {
    const fighting = [
      mutator("ModifySet", "spec.list", "{ operation: merge, values: { fromList: [a] } }"),
      mutator("ModifySet", "spec.list", "{ operation: prune, values: { fromList: [a] } }", "match: { name: web },"),
      mutator("Assign", "spec.list", "{ assign: { value: [b] } }"),
    ];
    assert.deepEqual(valueAt(mutated(...fighting).object, ["spec", "list"]), ["b"]);
    const swapping = mutated(
      mutator("Assign", "spec.a.b", "{ assign: { value: 1 } }"),
      mutator("Assign", "spec.a", "{ assign: { value: { c: 1 } } }", "match: { name: web },"),
    );
    assert.deepEqual(valueAt(swapping.object, ["spec", "a"]), { c: 1 });
  });

  test("mutators that take one field for different things are reported, and none is applied", () => {
    const mutators = new Mutators();
    mutators.add(mutator("Assign", "spec.containers.image", "{ assign: { value: a } }"));
    mutators.add(
      mutator("Assign", "spec.containers[name: app].image", "{ assign: { value: b } }", "match: { name: web },"),
    );
    assert.equal(mutators.conflicts.length, 2);
    const target = { object: POD, namespace: undefined, source: "Original", operation: "CREATE" } as const;
    assert.equal(mutators.mutate(target).object, POD);
  });

  test("what Gatekeeper refuses is refused with its words", () => {
    assert.match(problem(mutator("Assign", "metadata.name", "{ assign: { value: a } }")), /can't change metadata/);
    assert.match(
      problem(mutator("Assign", "spec.a.", "{ assign: { value: a } }")),
      /trailing separators are forbidden/,
    );
    assert.match(
      problem(mutator("Assign", "spec.containers[name: a].name", "{ assign: { value: a } }")),
      /changing the item key is not allowed/,
    );
    assert.match(
      problem(mutator("AssignImage", "spec.image", "{ assignDomain: nodots }")),
      /assignDomain "nodots" must be a fully-qualified domain name or localhost/,
    );
    assert.match(problem(mutator("AssignMetadata", "metadata.name", "{ assign: { value: a } }")), /invalid location/);
    assert.match(
      problem(mutator("AssignMetadata", "metadata.labels.a", "{ assign: { value: 1 } }")),
      /must be a string/,
    );
    assert.match(problem(mutator("Assign", "spec.a", "{}")), /must be set/);
  });

  test("locations", () => {
    assert.deepEqual(parseLocation(`spec."a.b"['x': 'y\\'z'].c`), [
      { kind: "object", field: "spec" },
      { kind: "object", field: "a.b" },
      { kind: "list", keyField: "x", key: "y'z" },
      { kind: "object", field: "c" },
    ]);
    for (const text of ["[a: b]", "a[", "a[b]", "a[b: ]", "a[b: c", "a..b", "a b", "a.$", '"a', "."]) {
      assert.equal(typeof parseLocation(text), "string", text);
    }
  });
});
