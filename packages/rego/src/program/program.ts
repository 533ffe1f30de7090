import { type Builtin, builtinOf, BuiltinCaches, builtins, type RegoHost } from "../builtins/index.ts";
import {
  allCapabilities,
  type Capabilities,
  type CheckedModules,
  checkModules,
  checkQuery,
  type RuleNode,
} from "../check/index.ts";
import { writeBody } from "../emit/bodies.ts";
import { FunctionWriter } from "../emit/function-writer.ts";
import { type Modified, ProgramWriter } from "../emit/program-writer.ts";
import { documentTarget } from "../emit/with.ts";
import { planDocuments, type PlannedNode } from "../plan/documents.ts";
import type { EvaluationOptions } from "../runtime/evaluation.ts";
import type { Body, Import, Module, RegoVersion, Term } from "../syntax/ast.ts";
import type { RegoError } from "../syntax/error.ts";
import { textOf } from "../syntax/location.ts";
import { parseModule } from "../syntax/parse-module.ts";
import { parseQuery } from "../syntax/parse-query.ts";
import { formatTerm } from "../syntax/print-term.ts";
import { dottedName } from "../syntax/term-names.ts";
import { walkExprs, walkTerms } from "../syntax/walk.ts";
import { compositeKey } from "../values/key.ts";
import type { PlainObject, Value } from "../values/value.ts";
import { captureValues, inOrderOf, isCapture } from "./capture.ts";
import { RegoCompileError } from "./compile-error.ts";
import { PreparedQuery, type Result } from "./prepared-query.ts";

/** A module's text, or a module that has been parsed. */
export type ModuleSource =
  | { readonly file: string; readonly text: string; readonly regoVersion?: RegoVersion | "v0v1" }
  | Module;

export interface CompileOptions {
  /** The policy: texts by the names of their files, or a list. */
  readonly modules: Readonly<Record<string, string>> | readonly ModuleSource[];
  /** Base documents. JSON as `JSON.parse` or `parseJson` gives it; it is not copied. Default: none. */
  readonly data?: PlainObject;
  /** The language of modules that do not say theirs; `v0v1` is v0 that must be valid as v1 too. Default: `v1`. */
  readonly regoVersion?: RegoVersion | "v0v1";
  /** What the policy may use. Default: everything that OPA 1.22.2 has. */
  readonly capabilities?: Capabilities;
  /** JSON schemas that rules are type checked with, by the names METADATA gives them. See `CheckOptions.schemas`. */
  readonly schemas?: ReadonlyMap<string, Value>;
  /** Whether unused variables and imports and the like are errors. Default: false. */
  readonly strict?: boolean;
  /** Whether `print` is kept; else its calls are taken out. Default: false. */
  readonly enablePrint?: boolean;
  /** What builtins may take from outside. Default: nothing. */
  readonly host?: RegoHost;
  /** Builtins of the host's own, beside those of the capabilities. */
  readonly builtins?: readonly Builtin[];
}

export interface PrepareOptions {
  /** Whether an observer can be told what happens, which makes evaluation slower. Default: false. */
  readonly observed?: boolean;
  /** The package whose rules the query can call by name, as `data.a.b`. */
  readonly package?: string;
  /** Imports of the query, as `data.a.b` or `input.x`. */
  readonly imports?: readonly string[];
}

/** Compiles modules. Throws a `RegoCompileError` with all that is wrong with them. */
export function compile(options: CompileOptions): Program {
  const { capabilities = allCapabilities, builtins: own = [] } = options;
  const language = { features: capabilities.features, futureKeywords: capabilities.futureKeywords };
  const modules: Module[] = [];
  const errors: RegoError[] = [];
  for (const source of sourcesOf(options.modules)) {
    if ("package" in source) {
      modules.push(source);
      continue;
    }
    const version = source.regoVersion ?? options.regoVersion ?? "v1";
    const parsed = parseModule(source.text, { file: source.file, version, capabilities: language });
    if (parsed.module === undefined) errors.push(...parsed.errors);
    else modules.push(parsed.module);
  }
  if (errors.length > 0) throw new RegoCompileError(errors);
  const checked = checkModules(modules, {
    capabilities: withBuiltins(capabilities, own),
    strict: options.strict ?? false,
    enablePrint: options.enablePrint ?? false,
    ...(options.schemas === undefined ? {} : { schemas: options.schemas }),
  });
  if (checked.errors.length > 0) throw new RegoCompileError(checked.errors);
  return new Program(checked, options);
}

