import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

test("the lines in README.md do what the comments beside them say", () => {
  const [, snippet = ""] = /```ts\n(.*?)```/s.exec(readFileSync(`${root}README.md`, "utf8")) ?? [];
  assert.ok(snippet.trim().split("\n").length <= 10);
  const expected = [...snippet.matchAll(/\/\/ (.*)/g)].map(([, comment = ""]) => comment.replaceAll('"', "'"));
  assert.equal(expected.length, 3);
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--conditions=@redoubt/source", "--disable-warning=ExperimentalWarning", "--input-type=module-typescript", "-"],
    { cwd: root, input: snippet, encoding: "utf8" },
  );
  assert.equal(stdout, `${expected.join("\n")}\n`, stderr);
});
