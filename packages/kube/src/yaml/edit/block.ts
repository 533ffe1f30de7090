import type { JsonValue } from "../../json.ts";
import { type MappingNode, type SequenceNode, type YamlNode, isMergeKey, lineEnd, skipSpace } from "../tree.ts";
import {
  type YamlStyle,
  blockLines,
  endsInLiteral,
  entryLines,
  indent,
  isInline,
  itemLines,
  quoteString,
  writeInline,
} from "../write.ts";
import type { Comment } from "./comments.ts";
import { type Layout, localStyle, tailEnd } from "./layout.ts";
import { type Slot, childrenOf, isEntry } from "./slot.ts";
import { type Splice, columnOf, indentationOf, lineStart, nextLine, startsLine } from "./splice.ts";

/** What the splices of one document are made from. */
export interface Source {
  readonly text: string;
  readonly root: YamlNode;
  /** What the document means to kubectl. */
  readonly value: JsonValue;
  readonly layout: Layout;
  readonly comments: readonly Comment[];
}

export function commentsBetween(source: Source, start: number, end: number): Comment[] {
  return source.comments.filter((comment) => comment.start >= start && comment.start < end);
}

/** New lines behind the last line of a block collection, in the column of its children. */
function insertLines(
  source: Source,
  node: MappingNode | SequenceNode,
  lines: readonly string[],
  value: JsonValue,
): Splice[] {
  const { text } = source;
  const children = childrenOf(node);
  const own = children.find((child) => startsLine(text, child.start)) ?? children[0];
  if (own === undefined) return [];
  const padding = startsLine(text, own.start) ? indentationOf(text, own.start) : " ".repeat(columnOf(text, own.start));
  const padded = lines.map((line) => (line === "" ? "" : padding + line));
  if (separatedByBlanks(text, node)) padded.unshift("");
  const at = tailEnd(text, node);
  const following = endsInLiteral(value) ? shallowComments(text, at, padding.length) : [];
  return [{ start: at, end: at, text: `\n${padded.join("\n")}` }, ...following];
}

/** Whether the author leaves a blank line between all children. */
function separatedByBlanks(text: string, node: MappingNode | SequenceNode): boolean {
  const children = childrenOf(node);
  if (children.length < 2) return false;
  return children.every((child, index) => {
    const next = children[index + 1];
    return next === undefined || /\n[ \t]*\r?\n/.test(text.slice(tailEnd(text, child.value), next.start));
  });
}

export function insertBlockEntry(
  source: Source,
  chain: readonly (MappingNode | SequenceNode)[],
  node: MappingNode,
  key: string,
  value: JsonValue,
): Splice[] {
  return insertLines(
    source,
    node,
    entryLines(key, value, localStyle(source.text, source.layout, [...chain, node])),
    value,
  );
}

export function insertBlockItem(
  source: Source,
  chain: readonly (MappingNode | SequenceNode)[],
  node: SequenceNode,
  value: JsonValue,
): Splice[] {
  return insertLines(source, node, itemLines(value, localStyle(source.text, source.layout, [...chain, node])), value);
}

/** Takes one of several children of a block collection away; comments among its lines stay, each on a line of its own. */
export function removeBlockChild(source: Source, node: MappingNode | SequenceNode, index: number): Splice[] {
  const { text } = source;
  const children = childrenOf(node);
  const child = children[index];
  const next = children[index + 1];
  if (child === undefined) return [];
  if (!startsLine(text, child.start) && next !== undefined) {
    const padding = startsLine(text, next.start) ? indentationOf(text, next.start) : "";
    const kept = commentsBetween(source, child.start, next.start);
    return [
      { start: child.start, end: next.start, text: kept.map((comment) => `${comment.text}\n${padding}`).join("") },
    ];
  }
  const padding = indentationOf(text, child.start);
  const tail = Math.max(lineEnd(text, child.start), tailEnd(text, child.value));
  const end = nextLine(text, tail);
  const start = lineStart(text, child.start);
  const kept = commentsBetween(source, start, end).map((comment) => padding + comment.text);
  const before = children[index - 1]?.value;
  const following =
    before !== undefined && isBlockScalar(lastLeaf(before)) ? shallowComments(text, tail, padding.length) : [];
  if (end === text.length && lineEnd(text, tail) === text.length && start > 0) {
    // No line break at the end of the file: the one before goes, so that there is none again.
    const previous = start - (text.startsWith("\r\n", start - 2) ? 2 : 1);
    return [{ start: previous, end, text: kept.map((line) => `\n${line}`).join("") }];
  }
  return [{ start, end, text: kept.map((line) => `${line}\n`).join("") }, ...following];
}

