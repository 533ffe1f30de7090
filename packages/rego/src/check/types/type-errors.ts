import type { RefTerm, Term } from "../../syntax/ast.ts";
import type { RegoError } from "../../syntax/error.ts";
import type { Location } from "../../syntax/location.ts";
import { formatTerm } from "../../syntax/print-term.ts";
import { byteLength } from "../../values/utf8.ts";
import { unifies } from "./algebra.ts";
import { formatDifference, formatType, formatTypes, isTooWide, shortened } from "./print-type.ts";
import { type FunctionType, type Type, hasUnknown, unnamed } from "./type.ts";

/** A type error, with whether it may follow from a type that is not known. */
export interface TypeFault {
  readonly error: RegoError;
  readonly ofUnknown: boolean;
}

/** What a function wants, with the names of its operands. */
export interface Wanted {
  readonly args: readonly (Type | undefined)[];
  readonly variadic: Type | undefined;
}

/** The operands of a function, without the result. */
export function wantedOf({ args, variadic }: FunctionType): Wanted {
  return { args, variadic };
}

export function argError(
  location: Location,
  name: string,
  message: string,
  have: readonly (Type | undefined)[],
  want: Wanted,
): TypeFault {
  return {
    error: { code: "rego_type_error", message: `${name}: ${message}`, location, details: argLines(have, want) },
    ofUnknown: have.some((type) => hasUnknown(type)),
  };
}

function argLines(have: readonly (Type | undefined)[], { args, variadic }: Wanted): readonly string[] {
  const lines = [`have: ${formatTypes(have)}`, `want: ${formatTypes(args, variadic)}`];
  if (!isTooWide(...lines)) return lines;
  const haveTexts = have.map(shortened);
  const wantTexts = args.map(shortened);
  for (let index = 0; index < Math.min(have.length, args.length); index += 1) {
    const given = have[index];
    const wanted = args[index];
    // Only what the function does not accept is spelled out.
    const accepted = given !== undefined && wanted !== undefined && unifies(unnamed(given), unnamed(wanted));
    if (accepted) continue;
    const [left, right] = formatDifference(given, wanted);
    haveTexts[index] = left;
    wantTexts[index] = right;
  }
  if (variadic !== undefined) wantTexts.push(`${shortened(variadic)}...`);
  return [`have: (${haveTexts.join(", ")})`, `want: (${wantTexts.join(", ")})`];
}

const MATCH_ERROR_PAGE = "https://www.openpolicyagent.org/docs/errors/rego-type-error/match-error";

export function matchError(location: Location, left: Type | undefined, right: Type | undefined): TypeFault {
  let texts: readonly [string, string] = [formatType(left), formatType(right)];
  if (isTooWide(`left  : ${texts[0]}`, `right : ${texts[1]}`)) texts = formatDifference(left, right);
  const details = [`left  : ${texts[0]}`, `right : ${texts[1]}`];
  const kind = sharedKind(left, right);
  if (kind !== undefined) {
    details.push(
      `hint  : both sides are ${kind} but their types differ, so they can never be equal (see ${MATCH_ERROR_PAGE})`,
    );
  }
  return {
    error: { code: "rego_type_error", message: "match error", location, details },
    ofUnknown: hasUnknown(left) || hasUnknown(right),
  };
}

function sharedKind(left: Type | undefined, right: Type | undefined): string | undefined {
  const kind = unnamed(left)?.kind;
  if (kind !== unnamed(right)?.kind) return undefined;
  return kind === "object" || kind === "array" || kind === "set" ? `${kind}s` : undefined;
}

/** A reference into something that has no parts. `position` is that of the last part that there is. */
export function unsupportedRef(location: Location, ref: RefTerm, position: number, have: Type | undefined): RegoError {
  const message =
    have?.kind === "function"
      ? `function ${functionName(ref)} used as reference, not called`
      : `undefined ref: ${formatTerm(ref)}`;
  const details = [
    formatTerm(ref),
    "^".repeat(byteLength(formatTerm({ ...ref, path: ref.path.slice(0, position) }))),
    `have: ${have === undefined ? "<nil>" : formatType(have)}`,
  ];
  return { code: "rego_type_error", message, location, details };
}

/** Without a variable at the end that nobody wrote. */
function functionName(ref: RefTerm): string {
  const last = ref.path.at(-1) ?? ref.head;
  const isMade = last.type === "var" && /__local[0-9]+__/.test(last.name);
  return formatTerm(isMade ? { ...ref, path: ref.path.slice(0, -1) } : ref);
}

export interface InvalidPart {
  /** The index of the part in the reference, of which the head has 0. */
  readonly position: number;
  readonly have?: Type | undefined;
  readonly want?: Type | undefined;
  readonly oneOf?: readonly string[];
}

/** A reference with a part that what comes before it does not have. */
export function invalidRef(location: Location, ref: RefTerm, { position, have, want, oneOf }: InvalidPart): RegoError {
  const before = formatTerm({ ...ref, path: ref.path.slice(0, Math.max(position - 1, 0)) });
  const pad = " ".repeat((position === 0 ? 0 : byteLength(before)) + 1);
  const details = [formatTerm(ref), `${pad}^`];
  const part: Term = (position === 0 ? undefined : ref.path[position - 1]) ?? ref.head;
  details.push(have === undefined ? `${pad}have: ${formatTerm(part)}` : `${pad}have (type): ${formatType(have)}`);
  if (oneOf !== undefined && oneOf.length > 0) details.push(`${pad}want (one of): [${oneOf.join(" ")}]`);
  else if (want === undefined) details.push(`${pad}want (one of): []`);
  else details.push(`${pad}want (type): ${formatType(want)}`);
  return { code: "rego_type_error", message: `undefined ref: ${formatTerm(ref)}`, location, details };
}
