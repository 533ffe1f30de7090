import { readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  type CaseVerdict,
  type ReadObjects,
  type Suite,
  type TestVerdict,
  enginesOf,
  isSuite,
  readSuite,
  runSuiteTest,
} from "@redoubt/admission";
import { type JsonObject, RedoubtError, readYamlObjects } from "@redoubt/kube";
import { UsageError } from "../arguments/usage-error.ts";
import type { Action } from "../command.ts";
import { verifyRun, verifyVerbose } from "../commands/policy-verify.ts";
import { EXIT } from "../exit-code.ts";
import { filesBelow } from "../policy/admission-files.ts";
import { reportDiagnostics } from "./report-diagnostics.ts";
import type { Host } from "../terminal/host.ts";
import { plain } from "../terminal/plain.ts";

type Filter = (test: string, name: string | undefined) => boolean;

export const runPolicyVerify: Action = async ({ args, host }) => {
  const filter = filterOf(args.get(verifyRun));
  const isVerbose = args.get(verifyVerbose);
  let failed = false;
  let suites = 0;
  for (const file of args.positional.flatMap(suiteFiles)) {
    const objects = objectsIn(file, "core");
    if (typeof objects === "string") {
      // gator skips what is no YAML, too: a folder of policies holds many things.
      if (args.positional.includes(file)) throw new RedoubtError("CONFIG_READ", `${file}: ${objects}`);
      continue;
    }
    for (const object of objects.filter(isSuite)) {
      suites += 1;
      if (!runSuite(host, file, readSuite(object), filter, isVerbose)) failed = true;
      await host.stdout.drained?.();
    }
  }
  if (suites === 0) {
    const message = `no suite (apiVersion test.gatekeeper.sh/v1alpha1) in ${args.positional.join(", ")}: nothing was verified`;
    reportDiagnostics(host, [{ code: "POLICY_UNUSED", severity: "warning", message }]);
  }
  host.stdout.write(failed ? "FAIL\n" : "PASS\n");
  return failed ? EXIT.findings : EXIT.clean;
};

/** `FOLDER/...` is everything below; a folder alone is its own files. */
function suiteFiles(path: string): readonly string[] {
  if (path === "..." || path.endsWith("/...")) {
    return filesBelow([path.slice(0, -3) || "."], "suite").filter(isYaml);
  }
  try {
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isFile() && isYaml(entry.name))
      .map(({ name }) => join(path, name))
      .sort();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RedoubtError("CONFIG_READ", `suite ${path} cannot be read: ${reason}`, { cause });
  }
}

function isYaml(file: string): boolean {
  return /\.ya?ml$/.test(file);
}

/** Suites are read by YAML 1.2, in which `yes` is a text. */
function objectsIn(file: string, schema: "kubectl" | "core" = "kubectl"): readonly JsonObject[] | string {
  try {
    const read = readYamlObjects(readFileSync(file, "utf8"), schema);
    return read.kind === "objects" ? read.objects : read.message;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** `REGEX` for tests or cases, `TEST//CASE` for both. */
function filterOf(text: string | undefined): Filter | undefined {
  if (text === undefined) return undefined;
  const [test = "", item, ...more] = text.split("//");
  if (more.length > 0) throw new UsageError("USAGE_FLAG_VALUE", `--run takes REGEX or TEST//CASE, not "${text}"`);
  const [tests, cases] = [regex(test), regex(item ?? test)];
  if (item === undefined) return (name, ofCase) => ofCase === undefined || tests.test(name) || cases.test(ofCase);
  return (name, ofCase) => tests.test(name) && (ofCase === undefined || cases.test(ofCase));
}

function regex(text: string): RegExp {
  try {
    return new RegExp(text, "u");
  } catch {
    throw new UsageError("USAGE_FLAG_VALUE", `--run: ${text} is no regular expression`);
  }
}

/** Whether all of it passes. */
function runSuite(host: Host, file: string, suite: Suite, filter: Filter | undefined, isVerbose: boolean): boolean {
  const began = performance.now();
  const read: ReadObjects = (path) => objectsIn(join(dirname(file), path));
  const lines: string[] = [];
  let failed = false;
  for (const test of suite.skip ? [] : suite.tests) {
    const testBegan = performance.now();
    const verdicts = enginesOf(test, read).map((engine) => ({
      engine,
      verdict: runSuiteTest(test, read, { engine, ...(filter === undefined ? {} : { filter }) }),
    }));
    const isFailed = verdicts.some(({ verdict }) => verdict.outcome === "failed");
    failed ||= isFailed;
    const [first] = verdicts;
    if (first?.verdict.outcome === "skipped") {
      if (isVerbose) lines.push(`=== SKIP  ${test.name}`);
      continue;
    }
    if (isVerbose) lines.push(`=== RUN   ${test.name}`);
    for (const { engine, verdict } of verdicts) {
      const suffix = verdicts.length > 1 ? ` [${engine}]` : "";
      lines.push(...caseLines(verdict, suffix, isVerbose));
    }
    if (isFailed || isVerbose) lines.push(`--- ${isFailed ? "FAIL" : "PASS"}: ${test.name}\t(${seconds(testBegan)})`);
    for (const { verdict } of verdicts) if (verdict.message !== "") lines.push(`  ${verdict.message}`);
  }
  const verdict = suite.skip ? "skip" : failed ? "FAIL" : "ok";
  lines.push(`${verdict}\t${file}\t${seconds(began)}`);
  host.stdout.write(`${plainLines(lines)}\n`);
  return !failed;
}

function caseLines({ cases }: TestVerdict, suffix: string, isVerbose: boolean): readonly string[] {
  return cases.flatMap((item: CaseVerdict) => {
    if (item.outcome === "skipped") return isVerbose ? [`    === SKIP  ${item.name}${suffix}`] : [];
    const isFailed = item.outcome === "failed";
    if (!isFailed && !isVerbose) return [];
    return [
      ...(isVerbose ? [`    === RUN   ${item.name}${suffix}`] : []),
      `    --- ${isFailed ? "FAIL" : "PASS"}: ${item.name}${suffix}`,
      ...(isFailed ? [`        ${item.message}`] : []),
    ];
  });
}

/** Tabs are the format's own. */
function plainLines(lines: readonly string[]): string {
  return lines.map((line) => line.split("\t").map(plain).join("\t")).join("\n");
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(3)}s`;
}
