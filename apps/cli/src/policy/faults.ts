import { LoadError, type LoadFault, type Location, type RegoError } from "@redoubt/rego";
import { createColors } from "picocolors";
import { type Host, wantsColor } from "../terminal/host.ts";
import { plain } from "../terminal/plain.ts";

/** Prints what is wrong with policies and files on standard error, with the source of each that has a place. */
export function printFaults(host: Host, faults: readonly LoadFault[]): void {
  const paint = createColors(wantsColor(host.stderr, host.env));
  for (const fault of faults) {
    const [first = "", ...rest] = faultLines(fault).map(plain);
    host.stderr.write(`${[paint.bold(first), ...rest].join("\n")}\n`);
  }
}

/** Something that is wrong at a place of a policy. */
export interface PlacedFault extends Pick<RegoError, "message" | "details" | "hint"> {
  readonly code: string;
  readonly location: Location | undefined;
}

/** `file:row:col: error code: message (hint)`, then the line of the source with carets under what is at fault. */
export function faultLines(fault: LoadFault | PlacedFault): string[] {
  if (fault instanceof LoadError) return [`error ${fault.code}: ${fault.message}`];
  const { code, message, location, hint } = fault;
  const place = location === undefined ? "" : `${location.source.file || "<query>"}:${location.row}:${location.col}: `;
  return [
    `${place}error ${code}: ${message}${hint === undefined ? "" : ` (${hint})`}`,
    ...sourceLines(fault),
    // The parser's details are the source line, which is shown already.
    ...(code === "rego_parse_error" ? [] : (fault.details ?? []).map((line) => `  ${line}`)),
  ];
}

const MAX_WIDTH = 120;

/** The line that a fault is about, with its number, and carets. */
function sourceLines(fault: PlacedFault): string[] {
  const { location } = fault;
  if (location === undefined) return [];
  const { text } = location.source;
  const span = focusOf(fault);
  const start = text.lastIndexOf("\n", span.offset - 1) + 1;
  const lineEnd = text.indexOf("\n", start);
  const line = text.slice(start, lineEnd === -1 ? text.length : lineEnd).replace(/\r$/, "");
  const row = text.slice(0, start).split("\n").length;
  const offset = Math.min(span.offset - start, line.length);
  const from = Math.max(0, Math.min(offset - MAX_WIDTH / 2, line.length - MAX_WIDTH));
  const shown = line.slice(from, from + MAX_WIDTH).replaceAll("\t", " ");
  const width = Math.max(1, Math.min(span.end - span.offset, shown.length - (offset - from)));
  const gutter = String(row).length;
  return [
    `${String(row).padStart(gutter + 2)} | ${shown}`,
    `${" ".repeat(gutter + 2)} | ${" ".repeat(offset - from)}${"^".repeat(width)}`,
  ];
}

interface Span {
  readonly offset: number;
  readonly end: number;
}

/** The stretch of the source to mark: the name that the message is about where it names one, else all of the place. */
function focusOf({ message, location }: PlacedFault): Span {
  if (location === undefined) return { offset: 0, end: 0 };
  const { source, offset, end } = location;
  const [, name] = /(?:function|var|argument|import|keyword|ref:) ([A-Za-z_][\w.]*)/.exec(message) ?? [];
  if (name !== undefined) {
    const lineEnd = source.text.indexOf("\n", offset);
    const written = source.text.slice(offset, Math.max(end, lineEnd === -1 ? source.text.length : lineEnd));
    const at = written.search(new RegExp(`(?<![\\w.])${name.replaceAll(".", "\\.")}(?![\\w])`));
    if (at !== -1) return { offset: offset + at, end: offset + at + name.length };
  }
  const start = visiblePlace(source.text, offset);
  return { offset: start, end: start < offset ? start + 1 : Math.max(end, start) };
}

/** A place that can be marked: where the text ends, or a line is empty, what comes before it. */
function visiblePlace(text: string, offset: number): number {
  let at = Math.min(offset, text.length - 1);
  if (at < offset || text.charAt(at) === "\n") while (at > 0 && /\s/.test(text.charAt(at))) at -= 1;
  return Math.max(at, 0);
}

/** Errors as OPA's JSON output has them. */
export function faultsJson(faults: readonly LoadFault[]): readonly object[] {
  return faults.map((fault) => {
    if (fault instanceof LoadError) return { message: fault.message, code: fault.code };
    const { message, code, location, details } = fault;
    return {
      message,
      code,
      ...(location === undefined
        ? {}
        : { location: { file: location.source.file, row: location.row, col: location.col } }),
      ...(code === "rego_parse_error" && details !== undefined && details.length === 2
        ? { details: { line: details[0], idx: (details[1] ?? "^").length - 1 } }
        : {}),
    };
  });
}
