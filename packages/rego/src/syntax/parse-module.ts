import type { Import, Module, Package, RegoVersion, Rule, VersionSpan } from "./ast.ts";
import { Cursor } from "./cursor.ts";
import type { RegoError } from "./error.ts";
import { type LanguageCapabilities, defaultFeatures, limitFeatures } from "./features.ts";
import { type Tokens, tokenize } from "./lexer.ts";
import type { Location, Source } from "./location.ts";
import { type BodyStatement, type Statement, parseStatements } from "./parse-statements.ts";
import { formatTerm } from "./print-term.ts";
import { ruleFromBody } from "./rule-from-body.ts";
import { checkV1Rule } from "./version-rules.ts";

export interface ParseOptions {
  /** What places in messages name. Default: none. */
  readonly file?: string;
  /** The language; `v0v1` is v0 that must also be valid as v1, as with OPA's `--v0-v1`. Default: `v1`. */
  readonly version?: RegoVersion | "v0v1";
  /** Words that are keywords without being imported. */
  readonly futureKeywords?: readonly string[];
  /** What may be used of the language. Default: everything that the version has. */
  readonly capabilities?: LanguageCapabilities;
  /** Whether to go on after an error with the next statement. OPA stops at the first. Default: true. */
  readonly recover?: boolean;
}

export type ParsedModule =
  | { readonly module: Module; readonly errors: readonly never[] }
  | { readonly module: undefined; readonly errors: readonly [RegoError, ...RegoError[]] };

/** Reads a module. Never throws: a text that is none gives at least one error. Comments are kept, METADATA is not read. */
export function parseModule(text: string, options: ParseOptions = {}): ParsedModule {
  const source: Source = { file: options.file ?? "", text };
  const tokens = tokenize(text);
  const cursor = cursorOf(source, tokens, options);
  if (!(cursor instanceof Cursor)) return { module: undefined, errors: [cursor] };
  const { statements, errors } = parseStatements(cursor, { rules: true, recover: options.recover ?? true });
  if (isFilled(errors)) return { module: undefined, errors };
  return assemble(source, tokens, statements, spanOf(options.version ?? "v1"));
}

/** A cursor at the start of a source, or why the options make no sense. */
export function cursorOf(source: Source, tokens: Tokens, options: ParseOptions): Cursor | RegoError {
  const { version = "v1", futureKeywords = [], capabilities } = options;
  const base = version === "v0v1" ? "v0" : version;
  const features = capabilities === undefined ? defaultFeatures(base) : limitFeatures(base, capabilities);
  if (typeof features === "string") return { code: "rego_parse_error", message: features, location: undefined };
  const unknown = futureKeywords.find((word) => !features.importable.includes(word));
  if (unknown !== undefined) {
    return { code: "rego_parse_error", message: `unknown future keyword: ${unknown}`, location: undefined };
  }
  const cursor = new Cursor(source, tokens, base, features);
  cursor.addKeywords(futureKeywords);
  cursor.classify();
  return cursor;
}

function isFilled<T>(items: readonly T[]): items is readonly [T, ...T[]] {
  return items.length > 0;
}

function spanOf(version: RegoVersion | "v0v1"): VersionSpan {
  return version === "v0v1" ? { min: "v0", max: "v1" } : { min: version, max: version };
}

function assemble(source: Source, tokens: Tokens, statements: readonly Statement[], given: VersionSpan): ParsedModule {
  const location: Location = { source, row: 1, col: 1, offset: 0, end: source.text.length };
  const [first, ...rest] = statements;
  if (first === undefined) {
    const nowhere = { ...location, row: 0, col: 0, end: 0 };
    return { module: undefined, errors: [{ code: "rego_parse_error", message: "empty module", location: nowhere }] };
  }
  const errors: RegoError[] = [];
  const report = (message: string, place: Location): void => {
    errors.push({ code: "rego_parse_error", message, location: place });
  };
  if (first.type !== "package") report("package expected", placeOf(first));
  const imports: Import[] = [];
  const rules: Rule[] = [];
  let span = given;
  for (const [index, statement] of rest.entries()) {
    switch (statement.type) {
      case "import":
        imports.push(statement);
        span = raised(span, statement);
        break;
      case "rule":
        rules.push(statement);
        break;
      case "package":
        report("unexpected package", statement.location);
        break;
      case "body": {
        const rule = ruleFromBody(statement.body);
        if (typeof rule !== "string") rules.push(rule);
        else report(`${rule}${span.max === "v0" ? hintOf(statement, rest[index + 1]) : ""}`, placeOf(statement));
        break;
      }
    }
  }
  if (span.max !== "v0") errors.push(...rules.flatMap((rule) => checkV1Rule(rule)));
  if (first.type !== "package" || isFilled(errors)) {
    return isFilled(errors) ? { module: undefined, errors } : unreachable();
  }
  const pkg: Package = first;
  const module: Module = {
    type: "module",
    package: pkg,
    imports,
    rules,
    comments: tokens.comments.map(({ start, end, row, col }) => ({
      type: "comment",
      text: source.text.slice(start + 1, end).replace(/\r+$/, ""),
      location: { source, row, col, offset: start, end },
    })),
    annotations: [],
    version: span,
    location,
  };
  return { module, errors: [] };
}

function unreachable(): never {
  throw new Error("a module without a package has an error that says so");
}

function placeOf(statement: Statement): Location {
  if (statement.type !== "body") return statement.location;
  const [first] = statement.body;
  return first === undefined ? unreachable() : first.location;
}

/** `rego.v1` and `rego.v2` turn on the features of a version, and never turn off those of a later one. */
function raised({ min, max }: VersionSpan, { path }: Import): VersionSpan {
  const name = formatTerm(path);
  if (name === "rego.v2") return { min, max: "v2" };
  return name === "rego.v1" && max === "v0" ? { min, max: "v1" } : { min, max };
}

// In v0 `p if { ... }` without an import is the body `p` and a rule called `if`.

const HEAD_KEYWORDS: ReadonlyMap<string, string> = new Map([
  ["if", "p if { ... }"],
  ["contains", "p contains x"],
]);

function hintOf(statement: BodyStatement, next: Statement | undefined): string {
  const sameLine = next !== undefined && placeOf(next).row === placeOf(statement).row;
  const keyword = loneKeyword(statement) ?? (sameLine ? loneKeyword(next) : undefined);
  return keyword === undefined
    ? ""
    : ` (hint: \`import future.keywords.${keyword}\` for \`${HEAD_KEYWORDS.get(keyword) ?? ""}\` rules)`;
}

function loneKeyword(statement: Statement): string | undefined {
  let name: string | undefined;
  if (statement.type === "rule") ({ name } = statement.head);
  if (statement.type === "body" && statement.body.length === 1) {
    const [expr] = statement.body;
    if (expr?.type === "termExpr" && expr.term.type === "var") ({ name } = expr.term);
  }
  return name !== undefined && HEAD_KEYWORDS.has(name) ? name : undefined;
}
