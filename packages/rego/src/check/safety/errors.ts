import type { Expr } from "../../syntax/ast.ts";
import type { RegoError } from "../../syntax/error.ts";
import { type Location, compareLocations } from "../../syntax/location.ts";
import { FUTURE_KEYWORDS } from "../../syntax/token.ts";
import { isGenerated } from "../names.ts";
import { equationOf } from "../nodes.ts";
import { isAssigned } from "../rename-locals.ts";
import { varsOfTerm } from "../vars.ts";
import type { UnsafeExprs } from "./reorder.ts";
import { displayName } from "../display.ts";

/** What to report of unsafe expressions; nothing where all that is unsafe follows from something else. */
export function unsafeErrors(
  unsafe: UnsafeExprs,
  written: ReadonlyMap<string, string>,
  scope: string,
): readonly RegoError[] {
  if (unsafe.size === 0) return [];
  const received = receivedVars(unsafe, written);
  const isReceived = (name: string): boolean => received.has(name) || received.has(written.get(name) ?? name);
  const places = [...firstPlaces(unsafe)]
    .filter(([name]) => !isGenerated(written.get(name) ?? name))
    .sort(([, a], [, b]) => compareLocations(a, b));
  // What is assigned from something unsafe is unsafe only for that.
  const hasCause = places.some(([name]) => !isReceived(name));
  const errors = places
    .filter(([name]) => !hasCause || !isReceived(name))
    .map(([name, location]) => {
      const error = unsafeVar(written.get(name) ?? name, location, scope);
      return { ...error, message: `${error.message}${keywordHint(written.get(name) ?? name)}` };
    });
  return errors.length > 0 ? errors : unsafeExprErrors(unsafe, scope);
}

export function unsafeVar(name: string, location: Location | undefined, scope: string): RegoError {
  return { code: "rego_unsafe_var_error", message: `var ${displayName(name)} is unsafe${scope}`, location };
}

/** In a body, what looks like a variable may be a keyword that is not imported. */
function keywordHint(name: string): string {
  if (!FUTURE_KEYWORDS.includes(name)) return "";
  return ` (hint: \`import future.keywords.${name}\` to import a future keyword)`;
}

/** The variables that an unsafe `:=` was to give a value, by both of their names. */
function receivedVars(unsafe: UnsafeExprs, written: ReadonlyMap<string, string>): ReadonlySet<string> {
  const received = new Set<string>();
  for (const expr of unsafe.keys()) {
    const [left] = isAssigned(expr) ? (equationOf(expr) ?? []) : [];
    if (left === undefined) continue;
    for (const name of varsOfTerm(left)) received.add(name).add(written.get(name) ?? name);
  }
  return received;
}

/** The first place of each unsafe variable. */
function firstPlaces(unsafe: UnsafeExprs): ReadonlyMap<string, Location> {
  const places = new Map<string, Location>();
  for (const [{ location }, names] of unsafe) {
    for (const name of names) {
      const place = places.get(name);
      if (place === undefined || compareLocations(place, location) > 0) places.set(name, location);
    }
  }
  return places;
}

/** Where only variables that nobody wrote are unsafe: the expressions, once for each variable. */
function unsafeExprErrors(unsafe: UnsafeExprs, scope: string): readonly RegoError[] {
  const seen = new Set<string>();
  const exprs = [...unsafe].sort(([a], [b]) => compareLocations(a.location, b.location));
  return exprs.flatMap(([{ location }, names]: readonly [Expr, ReadonlySet<string>]): RegoError[] => {
    const before = seen.size;
    for (const name of names) if (isGenerated(name)) seen.add(name);
    if (seen.size === before) return [];
    return [{ code: "rego_unsafe_var_error", message: `expression is unsafe${scope}`, location }];
  });
}
