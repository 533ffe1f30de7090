import { type JsonObject, type JsonValue, isJsonObject } from "../json.ts";
import { resolvePlain } from "./scalars.ts";

/** How new YAML is laid out. */
export interface YamlStyle {
  /** Columns that a nested mapping is indented by. */
  readonly step: number;
  /** Columns that a list's dashes stand right of their key. */
  readonly dashOffset: number;
  /** From a dash to its item's text, the dash included. */
  readonly itemOffset: number;
  /** For strings that need quotes. */
  readonly quote: "double" | "single";
}

/** kubectl's own layout. */
export const DEFAULT_STYLE: YamlStyle = { step: 2, dashOffset: 0, itemOffset: 2, quote: "double" };

/** How new flow collections are laid out. */
export interface FlowStyle {
  /** JSON: every key and string in double quotes. */
  readonly json: boolean;
  readonly colon: string;
  readonly comma: string;
  readonly quote: "double" | "single";
  /** Set for one entry a line: the indentation of a level. */
  readonly unit?: string;
}

/**
 * `value` as a block-style YAML document with a final newline, keys in the order given. Strings are quoted where kubectl
 * (go-yaml v2) or another YAML 1.1 or 1.2 reader would take them for something else.
 */
export function writeYaml(value: JsonValue, style: YamlStyle = DEFAULT_STYLE): string {
  return `${blockLines(value, style).join("\n")}\n`;
}

/** Whether a value is written on the line of its key: scalars and empty collections. */
export function isInline(value: JsonValue): boolean {
  if (typeof value === "string") return !fitsLiteral(value);
  return typeof value !== "object" || value === null || isEmptyCollection(value);
}

export function isEmptyCollection(value: JsonValue): boolean {
  return Array.isArray(value) ? value.length === 0 : isJsonObject(value) && Object.keys(value).length === 0;
}

/** The lines of a value, the first one at column 0. A block literal's header is its first line. */
export function blockLines(value: JsonValue, style: YamlStyle): string[] {
  if (typeof value === "string" && fitsLiteral(value)) return literalLines(value, style.step);
  if (isInline(value)) return [writeInline(value, style.quote)];
  if (Array.isArray(value)) return value.flatMap((item) => itemLines(item, style));
  return isJsonObject(value) ? entriesLines(value, style) : [];
}

function entriesLines(value: JsonObject, style: YamlStyle): string[] {
  return Object.entries(value).flatMap(([key, item]) => entryLines(key, item, style));
}

/** `key: value`, over as many lines as it takes. */
export function entryLines(key: string, value: JsonValue, style: YamlStyle): string[] {
  const head = `${writeString(key, style.quote, false)}:`;
  if (isInline(value)) return [`${head} ${writeInline(value, style.quote)}`];
  const lines = blockLines(value, style);
  if (typeof value === "string") return [`${head} ${lines[0] ?? ""}`, ...lines.slice(1)];
  return [head, ...indent(lines, Array.isArray(value) ? style.dashOffset : style.step)];
}

/** `- value`, over as many lines as it takes. */
export function itemLines(value: JsonValue, style: YamlStyle): string[] {
  const lines = blockLines(value, style);
  const gap = " ".repeat(style.itemOffset - 1);
  if (typeof value === "string") return [`-${gap}${lines[0] ?? ""}`, ...lines.slice(1)];
  return [`-${gap}${lines[0] ?? ""}`, ...indent(lines.slice(1), style.itemOffset)];
}

export function indent(lines: readonly string[], columns: number): string[] {
  const padding = " ".repeat(columns);
  return lines.map((line) => (line === "" ? "" : padding + line));
}

/** A scalar, or an empty collection, for block context. */
export function writeInline(value: JsonValue, quote: "double" | "single"): string {
  if (typeof value === "string") return writeString(value, quote, false);
  if (Array.isArray(value)) return "[]";
  return isJsonObject(value) ? "{}" : writeAtom(value);
}

function writeAtom(value: null | boolean | number | bigint): string {
  return Object.is(value, -0) ? "0" : String(value);
}

