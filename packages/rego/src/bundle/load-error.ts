import { type RegoError, formatError } from "../syntax/error.ts";

/** What can be wrong with files, data and bundles; docs/errors.md says what to do about each. */
export type LoadErrorCode =
  | "LOAD_UNREADABLE"
  | "LOAD_NOT_UTF8"
  | "LOAD_UNKNOWN_TYPE"
  | "LOAD_TOO_LARGE"
  | "LOAD_DATA_SYNTAX"
  | "LOAD_DATA_NOT_OBJECT"
  | "LOAD_DATA_CONFLICT"
  | "LOAD_CAPABILITIES"
  | "BUNDLE_ARCHIVE"
  | "BUNDLE_NAME"
  | "BUNDLE_MANIFEST"
  | "BUNDLE_ROOTS"
  | "BUNDLE_UNSUPPORTED"
  | "BUNDLE_SIGNATURE";

/** Why a file or a bundle cannot be used. Thrown inside, handed out as a value. */
export class LoadError extends Error {
  override readonly name = "LoadError";
  readonly code: LoadErrorCode;
  /** The file or bundle at fault, as it was named; empty where it is none alone. */
  readonly file: string;

  constructor(code: LoadErrorCode, file: string, message: string, options?: ErrorOptions) {
    super(file === "" ? message : `${file}: ${message}`, options);
    this.code = code;
    this.file = file;
  }
}

/** A policy that does not parse, or a file that cannot be loaded. */
export type LoadFault = RegoError | LoadError;

/** A result, or everything that stood in its way. */
export type Loaded<T> =
  | { readonly value: T; readonly errors: readonly never[] }
  | { readonly value: undefined; readonly errors: readonly [LoadFault, ...LoadFault[]] };

/** On one line, or more where the fault shows the text that it is about. */
export function formatLoadFault(fault: LoadFault): string {
  return fault instanceof LoadError ? `${fault.code}: ${fault.message}` : formatError(fault);
}

/** A result unless there were errors. */
export function loaded<T>(errors: readonly LoadFault[], value: () => T): Loaded<T> {
  const [first, ...rest] = errors;
  return first === undefined ? { value: value(), errors: [] } : { value: undefined, errors: [first, ...rest] };
}
