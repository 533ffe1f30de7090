import type { Import, RefTerm, VersionSpan } from "../syntax/ast.ts";
import { compareTerms } from "../syntax/compare-terms.ts";
import type { Location } from "../syntax/location.ts";
import { formatTerm } from "../syntax/print-term.ts";
import { type Comments, commentText } from "./comments.ts";
import type { Style } from "./style.ts";
import type { Writer } from "./writer.ts";
import { swallowComment } from "./write-expr.ts";
import { writeRef } from "./write-ref.ts";

/** What an import changes about how the module is read, if it is one that does. */
export interface DirectiveImport {
  readonly kind: "rego.v1" | "rego.v2" | "future";
  /** The one word that is imported from `future.keywords`; undefined for all of them. */
  readonly word: string | undefined;
}

export function directiveOf({ path }: Import): DirectiveImport | undefined {
  const name = formatTerm(path);
  if (name === "rego.v1" || name === "rego.v2") return { kind: name, word: undefined };
  if (path.head.type !== "var" || path.head.name !== "future") return undefined;
  const word = path.path[1];
  return { kind: "future", word: word?.type === "string" ? word.value : undefined };
}

/** The file of imports that the formatter adds. */
const ADDED = "\0added";

export function isAdded({ location }: Import): boolean {
  return location.source.file === ADDED;
}

/** A module's imports with the directives that code for the target versions needs, and without those it makes redundant. */
export function settleImports(
  imports: readonly Import[],
  target: VersionSpan,
  style: Style,
  dropRedundant: boolean,
): readonly Import[] {
  const isRego = (version: "rego.v1" | "rego.v2") => (each: Import) => directiveOf(each)?.kind === version;
  const isFuture = (each: Import): boolean => directiveOf(each)?.kind === "future";
  const without = (list: readonly Import[], ...tests: ((each: Import) => boolean)[]): Import[] =>
    list.filter((each) => !tests.some((test) => test(each)));

  if (target.min === "v2") {
    return dropRedundant ? without(imports, isRego("rego.v1"), isRego("rego.v2"), isFuture) : imports;
  }
  if (target.max === "v2") {
    return without(ensure(imports, "rego.v2"), isRego("rego.v1"), isFuture);
  }
  let settled = imports;
  const importsV2 = imports.some(isRego("rego.v2"));
  if (importsV2 || (target.min === "v1" && dropRedundant)) settled = without(settled, isRego("rego.v1"));
  else if (target.min !== target.max) settled = ensure(settled, "rego.v1");

  const importsV1 = importsV2 || settled.some(isRego("rego.v1"));
  const needed = [...style.neededKeywords];
  if (target.max === "v0" && !importsV1) return ensureKeywords(settled, needed);
  settled = dropRedundant || importsV1 ? without(settled, isFuture) : ensureKeywords(settled, style.importedKeywords);
  return importsV2
    ? settled
    : ensureKeywords(
        settled,
        needed.filter((word) => NEWER_THAN_V1.has(word)),
      );
}

const NEWER_THAN_V1: ReadonlySet<string> = new Set(["not", "and", "or"]);

function ensureKeywords(imports: readonly Import[], words: readonly string[]): readonly Import[] {
  let settled = imports;
  for (const word of words) {
    const has = settled.some((each) => {
      const directive = directiveOf(each);
      if (directive?.kind !== "future") return false;
      const { word: imported } = directive;
      return imported === undefined || imported === word || (imported === "every" && word === "in");
    });
    if (!has) settled = ensure(settled, `future.keywords.${word}`);
  }
  return settled;
}

/** Adds an import where none like it is there, after the other directives. */
function ensure(imports: readonly Import[], name: string): readonly Import[] {
  if (imports.some(({ path }) => formatTerm(path) === name)) return imports;
  const rows = imports.flatMap((each) => {
    const kind = directiveOf(each)?.kind;
    return kind === "future" || kind === "rego.v1" ? [each.location.row] : [];
  });
  const row = Math.max(0, ...rows) + 1;
  const location: Location = { source: { file: ADDED, text: "" }, row, col: 1, offset: 0, end: 0 };
  const [head = "", ...parts] = name.split(".");
  const path: RefTerm = {
    type: "ref",
    head: { type: "var", name: head, location },
    path: parts.map((value) => ({ type: "string", value, location })),
    location,
  };
  return [...imports, { type: "import", path, alias: undefined, aliasLocation: undefined, location }];
}

/** Writes imports in the groups in which they stand, each group sorted. */
export function writeImports(w: Writer, imports: readonly Import[]): void {
  const comments = takeLineComments(w, imports);
  for (const group of groupsOf(imports)) {
    const [first] = group;
    if (first === undefined) continue;
    swallowComment(() => w.insertComments(first.location.row));
    for (const each of [...group].sort(compareImports)) {
      w.startLine();
      writeImport(w, each);
      const comment = comments.get(each)?.at(-1);
      if (comment !== undefined) w.write(` ${commentText(comment)}`);
      w.endLine();
    }
    w.blankLine();
  }
}

/** The comments on the lines of imports, which go wherever the imports go. */
function takeLineComments(w: Writer, imports: readonly Import[]): ReadonlyMap<Import, Comments> {
  const byRow = new Map(imports.toReversed().map((each) => [each.location.row, each]));
  const isTaken = ({ location }: Comments[number]): boolean => byRow.has(location.row);
  const taken = w.comments.filter(isTaken);
  w.comments = w.comments.filter((comment) => !isTaken(comment));
  const groups = new Map<Import, Comments>();
  for (const comment of taken) {
    const each = byRow.get(comment.location.row);
    if (each !== undefined) groups.set(each, [...(groups.get(each) ?? []), comment]);
  }
  return groups;
}

function groupsOf(imports: readonly Import[]): readonly Import[][] {
  const groups: Import[][] = [];
  let previous: Import | undefined;
  for (const each of imports) {
    const group = groups.at(-1);
    if (group === undefined || previous === undefined || each.location.row - previous.location.row > 1)
      groups.push([each]);
    else group.push(each);
    previous = each;
  }
  return groups;
}

function compareImports(a: Import, b: Import): number {
  const order = compareTerms(a.path, b.path);
  if (order !== 0) return order;
  const [x = "", y = ""] = [a.alias, b.alias];
  return x === y ? 0 : x < y ? -1 : 1;
}

function writeImport(w: Writer, each: Import): void {
  w.write("import ");
  if (directiveOf(each)?.kind === "future" && each.alias === undefined) w.write(formatDirective(each.path));
  else w.withoutComments(() => writeRef(w, each.path));
  if (each.alias !== undefined) w.write(` as ${each.alias}`);
}

/** Words that are imported are written with points even where keywords in references are not. */
function formatDirective({ path }: RefTerm): string {
  return `future${path.map((part) => (part.type === "string" ? `.${part.value}` : "")).join("")}`;
}