/** `value` in flow style. `indentation` is that of the line it starts on, for styles with one entry a line. */
export function writeFlow(value: JsonValue, style: FlowStyle, indentation = ""): string {
  if (typeof value === "string") return style.json ? JSON.stringify(value) : writeString(value, style.quote, true);
  if (typeof value !== "object" || value === null) return writeAtom(value);
  const inner = style.unit === undefined ? "" : indentation + style.unit;
  const parts = Array.isArray(value)
    ? value.map((item) => writeFlow(item, style, inner))
    : Object.entries(value).map(([key, item]) => writeFlowEntry(key, item, style, inner));
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  if (parts.length === 0) return `${open}${close}`;
  if (style.unit === undefined) return `${open}${parts.join(style.comma)}${close}`;
  return `${open}\n${parts.map((part) => inner + part).join(",\n")}\n${indentation}${close}`;
}

export function writeFlowEntry(key: string, value: JsonValue, style: FlowStyle, indentation = ""): string {
  const name = style.json ? JSON.stringify(key) : writeString(key, style.quote, true);
  return `${name}${style.colon}${writeFlow(value, style, indentation)}`;
}

/** A string as a one-line scalar, plain where every reader takes it for this string. */
export function writeString(value: string, quote: "double" | "single", flow: boolean): string {
  if (!needsQuotes(value, flow)) return value;
  return quoteString(value, quote);
}

/** In the wanted quotes, or in double ones where single ones cannot hold the string. */
export function quoteString(value: string, quote: "double" | "single"): string {
  if (quote === "single" && !/[^\x20-\x7E\xA0-\u2027\u202A-\uD7FF\uE000-\uFEFE\uFF00-\uFFFD]/.test(value))
    return `'${value.replaceAll("'", "''")}'`;
  return JSON.stringify(value).replaceAll(
    /[\x7F-\x9F\u2028\u2029\uFEFF\uFFFE\uFFFF]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

const DATE = /^\d{4}-\d\d?-\d\d?(?:[Tt ].*)?$/;
const SEXAGESIMAL = /^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/;
/** What some other reader takes for a number, null or merge though go-yaml does not. */
const ELSEWHERE =
  /^(?:=|<<|[-+]?[0-9][0-9_]*|[-+]?0o[0-7]+|[-+]?\.?[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

function needsQuotes(value: string, flow: boolean): boolean {
  if (value === "" || typeof resolvePlain(value) !== "string") return true;
  if (ELSEWHERE.test(value) || DATE.test(value) || SEXAGESIMAL.test(value)) return true;
  if (/[^\x20-\x7E\xA0-\u2027\u202A-\uD7FF\uE000-\uFEFE\uFF00-\uFFFD]/.test(value)) return true;
  if (/^[\s,[\]{}#&*!|>'"%@`]|^[-?:](?:\s|$)|\s$|^---|^\.\.\.|:\s|:$|\s#/.test(value)) return true;
  return flow && /[,[\]{}]|^[-?:]|:[,[\]{}]/.test(value);
}

/** Whether a string of several lines can be a block literal without an indentation indicator. */
function fitsLiteral(value: string): boolean {
  if (!value.includes("\n") || value.endsWith("\n\n") || /^[\s]/.test(value)) return false;
  if (/[^\n\x20-\x7E\xA0-\u2027\u202A-\uD7FF\uE000-\uFEFE\uFF00-\uFFFD]/.test(value)) return false;
  return !/[ ]$/m.test(value);
}

/** Whether the last line of a value in block style belongs to a block literal. */
export function endsInLiteral(value: JsonValue): boolean {
  if (typeof value === "string") return fitsLiteral(value);
  const last = Array.isArray(value) ? value.at(-1) : isJsonObject(value) ? Object.values(value).at(-1) : undefined;
  return last !== undefined && endsInLiteral(last);
}

function literalLines(value: string, step: number): string[] {
  const clipped = value.endsWith("\n");
  const lines = (clipped ? value.slice(0, -1) : value).split("\n");
  return [clipped ? "|" : "|-", ...indent(lines, Math.max(step, 1))];
}
