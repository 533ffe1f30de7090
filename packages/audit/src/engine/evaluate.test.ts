import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { suite, test } from "node:test";
import { readAuditPolicy } from "../model/policy.ts";
import { type RequestAttributes, evaluateAuditPolicy } from "./evaluate.ts";
import { validateAuditPolicy } from "./validate.ts";

interface PolicyCase {
  readonly name: string;
  readonly policy: unknown;
  readonly attributes: RequestAttributes;
  readonly expect: { level: string; omitStages: string[]; omitManagedFields: boolean; matchedRule: number };
}

const root = new URL("../../../../../shared/corpora/audit/", import.meta.url);
const skip = existsSync(root) ? false : "the recorded cases of the real API server are not here";

function readCorpus(file: string): string {
  return readFileSync(new URL(file, root), "utf8");
}

suite("the API server's recorded verdicts", { skip }, () => {
  test("every request is recorded at the same level", () => {
    const { cases }: { cases: readonly PolicyCase[] } = JSON.parse(readCorpus("policy-cases.json"));
    assert.ok(cases.length > 500);
    for (const { name, policy, attributes, expect } of cases) {
      const decision = evaluateAuditPolicy(readAuditPolicy(policy), attributes);
      const actual = {
        ...decision,
        omitStages: [...decision.omitStages].sort(),
        matchedRule: decision.matchedRule ?? -1,
      };
      assert.deepEqual(actual, { ...expect, omitStages: [...expect.omitStages].sort() }, name);
    }
  });

  test("every policy is accepted or refused alike", () => {
    const { cases }: { cases: readonly { policy: unknown; valid: boolean }[] } = JSON.parse(
      readCorpus("validation-cases.json"),
    );
    for (const { policy, valid } of cases) {
      const problems = validateAuditPolicy(policy);
      assert.equal(problems.length === 0, valid, JSON.stringify({ policy, problems }));
    }
  });
});

const request = (attributes: Partial<RequestAttributes>): RequestAttributes => ({
  user: { name: "jane", groups: ["dev"] },
  verb: "get",
  resourceRequest: true,
  namespace: "shop",
  apiGroup: "",
  resource: "pods",
  name: "web",
  ...attributes,
});

const table: readonly [string, object, Partial<RequestAttributes>, boolean][] = [
  [
    "a resource does not match its subresources",
    { resources: [{ resources: ["pods"] }] },
    { subresource: "log" },
    false,
  ],
  ["resource/* matches subresources", { resources: [{ resources: ["pods/*"] }] }, { subresource: "log" }, true],
  ["resource/* matches the resource itself too", { resources: [{ resources: ["pods/*"] }] }, {}, true],
  ["*/* matches nothing", { resources: [{ resources: ["*/*"] }] }, { subresource: "log" }, false],
  ["* matches subresources", { resources: [{ resources: ["*"] }] }, { subresource: "log" }, true],
  [
    "a group left out is the core group",
    { resources: [{ resources: ["deployments"] }] },
    { apiGroup: "apps", resource: "deployments" },
    false,
  ],
  [
    "group * is every group",
    { resources: [{ group: "*", resources: ["deployments"] }] },
    { apiGroup: "apps", resource: "deployments" },
    true,
  ],
  ["verb * is no wildcard", { verbs: ["*"] }, {}, false],
  ["the empty namespace is cluster scope", { namespaces: [""] }, { namespace: "" }, true],
  ["a failed authentication matches no user rule", { userGroups: ["dev"] }, { user: { name: "", groups: [] } }, false],
  ["namespaces never match paths", { namespaces: [""] }, { resourceRequest: false, path: "/healthz" }, false],
];

suite("a rule", () => {
  for (const [note, rule, attributes, matches] of table)
    test(note, () => {
      const policy = readAuditPolicy({ rules: [{ level: "Metadata", ...rule }] });
      assert.equal(evaluateAuditPolicy(policy, request(attributes)).matchedRule === 0, matches);
    });
});
