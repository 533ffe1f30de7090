/** Suites of Gatekeeper policies in gator's format: every case is run with each engine that its template has code for. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  type ReadObjects,
  type SuiteTest,
  type TemplateEngine,
  enginesOf,
  isSuite,
  readSuite,
  runSuiteTest,
} from "@redoubt/admission";
import { type JsonObject, readYamlObjects } from "@redoubt/kube";
import { filesIn } from "../case-files.ts";
import { type CaseResult, type Suite, failed, passed, skipped } from "../suite.ts";

export const gatekeeper: Suite = {
  name: "gatekeeper",
  async *run(directory) {
    const files = [...(await filesIn(directory, ".yaml")), ...(await filesIn(directory, ".yml"))];
    for (const file of files) {
      const objects = readObjects(join(directory, file), "core");
      if (typeof objects === "string") {
        if (/(?:^|\/)suite\.ya?ml$/.test(file)) yield failed(file, objects);
        continue;
      }
      for (const object of objects) if (isSuite(object)) yield* suiteResults(directory, file, object);
    }
  },
};

/** Suites are read by YAML 1.2, in which `yes` is a text; objects as kubectl reads them. */
function readObjects(path: string, schema: "kubectl" | "core" = "kubectl"): readonly JsonObject[] | string {
  try {
    const read = readYamlObjects(readFileSync(path, "utf8"), schema);
    return read.kind === "objects" ? read.objects : read.message;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function* suiteResults(directory: string, file: string, object: JsonObject): Generator<CaseResult> {
  const suite = readSuite(object);
  if (suite.skip) {
    yield skipped(file, "the suite says so");
    return;
  }
  const read: ReadObjects = (path) => readObjects(join(directory, dirname(file), path));
  if (suite.tests.length === 0) yield failed(file, "the suite has no tests");
  for (const test of suite.tests) {
    for (const engine of enginesOf(test, read)) yield* testResults(`${file} ${test.name}`, test, read, engine);
  }
}

function* testResults(name: string, test: SuiteTest, read: ReadObjects, engine: TemplateEngine): Generator<CaseResult> {
  const verdict = runSuiteTest(test, read, { engine });
  if (verdict.outcome === "skipped") yield skipped(`${name} [${engine}]`, "the suite says so");
  else if (verdict.message !== "") yield failed(`${name} [${engine}]`, verdict.message);
  else if (verdict.cases.length === 0) yield passed(`${name} [${engine}]`);
  for (const item of verdict.cases) {
    const full = `${name} ${item.name} [${engine}]`;
    if (item.outcome === "passed") yield passed(full);
    else yield item.outcome === "skipped" ? skipped(full, "the suite says so") : failed(full, item.message);
  }
}
