import { lookup } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import {
  type Builtin,
  BuiltinError,
  compile,
  EvaluationError,
  isArray,
  isPlainObject,
  jsonText,
  ownValue,
  parseYaml,
  type PlainObject,
  type PreparedQuery,
  RegoCompileError,
  type RegoHost,
  RegoSet,
  type RegoVersion,
  type Result,
  setOwn,
  sortValues,
  termText,
  toJson,
  type MutableObject,
  type Value,
} from "@redoubt/rego";
import { nodeHost } from "@redoubt/rego/node";
import { filesIn } from "../case-files.ts";
import { type CaseResult, type Suite, failed, passed, skipped } from "../suite.ts";

/**
 * OPA's own evaluation cases. A case is an item of `cases` in a YAML file:
 * - `modules` are `test-N.rego`, in the language that the nearest folder named `v0` or `v1` tells; `query` is v1;
 * - `data` (null is an empty store), and `input` or the Rego term `input_term`;
 * - `want_result` is a set of bindings, `want_error` a part of the error, `want_error_code` its code, `want_defined`
 *   whether there is any result: whatever is given is checked, and an error that is not asked for fails the case;
 * - `sort_bindings` sorts each array that is bound, `ignore_generated_vars` leaves out variables that nobody wrote,
 *   `strict_error` makes errors of builtins fatal, `env` sets variables of the environment.
 */
