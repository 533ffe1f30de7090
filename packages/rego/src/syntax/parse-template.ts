import type { Expr, ScalarTerm, Term } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import { parseLiteral } from "./parse-literal.ts";
import { unescape } from "./parse-scalar.ts";
import { Kind } from "./token.ts";

/** `$"text {expression} text"`. Stays on its last part. */
export function parseTemplateString(p: Cursor, multiLine: boolean): Term | undefined {
  const begin = p.here();
  if (!p.features.templateStrings) {
    p.error(begin, "template strings are not supported by current capabilities");
    return undefined;
  }
  const parts: (ScalarTerm | Expr)[] = [];
  let first = true;
  for (;;) {
    if (p.kind < Kind.templatePart || p.kind > Kind.rawTemplateEnd) {
      p.error(p.here(), "expected template-string part");
      return undefined;
    }
    const value = decodePart(p, multiLine, first);
    first = false;
    if (value === undefined) {
      p.error(p.here(), `illegal template-string part: ${p.text}`);
      return undefined;
    }
    if (value !== "") parts.push({ type: "string", value, location: p.here() });
    if (p.kind === Kind.templateEnd || p.kind === Kind.rawTemplateEnd) break;

    p.advance();
    const commented = p.commentBefore;
    if (!p.enter()) return undefined;
    const expr = parseLiteral(p);
    p.leave();
    if (expr === undefined) {
      p.error(p.here(), "invalid template-string expression");
      return undefined;
    }
    const fault = faultOfExpression(expr);
    if (fault !== undefined) {
      p.error(expr.location, `unexpected ${fault} in template-string expression`);
      return undefined;
    }
    parts.push(commented ? expr : (scalarOf(expr) ?? expr));
    if (p.kind !== Kind.rightBrace) {
      p.error(p.here(), "expected } to end template string expression");
      return undefined;
    }
    p.advance();
  }
  return { type: "templateString", parts, multiLine, location: { ...begin, end: p.end } };
}

/** The text between the quote or brace that opens a part and the one that ends it. */
function decodePart(p: Cursor, multiLine: boolean, first: boolean): string | undefined {
  // The first part starts with `$` and a quote, the others right after a brace.
  const written = p.text.slice(first ? 2 : 0, -1);
  if (!written.includes("\\")) return written;
  const text = withoutBraceEscapes(written, multiLine);
  return multiLine ? text : unescape(`"${text}"`);
}

/** `\{` is a brace. In a quoted string a backslash that is itself escaped escapes nothing. */
function withoutBraceEscapes(text: string, raw: boolean): string {
  return text.replaceAll(raw ? /\\\{/g : /\\(.)/gs, (escape) => (escape === "\\{" ? "{" : escape));
}

/** What an expression in a template string must not be. */
function faultOfExpression(expr: Expr): string | undefined {
  switch (expr.type) {
    case "some":
    case "someIn":
      return "'some'";
    case "every":
      return "'every'";
    case "termExpr":
    case "callExpr":
      if (expr.negated) return "negation ('not')";
      if (expr.type === "termExpr" || expr.operator.path.length > 0 || expr.operator.head.type !== "var")
        return undefined;
      if (expr.operator.head.name === "eq") return "unification ('=')";
      return expr.operator.head.name === "assign" ? "assignment (':=')" : undefined;
    case "not":
    case "logical":
      return undefined;
  }
}

function scalarOf(expr: Expr): ScalarTerm | undefined {
  if (expr.type !== "termExpr") return undefined;
  const { term } = expr;
  return term.type === "string" || term.type === "number" || term.type === "boolean" || term.type === "null"
    ? term
    : undefined;
}
