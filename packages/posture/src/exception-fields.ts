import { findControl } from "./catalogue.ts";

/** What is wrong with one field of an exception. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
  readonly hint?: string;
}

export interface ExceptionFields {
  readonly control: string;
  readonly reason: string;
  readonly owner: string;
  readonly expires: string;
  readonly endsAt: number;
}

export type FieldsRead =
  | { readonly kind: "valid"; readonly fields: ExceptionFields }
  | { readonly kind: "invalid"; readonly problems: readonly FieldProblem[] };

/** Checks the four plain fields that every exception has, wherever it is written. */
export function readFields(fields: Readonly<Record<string, unknown>>): FieldsRead {
  const problems: FieldProblem[] = [];
  const text = (field: string): string => {
    const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (typeof value === "string" && value.trim() !== "") return value.trim();
    const missing = value === undefined || value === null;
    problems.push({ field, message: missing ? `${field} is missing` : `${field} must be a text that is not empty` });
    return "";
  };
  const control = text("control");
  const reason = text("reason");
  const owner = text("owner");
  const expires = text("expires");
  const endsAt = endOf(expires);
  if (expires !== "" && endsAt === undefined) {
    problems.push({
      field: "expires",
      message: `expires is ${JSON.stringify(expires)}, which is not a date`,
      hint: "write a day such as 2027-01-31, or a moment such as 2027-01-31T12:00:00Z",
    });
  }
  const lookup = control === "" ? undefined : findControl(control);
  if (lookup?.kind === "unknown") {
    const suggestions = lookup.suggestions.map(({ id }) => id).join(", ");
    problems.push({
      field: "control",
      message: `there is no control ${JSON.stringify(control)}`,
      hint: suggestions === "" ? "`redoubt controls` lists them" : `did you mean ${suggestions}?`,
    });
  }
  if (problems.length > 0 || lookup?.kind !== "found" || endsAt === undefined) return { kind: "invalid", problems };
  return { kind: "valid", fields: { control: lookup.control.id, reason, owner, expires, endsAt } };
}

/** The first moment after an RFC 3339 date (the end of that day, UTC) or date-time; undefined for anything else, also for the 31st of February. */
function endOf(text: string): number | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:([Tt ])\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d))?$/.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, time] = match;
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
  if (new Date(midnight).toISOString().slice(0, 10) !== `${year}-${month}-${day}`) return undefined;
  if (time === undefined) return midnight + 24 * 60 * 60 * 1000;
  const moment = Date.parse(text.replace(" ", "T"));
  return Number.isNaN(moment) ? undefined : moment;
}
