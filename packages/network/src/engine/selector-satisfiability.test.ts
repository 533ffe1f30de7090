import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { LabelSelector } from "@redoubt/kube";
import { contradiction } from "./selector-satisfiability.ts";

suite("selectors that can match", () => {
  const possible: readonly LabelSelector[] = [
    {},
    { matchLabels: { app: "web" } },
    { matchExpressions: [{ key: "app", operator: "NotIn", values: ["web"] }] },
    { matchLabels: { app: "web" }, matchExpressions: [{ key: "app", operator: "In", values: ["web", "api"] }] },
    {
      matchExpressions: [
        { key: "app", operator: "DoesNotExist" },
        { key: "app", operator: "NotIn", values: ["web"] },
      ],
    },
    {
      matchExpressions: [
        { key: "a", operator: "Exists" },
        { key: "b", operator: "DoesNotExist" },
      ],
    },
  ];
  for (const selector of possible)
    test(JSON.stringify(selector), () => assert.equal(contradiction(selector), undefined));
});

suite("selectors that cannot", () => {
  const impossible: readonly LabelSelector[] = [
    { matchLabels: { app: "web" }, matchExpressions: [{ key: "app", operator: "NotIn", values: ["web"] }] },
    { matchLabels: { app: "web" }, matchExpressions: [{ key: "app", operator: "DoesNotExist" }] },
    {
      matchExpressions: [
        { key: "app", operator: "Exists" },
        { key: "app", operator: "DoesNotExist" },
      ],
    },
    {
      matchExpressions: [
        { key: "app", operator: "In", values: ["a", "b"] },
        { key: "app", operator: "In", values: ["c"] },
      ],
    },
  ];
  for (const selector of impossible)
    test(JSON.stringify(selector), () => assert.notEqual(contradiction(selector), undefined));
});
