import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Edit } from "../edit.ts";
import { type JsonValue, isJsonObject, valueAt } from "../json.ts";
import { parseDocument } from "./construct.ts";
import { splitDocuments } from "./documents.ts";
import { commentsOf, keepsComments } from "./edit/comments.ts";
import { applyToValue, deepEqual } from "./edit/value.ts";
import { applyEdits } from "./edit.ts";
import { parseTree } from "./tree.ts";

const folder = join(import.meta.dirname, "../../../../../shared/corpora/manifests");

const POD = ["spec", "template", "spec"];

/** What fixes do to manifests: values deep in new parents, new items, removals of what is there. */
function editsFor(value: JsonValue): Edit[] {
  const edits: Edit[] = [
    { op: "set", path: ["metadata", "labels", "app.kubernetes.io/part-of"], value: "yes" },
    { op: "append", path: ["metadata", "finalizers"], value: "example.com/keep" },
    { op: "remove", path: ["metadata", "annotations"], prune: true },
    { op: "remove", path: ["spec", "replicas"] },
  ];
  const containers = valueAt(value, [...POD, "containers"]);
  if (!Array.isArray(containers)) return edits;
  edits.push(
    { op: "set", path: [...POD, "securityContext", "seccompProfile"], value: { type: "RuntimeDefault" } },
    { op: "append", path: [...POD, "volumes"], value: { name: "scratch", emptyDir: {} } },
  );
  for (const [index, container] of containers.entries()) {
    if (!isJsonObject(container)) continue;
    const path = [...POD, "containers", index];
    edits.push(
      { op: "set", path: [...path, "securityContext", "capabilities", "drop"], value: ["ALL"] },
      { op: "append", path: [...path, "volumeMounts"], value: { name: "scratch", mountPath: "/tmp" } },
      { op: "set", path: [...path, "image"], value: "registry.example.com/app:1.2@sha256:0" },
      { op: "remove", path: [...path, "ports", 0, "hostPort"], prune: true },
      { op: "remove", path: [...path, "env", 0] },
      { op: "remove", path: [...path, "name"] },
    );
  }
  return edits;
}

test(
  "real manifests take edits exactly, keep their comments, and are left alone by the same edits again",
  { skip: existsSync(folder) ? false : "the corpus is not there" },
  () => {
    let edited = 0;
    for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
      if (!/\.(?:ya?ml|json)$/.test(name)) continue;
      const text = readFileSync(join(folder, name), "utf8");
      for (const { start, end } of splitDocuments(text)) {
        const document = text.slice(start, end);
        const { value } = parseDocument(document);
        if (!isJsonObject(value)) continue;
        const edits = editsFor(value);
        const wanted = applyToValue(value, edits);
        const result = applyEdits(document, edits);
        if (wanted.kind === "refused") {
          assert.equal(result.kind, "refused", name);
          continue;
        }
        assert.ok(result.kind === "edited", `${name}: ${result.kind === "refused" ? result.reason : ""}`);
        assert.ok(deepEqual(parseDocument(result.text).value, wanted.value), name);
        assert.ok(
          keepsComments(commentsOf(document, parseTree(document)), commentsOf(result.text, parseTree(result.text))),
          name,
        );
        const lasting = edits.filter((edit) => edit.op !== "remove");
        assert.deepEqual(applyEdits(result.text, lasting), { kind: "edited", text: result.text }, name);
        edited++;
      }
    }
    assert.ok(edited > 200);
  },
);
