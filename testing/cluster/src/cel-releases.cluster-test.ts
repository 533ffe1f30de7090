/** What new policies may have in their expressions on API servers of several releases (emulated by one of 1.34), as we refuse it. */
import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { PolicySet } from "@redoubt/admission";
import { type JsonObject, stringAt } from "@redoubt/kube";
import { ControlPlane } from "./control-plane.ts";

const POLICIES = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";
/** Of 1.31, the oldest that it emulates, it takes no release before. */
const RELEASES = [34, 33, 32];

/** One or more of each library that came after 1.28. */
const EXPRESSIONS: readonly string[] = [
  "object.metadata.?name.orValue('x') == 'x'",
  "quantity('1').isInteger()",
  "'%s'.format(['a']) == 'a'",
  "strings.quote('a') == 'a'",
  "sets.contains([1], [1])",
  "ip('10.0.0.1').family() == 4",
  "cidr('10.0.0.0/8').containsIP('10.0.0.1')",
  "format.dns1123Label().validate('a').hasValue()",
  "authorizer.group('').resource('pods').fieldSelector('a=b').check('list').allowed()",
  "{'a': 1}.all(k, v, k == 'a' && v == 1)",
  "[1].exists(i, v, i == v)",
  "[1].transformList(i, v, i + v) == [1]",
  "{'a': 1}.transformMap(k, v, v + 1) == {'a': 2}",
  "semver('1.2.3').major() == 1",
  "isSemver('1.2.3')",
  "[2, 1].sort() == [1, 2]",
  "[2, 1].sortBy(x, x) == [1, 2]",
  "lists.range(2) == [0, 1]",
  "[[1], [2]].flatten() == [1, 2]",
  "[1, 1].distinct() == [1]",
  "[1, 2].slice(0, 1) == [1]",
  "[1, 2].reverse() == [2, 1]",
];

function policyFor(expression: string, index: number): JsonObject {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicy",
    metadata: { name: `release-${index}` },
    spec: {
      matchConstraints: {
        resourceRules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }],
      },
      validations: [{ expression }],
    },
  };
}

suite("releases of the API server", { timeout: 300_000 }, () => {
  let plane: ControlPlane;

  before(async () => {
    plane = await ControlPlane.start({});
  });
  after(() => plane.stop());

  for (const release of RELEASES) {
    test(`new policies on 1.${release}`, async () => {
      await plane.restartApiServer({ flags: { "emulated-version": `kube=1.${release}` } });
      const differences: string[] = [];
      let refused = 0;
      for (const [index, expression] of EXPRESSIONS.entries()) {
        const policy = policyFor(expression, index);
        const { status, body } = await plane.admin.post(`${POLICIES}?dryRun=All`, policy);
        const theirs = (stringAt(body, ["message"]) ?? "").replaceAll(/\\(["\\])/g, "$1");
        const ours = new PolicySet([policy], { newOn: release }).problems.map(({ message }) => message);
        if (status !== 201) refused++;
        const isSame =
          status === 201 ? ours.length === 0 : ours.length > 0 && ours.every((text) => theirs.includes(text));
        if (!isSame) differences.push(`${expression}\n  theirs ${status} ${theirs}\n  ours   ${ours.join("; ")}`);
      }
      assert.deepEqual(differences, []);
      assert.ok(refused > 0 && refused < EXPRESSIONS.length, `${refused} are refused`);
    });
  }
});
