import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { PolicyRule } from "@redoubt/kube";
import { type ResourceRequest, ruleAllows, ruleAllowsUrl } from "./rule-matching.ts";

const rule = (resources: string, verbs = "get", names: readonly string[] = []): PolicyRule => ({
  apiGroups: [""],
  resources: resources.split(" "),
  verbs: verbs.split(" "),
  resourceNames: names,
});
const ask = (path: string, verb = "get", name = ""): ResourceRequest => {
  const [resource = "", subresource = ""] = path.split("/");
  return { verb, group: "", resource, subresource, name };
};

suite("resource rules", () => {
  const cases: readonly (readonly [string, PolicyRule, ResourceRequest, boolean])[] = [
    ["an exact name", rule("pods"), ask("pods"), true],
    ["a resource does not include its subresources", rule("pods"), ask("pods/log"), false],
    ["a subresource does not include its resource", rule("pods/log"), ask("pods"), false],
    ["* includes subresources", rule("*"), ask("pods/exec"), true],
    ["*/scale is that subresource of anything", rule("*/scale"), ask("deployments/scale"), true],
    ["*/scale is not the resource", rule("*/scale"), ask("deployments"), false],
    ["pods/* is nothing", rule("pods/*"), ask("pods/log"), false],
    ["*/* is nothing", rule("*/*"), ask("pods/log"), false],
    [
      "*/log does not allow a resource that is called pods/log",
      rule("*/log"),
      { ...ask(""), resource: "pods/log" },
      false,
    ],
    ["names are case-sensitive", rule("Pods"), ask("pods"), false],
    ["a listed name", rule("pods", "get", ["a"]), ask("pods", "get", "a"), true],
    ["another name", rule("pods", "get", ["a"]), ask("pods", "get", "b"), false],
    [
      "create names no object, so resourceNames exclude it",
      rule("pods", "create", ["a"]),
      ask("pods", "create"),
      false,
    ],
    ["verb *", rule("pods", "*"), ask("pods", "escalate"), true],
    ["group * is not the pattern of a group", { ...rule("pods"), apiGroups: ["*.k8s.io"] }, ask("pods"), false],
  ];
  for (const [title, given, request, expected] of cases) {
    test(title, () => assert.equal(ruleAllows(given, request), expected));
  }
});

suite("non-resource URLs", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["/healthz", "/healthz", true],
    ["/healthz", "/healthz/ready", false],
    ["/healthz/*", "/healthz/ready", true],
    ["/healthz*", "/healthz", true],
    ["*", "/metrics", true],
    ["/api**", "/apis", true],
    ["/*/x", "/a/x", false],
  ];
  for (const [allowed, url, expected] of cases) {
    test(`${allowed} ${expected ? "allows" : "does not allow"} ${url}`, () =>
      assert.equal(ruleAllowsUrl({ nonResourceURLs: [allowed], verbs: ["get"] }, "get", url), expected));
  }
});
