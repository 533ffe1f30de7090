import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseImageReference } from "./reference.ts";

const digest = `sha256:${"a".repeat(64)}`;
const valid: readonly [
  text: string,
  registry: string | undefined,
  repository: string,
  tag: string | undefined,
  digest: string | undefined,
][] = [
  ["nginx", undefined, "nginx", undefined, undefined],
  ["nginx:1.27", undefined, "nginx", "1.27", undefined],
  ["library/nginx:latest", undefined, "library/nginx", "latest", undefined],
  ["localhost/app", "localhost", "app", undefined, undefined],
  ["localhost:5000/app:v1", "localhost:5000", "app", "v1", undefined],
  ["ghcr.io/o/app:v1@" + digest, "ghcr.io", "o/app", "v1", digest],
  ["registry.example.com/a/b__c/d-e@" + digest, "registry.example.com", "a/b__c/d-e", undefined, digest],
  ["[::1]:5000/app", "[::1]:5000", "app", undefined, undefined],
  ["app:5000", undefined, "app", "5000", undefined],
];
const invalid = [
  "https://example.com/app",
  "Nginx",
  "example.com/App",
  "nginx:",
  "nginx:a b",
  "nginx@sha256:abc",
  "a".repeat(64),
  "example.com/",
  "nginx::1",
  "a//b",
  "nginx@" + digest.toUpperCase(),
];

suite("image references", () => {
  for (const [text, ...parts] of valid)
    test(text, () => {
      const parsed = parseImageReference(text);
      assert.ok(!("problem" in parsed), JSON.stringify(parsed));
      assert.deepEqual([parsed.registry, parsed.repository, parsed.tag, parsed.digest], parts);
    });
  for (const text of invalid) test(`refused: ${text}`, () => assert.ok("problem" in parseImageReference(text)));
});
