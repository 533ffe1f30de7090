import type { Import, Module, RegoVersion, Term, VersionSpan } from "../syntax/ast.ts";
import { isOperator, isWildcard } from "../syntax/term-names.ts";
import { KEYWORDS } from "../syntax/token.ts";
import { walk } from "../syntax/walk.ts";
import { directiveOf } from "./imports.ts";

/** How a module is to be written: what its imports and the versions that are to read it ask for. */
export interface Style {
  readonly isV1: boolean;
  readonly isV2: boolean;
  /** Whether partial sets are written with `contains`. */
  readonly contains: boolean;
  /** Whether bodies are written after `if`. */
  readonly ifs: boolean;
  /** Whether names of more than two parts occur, so that all are written with points. */
  readonly refHeads: boolean;
  /** Words that a reference's part must not be written as, unless keywords may stand in references. */
  readonly keywords: readonly string[];
  readonly keywordsInRefs: boolean;
  /** The single words that are imported from `future.keywords`. */
  readonly importedKeywords: readonly string[];
  /** The words whose import the expressions of the module need. */
  readonly neededKeywords: ReadonlySet<string>;
  /** Wildcards that occur in several places, as copies of a head make them. */
  readonly sharedWildcards: ReadonlySet<string>;
}

/** Reads a module's style off its nodes. */
export function styleOf(module: Module, target: VersionSpan, keywordsInRefs: boolean): Style {
  const directives = module.imports.map(directiveOf).filter((each) => each !== undefined);
  const importsV1 = directives.some(({ kind }) => kind === "rego.v1" || kind === "rego.v2");
  const importsV2 = directives.some(({ kind }) => kind === "rego.v2");
  const isV1 = target.max !== "v0";
  const isV2 = target.max === "v2";
  const imports = (word: string): boolean =>
    importsV1 || directives.some(({ kind, word: imported }) => kind === "future" && (imported ?? word) === word);
  const importedKeywords = module.imports.flatMap(singleKeyword);
  return {
    isV1,
    isV2,
    contains: isV1 || imports("contains"),
    ifs: isV1 || imports("if"),
    refHeads: module.rules.some(({ head: { ref, key, value } }) => {
      const length = ref.path.length + 1;
      return length > 2 || (length === 2 && key !== undefined && value === undefined);
    }),
    keywords: keywordsOf(isV2 || importsV2 ? "v2" : isV1 ? "v1" : "v0", importedKeywords),
    keywordsInRefs,
    importedKeywords,
    neededKeywords: neededKeywords(module),
    sharedWildcards: sharedWildcards(module),
  };
}

function keywordsOf(version: RegoVersion, imported: readonly string[]): readonly string[] {
  return version === "v2" ? KEYWORDS.v2 : [...KEYWORDS[version], ...imported];
}

function singleKeyword(each: Import): readonly string[] {
  const directive = directiveOf(each);
  return directive?.kind === "future" && directive.word !== undefined && each.alias === undefined
    ? [directive.word]
    : [];
}

function neededKeywords(module: Module): ReadonlySet<string> {
  const words = new Set<string>();
  walk(module, (node) => {
    switch (node.type) {
      case "callExpr":
        if (node.operator.path.length === 1 && node.operator.head.type === "var" && isMember(node.operator))
          words.add("in");
        break;
      case "every":
      case "not":
        words.add(node.type);
        break;
      case "logical":
        words.add(node.operator);
        break;
      default:
    }
    return true;
  });
  return words;
}

function isMember({ head, path }: Extract<Term, { type: "ref" }>): boolean {
  const [part] = path;
  return (
    isOperator({ type: "ref", head, path: [], location: head.location }, "internal") &&
    part?.type === "string" &&
    (part.value === "member_2" || part.value === "member_3")
  );
}

function sharedWildcards(module: Module): ReadonlySet<string> {
  const seen = new Set<string>();
  const shared = new Set<string>();
  walk(module, (node) => {
    if (node.type === "var" && isWildcard(node.name)) (seen.has(node.name) ? shared : seen).add(node.name);
    return true;
  });
  return shared;
}
