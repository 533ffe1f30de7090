import type { Cursor } from "./cursor.ts";
import { KIND_NAMES, Kind } from "./token.ts";

const AFTER_NAME: readonly Kind[] = [Kind.assign, Kind.unify, Kind.if, Kind.contains, Kind.leftParen];
/** `not (x)` is a negation and `or(x, y)` a call. */
const AFTER_OPERATOR: readonly Kind[] = [Kind.assign, Kind.unify, Kind.if, Kind.contains];
/** `package contains` and `import if.foo` are meant as such. */
const AFTER_DIRECTIVE: readonly Kind[] = [Kind.assign, Kind.unify, Kind.leftParen];

/** What, after a keyword at the start of a statement, shows that it was meant as the name of a rule. */
const SHOWS_NAME: ReadonlyMap<Kind, readonly Kind[]> = new Map([
  [Kind.every, AFTER_NAME],
  [Kind.if, AFTER_NAME],
  [Kind.in, AFTER_NAME],
  [Kind.some, AFTER_NAME],
  [Kind.as, AFTER_NAME],
  [Kind.package, AFTER_DIRECTIVE],
  [Kind.import, AFTER_DIRECTIVE],
  [Kind.not, AFTER_OPERATOR],
  [Kind.and, AFTER_OPERATOR],
  [Kind.or, AFTER_OPERATOR],
  [Kind.contains, [Kind.if, Kind.contains]],
]);

/** Reports a keyword that is used as the name of a rule. After `default` nothing else can be meant. Whether it was one. */
export function rejectKeywordName(p: Cursor, isDefault: boolean): boolean {
  const followers = SHOWS_NAME.get(p.kind);
  if (followers === undefined || (!isDefault && !followers.includes(p.peek()))) return false;
  p.error(p.here(), `${KIND_NAMES[p.kind] ?? ""} keyword cannot be used for rule name`);
  return true;
}
