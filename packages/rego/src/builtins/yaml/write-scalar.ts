import { byteLength } from "../../values/utf8.ts";
import { isPlainString } from "./scalar.ts";

/** Beyond these go-yaml escapes: also what has more than 16 bits. */
const UNPRINTABLE = /[^\n\u0020-\u007e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/u;
const BREAK = /[\n\r\u0085\u2028\u2029]/;
const LONGEST_KEY = 128;

/** Whether a key goes before its colon, rather than on a line of its own after `?`. */
export function isSimpleKey(key: string): boolean {
  return !BREAK.test(key) && byteLength(key) <= LONGEST_KEY;
}

/** A string in the first style that can hold it; `indent` is where further lines of it go. */
export function scalarText(text: string, indent: number): string {
  const shape = shapeOf(text);
  if (text.includes("\n")) return shape.allowsLiteral ? literal(text, indent) : doubleQuoted(text);
  if (!isPlainString(text)) return doubleQuoted(text);
  if (shape.allowsPlain) return text;
  return shape.allowsSingleQuotes ? singleQuoted(text, indent) : doubleQuoted(text);
}

interface Shape {
  readonly allowsPlain: boolean;
  readonly allowsSingleQuotes: boolean;
  readonly allowsLiteral: boolean;
}

function shapeOf(text: string): Shape {
  if (text === "") return { allowsPlain: true, allowsSingleQuotes: true, allowsLiteral: false };
  const hasTabs = text.includes("\t");
  const hasSpecial = UNPRINTABLE.test(text.replaceAll("\t", ""));
  const breaksBeforeSpace = /[\n\r\u0085\u2028\u2029] /.test(text);
  const spacesBeforeBreak = / [\n\r\u0085\u2028\u2029]/.test(text);
  const endsInSpace = text.endsWith(" ");
  const allowsSingleQuotes = !breaksBeforeSpace && !spacesBeforeBreak && !hasTabs && !hasSpecial;
  const isBare = !/^[ \n\r\u0085\u2028\u2029]|[ \n\r\u0085\u2028\u2029]$/.test(text) && !BREAK.test(text);
  return {
    allowsPlain: allowsSingleQuotes && isBare && !hasIndicators(text),
    allowsSingleQuotes,
    allowsLiteral: !endsInSpace && !spacesBeforeBreak && !hasSpecial,
  };
}

/** Whether something in the text means something else to a YAML reader in a block. */
function hasIndicators(text: string): boolean {
  return (
    /^(?:---|\.\.\.)/.test(text) ||
    /^[#,[\]{}&*!|>'"%@`]/.test(text) ||
    /^[-?:](?:[ \t]|$)/.test(text) ||
    /:(?:[ \t]|$)/.test(text.slice(1)) ||
    /[ \t\n\r\u0085\u2028\u2029]#/.test(text)
  );
}

/** Lines of a text as they stand, each indented, which tells where the text ends. */
function literal(text: string, indent: number): string {
  const hint = /^[ \n\r\u0085\u2028\u2029]/.test(text) ? "2" : "";
  const [ending = ""] = /[\n\r\u0085\u2028\u2029]*$/.exec(text) ?? [];
  const chomping = ending === "" ? "-" : ending.length > 1 || ending === text ? "+" : "";
  return `|${hint}${chomping}\n${indentedLines(text, indent, "literal")}`;
}

function singleQuoted(text: string, indent: number): string {
  return `'${indentedLines(text.replaceAll("'", "''"), indent, "folded")}'`;
}

/** Indents what follows line breaks. Where breaks are folded, a line feed after text is written twice. */
function indentedLines(text: string, indent: number, form: "literal" | "folded"): string {
  let written = "";
  let afterBreak = form === "literal";
  for (const character of text) {
    if (BREAK.test(character)) {
      if (form === "folded" && !afterBreak && character === "\n") written += "\n";
      written += character;
      afterBreak = true;
    } else {
      if (afterBreak && (form === "literal" || character !== " ")) written += " ".repeat(indent);
      written += character;
      if (form === "literal" || character !== " ") afterBreak = false;
    }
  }
  return written;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\0", "\\0"],
  ["\u0007", "\\a"],
  ["\b", "\\b"],
  ["\t", "\\t"],
  ["\n", "\\n"],
  ["\v", "\\v"],
  ["\f", "\\f"],
  ["\r", "\\r"],
  ["\u001b", "\\e"],
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\u0085", "\\N"],
  ["\u00a0", "\\_"],
  ["\u2028", "\\L"],
  ["\u2029", "\\P"],
]);

/** go-yaml looks for a byte order mark at the start of the text whatever the place, and then escapes all of it. */
function doubleQuoted(text: string): string {
  const escapesAll = text.startsWith("\ufeff");
  let quoted = "";
  for (const character of text) {
    const isPlain = !UNPRINTABLE.test(character) && !BREAK.test(character) && character !== '"' && character !== "\\";
    quoted += isPlain && !escapesAll ? character : (ESCAPES.get(character) ?? hexEscape(character));
  }
  return `"${quoted}"`;
}

function hexEscape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}
