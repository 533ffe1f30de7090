import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";

/** A temporary folder with these files, gone after the test. */
export function scratchFolder(context: Pick<TestContext, "after">, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "redoubt-cli-"));
  context.after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}