function sourcesOf(modules: CompileOptions["modules"]): readonly ModuleSource[] {
  return isList(modules) ? modules : Object.entries(modules).map(([file, text]) => ({ file, text }));
}

function isList(modules: CompileOptions["modules"]): modules is readonly ModuleSource[] {
  return Array.isArray(modules);
}

function withBuiltins(capabilities: Capabilities, own: readonly Builtin[]): Capabilities {
  if (own.length === 0) return capabilities;
  const added = own.map(({ name, decl, relation, deterministic }) => ({
    name,
    ...decl,
    relation,
    nondeterministic: !deterministic,
  }));
  return { ...capabilities, builtins: [...capabilities.builtins, ...added] };
}

/** The builtins of capabilities, and a host's own. */
function builtinsFor(capabilities: Capabilities | undefined, own: readonly Builtin[]): ReadonlyMap<string, Builtin> {
  const known =
    capabilities === undefined || capabilities === allCapabilities
      ? builtins
      : new Map(capabilities.builtins.flatMap((declaration) => builtinOf(declaration) ?? []).map(named));
  return own.length === 0 ? known : new Map([...known, ...own.map(named)]);
}

function named(builtin: Builtin): readonly [string, Builtin] {
  return [builtin.name, builtin];
}

/** Compiled modules with their data, to be asked. */
export class Program {
  readonly #checked: CheckedModules;
  readonly #options: CompileOptions;
  readonly #documents: PlannedNode;
  readonly #builtins: ReadonlyMap<string, Builtin>;
  readonly #modified: Modified;
  readonly #caches = new BuiltinCaches();
  readonly #prepared = new Map<string, PreparedQuery>();

  constructor(checked: CheckedModules, options: CompileOptions) {
    this.#checked = checked;
    this.#options = options;
    this.#documents = planDocuments(checked.rules);
    this.#builtins = builtinsFor(options.capabilities, options.builtins ?? []);
    this.#modified = modifiedIn(bodiesOf(checked.rules));
  }

  /** What variables that an observer is told of are called in the modules, by their names in the checked policy. */
  get writtenNames(): ReadonlyMap<string, string> {
    return this.#checked.written;
  }

  /** Evaluates a query; its code is made once for each text. See `PreparedQuery.evaluate`. */
  evaluate(query: string, input?: Value, options?: EvaluationOptions): readonly Result[] {
    let prepared = this.#prepared.get(query);
    if (prepared === undefined) {
      prepared = this.prepare(query);
      this.#prepared.set(query, prepared);
    }
    return prepared.evaluate(input, options);
  }

