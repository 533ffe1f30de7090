import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { readAuditPolicy } from "../model/policy.ts";
import { ruleCovers } from "./coverage.ts";
import { type RequestAttributes, ruleMatches } from "./evaluate.ts";

const some = (...items: string[]): fc.Arbitrary<string[]> =>
  fc.uniqueArray(fc.constantFrom(...items), { maxLength: 2 });
const anyRule = fc.record({
  users: some("a", "b"),
  userGroups: some("g", "h"),
  verbs: some("get", "create"),
  namespaces: some("", "n"),
  resources: fc.array(
    fc.record({
      group: fc.constantFrom("", "apps", "*"),
      resources: some("pods", "pods/log", "pods/*", "*/log", "*", "*/*"),
      resourceNames: some("x"),
    }),
    { maxLength: 2 },
  ),
  nonResourceURLs: some("/healthz", "/healthz*", "*", "/h*"),
});
const anyRequest: fc.Arbitrary<RequestAttributes> = fc.record({
  user: fc.record({ name: fc.constantFrom("a", "b", "c"), groups: some("g", "h", "i") }),
  verb: fc.constantFrom("get", "create", "list"),
  resourceRequest: fc.boolean(),
  namespace: fc.constantFrom("", "n", "m"),
  apiGroup: fc.constantFrom("", "apps"),
  resource: fc.constantFrom("pods", "nodes"),
  subresource: fc.constantFrom("", "log", "exec"),
  name: fc.constantFrom("", "x"),
  path: fc.constantFrom("/healthz", "/healthz/etcd", "/other"),
});

suite("ruleCovers", () => {
  test("never claims cover that a request escapes", () => {
    fc.assert(
      fc.property(anyRule, anyRule, anyRequest, (first, second, attributes) => {
        const [earlier, later] = readAuditPolicy({ rules: [first, second] }).rules;
        assert.ok(earlier !== undefined && later !== undefined);
        if (ruleCovers(earlier, later) && ruleMatches(later, attributes)) assert.ok(ruleMatches(earlier, attributes));
      }),
      { numRuns: 5000 },
    );
  });
});