export const rego: Suite = {
  name: "rego",
  async *run(directory) {
    for (const file of await filesIn(directory, ".yaml")) {
      const path = join(resolve(directory), file);
      const cases = readCases(await readFile(path, "utf8"));
      if (typeof cases === "string") {
        yield failed(file, cases);
        continue;
      }
      for (const [index, item] of cases.entries()) {
        const place = `${file}#${index}`;
        if (!isPlainObject(item)) yield failed(place, "is not an object");
        else yield await judge(`${place} ${textField(item, "note")}`, item, versionOf(path));
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

function versionOf(path: string): RegoVersion {
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    const name = basename(folder);
    if (name === "v0" || name === "v1") return name;
  }
  return "v1";
}

const fields: ReadonlySet<string> = new Set([
  "note",
  "query",
  "modules",
  "data",
  "input",
  "input_term",
  "want_result",
  "want_error",
  "want_error_code",
  "want_defined",
  "sort_bindings",
  "ignore_generated_vars",
  "strict_error",
  // OPA 1.22.2 has no experimental keywords to allow.
  "experimental_keywords",
  "env",
]);

function textField(item: PlainObject, name: string): string {
  const value = ownValue(item, name);
  return typeof value === "string" ? value : "";
}

interface Outcome {
  readonly results: readonly Result[];
  readonly error: { readonly text: string; readonly code: string } | undefined;
}

async function judge(name: string, item: PlainObject, version: RegoVersion): Promise<CaseResult> {
  const unknown = Object.keys(item).filter((field) => !fields.has(field));
  if (unknown.length > 0) return failed(name, `has unknown fields: ${unknown.join(", ")}`);
  if (!wants.some((want) => ownValue(item, want) !== undefined)) return failed(name, `has none of ${wants.join(", ")}`);
  const restore = setEnvironment(ownValue(item, "env"));
  const outcome = await run(item, version)
    .catch((error: unknown) => {
      if (error instanceof Unreachable) return error;
      throw error;
    })
    .finally(restore);
  if (outcome instanceof Unreachable) return skipped(name, "needs name resolution");
  const complaint = complaintAbout(item, outcome);
  return complaint === undefined ? passed(name) : failed(name, complaint);
}

/** Sets variables of the environment; what is returned sets them back. */
function setEnvironment(variables: Value | undefined): () => void {
  const before = { ...process.env };
  const named = variables !== undefined && isPlainObject(variables) ? Object.entries(variables) : [];
  for (const [name, value] of named) if (typeof value === "string") process.env[name] = value;
  return () => {
    for (const [name] of named) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  };
}

const wants = ["want_result", "want_error", "want_error_code", "want_defined"] as const;

async function run(item: PlainObject, version: RegoVersion): Promise<Outcome> {
  try {
    const sources = ownValue(item, "modules");
    const modules = sources !== undefined && isArray(sources) ? sources : [];
    const data = ownValue(item, "data");
    const program = compile({
      modules: modules.map((text, i) => ({ file: `test-${i}.rego`, text: typeof text === "string" ? text : "" })),
      regoVersion: version,
      data: data !== undefined && isPlainObject(data) ? data : {},
      host,
      builtins: [sleep],
    });
    const prepared = program.prepare(textField(item, "query"));
    return await evaluate(prepared, inputOf(item), ownValue(item, "strict_error") === true);
  } catch (error) {
    if (error instanceof RegoCompileError) {
      return { results: [], error: { text: error.message, code: error.code ?? "" } };
    }
    if (error instanceof Unreachable) throw error;
    return {
      results: [],
      error: { text: error instanceof Error ? (error.stack ?? "") : String(error), code: "crash" },
    };
  }
}

/** OPA goes on after a fatal error of a builtin, and gives the results that it would have had without. */
async function evaluate(query: PreparedQuery, input: Value | undefined, strictErrors: boolean): Promise<Outcome> {
  const deadline = 60_000;
  try {
    return { results: await query.evaluateAsync(input, { strictErrors, deadline }), error: undefined };
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    const isFatalBuiltin = strictErrors && /^eval_(?:builtin|type)_error$/.test(error.code);
    const results = isFatalBuiltin ? await query.evaluateAsync(input, { deadline }) : [];
    return { results, error: { text: String(error), code: error.code } };
  }
}

function inputOf(item: PlainObject): Value | undefined {
  const term = ownValue(item, "input_term");
  if (typeof term !== "string") return ownValue(item, "input");
  return compile({ modules: [] }).evaluate(`x = ${term}`)[0]?.bindings["x"];
}

/** Names are only resolved as this machine can. */
class Unreachable extends Error {}

const host: RegoHost = {
  ...nodeHost,
  lookupAddresses: async (name) => {
    try {
      const addresses = await lookup(name, { all: true });
      return addresses.map(({ address }) => address);
    } catch (error) {
      throw new Unreachable(`lookup ${name}`, { cause: error });
    }
  },
};

/** Two cases wait, to see that time stands still in an evaluation. */
const sleep: Builtin = {
  name: "test.sleep",
  deterministic: true,
  deprecated: false,
  relation: false,
  decl: { args: [{ type: "string" }], result: { type: "null" } },
  call: (_context, duration) => {
    const [, amount] = /^(\d+)ms$/.exec(typeof duration === "string" ? duration : "") ?? [];
    if (amount === undefined) throw new BuiltinError(`invalid duration ${termText(duration ?? null)}`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(amount));
    return null;
  },
};

/** What is not as a case wants it. */
function complaintAbout(item: PlainObject, { results, error }: Outcome): string | undefined {
  const wantError = ownValue(item, "want_error");
  const wantCode = ownValue(item, "want_error_code");
  if (typeof wantError === "string" || typeof wantCode === "string") {
    if (error === undefined) return `expected an error, was ${shown(results)}`;
    if (typeof wantCode === "string" && error.code !== wantCode) {
      return `expected the code ${wantCode}, was ${error.code}: ${error.text}`;
    }
    if (typeof wantError === "string" && !error.text.includes(wantError)) {
      return `expected the error ${JSON.stringify(wantError)}, was ${JSON.stringify(error.text)}`;
    }
  } else if (error !== undefined) {
    return `unexpected ${error.text}`;
  }
  const wantDefined = ownValue(item, "want_defined");
  if (typeof wantDefined === "boolean" && wantDefined !== results.length > 0) {
    return `expected it to be ${wantDefined ? "defined" : "undefined"}, was ${shown(results)}`;
  }
  const wantResult = ownValue(item, "want_result");
  return wantResult !== undefined && isArray(wantResult) ? resultComplaint(item, wantResult, results) : undefined;
}

function shown(results: readonly Result[]): string {
  return results.length === 0 ? "undefined" : jsonText(results.map(({ bindings }) => bindings));
}

function resultComplaint(item: PlainObject, wanted: readonly Value[], results: readonly Result[]): string | undefined {
  const isSorted = ownValue(item, "sort_bindings") === true;
  const ignoresGenerated = ownValue(item, "ignore_generated_vars") === true;
  const actual = new RegoSet();
  for (const { bindings } of results) {
    const row: MutableObject = {};
    for (const [variable, value] of Object.entries(bindings)) {
      if (ignoresGenerated && variable.startsWith("__localq")) continue;
      const json = toJson(value);
      if (isSorted && !isArray(json)) return `${variable} is no array that could be sorted: ${jsonText(json)}`;
      setOwn(row, variable, isSorted && isArray(json) ? sortValues([...json]) : json);
    }
    actual.add(row);
  }
  const expected = RegoSet.from(wanted);
  const isSame = expected.size === actual.size && expected.isSubsetOf(actual);
  return isSame ? undefined : `expected ${termText(expected)}\nwas ${termText(actual)}`;
}
