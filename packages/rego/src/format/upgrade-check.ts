import { declarations } from "../builtins/gen/capabilities.ts";
import type { Head, Module, Node, Rule, Term } from "../syntax/ast.ts";
import type { RegoError, RegoErrorCode } from "../syntax/error.ts";
import type { Location } from "../syntax/location.ts";
import { formatImport, formatTerm } from "../syntax/print-term.ts";
import { dottedName } from "../syntax/term-names.ts";
import { KEYWORDS } from "../syntax/token.ts";
import { checkV1Rule } from "../syntax/version-rules.ts";
import { childrenOf, walk, walkExprs } from "../syntax/walk.ts";

/** What keeps a module from being valid in v1, or in v2, once it is formatted for it. */
export function checkUpgrade(module: Module, target: "v1" | "v2"): RegoError[] {
  const errors: RegoError[] = [];
  const report: Report = (code, message, location) => errors.push({ code, message, location });
  checkImports(module, report);
  checkRootDocuments(module, report);
  checkDeprecated(module, report);
  for (const rule of module.rules) {
    // Of the heads of an `else` nothing is asked here.
    errors.push(...checkV1Rule({ ...rule, else: undefined }, { requireKeywords: false }));
  }
  if (target === "v2") for (const rule of module.rules) checkV2Rule(rule, report);
  return errors;
}

type Report = (code: RegoErrorCode, message: string, location: Location) => void;

function checkImports({ imports }: Module, report: Report): void {
  const seen = new Map<string, string>();
  for (const each of imports) {
    const last = each.path.path.at(-1) ?? each.path.head;
    const name = each.alias ?? (last.type === "string" ? last.value : formatTerm(last));
    const shadowed = seen.get(name);
    if (shadowed === undefined) seen.set(name, formatImport(each));
    else report("rego_compile_error", `import must not shadow ${shadowed}`, each.location);
  }
}

const isRoot = (name: string): boolean => name === "input" || name === "data";

function checkRootDocuments(module: Module, report: Report): void {
  for (const { head, location } of module.rules) {
    if (head.ref.head.type === "var" && isRoot(head.ref.head.name)) {
      const message = `rules must not shadow ${head.ref.head.name} (use a different rule name)`;
      report("rego_compile_error", message, location);
    }
    for (const arg of head.args) {
      if (arg.type !== "ref" || arg.path.length > 0) continue;
      const message = `args must not shadow ${formatTerm(arg)} (use a different variable name)`;
      report("rego_compile_error", message, arg.location);
    }
  }
  walkExprs(module, (expr) => {
    if (expr.type !== "callExpr" || dottedName(expr.operator) !== "assign") return true;
    const [target] = expr.args;
    if (target !== undefined && isRoot(formatTerm(target))) {
      const message = `variables must not shadow ${formatTerm(target)} (use a different variable name)`;
      report("rego_compile_error", message, expr.location);
    }
    return true;
  });
}

function checkDeprecated(module: Module, report: Report): void {
  const deprecated = new Set(declarations.filter(({ deprecated: is }) => is === true).map(({ name }) => name));
  const visit = (node: Node): true => {
    if (node.type === "callExpr" || node.type === "call") {
      const name = dottedName(node.operator);
      if (name !== undefined && deprecated.has(name)) {
        const location = node.type === "call" ? node.operator.location : node.location;
        report("rego_type_error", `deprecated built-in function calls in expression: ${name}`, location);
      }
    }
    if (node.type === "head") for (const part of node.ref.path) walk(part, visit);
    return true;
  };
  walk(module, visit);
}

/** In v2 `and` and `or` are no names. */
function checkV2Rule(rule: Rule, report: Report): void {
  const { head, location } = rule;
  if (head.ref.path.length === 0 && isNewKeyword(head.name)) {
    report("rego_parse_error", `${head.name} keyword cannot be used for rule name`, location);
  }
  for (let each: Rule | undefined = rule; each !== undefined; each = each.else) {
    for (const term of termsOfHead(each.head)) rejectKeywordVariables(term, report);
    for (const expr of each.body) rejectKeywordVariables(expr, report);
  }
}

function isNewKeyword(name: string): boolean {
  return KEYWORDS.v2.includes(name) && !KEYWORDS.v1.includes(name);
}

/** The terms of a head once each: its key may be part of its path. */
function termsOfHead({ ref, args, key, value }: Head): ReadonlySet<Term> {
  return new Set([...ref.path, ...args, ...(key === undefined ? [] : [key]), ...(value === undefined ? [] : [value])]);
}

function rejectKeywordVariables(node: Node, report: Report): void {
  if (node.type === "var" && isNewKeyword(node.name)) {
    report("rego_parse_error", `${node.name} keyword cannot be used for variable name`, node.location);
  }
  // The operator of a call is the name of a function; `and` and `or` are those of `&` and `|`.
  const skipped = node.type === "callExpr" || node.type === "call" ? node.operator : undefined;
  for (const child of childrenOf(node)) if (child !== skipped) rejectKeywordVariables(child, report);
}
