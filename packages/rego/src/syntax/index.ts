export type * from "./ast.ts";
export { type AstJsonOptions, moduleJson } from "./ast-json.ts";
export { compareTerms } from "./compare-terms.ts";
export { type RegoError, type RegoErrorCode, formatError, formatErrors } from "./error.ts";
export type { LanguageCapabilities } from "./features.ts";
export { isGround } from "./ground.ts";
export { type Location, type Source, compareLocations, endRow, formatPlace, textOf } from "./location.ts";
export { type ParseOptions, type ParsedModule, parseModule } from "./parse-module.ts";
export { type ParsedQuery, type ParsedTerm, parseQuery, parseTermText as parseTerm } from "./parse-query.ts";
export {
  formatBody,
  formatExpr,
  formatHead,
  formatImport,
  formatPackage,
  formatTerm,
  formatWith,
} from "./print-term.ts";
export { type InfixOperator, dottedName, infixOf, isOperator, isWildcard, valueName } from "./term-names.ts";
export { childrenOf, isExpr, isTerm, walk, walkExprs, walkTerms } from "./walk.ts";
export { KEYWORDS } from "./token.ts";
