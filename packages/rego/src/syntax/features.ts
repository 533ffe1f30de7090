import type { RegoVersion } from "./ast.ts";
import { FUTURE_KEYWORDS, KEYWORDS } from "./token.ts";

/** What a capabilities file says of the language, in its own words; the lists of OPA 1.22. */
export interface LanguageCapabilities {
  /** `rego_v1`, `keywords_in_refs`, `template_strings` and the like. */
  readonly features: readonly string[];
  readonly futureKeywords: readonly string[];
}

/** What the parser has to know of the features. */
export interface Features {
  readonly keywordsInRefs: boolean;
  readonly templateStrings: boolean;
  /** Whether `import rego.v1` and `import rego.v2` are known. */
  readonly regoV1Import: boolean;
  readonly regoV2Import: boolean;
  /** The words that can be imported from `future.keywords`. */
  readonly importable: readonly string[];
}

/** Everything that a version has. v0 has no template strings. */
export function defaultFeatures(version: RegoVersion): Features {
  return {
    keywordsInRefs: true,
    templateStrings: version !== "v0",
    regoV1Import: true,
    regoV2Import: true,
    importable: FUTURE_KEYWORDS,
  };
}

/** What capabilities leave of a version, or what of them is wrong. */
export function limitFeatures(
  version: RegoVersion,
  { features, futureKeywords }: LanguageCapabilities,
): Features | string {
  const has = (...names: string[]): boolean => names.some((name) => features.includes(name));
  if (version !== "v0" && !has(`rego_${version}`)) {
    return `illegal capabilities: rego_${version} feature required for parsing ${version} Rego`;
  }
  const unknown = futureKeywords.find((word) => !FUTURE_KEYWORDS.includes(word));
  if (unknown !== undefined) return `illegal capabilities: unknown keyword: ${unknown}`;
  const isV2 = version === "v2";
  const sinceV1 = KEYWORDS.v1.filter((word) => !KEYWORDS.v0.includes(word));
  const standard = isV2 ? FUTURE_KEYWORDS : version === "v1" || has("rego_v1") ? sinceV1 : [];
  return {
    keywordsInRefs: isV2 || has("keywords_in_refs"),
    templateStrings: isV2 || has("template_strings"),
    regoV1Import: has("rego_v1_import", "rego_v1", "rego_v2"),
    regoV2Import: has("rego_v2_import", "rego_v2"),
    importable: FUTURE_KEYWORDS.filter((word) => standard.includes(word) || futureKeywords.includes(word)),
  };
}