  /** Compiles a query. Throws a `RegoCompileError` for one that makes no sense. */
  prepare(query: string, options: PrepareOptions = {}): PreparedQuery {
    const { futureKeywords, features } = this.#options.capabilities ?? allCapabilities;
    const parsed = parseQuery(query, { version: "v1", capabilities: { futureKeywords, features } });
    if (parsed.body === undefined) throw new RegoCompileError(parsed.errors);
    const isRelation = (name: string): boolean => this.#builtins.get(name)?.relation === true;
    const { body: captured, captures } = captureValues(
      parsed.body,
      (name) => this.#resultArity(name, options),
      isRelation,
    );
    const { body, errors, written } = checkQuery(this.#checked, captured, {
      enablePrint: this.#options.enablePrint ?? false,
      ...queryContext(options),
    });
    if (errors.length > 0) throw new RegoCompileError(ofWrittenVariables(errors));
    const modified = joined(this.#modified, modifiedIn([body]));
    const writer = new ProgramWriter(this.#documents, this.#builtins, modified, options.observed === true);
    const shown = (name: string): string | undefined => {
      const text = written.get(name) ?? name;
      return text.startsWith("$") || text.startsWith("__local") || isCapture(text) ? undefined : text;
    };
    const ordered = inOrderOf(body, captures);
    const names = ordered.map(({ name }) => name);
    const text = writer.finish(writeQuery(writer, body, names, shown));
    const expressions = ordered.map(({ expr: { location } }) => ({ text: textOf(location), location }));
    const code = { text, constants: writer.constants.items, expressions };
    return new PreparedQuery(code, this.#options.host ?? {}, this.#caches, this.#options.data ?? {});
  }

  /** How many operands the function takes that a query calls by a name, if it has a result. */
  #resultArity(name: string, { package: path = "", imports = [] }: PrepareOptions): number | undefined {
    const builtin = this.#builtins.get(name);
    if (builtin !== undefined) return builtin.decl.result === undefined ? undefined : builtin.decl.args.length;
    const [first = ""] = name.split(".");
    const imported = imports.find((target) => target.endsWith(`.${first}`));
    const full = [name, `${path}.${name}`, ...(imported === undefined ? [] : [imported + name.slice(first.length)])];
    return full.map((text) => functionArity(this.#checked.rules, text.split("."))).find((arity) => arity !== undefined);
  }
}

function functionArity(root: RuleNode, [start, ...path]: readonly string[]): number | undefined {
  if (start !== "data") return undefined;
  let node: RuleNode | undefined = root;
  for (const part of path) node = node?.children.get(compositeKey(part));
  const args = node?.rules[0]?.rule.head.args.length;
  return args === 0 ? undefined : args;
}

/** Errors without those about variables that capture values: they say again that something else has none. */
function ofWrittenVariables(errors: readonly RegoError[]): readonly RegoError[] {
  const written = errors.filter(({ message }) => !isCapture(/^var (\S+) is unsafe/.exec(message)?.[1] ?? ""));
  return written.length > 0 ? written : errors;
}

/** Writes the function that goes through the solutions of a query. */
function writeQuery(
  writer: ProgramWriter,
  body: Body,
  captures: readonly (string | undefined)[],
  shown: (name: string) => string | undefined,
): string {
  const f = new FunctionWriter(writer, new AllRead(), true);
  f.js.open("function run() {");
  writeBody(f, body, () => {
    const bindings = [...f.scope.locals].flatMap(([name, js]) => {
      const text = shown(name);
      return text === undefined ? [] : [`[${JSON.stringify(text)}]: ${js}`];
    });
    const values = captures.map((name) => (name === undefined ? undefined : f.local(name)) ?? "undefined");
    f.js.line(`E.solutions.push({ bindings: { ${bindings.join(", ")} }, values: [${values.join(", ")}] });`);
  });
  f.js.closeTo(0);
  return f.js.text();
}

/** In a query every variable is read: by its result. */
class AllRead extends Map<string, number> {
  override get(): number {
    return Infinity;
  }
}

function queryContext(options: PrepareOptions): {
  readonly package?: Module["package"];
  readonly imports?: readonly Import[];
} {
  if (options.package === undefined && options.imports === undefined) return {};
  const lines = [
    `package ${(options.package ?? "data.query").replace(/^data\./, "")}`,
    ...(options.imports ?? []).map((path) => `import ${path}`),
  ];
  const parsed = parseModule(lines.join("\n"));
  if (parsed.module === undefined) throw new RegoCompileError(parsed.errors);
  return { package: parsed.module.package, imports: parsed.module.imports };
}

// What `with` modifiers replace

function* bodiesOf(node: RuleNode): IterableIterator<Body> {
  for (const { rule } of node.rules) {
    for (let part: typeof rule | undefined = rule; part !== undefined; part = part.else) {
      yield part.body;
      for (const term of [...part.head.args, part.head.key, part.head.value]) {
        if (term !== undefined) yield* bodiesIn(term);
      }
    }
  }
  for (const child of node.children.values()) yield* bodiesOf(child);
}

function bodiesIn(term: Term): readonly Body[] {
  const bodies: Body[] = [];
  walkTerms(term, (inner) => {
    if ("body" in inner) bodies.push(inner.body);
    return true;
  });
  return bodies;
}

function modifiedIn(bodies: Iterable<Body>): Modified {
  const functions = new Set<string>();
  const paths: (readonly Value[])[] = [];
  for (const body of bodies) {
    for (const expr of body) {
      walkExprs(expr, (inner) => {
        for (const { target } of inner.with) {
          const { root, path } = documentTarget(target);
          if (root === "data") paths.push(path);
          if (root === "data") functions.add(formatTerm(target));
          else if (root !== "input") functions.add(target.type === "var" ? target.name : (dottedName(target) ?? ""));
        }
        return true;
      });
    }
  }
  return { functions, documents: paths };
}

function joined(a: Modified, b: Modified): Modified {
  return {
    functions: new Set([...a.functions, ...b.functions]),
    documents: [...a.documents, ...b.documents],
  };
}
