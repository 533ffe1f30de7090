import type { Body, Expr } from "../syntax/ast.ts";
import type { RegoError } from "../syntax/error.ts";
import { isWildcard } from "../syntax/term-names.ts";
import { sortStrings } from "../values/utf8.ts";
import { declaredByExpr } from "./declared-vars.ts";
import { isGenerated } from "./names.ts";
import type { Scopes } from "./scopes.ts";
import { varsOfBody, varsOfExpr } from "./vars.ts";

/** Variables that `:=` gives a value in the current scope and that nothing uses, an error in strict mode. */
export function unusedAssigned(
  renamed: readonly (Expr | undefined)[],
  body: Body,
  scopes: Scopes,
  used: ReadonlySet<string>,
): readonly RegoError[] {
  const unused = new Map<string, string>();
  for (const { written, name, occurrence } of scopes.current()) {
    if (occurrence === "assigned" && !isWildcard(written) && scopes.uses(written) <= 1 && !used.has(name)) {
      unused.set(name, written);
    }
  }
  for (const name of used) unused.delete(scopes.renamed(name) ?? name);
  return sortStrings([...unused.keys()]).map((name) => {
    const index = renamed.findIndex((expr) => expr !== undefined && varsOfExpr(expr).has(name));
    return unusedError(`assigned var ${unused.get(name) ?? name} unused`, body[index] ?? body[0]);
  });
}

/** Variables that `some` or `every` declares in the current scope and that nothing uses. */
export function unusedDeclared(
  body: Body,
  renamed: Body,
  scopes: Scopes,
  used: ReadonlySet<string>,
): readonly RegoError[] {
  const declared = new Map<string, string>();
  for (const { written, name, occurrence } of scopes.current()) {
    if (occurrence === "declared") declared.set(name, written);
  }
  if (declared.size === 0) return [];
  for (const name of varsOfBody(renamed)) declared.delete(name);
  for (const name of used) {
    declared.delete(name);
    declared.delete(scopes.renamed(name) ?? name);
  }
  return sortStrings([...declared.keys()]).flatMap((name) => {
    const written = declared.get(name) ?? name;
    if (isGenerated(written)) return [];
    const declaring = body.find((expr) => declaredByExpr(expr).has(written));
    return [unusedError(`declared var ${isWildcard(written) ? "_" : written} unused`, declaring ?? body[0])];
  });
}

function unusedError(message: string, expr: Expr | undefined): RegoError {
  return { code: "rego_compile_error", message, location: expr?.location };
}
