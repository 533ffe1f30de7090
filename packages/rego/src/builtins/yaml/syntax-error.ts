import type { YAMLException } from "js-yaml";
import { BuiltinError } from "../errors.ts";

/** What go-yaml calls what js-yaml complains of, and the line that it names, counted as it counts. */
interface Complaint {
  readonly text: string;
  /** The line where what cannot be read begins, from 0. */
  readonly context: number;
  /** The line where it was noticed, from 0. */
  readonly problem: number;
  /** Whether the scanner complains, which counts lines from 1; the parser counts from 0. Line 0 is not named. */
  readonly byScanner: boolean;
}

/** A failure to read YAML text, in go-yaml's words where they can be told. */
export function syntaxError(text: string, { reason, mark }: YAMLException): BuiltinError {
  const complaint = complaintOf(reason, text, mark?.position ?? 0);
  const line = complaint.context !== 0 ? complaint.context : complaint.problem;
  const shown = line === 0 ? 0 : line + (complaint.byScanner ? 1 : 0);
  return new BuiltinError(`yaml: ${shown === 0 ? "" : `line ${shown}: `}${complaint.text}`);
}

function complaintOf(reason: string, text: string, position: number): Complaint {
  const here = lineOf(text, position);
  const scanner = (message: string, context = here): Complaint => ({
    text: message,
    context,
    problem: here,
    byScanner: true,
  });
  const parser = (message: string, context = 0, problem = here): Complaint => ({
    text: message,
    context,
    problem,
    byScanner: false,
  });
  switch (reason) {
    case "unexpected end of the stream within a flow collection": {
      const open = unclosed(text);
      return parser(`did not find expected ',' or '${open.close}'`, lineOf(text, open.position), endLine(text));
    }
    case "unexpected end of the stream within a double quoted scalar":
    case "unexpected end of the stream within a single quoted scalar":
      return scanner("found unexpected end of stream");
    case "unknown escape sequence":
      return scanner("found unknown escape character");
    case "expected hexadecimal character":
      return scanner("did not find expected hexdecimal number");
    case "tab characters must not be used in indentation":
      return scanner("found character that cannot start any token");
    case "bad indentation of a sequence entry":
      return parser("did not find expected '-' indicator");
    case "bad indentation of a mapping entry":
    case "end of the stream or a document separator is expected":
      return complaintAt(text, position, scanner, parser);
    case "directives end mark is expected":
      return scanner(
        /^%[A-Za-z0-9_-]+[ \n]/.test(text)
          ? "found unknown directive name"
          : "found unexpected non-alphabetical character",
      );
    case "unacceptable YAML version of the document":
      return parser("found incompatible YAML document");
    case "name of an alias node must contain at least one character":
    case "name of an anchor node must contain at least one character":
      return scanner("did not find expected alphabetic or numeric character");
    default:
      return { text: reason, context: here, problem: here, byScanner: true };
  }
}

/** What stands where a collection or the document should go on, or end. */
function complaintAt(
  text: string,
  position: number,
  scanner: (message: string) => Complaint,
  parser: (message: string) => Complaint,
): Complaint {
  const rest = text.slice(position).trimStart();
  if (/^[@`%]/.test(rest) || text.charAt(position) === "\t")
    return scanner("found character that cannot start any token");
  if (/^[\]},]/.test(rest)) return parser("did not find expected node content");
  const inMapping = /:(?:\s|$)/.test(text.slice(0, position)) || /^[^\n]*:(?:\s|$)/.test(rest);
  if (rest.startsWith("- ") && inMapping) return scanner("block sequence entries are not allowed in this context");
  if (inMapping) return scanner("mapping values are not allowed in this context");
  return parser("did not find expected <document start>");
}

function lineOf(text: string, position: number): number {
  return text.slice(0, position).split("\n").length - 1;
}

/** The line after the last one, which is where a text ends. */
function endLine(text: string): number {
  return text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
}

/** The innermost flow collection that is still open at the end, strings and comments left aside. */
function unclosed(text: string): { readonly close: string; readonly position: number } {
  const open: { close: string; position: number }[] = [];
  const bare = text.replaceAll(/"(?:[^"\\]|\\[^])*"|'[^']*'|(?<=^|\s)#[^\n]*/g, (match) => " ".repeat(match.length));
  for (let i = 0; i < bare.length; i += 1) {
    const character = bare.charAt(i);
    if (character === "[") open.push({ close: "]", position: i });
    else if (character === "{") open.push({ close: "}", position: i });
    else if (character === "]" || character === "}") open.pop();
  }
  return open.at(-1) ?? { close: "]", position: 0 };
}
