import { quote } from "../values/term-text.ts";
import type { Body, Expr, Head, Import, LogicalExpr, NotExpr, Package, ScalarTerm, Term, With } from "./ast.ts";
import { compareTerms } from "./compare-terms.ts";
import { infixOf, isOperator, isWildcard } from "./term-names.ts";
import { KEYWORDS } from "./token.ts";

// How OPA writes nodes in messages: on one line, operators as calls, collections sorted.

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
// eslint-disable-next-line no-control-regex
const NEEDS_ESCAPE = /[\p{Cc}\\]/u;

/** Whether a string can stand after a point in a reference. */
export function isVariableName(text: string): boolean {
  return VARIABLE.test(text);
}

export function formatTerm(term: Term): string {
  switch (term.type) {
    case "null":
      return "null";
    case "boolean":
      return String(term.value);
    case "number":
      return term.text;
    case "string":
      return quote(term.value);
    case "var":
      return isWildcard(term.name) ? "_" : term.name;
    case "ref":
      return `${formatTerm(term.head)}${term.path.map(formatRefPart).join("")}`;
    case "array":
      return `[${term.items.map(formatTerm).join(", ")}]`;
    case "set":
      return term.items.length === 0 ? "set()" : `{${[...term.items].sort(compareTerms).map(formatTerm).join(", ")}}`;
    case "object":
      return `{${[...term.entries]
        .sort((a, b) => compareTerms(a.key, b.key))
        .map(({ key, value }) => `${formatTerm(key)}: ${formatTerm(value)}`)
        .join(", ")}}`;
    case "call":
      return `${formatTerm(term.operator)}(${term.args.map(formatTerm).join(", ")})`;
    case "arrayComprehension":
      return `[${formatOperand(term.term)} | ${formatBody(term.body)}]`;
    case "setComprehension":
      return `{${formatOperand(term.term)} | ${formatBody(term.body)}}`;
    case "objectComprehension":
      return `{${formatOperand(term.key)}: ${formatOperand(term.value)} | ${formatBody(term.body)}}`;
    case "templateString":
      return `$"${term.parts.map(formatPart).join("")}"`;
  }
}

function formatRefPart(part: Term): string {
  if (part.type !== "string") return `[${formatTerm(part)}]`;
  const { value } = part;
  if (isVariableName(value) && !KEYWORDS.v1.includes(value)) return `.${value}`;
  return NEEDS_ESCAPE.test(value) ? `[${quote(value)}]` : `["${value}"]`;
}

/** Before the bar of a comprehension operators are written as such, in parentheses. */
function formatOperand(term: Term): string {
  const [left, right] = term.type === "call" ? term.args : [];
  if (term.type !== "call" || left === undefined || right === undefined || term.args.length !== 2)
    return formatTerm(term);
  const infix = infixOf(term.operator);
  if (infix === undefined || infix.symbol === "in") return formatTerm(term);
  return `(${formatOperand(left)} ${infix.symbol} ${formatOperand(right)})`;
}

function formatPart(part: ScalarTerm | Expr): string {
  if ("with" in part) return `{${formatExpr(part)}}`;
  return part.type === "string" ? escapeBraces(quote(part.value).slice(1, -1)) : formatTerm(part);
}

/** A template string's text with its braces escaped, but for those that are already. */
export function escapeBraces(text: string): string {
  return text.replaceAll(/(^|[^\\])\{/g, "$1\\{").replaceAll(/(^|[^\\])\{/g, "$1\\{");
}

export function formatBody(body: Body): string {
  return body.map(formatExpr).join("; ");
}

export function formatExpr(expr: Expr): string {
  const text = `${expr.negated ? "not " : ""}${formatBare(expr)}`;
  return [text, ...expr.with.map(formatWith)].join(" ");
}

function formatBare(expr: Expr): string {
  switch (expr.type) {
    case "termExpr":
      return formatTerm(expr.term);
    case "callExpr": {
      const [left, right, third] = expr.args;
      if (isOperator(expr.operator, "eq") && left !== undefined && right !== undefined && third === undefined) {
        return `${formatTerm(left)} = ${formatTerm(right)}`;
      }
      return `${formatTerm(expr.operator)}(${expr.args.map(formatTerm).join(", ")})`;
    }
    case "some":
      return `some ${expr.vars.map(formatTerm).join(", ")}`;
    case "someIn":
      return `some ${formatKey(expr.key)}${formatTerm(expr.value)} in ${formatTerm(expr.domain)}`;
    case "every":
      return `every ${formatKey(expr.key)}${formatTerm(expr.value)} in ${formatTerm(expr.domain)} { ${formatBody(expr.body)} }`;
    case "not":
      return formatNot(expr);
    case "logical":
      return formatLogical(expr);
  }
}

function formatKey(key: Term | undefined): string {
  return key === undefined ? "" : `${formatTerm(key)}, `;
}

export function formatWith({ target, value }: With): string {
  return `with ${formatTerm(target)} as ${formatTerm(value)}`;
}

function formatNot({ body, explicitBody }: NotExpr): string {
  const [first, second] = body;
  const text = formatBody(body);
  if (explicitBody || first === undefined || second !== undefined) return `not {${text}}`;
  const needsParens =
    first.with.length > 0 || first.type === "logical" || first.type === "not" || startsWithBrace(first);
  return needsParens ? `not (${text})` : `not ${text}`;
}

function formatLogical({ operator, left, right, explicitLeft, explicitRight }: LogicalExpr): string {
  const leftText = formatSide(left, explicitLeft, operator, false);
  return `${leftText} ${operator} ${formatSide(right, explicitRight, operator, true)}`;
}

function formatSide(body: Body, explicit: boolean, operator: "and" | "or", isRight: boolean): string {
  const [first, second] = body;
  const text = formatBody(body);
  if (explicit || first === undefined || second !== undefined) return `{ ${text} }`;
  return first.with.length > 0 || bindsLooser(first, operator, isRight) || startsWithBrace(first) ? `(${text})` : text;
}

/** Whether an operand of `and` or `or` is itself one that would be read as part of what is around it. */
export function bindsLooser(expr: Expr, operator: "and" | "or", isRight: boolean): boolean {
  if (expr.type !== "logical") return false;
  return expr.operator === "or" ? operator === "and" || isRight : operator === "and" && isRight;
}

function startsWithBrace(expr: Expr): boolean {
  return expr.type === "termExpr" && isBraceLed(expr.term);
}

function isBraceLed(term: Term): boolean {
  switch (term.type) {
    case "set":
      return term.items.length > 0;
    case "object":
    case "setComprehension":
    case "objectComprehension":
      return true;
    case "ref":
      return isBraceLed(term.head);
    default:
      return false;
  }
}

export function formatPackage({ path }: Package): string {
  const [first, ...rest] = path.path;
  const name = first?.type === "string" ? first.value : "";
  return `package ${name}${rest.map(formatRefPart).join("")}`;
}

export function formatImport({ path, alias }: Import): string {
  return `import ${formatTerm(path)}${alias === undefined ? "" : ` as ${alias}`}`;
}

/** The head of a rule, as messages about it write it. */
export function formatHead(head: Head): string {
  let text = formatTerm(head.ref);
  if (head.args.length > 0) text += `(${head.args.map(formatTerm).join(", ")})`;
  else if (head.key !== undefined && (head.ref.path.length === 0 || (head.value === undefined && head.name === ""))) {
    text += ` contains ${formatTerm(head.key)}`;
  }
  return head.value === undefined ? text : `${text} ${head.assign ? ":=" : "="} ${formatTerm(head.value)}`;
}
