import { EVENT_ID, type Event, SCALAR_STYLE, YAMLException } from "js-yaml";

/** How deep collections may nest, aliases expanded. The API server's own schemas stay far below it. */
export const MAX_DEPTH = 500;

/** Something to say about a document's text; offsets count from the document's start. */
export interface Problem {
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly start: number;
  readonly end: number;
  readonly hint?: string;
  /** Another place that the message is about: where the key was first written. */
  readonly earlier?: number;
}

/** A stretch of the document. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** What a failed parse means. */
export function syntaxProblem(text: string, error: unknown): Problem {
  if (error instanceof RangeError)
    return { code: "KUBE_TOO_DEEP", severity: "error", message: "nested too deeply to be read", start: 0, end: 0 };
  if (!(error instanceof YAMLException))
    return { code: "KUBE_PARSE", severity: "error", message: `cannot be parsed: ${String(error)}`, start: 0, end: 0 };
  // What is found missing at the end is missed behind the last thing written.
  const offset = Math.min(error.mark?.position ?? 0, text.trimEnd().length);
  const place = { severity: "error", start: offset, end: Math.min(offset + 1, text.length) } as const;
  if (error.reason.startsWith("nesting exceeded"))
    return { code: "KUBE_TOO_DEEP", message: `nested more than ${MAX_DEPTH} levels deep`, ...place };
  if (error.reason.startsWith("null byte"))
    return { code: "KUBE_CONTROL_CHARACTER", message: "a NUL byte is not allowed in YAML", ...place };
  if (error.reason.includes("non-printable"))
    return { code: "KUBE_CONTROL_CHARACTER", message: "control characters are not allowed in YAML", ...place };
  const hint =
    text.charCodeAt(offset) === 9 || error.reason.includes("tab") ? { hint: "indent with spaces, not tabs" } : {};
  return { code: "KUBE_PARSE", message: error.reason, ...place, ...hint };
}

/** Where an event is written: scalars with their quotes, aliases with their star, collections by their first character. */
export function placeOf(event: Event): Place {
  switch (event.type) {
    case EVENT_ID.SCALAR:
      if (event.valueStart !== -1) {
        const quote = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED ? 1 : 0;
        return { start: event.valueStart - quote, end: event.valueEnd + quote };
      }
      return { start: Math.max(event.tagStart, 0), end: Math.max(event.tagEnd, 0) };
    case EVENT_ID.ALIAS:
      return { start: event.anchorStart - 1, end: event.anchorEnd };
    case EVENT_ID.MAPPING:
    case EVENT_ID.SEQUENCE:
      return { start: event.start, end: event.start + 1 };
    case EVENT_ID.DOCUMENT:
    case EVENT_ID.POP:
      break;
  }
  return { start: 0, end: 0 };
}
