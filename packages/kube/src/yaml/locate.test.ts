import assert from "node:assert/strict";
import { test } from "node:test";
import type { Path } from "../json.ts";
import { locateInDocument } from "./locate.ts";

const document = `# a pod
apiVersion: v1
metadata: # about it
  labels: {app: web, "tier": front}
base: &base
  image: nginx
  securityContext: &sc
    runAsUser: 0
spec:
  containers:
  - name: web # first
    <<: *base
    args: ["-v",
      x]
    note: |
      one
      two

  -
    image: b
    <<: [*base, {tty: true}]
  - *base
  securityContext: *sc
  empty:
`;

const cases: readonly [Path, string][] = [
  [[], "apiVersion: v1"],
  [["metadata"], "metadata:"],
  [["metadata", "labels"], 'labels: {app: web, "tier": front}'],
  [["metadata", "labels", "tier"], '"tier": front'],
  [["metadata", "labels", "nope", "deeper"], 'labels: {app: web, "tier": front}'],
  [["spec", "containers"], "containers:"],
  [["spec", "containers", 0], "name: web"],
  [["spec", "containers", 0, "name"], "name: web"],
  [["spec", "containers", 0, "image"], "image: nginx"],
  [["spec", "containers", 0, "securityContext", "runAsUser"], "runAsUser: 0"],
  [["spec", "containers", 0, "args"], 'args: ["-v",'],
  [["spec", "containers", 0, "args", 1], "x"],
  [["spec", "containers", 0, "note"], "note: |\n      one\n      two"],
  [["spec", "containers", 1], "image: b"],
  [["spec", "containers", 1, "image"], "image: nginx"], // the merge key below it wins
  [["spec", "containers", 1, "tty"], "tty: true"],
  [["spec", "containers", 2], "*base"],
  [["spec", "containers", 2, "image"], "image: nginx"],
  [["spec", "containers", 9, "image"], "containers:"],
  [["spec", "securityContext"], "securityContext: *sc"],
  [["spec", "securityContext", "runAsUser"], "runAsUser: 0"],
  [["spec", "securityContext", "runAsNonRoot"], "securityContext: *sc"],
  [["spec", "empty", "a"], "empty:"],
  [["kind"], "apiVersion: v1"],
];

for (const [path, expected] of cases) {
  test(`the place of ${JSON.stringify(path)} is ${JSON.stringify(expected)}`, () => {
    const { start, end } = locateInDocument(document, path);
    assert.equal(document.slice(start, end), expected);
  });
}

test("a document that is no YAML has its start as every place", () => {
  assert.deepEqual(locateInDocument("a: [", ["a"]), { start: 0, end: 0 });
});

test("a merge key overrides what is written before it, as kubectl has it", () => {
  const text = "a: &x {b: 1}\nc:\n  b: 2\n  <<: *x\n  on: 3\n";
  assert.equal(locateInDocument(text, ["c", "b"]).start, text.indexOf("b: 1"));
  assert.equal(locateInDocument(text, ["c", "true"]).start, text.indexOf("on: 3"));
});

test("a merge key that names its own mapping does not loop", () => {
  const text = "a: &x\n  <<: *x\n  b: 1\n";
  const { start } = locateInDocument(text, ["a", "c"]);
  assert.equal(start, 0);
});
