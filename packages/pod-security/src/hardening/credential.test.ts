import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { credentialFlag, credentialShape, isLiteralCredential } from "./credential.ts";

suite("a variable with a literal value", () => {
  const CREDENTIALS: readonly (readonly [name: string, value: string])[] = [
    ["MYSQL_ROOT_PASSWORD", "supersecret"],
    ["MYSQL_PASSWORD", "mysql"],
    ["MINIO_SECRET_KEY", "minio123"],
    ["ACCESS_KEY", "8312341g-5678"],
    ["db.password", "123456"],
    ["API_KEY", "0a1b2c3d4e"],
    ["stripeApiKey", "abcdef"],
    ["DB_PWD", "hunter2"],
    ["PGPASSWORD", "hunter2"],
    ["GITHUB_TOKEN_2", "abcdef"],
    ["ADMIN_PASSWORD", "changeme"],
  ];
  for (const [name, value] of CREDENTIALS) {
    test(`${name}=${value} is a credential`, () => assert(isLiteralCredential(name, value)));
  }
  const HARMLESS: readonly (readonly [name: string, value: string])[] = [
    ["PASSWORD", ""],
    ["PASSWORD_FILE", "/run/secrets/password"],
    ["DB_PASSWORD", "/run/secrets/password"],
    ["DB_PASSWORD", "$(OTHER)"],
    ["DB_PASSWORD", "${DB_PASSWORD}"],
    ["DB_PASSWORD", "$DB_PASSWORD"],
    ["DB_PASSWORD", "<change me>"],
    ["DB_PASSWORD", "{{ .Values.password }}"],
    ["MYSQL_ALLOW_EMPTY_PASSWORD", "1"],
    ["ALLOW_TOKEN", "true"],
    ["REFRESH_TOKEN", "3600"],
    ["SESSION_TOKEN", "15m"],
    ["SECRET_NAME", "database"],
    ["TOKEN_URL", "https://example.com/token"],
    ["PWD", "srv"],
    ["ETCD_INITIAL_CLUSTER_TOKEN", "etcd-cluster-1"],
    ["ETCD_DISCOVERY_TOKEN", "INSERT_ETCD_DISCOVERY_TOKEN"],
    ["TOKENIZERS_PARALLELISM", "off"],
    ["PUBLIC_KEY", "abc"],
    ["COMPASS", "north"],
    ["API_TOKEN", "vault:secret/data/app#token"],
  ];
  for (const [name, value] of HARMLESS) {
    test(`${name}=${value} is none`, () => assert(!isLiteralCredential(name, value)));
  }
});

test("a flag carries its value behind the equals sign", () => {
  assert.equal(credentialFlag("--db-password=hunter2"), "db-password");
  assert.equal(credentialFlag("-token=abcdef"), "token");
  assert.equal(credentialFlag("--token-file=/run/token"), undefined);
  assert.equal(credentialFlag("--token=$(TOKEN)"), undefined);
  assert.equal(credentialFlag("password=hunter2"), undefined);
});

/** Put together when the test runs, so that no scanner takes this file for a leak. */
function fill(prefix: string, length: number, alphabet = "aB3"): string {
  return prefix + alphabet.repeat(length).slice(0, length);
}

suite("the form of a value", () => {
  const SHAPES: readonly (readonly [value: string, what: string])[] = [
    [`${["-----BEGIN RSA PRIVATE", "KEY-----"].join(" ")}\nMIIE`, "a private key"],
    [fill("AKIA", 16, "ABCDEFGH"), "an AWS access key id"],
    [fill("ghp_", 36), "a GitHub token"],
    [fill("glpat-", 20), "a GitLab token"],
    [fill("xoxb-", 24), "a Slack token"],
    ["postgres://app:hunter2@db.shop:5432/app", "a password inside a URL"],
    ["redis://:hunter2@cache:6379", "a password inside a URL"],
    [`${fill("eyJ", 20)}.${fill("eyJ", 20)}.${fill("", 20)}`, "a JSON web token"],
  ];
  for (const [value, what] of SHAPES) {
    test(`tells ${what}`, () => assert.equal(credentialShape(`--config=${value}`), what));
  }
  for (const value of [
    "postgres://app:$(PASSWORD)@db:5432/app",
    "postgres://app:${PASSWORD}@db:5432/app",
    "postgres://app@db:5432/app",
    "http://example.com:8080/a@b",
    "https://example.com/path?user=a:b@c",
  ]) {
    test(`tells nothing of ${value}`, () => assert.equal(credentialShape(value), undefined));
  }
  // With time that grows faster than the text, these would not come to an end.
  test("is told of a million characters that look like the start of one", () => {
    for (const hostile of ["eyJ-", "://a:", "curl ", "-----BEGIN ", "ghp_"]) {
      assert.doesNotThrow(() => credentialShape(hostile.repeat(1_000_000 / hostile.length)), hostile);
    }
  });
});
