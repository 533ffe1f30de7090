/** Where in a source text something is. Lines and columns count from 1, columns in UTF-16 code units; offsets from 0. */
export interface Position {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

/** A stretch of source text; `end` is exclusive. */
export interface Region {
  readonly start: Position;
  readonly end: Position;
}

/** What went wrong in reading or understanding an input, and where. Expected failures are values of this type, not exceptions. */
export interface Diagnostic {
  /** Stable, documented in docs/errors.md. */
  readonly code: string;
  /** `error`: something could not be read, so a report is incomplete (exit code 3). `warning`: read, but not as its author may expect. */
  readonly severity: "error" | "warning";
  readonly message: string;
  /** The file as the user named it; absent where no file is to blame. */
  readonly file?: string;
  readonly region?: Region;
  /** What to do about it. */
  readonly hint?: string;
}

/** The one error class. `code` is stable; the message says what, where and what to do. */
export class RedoubtError extends Error {
  readonly code: string;
  readonly diagnostics: readonly Diagnostic[];

  constructor(
    code: string,
    message: string,
    options: { readonly cause?: unknown; readonly diagnostics?: readonly Diagnostic[] } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "RedoubtError";
    this.code = code;
    this.diagnostics = options.diagnostics ?? [];
  }
}

/** `file:line:column`, as much of it as is known; the empty string when nothing is. */
export function formatPlace(diagnostic: Pick<Diagnostic, "file" | "region">): string {
  const { file, region } = diagnostic;
  if (region === undefined) return file ?? "";
  return `${file ?? "<input>"}:${region.start.line}:${region.start.column}`;
}

/** One line: place, severity, code, message and hint. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const place = formatPlace(diagnostic);
  const hint = diagnostic.hint === undefined ? "" : ` (${diagnostic.hint})`;
  return `${place === "" ? "" : `${place}: `}${diagnostic.severity} ${diagnostic.code}: ${diagnostic.message}${hint}`;
}
