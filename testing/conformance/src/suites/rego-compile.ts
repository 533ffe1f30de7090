import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  BuiltinError,
  compile,
  formatError,
  isArray,
  isPlainObject,
  ownValue,
  parseYaml,
  type PlainObject,
  RegoCompileError,
  type RegoError,
  type Value,
} from "@redoubt/rego";
import { filesIn } from "../case-files.ts";
import { type CaseResult, type Suite, failed, passed } from "../suite.ts";

/**
 * What OPA's compiler says of modules that it refuses. A case is an item of `cases` in a YAML file:
 * - `modules` are `test-N.rego` in the language `rego_version`: `v1`, the default, `v0`, or `v0-compat-v1`;
 * - `strict` and `print_statements` are the compiler's options;
 * - `want_errors` are errors that must be reported, in any order: `code`, `row` and `message` are exact, `col` where it is given
 *   and not 0, `module` where it is given, else the first. `exhaustive` says that there must be no others.
 */
export const regoCompile: Suite = {
  name: "rego-compile",
  async *run(directory) {
    for (const file of await filesIn(directory, ".yaml")) {
      const cases = readCases(await readFile(join(directory, file), "utf8"));
      if (typeof cases === "string") {
        yield failed(file, cases);
        continue;
      }
      for (const [index, item] of cases.entries()) {
        const place = `${file}#${index}`;
        yield isPlainObject(item) ? judge(place, item) : failed(place, "is not an object");
      }
    }
  },
};

function readCases(text: string): readonly Value[] | string {
  try {
    const document = parseYaml(text);
    const cases = isPlainObject(document) ? ownValue(document, "cases") : undefined;
    return cases !== undefined && isArray(cases) ? cases : "has no list of cases";
  } catch (error) {
    if (error instanceof BuiltinError) return `is not YAML: ${error.message}`;
    throw error;
  }
}

const FIELDS: ReadonlySet<string> = new Set([
  "note",
  "modules",
  "rego_version",
  "strict",
  "print_statements",
  "experimental_keywords",
  "want_errors",
  "exhaustive",
]);

const VERSIONS: ReadonlyMap<string, "v0" | "v1" | "v0v1"> = new Map([
  ["v0", "v0"],
  ["v1", "v1"],
  ["v0-compat-v1", "v0v1"],
]);

interface Wanted {
  readonly module: string;
  readonly code: string;
  readonly message: string;
  readonly row: number;
  readonly col: number;
}

function judge(place: string, item: PlainObject): CaseResult {
  const note = ownValue(item, "note");
  const name = typeof note === "string" ? `${place} ${note}` : place;
  const unknown = Object.keys(item).filter((field) => !FIELDS.has(field));
  if (unknown.length > 0) return failed(name, `has unknown fields: ${unknown.join(", ")}`);
  const modules = ownValue(item, "modules");
  if (modules === undefined || !isTexts(modules)) return failed(name, "has no modules");
  const wanted = wantedOf(ownValue(item, "want_errors") ?? []);
  if (wanted === undefined || wanted.length === 0) return failed(name, "has no want_errors that can be read");
  const language = ownValue(item, "rego_version") ?? "v1";
  const version = typeof language === "string" ? VERSIONS.get(language) : undefined;
  if (version === undefined) return failed(name, "has an unknown rego_version");
  const errors = errorsOf(() =>
    compile({
      modules: modules.map((text, index) => ({ file: `test-${index}.rego`, text, regoVersion: version })),
      strict: ownValue(item, "strict") === true,
      enablePrint: ownValue(item, "print_statements") === true,
    }),
  );
  const complaint = complaintAbout(wanted, errors, ownValue(item, "exhaustive") === true);
  return complaint === undefined ? passed(name) : failed(name, complaint);
}

function isTexts(value: Value): value is readonly string[] {
  return isArray(value) && value.length > 0 && value.every((text) => typeof text === "string");
}

function wantedOf(value: Value): readonly Wanted[] | undefined {
  if (!isArray(value)) return undefined;
  const wanted = value.map((item): Wanted | undefined => {
    if (!isPlainObject(item)) return undefined;
    const { code, message, row, col = 0, module = "test-0.rego" } = item;
    if (typeof code !== "string" || typeof message !== "string" || typeof module !== "string") return undefined;
    if (typeof row !== "number" || typeof col !== "number") return undefined;
    return { module, code, message, row, col };
  });
  return wanted.every((item) => item !== undefined) ? wanted : undefined;
}

function errorsOf(run: () => unknown): readonly RegoError[] {
  try {
    run();
    return [];
  } catch (error) {
    if (error instanceof RegoCompileError) return error.errors;
    throw error;
  }
}

function complaintAbout(
  wanted: readonly Wanted[],
  errors: readonly RegoError[],
  exhaustive: boolean,
): string | undefined {
  const rest = [...errors];
  const missing = wanted.filter((want) => {
    const index = rest.findIndex((error) => isWanted(error, want));
    if (index >= 0) rest.splice(index, 1);
    return index < 0;
  });
  const lines = missing.map(
    ({ module, row, col, code, message }) => `expected ${module}:${row}:${col}: ${code}: ${message}`,
  );
  if (exhaustive) lines.push(...rest.map((error) => `not expected ${formatPlaced(error)}`));
  if (lines.length === 0) return undefined;
  return [
    ...lines,
    ...(errors.length === 0 ? ["no error was reported"] : errors.map((error) => `was ${formatPlaced(error)}`)),
  ].join("\n");
}

function isWanted({ code, message, location }: RegoError, wanted: Wanted): boolean {
  return (
    code === wanted.code &&
    message === wanted.message &&
    (location?.row ?? 0) === wanted.row &&
    (wanted.col === 0 || location?.col === wanted.col) &&
    (location === undefined || location.source.file === wanted.module)
  );
}

function formatPlaced(error: RegoError): string {
  return `${error.location === undefined ? "" : `(column ${error.location.col}) `}${formatError(error)}`;
}
