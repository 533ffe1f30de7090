import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { containsCidr, parseAddress, parseCidr } from "./cidr.ts";

suite("address blocks", () => {
  for (const text of [
    "10.0.0.0",
    "10.0.0.0/33",
    "10.0.0/8",
    "256.0.0.0/8",
    "::/129",
    "1::2::3/64",
    "1:2:3:4:5:6:7/64",
    "a/8",
    "",
  ]) {
    test(`${JSON.stringify(text)} is none`, () => assert.equal(parseCidr(text), undefined));
  }

  const contained: readonly (readonly [string, string, boolean])[] = [
    ["10.0.0.0/8", "10.255.0.0/16", true],
    ["10.0.0.0/8", "11.0.0.0/16", false],
    ["10.0.0.0/16", "10.0.0.0/8", false],
    ["0.0.0.0/0", "169.254.169.254/32", true],
    ["::/0", "fd00:ec2::254/128", true],
    ["::/0", "10.0.0.0/8", false],
    ["10.1.2.3/8", "10.9.0.0/16", true],
    ["::ffff:0:0/96", "::ffff:10.0.0.1/128", true],
  ];
  for (const [outer, inner, expected] of contained) {
    test(`${outer} ${expected ? "contains" : "does not contain"} ${inner}`, () => {
      const [left, right] = [parseCidr(outer), parseCidr(inner)];
      assert.ok(left !== undefined && right !== undefined);
      assert.equal(containsCidr(left, right), expected);
    });
  }

  test("an IPv6 address may end in an IPv4 one", () =>
    assert.deepEqual(parseAddress("::ffff:10.0.0.1"), { version: 6, value: 0xffff0a000001n }));
});
