import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { PolicyRule } from "@redoubt/kube";
import * as fc from "fast-check";
import { type AccessRequest, requestMatches } from "./authorizer.ts";
import { type NarrowedFields, usedPart } from "./used-part.ts";

const rule = (apiGroups: string, resources: string, verbs: string, resourceNames?: string): PolicyRule => ({
  apiGroups: apiGroups.split(" ").map((group) => (group === "core" ? "" : group)),
  resources: resources.split(" "),
  verbs: verbs.split(" "),
  ...(resourceNames === undefined ? {} : { resourceNames: resourceNames.split(" ") }),
});
const asked = (verb: string, written: string, name = ""): AccessRequest => {
  const [resource = "", ...groups] = written.split(".");
  const group = groups.join(".");
  const [base = "", subresource = ""] = resource.split("/");
  return { kind: "resource", verb, group, resource: base, subresource, name, namespace: "shop" };
};
const all = (): boolean => true;
const writesOnly = (verb: string): boolean => !["get", "list", "watch"].includes(verb);

suite("the used part of a rule", () => {
  const cases: readonly (readonly [
    title: string,
    rule: PolicyRule,
    used: readonly AccessRequest[],
    part: "all" | "none" | NarrowedFields,
    logged?: (verb: string) => boolean,
  ])[] = [
    ["everything", rule("core", "pods", "get"), [asked("get", "pods", "a")], "all"],
    ["nothing", rule("core", "pods", "get list"), [asked("get", "secrets")], "none"],
    ["some verbs", rule("core", "pods", "get list watch"), [asked("list", "pods")], { verbs: ["list"] }],
    [
      "some resources, a subresource by its wildcard",
      rule("core", "pods */status secrets", "patch"),
      [asked("patch", "pods/status")],
      { resources: ["*/status"] },
    ],
    [
      "some groups",
      rule("core apps batch", "deployments pods", "get"),
      [asked("get", "pods"), asked("get", "deployments.apps")],
      { apiGroups: ["", "apps"] },
    ],
    ["some names", rule("core", "secrets", "get", "a b"), [asked("get", "secrets", "b")], { resourceNames: ["b"] }],
    [
      "of every verb, those that were used",
      rule("apps", "deployments", "*"),
      [asked("patch", "deployments.apps"), asked("get", "deployments.apps")],
      { verbs: ["get", "patch"] },
    ],
    [
      "verbs beside the wildcard, and of no ordinary kind, stay",
      rule("apps", "deployments", "* bind"),
      [asked("own", "deployments.apps")],
      { verbs: ["own", "bind"] },
    ],
    [
      "of every resource and group, those that were used",
      rule("*", "*", "get list"),
      [asked("get", "pods"), asked("list", "deployments.apps")],
      { apiGroups: ["", "apps"], resources: ["deployments", "pods"] },
    ],
    [
      "verbs that leave no event stay, and what they may be about",
      rule("rbac.authorization.k8s.io", "roles clusterroles", "get bind update"),
      [asked("get", "roles.rbac.authorization.k8s.io")],
      { verbs: ["get", "bind"] },
    ],
    ["a rule of such a verb", rule("rbac.authorization.k8s.io", "roles", "escalate"), [], "all"],
    [
      "every verb of a resource with verbs of its own",
      rule("rbac.authorization.k8s.io", "roles", "*"),
      [asked("get", "roles.rbac.authorization.k8s.io")],
      "all",
    ],
    ["reads of which nothing is logged stay", rule("core", "pods", "get list"), [], "all", writesOnly],
    [
      "and so do all objects that they may be about",
      rule("core", "pods secrets", "get create delete"),
      [asked("create", "pods")],
      { verbs: ["get", "create"] },
      writesOnly,
    ],
    ["paths, which are seldom logged", { nonResourceURLs: ["/metrics"], verbs: ["get"] }, [], "all"],
    ["a rule that is not whole", {}, [], "none"],
  ];
  for (const [title, given, used, part, logged = all] of cases) {
    test(title, () => {
      const found = usedPart(given, used, logged);
      assert.deepEqual(found.kind === "part" ? found.fields : found.kind, part);
    });
  }

  test("allows all that the rule allowed of what was done, and nothing that it did not", () => {
    const some = (...values: readonly string[]): fc.Arbitrary<string[]> =>
      fc.subarray([...values], { minLength: 1, maxLength: 3 });
    const rules = fc.record({
      apiGroups: some("", "apps", "*"),
      resources: some("pods", "pods/log", "deployments", "*", "*/log"),
      verbs: some("get", "list", "create", "*", "bind"),
    });
    const requests = fc.array(
      fc
        .tuple(
          fc.constantFrom("get", "list", "create", "bind"),
          fc.constantFrom("pods", "pods/log", "deployments.apps", "pods.apps"),
          fc.constantFrom("", "a"),
        )
        .map(([verb, resource, name]) => asked(verb, resource, name)),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(rules, requests, requests, (given, used, others) => {
        const part = usedPart(given, used, all);
        const left: readonly PolicyRule[] =
          part.kind === "all" ? [given] : part.kind === "none" ? [] : [{ ...given, ...part.fields }];
        const allows = (request: AccessRequest): boolean => left.some((each) => requestMatches(each, request));
        for (const request of used) assert.equal(allows(request), requestMatches(given, request));
        for (const request of others) if (allows(request)) assert.ok(requestMatches(given, request));
      }),
      { numRuns: 1000 },
    );
  });
});
