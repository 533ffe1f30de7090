import type { Import, Package, RefTerm, Term } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import type { Location } from "./location.ts";
import { parseTerm } from "./parse-term.ts";
import { formatTerm } from "./print-term.ts";
import { valueName } from "./term-names.ts";
import { KEYWORDS, Kind } from "./token.ts";

/** Steps from `package` or `import` to its path. False where the word is the start of a reference instead. */
function stepToPath(p: Cursor): boolean {
  const next = p.peekAdjacent();
  if (next === Kind.dot || next === Kind.leftBracket) return false;
  p.advance();
  if (p.isReferableKeyword(p.kind)) p.kind = Kind.identifier;
  if (p.kind === Kind.identifier) return true;
  p.unexpected();
  return false;
}

/** `package a.b`. Undefined without an error where something else stands here. */
export function parsePackage(p: Cursor): Package | undefined {
  const location = p.here();
  if (!stepToPath(p)) return undefined;
  const term = parseTerm(p);
  if (term === undefined) return undefined;
  const path = packagePath(p, term);
  return path && { type: "package", path, location };
}

function packagePath(p: Cursor, term: Term): RefTerm | undefined {
  if (term.type !== "var" && term.type !== "ref") {
    p.unexpected();
    return undefined;
  }
  const first = term.type === "var" ? term : term.head;
  if (first.type !== "var") {
    p.error(first.location, `unexpected ${valueName(first)} token: expecting var`);
    return undefined;
  }
  const rest = term.type === "var" ? [] : term.path;
  if (!areStrings(p, rest)) return undefined;
  const { location } = term;
  return {
    type: "ref",
    head: { type: "var", name: "data", location: first.location },
    path: [{ type: "string", value: first.name, location: first.location }, ...rest],
    location,
  };
}

function areStrings(p: Cursor, parts: readonly Term[]): boolean {
  const other = parts.find(({ type }) => type !== "string");
  if (other !== undefined) p.error(other.location, `unexpected ${valueName(other)} token: expecting string`);
  return other === undefined;
}

/** `import data.a as b`. Undefined without an error where something else stands here. */
export function parseImport(p: Cursor): Import | undefined {
  const location = p.here();
  if (!stepToPath(p)) return undefined;
  // Words that are keywords only once imported can be imported.
  const term = p.withKeywords("none", () => parseTerm(p));
  p.classify();
  const path = term && refOf(term);
  if (path !== undefined && !areStrings(p, path.path)) return undefined;
  if (path === undefined) {
    p.error(p.here(), "expected path");
    return undefined;
  }
  if (path.head.type !== "var" || !ROOTS.includes(path.head.name)) {
    p.hint("if this is unexpected, try updating OPA");
    p.error(
      path.location,
      `unexpected import path, must begin with one of: {${ROOTS.join(", ")}}, got: ${formatTerm(path.head)}`,
    );
    return undefined;
  }
  if (p.kind === Kind.as) return parseAlias(p, path, location);
  rejectKeywordAtEnd(p, path);
  return { type: "import", path, alias: undefined, aliasLocation: undefined, location };
}

const ROOTS: readonly string[] = ["data", "future", "input", "rego"];

function refOf(term: Term): RefTerm | undefined {
  if (term.type === "var") return { type: "ref", head: term, path: [], location: term.location };
  return term.type === "ref" ? term : undefined;
}

function parseAlias(p: Cursor, path: RefTerm, location: Location): Import | undefined {
  p.advance();
  if (p.kind !== Kind.identifier) {
    p.unexpected("expected var");
    return undefined;
  }
  const alias = parseTerm(p);
  if (alias?.type === "var") {
    return { type: "import", path, alias: alias.name, aliasLocation: alias.location, location };
  }
  if (alias?.type === "ref" && alias.path.length === 0) {
    const name = formatTerm(alias.head);
    p.error(alias.location, `unexpected import alias, must not be a reserved name, got: ${name}`);
    return undefined;
  }
  p.unexpected("expected var");
  return undefined;
}

/** What is imported without an alias is called by the last part of its path, which must not be a keyword then. */
function rejectKeywordAtEnd(p: Cursor, { head, path }: RefTerm): void {
  if (head.type === "var" && head.name === "future" && path.length > 0) return;
  const last = path.at(-1) ?? head;
  const name = last.type === "string" ? last.value : last.type === "var" ? last.name : "";
  if (!KEYWORDS[p.version].includes(name)) return;
  p.hint("import a different path or use an alias");
  p.error(last.location, `unexpected import path, must not end with a keyword, got: ${name}`);
}

/** Makes keywords of the words that an import of `future` or `rego` names. */
export function applyDirective(p: Cursor, directive: Import): void {
  const { head } = directive.path;
  if (head.type !== "var") return;
  if (head.name === "rego") applyRegoImport(p, directive);
  else if (head.name === "future") applyFutureImport(p, directive);
  p.classify();
}

function applyRegoImport(p: Cursor, { path, aliasLocation }: Import): void {
  const name = formatTerm(path);
  if (name !== "rego.v1" && name !== "rego.v2") {
    p.error(path.location, `invalid import \`${name}\`, must be one of: \`rego.v1\`, \`rego.v2\``);
  } else if (!(name === "rego.v1" ? p.features.regoV1Import : p.features.regoV2Import)) {
    p.error(path.location, `invalid import, \`${name}\` is not supported by current capabilities`);
  } else if (aliasLocation !== undefined) {
    p.error(aliasLocation, "`rego` imports cannot be aliased");
  } else {
    const version = name === "rego.v1" ? "v1" : "v2";
    p.addKeywords(KEYWORDS[version].filter((word) => word !== "not" || version === "v2"));
  }
}

function applyFutureImport(p: Cursor, { path, aliasLocation }: Import): void {
  const [group, word] = path.path;
  const { importable } = p.features;
  if (group?.type !== "string" || group.value !== "keywords") {
    p.error(path.location, "invalid import, must be `future.keywords`");
  } else if (aliasLocation !== undefined) {
    p.error(aliasLocation, "`future` imports cannot be aliased");
  } else if (word?.type !== "string" || path.path.length > 2) {
    p.addKeywords(importable);
  } else if (importable.includes(word.value)) {
    p.addKeywords([word.value]);
  } else {
    p.error(path.location, `unexpected keyword, must be one of [${importable.join(" ")}]`);
  }
}
