import { type Location, formatPlace } from "./location.ts";

/** The codes that OPA gives its errors. */
export type RegoErrorCode =
  | "rego_parse_error"
  | "rego_compile_error"
  | "rego_type_error"
  | "rego_unsafe_var_error"
  | "rego_recursion_error"
  | "rego_format_error";

/** What is wrong with a policy, and where. */
export interface RegoError {
  readonly code: RegoErrorCode;
  readonly message: string;
  /** Absent where the fault is with no place, as in capabilities. */
  readonly location: Location | undefined;
  /** Lines that show more, such as the faulty line with a caret under it. */
  readonly details?: readonly string[];
  /** What may mend it, where that can be guessed. OPA has no such thing, and its messages lack it. */
  readonly hint?: string;
}

/** `file:row: code: message`, then its details, as OPA writes an error. */
export function formatError({ code, message, location, details = [] }: RegoError): string {
  const place = location === undefined ? "" : `${formatPlace(location)}: `;
  return [`${place}${code}: ${message}`, ...details.map((line) => `\t${line}`)].join("\n");
}

/** Errors as OPA reports them together: how many, then each. */
export function formatErrors(errors: readonly RegoError[]): string {
  const [first, ...rest] = errors;
  if (first === undefined) return "no error(s)";
  if (rest.length === 0) return `1 error occurred: ${formatError(first)}`;
  return `${errors.length} errors occurred:\n${errors.map(formatError).join("\n")}`;
}
