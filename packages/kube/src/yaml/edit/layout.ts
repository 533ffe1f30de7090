import { CHOMPING_MODE } from "js-yaml";
import { type MappingNode, type SequenceNode, type YamlNode, lineEnd } from "../tree.ts";
import { DEFAULT_STYLE, type FlowStyle, type YamlStyle } from "../write.ts";
import { childEnd, childrenOf } from "./slot.ts";
import { columnOf, lineStart } from "./splice.ts";

/** How a document is laid out, as far as new text must follow it. */
export interface Layout {
  readonly newline: "\n" | "\r\n";
  readonly style: YamlStyle;
  /** The document is JSON. */
  readonly json: boolean;
  /** It is JSON without blanks behind its colons. */
  readonly tight: boolean;
  /** One level's indentation where the JSON is pretty-printed. */
  readonly unit: string | undefined;
}

type Measures = { -readonly [K in "step" | "dashOffset" | "itemOffset"]: Map<number, number> };

export function layoutOf(text: string, root: YamlNode): Layout {
  const measures: Measures = { step: new Map(), dashOffset: new Map(), itemOffset: new Map() };
  const quotes = { single: 0, double: 0 };
  measure(text, root, measures, quotes);
  const breakAt = text.indexOf("\n");
  const itemOffset = mostCommon(measures.itemOffset);
  return {
    newline: breakAt > 0 && text[breakAt - 1] === "\r" ? "\r\n" : "\n",
    style: {
      step: mostCommon(measures.step) ?? itemOffset ?? DEFAULT_STYLE.step,
      dashOffset: mostCommon(measures.dashOffset) ?? DEFAULT_STYLE.dashOffset,
      itemOffset: itemOffset ?? DEFAULT_STYLE.itemOffset,
      quote: quotes.single > quotes.double ? "single" : "double",
    },
    json: isJson(root),
    tight: isJson(root) && root.kind === "mapping" && isTight(text, root.entries[0]?.colon),
    unit: unitOf(text, root),
  };
}

function isJson(root: YamlNode): boolean {
  if (root.kind !== "mapping" || !root.flow) return false;
  const [first] = root.entries;
  return first === undefined || (first.key.kind === "scalar" && first.key.style === "double");
}

function isTight(text: string, colon: number | undefined): boolean {
  return colon !== undefined && !/\s/.test(text[colon + 1] ?? " ");
}

function unitOf(text: string, root: YamlNode): string | undefined {
  if (root.kind !== "mapping" || !root.flow) return undefined;
  const [first] = root.entries;
  if (first === undefined || !text.slice(root.start, first.start).includes("\n")) return undefined;
  return text.slice(lineStart(text, first.start), first.start).slice(columnOf(text, root.start));
}

function measure(text: string, node: YamlNode, into: Measures, quotes: { single: number; double: number }): void {
  if (node.kind === "scalar" && (node.style === "single" || node.style === "double")) quotes[node.style]++;
  if (node.kind === "mapping") {
    for (const entry of node.entries) {
      const local = node.flow ? {} : entryMeasure(text, columnOf(text, entry.start), entry.start, entry.value);
      count(into.step, local.step);
      count(into.dashOffset, local.dashOffset);
      measure(text, entry.value, into, quotes);
    }
  }
  if (node.kind === "sequence") {
    if (!node.flow) for (const item of node.items) count(into.itemOffset, offsetOfItem(text, item));
    for (const { value } of node.items) measure(text, value, into, quotes);
  }
}

function entryMeasure(
  text: string,
  column: number,
  start: number,
  value: YamlNode,
): { step?: number; dashOffset?: number } {
  const block = (value.kind === "mapping" || value.kind === "sequence") && !value.flow;
  if (!block || lineEnd(text, start) > value.start) return {};
  const offset = columnOf(text, value.start) - column;
  if (value.kind === "sequence") return offset >= 0 ? { dashOffset: offset } : {};
  return offset > 0 ? { step: offset } : {};
}

