import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { PolicyRule } from "@redoubt/kube";
import { covers, describeMissing } from "./covers.ts";

const rule = (resources: string, verbs: string, names: readonly string[] = []): PolicyRule => ({
  apiGroups: [""],
  resources: resources.split(" "),
  verbs: verbs.split(" "),
  resourceNames: names,
});

suite("what may be handed out", () => {
  const cases: readonly (readonly [string, PolicyRule, PolicyRule, readonly string[]])[] = [
    ["what one holds", rule("pods secrets", "get list"), rule("secrets", "list"), []],
    [
      "* only to holders of *",
      rule("pods pods/log secrets", "*"),
      rule("*", "get"),
      ['{APIGroups:[""], Resources:["*"], Verbs:["get"]}'],
    ],
    ["a subresource to holders of it on anything", rule("*/scale", "update"), rule("deployments/scale", "update"), []],
    ["one name to holders of all", rule("pods", "get"), rule("pods", "get", ["a"]), []],
    [
      "all names to holders of one: no",
      rule("pods", "get", ["a"]),
      rule("pods", "get"),
      ['{APIGroups:[""], Resources:["pods"], Verbs:["get"]}'],
    ],
    [
      "missing verbs of one resource are joined",
      rule("pods", "get"),
      rule("secrets pods", "get list"),
      [
        '{APIGroups:[""], Resources:["pods"], Verbs:["list"]}',
        '{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}',
      ],
    ],
    [
      "a path under a prefix",
      { nonResourceURLs: ["/api/*"], verbs: ["get"] },
      { nonResourceURLs: ["/api/v1"], verbs: ["get"] },
      [],
    ],
    [
      "a path to holders of a rule that also has names: no",
      { ...rule("pods", "get", ["a"]), nonResourceURLs: ["*"] },
      { nonResourceURLs: ["/x"], verbs: ["get"] },
      ['{NonResourceURLs:["/x"], Verbs:["get"]}'],
    ],
  ];
  for (const [title, owner, servant, missing] of cases) {
    test(title, () => {
      const result = covers([owner], [servant]);
      assert.deepEqual(describeMissing(result.missing), missing);
      assert.equal(result.covers, missing.length === 0);
    });
  }
});
