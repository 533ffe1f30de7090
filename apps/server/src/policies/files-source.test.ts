import assert from "node:assert/strict";
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, suite, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { stringAt } from "@redoubt/kube";
import { eventually } from "../testing/eventually.ts";
import { TEMPLATE, constraint } from "../testing/policies.ts";
import { FilesSource } from "./files-source.ts";
import type { PolicyContents } from "./policy-source.ts";

interface Watched {
  readonly path: string;
  readonly source: FilesSource;
  readonly seen: PolicyContents[];
}

async function watched(context: TestContext, files: Readonly<Record<string, string>>): Promise<Watched> {
  const path = await mkdtemp(join(tmpdir(), "redoubt-policies-"));
  const controller = new AbortController();
  context.after(async () => {
    controller.abort();
    await rm(path, { recursive: true });
  });
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text);
  const source = new FilesSource([path]);
  const seen: PolicyContents[] = [];
  await source.start(controller.signal, (contents) => seen.push(contents));
  return { path, source, seen };
}

function names(contents: PolicyContents | undefined): readonly string[] {
  return contents?.objects.map((object) => stringAt(object, ["metadata", "name"]) ?? "") ?? [];
}

suite("policies in files", () => {
  test("are objects, lists of them, Rego without its tests, and data", async (context) => {
    const list = { apiVersion: "v1", kind: "List", items: [TEMPLATE, constraint("a", ["x"])] };
    const { seen } = await watched(context, {
      "list.json": JSON.stringify(list),
      "a.rego": "package a",
      "a_test.rego": "package a_test",
      "data.yaml": "teams: [shop]",
      "notes.txt": "not a policy: {",
    });
    const [contents] = seen;
    assert.deepEqual(names(contents), ["deniednames", "a"]);
    assert.deepEqual(
      contents?.rego.map(({ text }) => text),
      ["package a"],
    );
    assert.deepEqual(contents.data, { teams: ["shop"] });
    assert.deepEqual(contents.problems, []);
  });

  test("are handed over again when they change, come and go", async (context) => {
    const { path, seen } = await watched(context, { "a.json": JSON.stringify(constraint("a", ["x"])) });
    await writeFile(join(path, "b.json"), JSON.stringify(constraint("b", ["x"])));
    await eventually(() => assert.deepEqual(names(seen.at(-1)), ["a", "b"]));
    await rm(join(path, "a.json"));
    await eventually(() => assert.deepEqual(names(seen.at(-1)), ["b"]));
  });

  test("are handed over again only where something is another, or where it is asked for", async (context) => {
    const text = JSON.stringify(constraint("a", ["x"]));
    const { path, source, seen } = await watched(context, { "a.json": text });
    await writeFile(join(path, "a.json"), text);
    await writeFile(join(path, "notes.txt"), "no policy");
    // Longer than a look waits for what else changes.
    await sleep(400);
    assert.equal(seen.length, 1);
    await source.reload();
    assert.equal(seen.length, 2);
    assert.deepEqual(seen[1], seen[0]);
  });

  test("that can no longer be read stay as they were last read", async (context) => {
    const { path, source, seen } = await watched(context, { "a.json": JSON.stringify(constraint("a", ["x"])) });
    await writeFile(join(path, "a.json"), "{ not json");
    await source.reload();
    assert.deepEqual(names(seen.at(-1)), ["a"]);
    assert.equal(seen.at(-1)?.problems.length, 1);
    await rename(path, `${path}-away`);
    await source.reload();
    assert.deepEqual(names(seen.at(-1)), ["a"]);
    await rename(`${path}-away`, path);
  });

  test("of a mounted ConfigMap change by the link beside them, and count once", async (context) => {
    const { path, seen } = await watched(context, {});
    const version = async (name: string, constraintName: string): Promise<void> => {
      await mkdir(join(path, name));
      await writeFile(join(path, name, "p.json"), JSON.stringify(constraint(constraintName, ["x"])));
      await symlink(name, join(path, "..data_tmp"));
      await rename(join(path, "..data_tmp"), join(path, "..data"));
    };
    await version("..2026_1", "one");
    await symlink("..data/p.json", join(path, "p.json"));
    await eventually(() => assert.deepEqual(names(seen.at(-1)), ["one"]));
    await version("..2026_2", "two");
    await eventually(() => assert.deepEqual(names(seen.at(-1)), ["two"]));
  });
});
