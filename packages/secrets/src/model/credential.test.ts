import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { credentialShapes, isCredentialSetting } from "./credential.ts";
import { isPlaceholder } from "./placeholder.ts";

const settings: readonly [name: string, value: string, gives: boolean][] = [
  ["DB_PASSWORD", "6f1ed002", true],
  ["spring.datasource.password", "6f1ed002", true],
  ["dbPassword", "6f1ed002", true],
  ["api-key", "6f1ed002ab55", true],
  ["password", "${DB_PASSWORD}", false],
  ["password", "$DB_PASSWORD", false],
  ["password", "{{ .Values.password }}", false],
  ["password", "<your-password>", false],
  ["password", "", false],
  ["passwordFile", "/run/secrets/password", false],
  ["password", "/run/secrets/password", false],
  ["password", "ENC[AES256_GCM,data:abc,iv:def,tag:ghi,type:str]", false],
  ["password", "vault:secret/data/db#password", false],
  ["PASSWORD_MIN_LENGTH", "12", false],
  ["require_password", "true", false],
  ["token_url", "https://example.com/token", false],
  ["secretName", "database", false],
  ["username", "shop", false],
];
const shapes: readonly [text: string, what: readonly string[]][] = [
  ["-----BEGIN RSA PRIVATE KEY-----\nMIIE", ["a private key"]],
  ["-----BEGIN CERTIFICATE-----\nMIIE", []],
  ["AKIAIOSFODNN7EXAMPLE", []],
  ["key AKIAQ5Z2R7WXK3M4N6PA here", ["an AWS access key"]],
  ["postgres://shop:6f1ed002@db/shop", ["a password in a URL"]],
  ["postgres://shop:${PASSWORD}@db/shop", []],
  ["postgres://shop@db/shop", []],
  ["https://example.com:8080/a@b", []],
  [`eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.${"a".repeat(20)}`, ["a JSON web token"]],
];

suite("what gives a credential away", () => {
  for (const [name, value, gives] of settings)
    test(`${name}=${value} ${gives ? "does" : "does not"}`, () =>
      assert.equal(isCredentialSetting(name, value), gives));
  for (const [text, what] of shapes) test(text.slice(0, 40), () => assert.deepEqual(credentialShapes(text), what));
  test("placeholders of every tool", () => {
    for (const text of [
      "${A}",
      "$(A)",
      "{{ a }}",
      "<a>",
      "%A%",
      "__A__",
      "((a))",
      "ref+vault://a/b",
      "REPLACE_ME",
      "***",
    ])
      assert.ok(isPlaceholder(text), text);
    for (const text of ["changeme", "a$b", "50%", "hunter2", "<a"]) assert.ok(!isPlaceholder(text), text);
  });
});
