import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { PolicyRule } from "@redoubt/kube";
import { deadParts } from "./dead-rules.ts";

const rule = (groups: readonly string[], resources: string, verbs = "get"): PolicyRule => ({
  apiGroups: groups,
  resources: resources.split(" "),
  verbs: verbs.split(" "),
});
const names = (given: PolicyRule): PolicyRule => ({ ...given, resourceNames: ["one"] });

suite("parts of rules that allow nothing", () => {
  const dead: readonly (readonly [PolicyRule, "Role" | "ClusterRole", string, RegExp])[] = [
    [rule([""], "deployments"), "Role", "resources/0", /is not in the core group \(""\) but in apps/],
    [rule(["apps"], "pods"), "Role", "resources/0", /but in the core group \(""\) and metrics\.k8s\.io/],
    [rule(["extensions"], "ingresses"), "Role", "resources/0", /left API group extensions .*networking\.k8s\.io/],
    [rule([""], "pods/*"), "Role", "resources/0", /pods\/\* matches nothing/],
    [rule([""], "*/*"), "Role", "resources/0", /write \* for everything/],
    [rule([""], "Pods"), "Role", "resources/0", /lower case \(pods\)/],
    [rule([""], "pod"), "Role", "resources/0", /pods was meant/],
    [rule([""], "secert"), "Role", "resources/0", /secrets was meant/],
    [rule([""], "pods/logs"), "Role", "resources/0", /pods\/log was meant/],
    [rule(["networking.k8s.io"], "networkpolicy"), "Role", "resources/0", /networkpolicies was meant/],
    [rule([""], "nodes"), "Role", "resources/0", /cluster-scoped/],
    [rule([""], "pods", "lst"), "Role", "verbs/0", /list was meant/],
    [rule([""], "pods", "GET"), "Role", "verbs/0", /get was meant/],
    [rule([""], "pods", "read"), "Role", "verbs/0", /get was meant/],
    [rule(["apps/v1"], "deployments"), "Role", "apiGroups/0", /names a version/],
    [rule(["core"], "pods"), "Role", "apiGroups/0", /the core group is written ""/],
    [rule(["v1"], "pods"), "Role", "apiGroups/0", /the core group is written ""/],
    [rule([], "pods"), "Role", "apiGroups", /apiGroups is empty/],
    [names(rule([""], "pods", "create")), "Role", "verbs/0", /create never matches together with resourceNames/],
    [names(rule([""], "pods", "create update")), "Role", "verbs/0", /create never matches together/],
    [{ nonResourceURLs: ["/healthz"], verbs: ["get"] }, "Role", "nonResourceURLs", /the API server rejects it/],
  ];
  for (const [given, scope, path, reason] of dead) {
    test(`${scope} ${JSON.stringify(given)}`, () => {
      const parts = deadParts(given, scope);
      assert.equal(parts.length, 1);
      assert.equal(parts[0]?.path.join("/"), path);
      assert.match(parts[0]?.reason ?? "", reason);
    });
  }

  const alive: readonly (readonly [string, PolicyRule, "Role" | "ClusterRole"])[] = [
    ["groups and resources that mix harmlessly", rule(["apps", ""], "deployments pods services"), "Role"],
    ["a custom resource", rule(["example.com"], "widgets"), "Role"],
    ["an unknown resource beside a custom group", rule(["", "example.com"], "widgets"), "Role"],
    ["every group", rule(["*"], "deployments"), "Role"],
    ["a subresource of anything", rule(["apps"], "*/scale"), "Role"],
    ["cluster-scoped in a ClusterRole", rule([""], "nodes"), "ClusterRole"],
    ["the own Namespace in a Role", rule([""], "namespaces"), "Role"],
    ["PodSecurityPolicy's use in a Role", rule(["policy"], "podsecuritypolicies", "use"), "Role"],
    ["create and patch of a named object: server-side apply", names(rule([""], "pods", "create patch")), "Role"],
    ["create and update of a named Lease", names(rule(["coordination.k8s.io"], "leases", "create update")), "Role"],
    ["creating a named subresource", names(rule([""], "serviceaccounts/token", "create")), "Role"],
    ["list by field selector", names(rule([""], "secrets", "list watch")), "Role"],
    ["a custom verb", rule(["example.com"], "widgets", "frobnicate"), "Role"],
    ["a moved resource in both groups", rule(["extensions", "networking.k8s.io"], "ingresses"), "Role"],
    ["non-resource URLs in a ClusterRole", { nonResourceURLs: ["/healthz"], verbs: ["get"] }, "ClusterRole"],
  ];
  for (const [title, given, scope] of alive) {
    test(`is silent about ${title}`, () => assert.deepEqual(deadParts(given, scope), []));
  }
});
