import type { Import, Module, RefTerm, RegoVersion, Rule, VersionSpan } from "../syntax/ast.ts";
import type { RegoError } from "../syntax/error.ts";
import type { LanguageCapabilities } from "../syntax/features.ts";
import { type Location, compareLocations } from "../syntax/location.ts";
import { parseModule } from "../syntax/parse-module.ts";
import { isAdded, settleImports, writeImports } from "./imports.ts";
import { findLosses } from "./losses.ts";
import { styleOf } from "./style.ts";
import { checkUpgrade } from "./upgrade-check.ts";
import { commentText } from "./comments.ts";
import { writeRef } from "./write-ref.ts";
import { writeRules } from "./write-rule.ts";
import { Writer } from "./writer.ts";

export interface FormatOptions {
  /** What places in messages name. Default: none. */
  readonly file?: string;
  /** The language of the text. Default: the oldest version of the target, `v1` if there is none. */
  readonly version?: RegoVersion;
  /** The versions that are to read the result: one, or all of a span, as with OPA's `--v0-v1`. Default: that of the text. */
  readonly target?: RegoVersion | VersionSpan;
  /** Whether imports of `rego.v1` and `future.keywords` that the target makes redundant are left out. Default: false. */
  readonly dropRedundantImports?: boolean;
  /** What the result may use of the language; the text may use all of it. Default: everything. */
  readonly capabilities?: LanguageCapabilities;
}

export type Formatted =
  | { readonly text: string; readonly errors: readonly never[] }
  | { readonly text: undefined; readonly errors: readonly RegoError[] };

/** Lays out a module as `opa fmt` does. A text that is no module, or cannot be one of the target version, gives errors. */
export function formatModule(text: string, options: FormatOptions = {}): Formatted {
  const target = spanOf(options.target ?? options.version ?? "v1");
  const { file = "", version = target.min } = options;
  const { module, errors } = parseModule(text, { file, version, recover: false });
  if (module === undefined) return { text: undefined, errors };
  if (target.max !== "v0") {
    const faults = checkUpgrade(module, target.max);
    if (faults.length > 0) return { text: undefined, errors: faults };
  }
  return layOut(module, target, options);
}

function spanOf(target: RegoVersion | VersionSpan): VersionSpan {
  return typeof target === "string" ? { min: target, max: target } : target;
}

function layOut(module: Module, target: VersionSpan, options: FormatOptions): Formatted {
  const keywordsInRefs = options.capabilities?.features.includes("keywords_in_refs") ?? true;
  const style = styleOf(module, target, keywordsInRefs || target.min === "v2");
  const imports = settleImports(module.imports, target, style, options.dropRedundantImports ?? false);
  const write = (verbatim: ReadonlyMap<Rule, Location>): Writer => {
    const w = new Writer(style);
    writeModule(w, module, imports, verbatim);
    return w;
  };
  let w = write(new Map());
  if (w.errors.length > 0) return { text: undefined, errors: w.errors };
  // A comment where the layout has no room for it can cost more than the comment: what would be lost stays as it was.
  const losses = findLosses(module, w.text, w.disturbed);
  if (losses.size > 0) {
    if (module.version.min !== target.max) {
      const message = "cannot be formatted for another version without losing a comment";
      return {
        text: undefined,
        errors: [...losses.keys()].map(({ location }) => ({ code: "rego_format_error", message, location })),
      };
    }
    w = write(losses);
  }
  const text = w.text.replace(/\n+$/, "\n");
  // A name of one version can be a keyword of another.
  const { errors } = parseModule(text, { file: "formatted", version: target.min, recover: false });
  return errors.length > 0 ? { text: undefined, errors } : { text, errors: [] };
}

function writeModule(
  w: Writer,
  module: Module,
  imports: readonly Import[],
  verbatim: ReadonlyMap<Rule, Location>,
): void {
  w.comments = module.comments;
  w.insertComments(module.package.location.row);
  w.startLine();
  w.write("package ");
  w.withoutComments(() => writeRef(w, packageName(module)));
  w.blankLine();

  let rest = [...imports, ...module.rules].sort((a, b) => compareRows(a, b));
  // An import after a rule has no effect, and those that are added have no place of their own.
  const firstRule = Math.min(...module.rules.map(({ location }) => location.row));
  if (rest.some((each) => each.type === "import" && isAdded(each) && each.location.row >= firstRule)) {
    writeImports(w, rest.filter(isAddedImport));
    rest = rest.filter((each) => !isAddedImport(each));
  }
  for (const run of runsOf(rest)) {
    writeImports(
      w,
      run.filter((each) => each.type === "import"),
    );
    writeRules(
      w,
      run.filter((each) => each.type === "rule"),
      verbatim,
    );
  }
  for (const [index, comment] of w.comments.entries()) {
    w.writeLine(commentText(comment));
    if (index === w.comments.length - 1) w.write("\n");
  }
}

function packageName({ package: { path } }: Module): RefTerm {
  const [first, ...rest] = path.path;
  const name = first?.type === "string" ? first.value : "";
  return { ...path, head: { type: "var", name, location: path.location }, path: rest };
}

function compareRows(a: Import | Rule, b: Import | Rule): number {
  const [x, y] = [a.location, b.location];
  return x.row - y.row || x.col - y.col || compareLocations(x, y);
}

function isAddedImport(each: Import | Rule): each is Import {
  return each.type === "import" && isAdded(each);
}

/** Imports with the rules after them, as often as they alternate. */
function runsOf(statements: readonly (Import | Rule)[]): readonly (readonly (Import | Rule)[])[] {
  const runs: (Import | Rule)[][] = [];
  let last: Import | Rule | undefined;
  for (const each of statements) {
    if (runs.length === 0 || (each.type === "import" && last?.type === "rule")) runs.push([]);
    runs.at(-1)?.push(each);
    last = each;
  }
  return runs;
}
