import { readFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { allCapabilities, type FormatOptions, formatErrors, formatModule, type RegoVersion } from "@redoubt/rego";
import { filesIn } from "../case-files.ts";
import { type CaseResult, type Suite, failed, passed } from "../suite.ts";

/**
 * `opa fmt`. A case is a file `X.rego` beside one of these:
 * - `X.rego.formatted`: what it looks like after, byte for byte; formatting that again changes nothing;
 * - `X.rego.formatted_no_keywords_in_refs`: the same, where the language lacks that feature;
 * - `X.rego.error`: the error for one that cannot be what its folder asks.
 * The nearest folder named `v1`, or `v0_to_v1`, tells the version, or the versions that are to read the result.
 */
export const regoFmt: Suite = {
  name: "rego-fmt",
  async *run(directory) {
    const files = await filesIn(directory, "");
    const sources = new Set(files.filter((file) => file.endsWith(".rego")));
    for (const file of files) {
      const [, source = "", kind = ""] =
        /^(.*\.rego)\.(formatted|formatted_no_keywords_in_refs|error)$/.exec(file) ?? [];
      // A file that a single error is told of stands alone and has no answer beside it.
      if (!sources.has(source) || (kind === "error" && files.includes(`${source}.formatted`))) continue;
      const text = await readFile(join(directory, source), "utf8");
      const expected = await readFile(join(directory, file), "utf8");
      const options = { ...versionsOf(join(resolve(directory), source)), file: source };
      if (kind === "error") yield judgeError(source, text, options, expected);
      else yield judgeLayout(source, text, kind === "formatted" ? options : withoutKeywordsInRefs(options), expected);
    }
  },
};

function withoutKeywordsInRefs(options: FormatOptions): FormatOptions {
  const features = allCapabilities.features.filter((feature) => feature !== "keywords_in_refs");
  return { ...options, capabilities: { ...allCapabilities, features } };
}

function versionsOf(path: string): Pick<FormatOptions, "version" | "target"> {
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    const [, from, to] = /^(v[012])(?:_to_(v[012]))?$/.exec(basename(folder)) ?? [];
    const version = versionNamed(from);
    const max = versionNamed(to);
    if (version !== undefined) return { version, target: max === undefined ? version : { min: version, max } };
  }
  return { version: "v1", target: "v1" };
}

function versionNamed(name: string | undefined): RegoVersion | undefined {
  return name === "v0" || name === "v1" || name === "v2" ? name : undefined;
}

function judgeLayout(file: string, text: string, options: FormatOptions, expected: string): CaseResult {
  const name = options.capabilities === undefined ? file : `${file} (no keywords in refs)`;
  const once = formatModule(text, options);
  if (once.text === undefined) return failed(name, formatErrors(once.errors));
  if (once.text !== expected) return failed(name, difference(expected, once.text));
  const { target = "v1" } = options;
  const twice = formatModule(once.text, { ...options, version: typeof target === "string" ? target : target.min });
  if (twice.text === undefined) return failed(name, `formatted again: ${formatErrors(twice.errors)}`);
  return twice.text === expected ? passed(name) : failed(name, `formatted again: ${difference(expected, twice.text)}`);
}

function judgeError(file: string, text: string, options: FormatOptions, expected: string): CaseResult {
  const { text: result, errors } = formatModule(text, options);
  if (result !== undefined) return failed(file, "expected an error");
  // The messages name the file by the path that they were recorded with.
  const recorded = expected.replaceAll(/(^|\s)\S*\/(?=[^\s/]+\.rego:)/g, "$1").trimEnd();
  const actual = formatErrors(errors).replaceAll(/(^|\s)\S*\/(?=[^\s/]+\.rego:)/g, "$1");
  return recorded === actual ? passed(file) : failed(file, difference(recorded, actual));
}

/** The first line that differs. */
function difference(expected: string, actual: string): string {
  const wanted = expected.split("\n");
  const got = actual.split("\n");
  const row = wanted.findIndex((line, i) => line !== got[i]);
  if (row < 0) return `line ${wanted.length + 1}: expected no more, was ${JSON.stringify(got[wanted.length] ?? "")}`;
  return `line ${row + 1}: expected ${JSON.stringify(wanted[row])}, was ${JSON.stringify(got[row])}`;
}
