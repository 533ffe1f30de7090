import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { principalProblem } from "./principals.ts";

suite("principals", () => {
  for (const sound of [
    "cluster.local/ns/shop/sa/web",
    "*",
    "cluster.local/ns/shop/*",
    "*/ns/shop/sa/web",
    "*/sa/web",
    "td*",
  ]) {
    test(`${sound} can match`, () => assert.equal(principalProblem(sound), undefined));
  }
  const wrong: readonly (readonly [string, RegExp, string | undefined])[] = [
    ["spiffe://cluster.local/ns/shop/sa/web", /spiffe/, "cluster.local/ns/shop/sa/web"],
    ["ns/shop/sa/web", /trust domain is missing/, undefined],
    ["system:serviceaccount:shop:web", /cluster\.local\/ns\/shop\/sa\/web/, undefined],
    ["cluster.local/ns/*/sa/web", /first or last character/, undefined],
    ["*shop*", /one end only/, undefined],
    ["shop/web", /TRUST-DOMAIN/, undefined],
    ["cluster.local/ns/shop/sa", /TRUST-DOMAIN/, undefined],
  ];
  for (const [principal, reason, corrected] of wrong) {
    test(`${principal} cannot`, () => {
      const problem = principalProblem(principal);
      assert.match(problem?.reason ?? "", reason);
      assert.equal(problem?.corrected, corrected);
    });
  }
});