function offsetOfItem(text: string, item: SequenceNode["items"][number]): number | undefined {
  const { value } = item;
  if (value.start === value.end || lineEnd(text, item.start) < value.start) return undefined;
  // An anchor or tag stands between: the item's own lines say where its text starts.
  const start = value.kind === "mapping" || value.kind === "sequence" ? value.start : value.outerStart;
  const offset = start - item.start;
  return value.outerStart === value.start && offset >= 2 ? offset : undefined;
}

function count(counts: Map<number, number>, value: number | undefined): void {
  if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
}

function mostCommon(counts: ReadonlyMap<number, number>): number | undefined {
  let best: number | undefined;
  for (const [value, times] of counts) if (times > (best === undefined ? 0 : (counts.get(best) ?? 0))) best = value;
  return best;
}

/** The style for a new value inside the last of `chain` (containers from the root down): its siblings', else its ancestors', else the document's. */
export function localStyle(text: string, layout: Layout, chain: readonly (MappingNode | SequenceNode)[]): YamlStyle {
  const found: { step?: number; dashOffset?: number; itemOffset?: number } = {};
  for (const node of chain.toReversed()) {
    if (node.flow) continue;
    if (node.kind === "sequence") {
      const offset = node.items.map((item) => offsetOfItem(text, item)).findLast((value) => value !== undefined);
      if (offset !== undefined) found.itemOffset ??= offset;
      continue;
    }
    for (const entry of node.entries.toReversed()) {
      const local = entryMeasure(text, columnOf(text, entry.start), entry.start, entry.value);
      if (local.step !== undefined) found.step ??= local.step;
      if (local.dashOffset !== undefined) found.dashOffset ??= local.dashOffset;
    }
  }
  return { ...layout.style, ...found };
}

/** The style for new text inside a flow collection. */
export function flowStyle(text: string, layout: Layout, node: MappingNode | SequenceNode | undefined): FlowStyle {
  const entry = node?.kind === "mapping" ? node.entries[0] : undefined;
  const [first, second] = node === undefined ? [] : childrenOf(node);
  const json = layout.json || (entry?.key.kind === "scalar" && entry.key.style === "double");
  const tightColon = entry === undefined ? layout.tight : json && isTight(text, entry.colon);
  const between = first === undefined || second === undefined ? undefined : text.slice(childEnd(first), second.start);
  const tightComma = between === undefined ? tightColon : between.endsWith(",");
  return {
    json,
    colon: tightColon ? ":" : ": ",
    comma: tightComma ? "," : ", ",
    quote: layout.style.quote,
    ...(layout.json && layout.unit !== undefined ? { unit: layout.unit } : {}),
  };
}

/** The end of the last line that belongs to a node, comments on it included, its line break not. */
export function tailEnd(text: string, node: YamlNode): number {
  if (node.kind === "mapping" && !node.flow) {
    const last = node.entries.at(-1);
    return last === undefined
      ? lineEnd(text, node.end)
      : Math.max(lineEnd(text, last.key.end), tailEnd(text, last.value));
  }
  if (node.kind === "sequence" && !node.flow) {
    const last = node.items.at(-1);
    return last === undefined ? lineEnd(text, node.end) : tailEnd(text, last.value);
  }
  if (node.kind !== "scalar" || (node.style !== "literal" && node.style !== "folded")) return lineEnd(text, node.end);
  return blockScalarEnd(text, node);
}

function blockScalarEnd(text: string, node: Extract<YamlNode, { kind: "scalar" }>): number {
  const header = lineEnd(text, node.start);
  let end = withoutBreak(text, node.end);
  if (node.event.chomping === CHOMPING_MODE.KEEP) return Math.max(header, end);
  // Blank lines after the content are not part of it, unless they hold more white space than the indentation.
  while (end > header) {
    const start = lineStart(text, end);
    const line = text.slice(start, end);
    if (line.trim() !== "" || line.length > Math.max(node.event.indent, 0)) break;
    end = withoutBreak(text, start);
  }
  return Math.max(header, end);
}

function withoutBreak(text: string, end: number): number {
  if (text[end - 1] === "\n") return text[end - 2] === "\r" ? end - 2 : end - 1;
  return text[end - 1] === "\r" ? end - 1 : end;
}
