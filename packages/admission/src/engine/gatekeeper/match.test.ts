import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { JsonObject } from "@redoubt/kube";
import { matches, matchesGlob, matchProblems, readMatch } from "./match.ts";

const SHOP: JsonObject = { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop", labels: { env: "prod" } } };
const POD: JsonObject = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "web-1", namespace: "shop", labels: { app: "web" } },
};
/** Blocks of a wrong form, and what is said of them. */
const MALFORMED: readonly (readonly [JsonObject, readonly string[]])[] = [
  [{ kinds: "Pod" }, ["spec.match.kinds: must be a list"]],
  [{ kinds: [{ kinds: "Pod" }] }, ["spec.match.kinds[0].kinds: must be a list of texts"]],
  [{ kinds: ["Pod"] }, ["spec.match.kinds[0]: must be a mapping"]],
  [
    { namespaces: 5, excludedNamespaces: ["a", 5] },
    ["spec.match.namespaces: must be a list of texts", "spec.match.excludedNamespaces: must be a list of texts"],
  ],
  [{ labelSelector: { matchLabels: { a: 1 } } }, ["spec.match.labelSelector.matchLabels: must be a mapping of texts"]],
  [
    { namespaceSelector: { matchExpressions: [{ key: 1, operator: "In", values: "x" }] } },
    [
      "spec.match.namespaceSelector.matchExpressions[0].key: must be a text",
      "spec.match.namespaceSelector.matchExpressions[0].values: must be a list of texts",
    ],
  ],
  [
    { labelSelector: [], scope: {}, name: [], source: 1 },
    [
      "spec.match.scope: must be a text",
      "spec.match.labelSelector: must be a mapping",
      "spec.match.name: must be a text",
      "spec.match.source: must be a text",
    ],
  ],
  [{ kinds: null, namespaces: null, labelSelector: null, scope: null }, []],
];
const NODE: JsonObject = { apiVersion: "v1", kind: "Node", metadata: { name: "n1" } };

const CASES: readonly (readonly [JsonObject, JsonObject, JsonObject | undefined, boolean | string])[] = [
  [{}, POD, undefined, true],
  [{ kinds: [{ kinds: ["Pod"] }] }, POD, undefined, true],
  [{ kinds: [{ apiGroups: ["apps"], kinds: ["Pod"] }] }, POD, undefined, false],
  [
    {
      kinds: [
        { apiGroups: ["*"], kinds: ["Service"] },
        { apiGroups: [""], kinds: ["*"] },
      ],
    },
    POD,
    undefined,
    true,
  ],
  [{ scope: "Cluster" }, POD, undefined, false],
  [{ scope: "Cluster" }, NODE, undefined, true],
  [{ scope: "Cluster" }, SHOP, undefined, true],
  [{ scope: "Namespaced" }, SHOP, SHOP, false],
  [{ namespaces: ["sh*"] }, POD, undefined, true],
  [{ namespaces: ["*op"] }, POD, SHOP, true],
  [{ namespaces: ["*ho*"] }, SHOP, undefined, true],
  [{ namespaces: ["shopping"] }, POD, undefined, false],
  [{ namespaces: ["shop"] }, NODE, undefined, true],
  [{ excludedNamespaces: ["shop"] }, POD, undefined, false],
  [{ excludedNamespaces: ["shop"] }, SHOP, undefined, false],
  [{ excludedNamespaces: ["*"] }, NODE, undefined, true],
  [{ labelSelector: { matchLabels: { app: "web" } } }, POD, undefined, true],
  [{ labelSelector: { matchExpressions: [{ key: "app", operator: "DoesNotExist" }] } }, POD, undefined, false],
  [{ namespaceSelector: { matchLabels: { env: "prod" } } }, POD, SHOP, true],
  [{ namespaceSelector: { matchLabels: { env: "dev" } } }, POD, SHOP, false],
  [{ namespaceSelector: { matchLabels: { env: "prod" } } }, SHOP, undefined, true],
  [{ namespaceSelector: { matchLabels: { env: "prod" } } }, NODE, undefined, true],
  [
    { namespaceSelector: { matchLabels: { env: "prod" } } },
    POD,
    undefined,
    "failed to run Match criteria: namespace selector for namespace-scoped object but missing Namespace",
  ],
  [{ name: "web-*" }, POD, undefined, true],
  [{ name: "web" }, POD, undefined, false],
  [{ name: "web-*" }, { ...POD, metadata: { generateName: "web-" } }, undefined, true],
  [{ name: "web-" }, { ...POD, metadata: { generateName: "web-" } }, undefined, false],
  [{ source: "All" }, POD, undefined, true],
  [{ source: "Original" }, POD, undefined, true],
  [{ source: "Generated" }, POD, undefined, false],
  [{ source: "Elsewhere" }, POD, undefined, 'failed to run Match criteria: invalid source field "Elsewhere"'],
];

suite("the match block", () => {
  for (const [match, object, namespace, expected] of CASES) {
    test(`${JSON.stringify(match)} on ${JSON.stringify(object["kind"])} gives ${String(expected)}`, () => {
      assert.equal(matches(readMatch(match), { object, namespace, source: "Original" }), expected);
    });
  }
});

test("globs have a star at their ends only", () => {
  assert.equal(matchesGlob("*", "anything"), true);
  assert.equal(matchesGlob("kube-*", "kube-system"), true);
  assert.equal(matchesGlob("a*b", "axb"), false);
  assert.equal(matchesGlob("", ""), true);

  test("what is of another type than it must be is told, and counts for nothing else", () => {
    for (const [match, problems] of MALFORMED) {
      const read = readMatch(match);
      assert.ok(read !== undefined);
      assert.deepEqual(matchProblems(read), problems);
    }
  });
});