/**
 * Comment lines below the line of `position` that stand right of `column`, moved there: behind a block scalar that comes to stand
 * before them they would be content.
 */
function shallowComments(text: string, position: number, column: number): Splice[] {
  const splices: Splice[] = [];
  for (let at = nextLine(text, position); at < text.length; at = nextLine(text, at)) {
    const line = /^([ \t]*)(#?)/.exec(text.slice(at, lineEnd(text, at)));
    const width = line?.[1]?.length ?? 0;
    if (line?.[2] === "#" && width > column) splices.push({ start: at, end: at + width, text: " ".repeat(column) });
    else if (line?.[2] === "#" || at + width < lineEnd(text, at)) break;
  }
  return splices;
}

function lastLeaf(node: YamlNode): YamlNode {
  const child = node.kind === "mapping" || node.kind === "sequence" ? childrenOf(node).at(-1) : undefined;
  return child === undefined ? node : lastLeaf(child.value);
}

/** Another value in the place of a block context's old one. Undefined where the place cannot be written to. */
export function replaceInBlock(source: Source, slot: Slot, value: JsonValue): Splice[] | undefined {
  const { child } = slot;
  if (child === undefined) return undefined;
  const style = localStyle(source.text, source.layout, slot.chain);
  if (isInline(value) && isInlineNode(slot.value))
    return replaceInline(source, slot, inlineText(slot.value, value, style));
  const head = isEntry(child) ? child.colon : child.start;
  if (head === undefined) return undefined;
  return replaceLines(source, slot, head + 1, newLines(value, style, isEntry(child)), value);
}

/** A mapping that keeps what an alias names and adds or overrides one key. */
export function overlayInBlock(
  source: Source,
  slot: Slot,
  alias: string,
  key: string,
  value: JsonValue,
): Splice[] | undefined {
  const { child } = slot;
  const head = child === undefined ? undefined : isEntry(child) ? child.colon : child.start;
  if (child === undefined || head === undefined) return undefined;
  const style = localStyle(source.text, source.layout, slot.chain);
  const lines = [`<<: *${alias}`, ...entryLines(key, value, style)];
  return replaceLines(
    source,
    slot,
    head + 1,
    isEntry(child) ? { head: "", lines, offset: style.step } : { head: "", lines, offset: style.itemOffset },
    value,
  );
}

interface NewLines {
  /** What goes on the line of the key or dash. */
  readonly head: string;
  readonly lines: readonly string[];
  /** Columns from the key or dash to the lines. */
  readonly offset: number;
}

function newLines(value: JsonValue, style: YamlStyle, entry: boolean): NewLines {
  if (isInline(value))
    return { head: writeInline(value, style.quote), lines: [], offset: entry ? style.step : style.itemOffset };
  const lines = blockLines(value, style);
  if (typeof value === "string") return { head: lines[0] ?? "", lines: lines.slice(1), offset: 0 };
  if (!entry) return { head: "", lines, offset: style.itemOffset };
  return { head: "", lines, offset: Array.isArray(value) ? style.dashOffset : style.step };
}

/** The general case: everything from the indicator to the end of the old value's last line is written anew, its comments kept. */
function replaceLines(
  source: Source,
  slot: Slot,
  start: number,
  { head, lines, offset }: NewLines,
  value: JsonValue,
): Splice[] {
  const { text } = source;
  const { child, value: old } = slot;
  if (child === undefined) return [];
  const end = Math.max(lineEnd(text, start), tailEnd(text, old));
  const comments = commentsBetween(source, start, end);
  const onFirstLine = comments.find((comment) => comment.start < lineEnd(text, start));
  const inline =
    onFirstLine ??
    (old.kind === "scalar" || !isBlock(old) ? comments.find((comment) => comment.start > old.end) : undefined);
  const anchor = old.anchor === undefined ? "" : ` &${old.anchor}`;
  const column = columnOf(text, child.start);
  const following = endsInLiteral(value) ? shallowComments(text, end, column) : [];
  const first = head === "" ? "" : ` ${head}`;
  const own = comments.filter((comment) => comment !== inline).map((comment) => comment.text);
  if (!isEntry(child) && head === "" && anchor === "" && inline === undefined && own.length === 0) {
    const [top = "", ...rest] = lines;
    const compact = [" ".repeat(offset - 1) + top, ...indent(rest, column + offset)];
    return [{ start, end, text: compact.join("\n") }, ...following];
  }
  const opening = anchor + first + (inline === undefined ? "" : ` ${inline.text}`);
  const body = indent(lines, column + offset);
  // Between a literal's header and its lines there is no place for comments.
  const literal = head !== "" && lines.length > 0;
  const written = literal
    ? [opening, ...body, ...indent(own, column)]
    : [opening, ...indent(own, column + Math.max(offset, 1)), ...body];
  return [{ start, end, text: written.join("\n") }, ...following];
}

function isBlock(node: YamlNode): boolean {
  return isBlockScalar(node) || ((node.kind === "mapping" || node.kind === "sequence") && !node.flow);
}

function isBlockScalar(node: YamlNode): boolean {
  return node.kind === "scalar" && (node.style === "literal" || node.style === "folded");
}

function isInlineNode(node: YamlNode): boolean {
  return !isBlock(node);
}

/** A scalar as it is written in the place of another: strings keep the old one's quotes. */
function inlineText(old: YamlNode, value: JsonValue, style: YamlStyle): string {
  if (typeof value === "string" && old.kind === "scalar" && (old.style === "single" || old.style === "double")) {
    return quoteString(value, old.style);
  }
  return writeInline(value, style.quote);
}

/** Only the old value's characters change; what stands around them stays. Also used in flow context. */
export function replaceInline(source: Source, slot: Slot, written: string): Splice[] | undefined {
  const { text } = source;
  const { child, value: old } = slot;
  if (child !== undefined && isEntry(child) && child.colon === undefined) {
    if (child.explicit) return undefined;
    return [{ start: child.key.end, end: child.key.end, text: `: ${written}` }];
  }
  if (old.start === old.end) {
    const stop = lineEnd(text, old.end);
    const blank = text.slice(old.end, stop).trim() === "";
    return [{ start: old.end, end: blank && !old.anchor ? stop : old.end, text: ` ${written}` }];
  }
  const anchor = old.tag === undefined || old.anchor === undefined ? "" : `&${old.anchor} `;
  const start = old.tag === undefined ? old.start : old.outerStart;
  const end = isBlockScalar(lastLeaf(old)) ? tailEnd(text, old) : old.end;
  const splice = { start, end, text: anchor + written };
  const lost = old.kind === "mapping" || old.kind === "sequence" ? commentsBetween(source, start, end) : [];
  if (lost.length === 0) return [splice];
  const stop = lineEnd(text, end);
  const padding = indentationOf(text, child?.start ?? old.start) || " ";
  return [splice, { start: stop, end: stop, text: lost.map((comment) => `\n${padding}${comment.text}`).join("") }];
}

/** Whether a mapping takes keys from elsewhere. */
export function hasMerge(source: Source, node: MappingNode): boolean {
  return node.entries.some((entry) => isMergeKey(source.text, entry.key));
}

/** Whether a flow collection holds nothing but blanks. */
export function isBlankFlow(source: Source, node: MappingNode | SequenceNode): boolean {
  return (
    childrenOf(node).length === 0 &&
    skipSpace(source.text, node.start + 1) === node.end - 1 &&
    commentsBetween(source, node.start, node.end).length === 0
  );
}
