import assert from "node:assert/strict";
import { suite, test } from "node:test";
import {
  type Arbitrary,
  array,
  assert as assertProperty,
  boolean,
  constantFrom,
  property,
  record,
  uniqueArray,
} from "fast-check";
import { readAuditPolicy } from "../model/policy.ts";
import { ruleCovers } from "./coverage.ts";
import { type RequestAttributes, ruleMatches } from "./evaluate.ts";

const some = (...items: string[]): Arbitrary<string[]> => uniqueArray(constantFrom(...items), { maxLength: 2 });
const anyRule = record({
  users: some("a", "b"),
  userGroups: some("g", "h"),
  verbs: some("get", "create"),
  namespaces: some("", "n"),
  resources: array(
    record({
      group: constantFrom("", "apps", "*"),
      resources: some("pods", "pods/log", "pods/*", "*/log", "*", "*/*"),
      resourceNames: some("x"),
    }),
    { maxLength: 2 },
  ),
  nonResourceURLs: some("/healthz", "/healthz*", "*", "/h*"),
});
const anyRequest: Arbitrary<RequestAttributes> = record({
  user: record({ name: constantFrom("a", "b", "c"), groups: some("g", "h", "i") }),
  verb: constantFrom("get", "create", "list"),
  resourceRequest: boolean(),
  namespace: constantFrom("", "n", "m"),
  apiGroup: constantFrom("", "apps"),
  resource: constantFrom("pods", "nodes"),
  subresource: constantFrom("", "log", "exec"),
  name: constantFrom("", "x"),
  path: constantFrom("/healthz", "/healthz/etcd", "/other"),
});

suite("ruleCovers", () => {
  test("never claims cover that a request escapes", () => {
    assertProperty(
      property(anyRule, anyRule, anyRequest, (first, second, attributes) => {
        const [earlier, later] = readAuditPolicy({ rules: [first, second] }).rules;
        assert.ok(earlier !== undefined && later !== undefined);
        if (ruleCovers(earlier, later) && ruleMatches(later, attributes)) assert.ok(ruleMatches(earlier, attributes));
      }),
      { numRuns: 5000 },
    );
  });
});
