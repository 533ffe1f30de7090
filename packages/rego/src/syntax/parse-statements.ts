import type { Body, Import, Package, Rule } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import type { RegoError } from "./error.ts";
import { rejectKeywordName } from "./keyword-names.ts";
import { LINE_BEFORE } from "./lexer.ts";
import { applyDirective, parseImport, parsePackage } from "./parse-directive.ts";
import { parseExpressions } from "./parse-literal.ts";
import { parseRules } from "./parse-rule.ts";
import { Kind } from "./token.ts";

/** A query, or what a rule without a body looks like at first. */
export interface BodyStatement {
  readonly type: "body";
  readonly body: Body;
}

export type Statement = Package | Import | Rule | BodyStatement;

/**
 * Reads statements until the end. After an error OPA stops; with `recover` the next line that can start a statement is where
 * reading goes on, so that independent errors are all found.
 */
export function parseStatements(
  p: Cursor,
  { rules, recover }: { readonly rules: boolean; readonly recover: boolean },
): { readonly statements: readonly Statement[]; readonly errors: readonly RegoError[] } {
  const statements: Statement[] = [];
  const errors: RegoError[] = [];
  while (p.kind !== Kind.eof) {
    const isDirective = p.kind === Kind.package || p.kind === Kind.import;
    const read = parseStatement(p, rules);
    p.forget();
    statements.push(...(read ?? []));
    // Some errors leave the statement standing, and what comes after it is read as usual.
    if (recover) errors.push(...p.errors.splice(0));
    if (read !== undefined) continue;
    // What a broken directive was to bring would be missed everywhere.
    if (!recover || isDirective || !skipToStatement(p)) break;
  }
  errors.push(...p.errors);
  return { statements, errors };
}

function parseStatement(p: Cursor, rules: boolean): readonly Statement[] | undefined {
  // Said here, as reading a package or import would complain of what comes after.
  if (rules && rejectKeywordName(p, false)) return undefined;
  const mark = p.mark();
  if (p.kind === Kind.package || p.kind === Kind.import) {
    const directive = p.kind === Kind.package ? parsePackage(p) : parseImport(p);
    if (directive !== undefined) {
      // A minus would be taken for the sign of what comes next.
      if (p.kind === Kind.subtract) p.unexpected();
      else if (directive.type === "import") applyDirective(p, directive);
      return [directive];
    }
    if (p.errors.length > 0) return undefined;
    p.reset(mark);
  }
  if (rules) {
    const parsed = parseRules(p);
    if (parsed !== undefined || p.errors.length > 0) return parsed;
    p.reset(mark);
  }
  const body = parseExpressions(p, Kind.eof, true);
  return body && [{ type: "body", body }];
}

/** Moves to the next word that starts a line at its very start. Whether there is one. */
function skipToStatement(p: Cursor): boolean {
  const { kinds, cols, flags } = p.tokens;
  for (let index = p.index + 1; index < kinds.length; index += 1) {
    const startsLine = cols[index] === 1 && ((flags[index] ?? 0) & LINE_BEFORE) !== 0;
    if (startsLine && (kinds[index] ?? Kind.eof) >= Kind.identifier) {
      p.jump(index);
      return true;
    }
  }
  return false;
}
