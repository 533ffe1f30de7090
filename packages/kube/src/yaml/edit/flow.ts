import type { JsonValue } from "../../json.ts";
import {
  type MappingEntry,
  type MappingNode,
  type SequenceItem,
  type SequenceNode,
  lineEnd,
  skipSpace,
} from "../tree.ts";
import { writeFlow, writeFlowEntry } from "../write.ts";
import { type Source, commentsBetween, replaceInline } from "./block.ts";
import { flowStyle } from "./layout.ts";
import { type Slot, childEnd, childrenOf } from "./slot.ts";
import { type Splice, indentationOf, lineStart, nextLine, startsLine } from "./splice.ts";

export function insertFlowEntry(source: Source, node: MappingNode, key: string, value: JsonValue): Splice[] {
  const style = flowStyle(source.text, source.layout, node);
  return insertInFlow(source, node, (indentation) => writeFlowEntry(key, value, style, indentation));
}

export function insertFlowItem(source: Source, node: SequenceNode, value: JsonValue): Splice[] {
  const style = flowStyle(source.text, source.layout, node);
  return insertInFlow(source, node, (indentation) => writeFlow(value, style, indentation));
}

function insertInFlow(
  source: Source,
  node: MappingNode | SequenceNode,
  write: (indentation: string) => string,
): Splice[] {
  const { text } = source;
  const last = childrenOf(node).at(-1);
  if (last === undefined) return insertFirst(source, node, write);
  const end = childEnd(last);
  const comma = skipSpace(text, end);
  const trailing = text[comma] === "," ? comma : undefined;
  const restOfLine = text.slice(trailing === undefined ? end : trailing + 1, lineEnd(text, trailing ?? end));
  if (startsLine(text, last.start) && /^\s*(?:#.*)?$/.test(restOfLine)) {
    const padding = indentationOf(text, last.start);
    const stop = lineEnd(text, trailing ?? end);
    const line = `\n${padding}${write(padding)}`;
    if (trailing !== undefined) return [{ start: stop, end: stop, text: `${line},` }];
    return stop === end
      ? [{ start: end, end, text: `,${line}` }]
      : [
          { start: end, end, text: "," },
          { start: stop, end: stop, text: line },
        ];
  }
  const { comma: separator } = flowStyle(text, source.layout, node);
  return [{ start: end, end, text: separator + write(indentationOf(text, end)) }];
}

function insertFirst(
  source: Source,
  node: MappingNode | SequenceNode,
  write: (indentation: string) => string,
): Splice[] {
  const { text, layout } = source;
  const outer = indentationOf(text, node.start);
  const comments = commentsBetween(source, node.start, node.end);
  if (comments.length > 0) {
    const padding = startsLine(text, node.end - 1) ? indentationOf(text, node.end - 1) : outer;
    return [{ start: node.end - 1, end: node.end - 1, text: `${write(padding)}\n${padding}` }];
  }
  const written =
    layout.unit === undefined || !layout.json
      ? write(outer)
      : `\n${outer}${layout.unit}${write(outer + layout.unit)}\n${outer}`;
  return [{ start: node.start + 1, end: node.end - 1, text: written }];
}

/** Takes one of several children of a flow collection away, with one comma. */
export function removeFlowChild(source: Source, node: MappingNode | SequenceNode, index: number): Splice[] {
  const { text } = source;
  const children = childrenOf(node);
  const child = children[index];
  const previous = children[index - 1];
  const next = children[index + 1];
  if (child === undefined) return [];
  const wholeLines = ownLines(text, child);
  if (wholeLines !== undefined) {
    const padding = indentationOf(text, child.start);
    const kept = commentsBetween(source, wholeLines.start, wholeLines.end).map(
      (comment) => `${padding}${comment.text}\n`,
    );
    const lines = { ...wholeLines, text: kept.join("") };
    const before = previous === undefined ? -1 : skipSpace(text, childEnd(previous));
    const orphan = next === undefined && !wholeLines.comma && text[before] === ",";
    return orphan ? [{ start: before, end: before + 1, text: "" }, lines] : [lines];
  }
  const start = next !== undefined || previous === undefined ? child.start : childEnd(previous);
  const end = next?.start ?? childEnd(child);
  const padding = indentationOf(text, end) || " ";
  const kept = commentsBetween(source, start, end).map((comment) => ` ${comment.text}\n${padding}`);
  return [{ start, end, text: kept.join("") }];
}

/** The lines of a child that shares them with nothing but its comma and a comment. */
function ownLines(
  text: string,
  child: MappingEntry | SequenceItem,
): { start: number; end: number; comma: boolean } | undefined {
  if (!startsLine(text, child.start)) return undefined;
  const end = childEnd(child);
  const comma = /^[ \t]*,/.exec(text.slice(end, lineEnd(text, end)));
  const stop = end + (comma?.[0].length ?? 0);
  if (!/^\s*(?:#.*)?$/.test(text.slice(stop, lineEnd(text, stop)))) return undefined;
  return { start: lineStart(text, child.start), end: nextLine(text, stop), comma: comma !== null };
}

/** Another value in the place of an old one inside a flow collection. */
export function replaceInFlow(source: Source, slot: Slot, value: JsonValue): Splice[] | undefined {
  const parent = slot.chain.at(-1);
  const style = flowStyle(source.text, source.layout, parent);
  const old = slot.value;
  const quoted = old.kind === "scalar" && (old.style === "double" || old.style === "single") ? old.style : style.quote;
  const indentation = indentationOf(source.text, slot.child?.start ?? old.start);
  const keepsQuotes = typeof value === "string" && old.kind === "scalar" && old.style === "double";
  return replaceInline(
    source,
    slot,
    writeFlow(value, keepsQuotes ? { ...style, json: true } : { ...style, quote: quoted }, indentation),
  );
}

/** A mapping in flow style that keeps what an alias names and adds or overrides one key. */
export function overlayInFlow(
  source: Source,
  slot: Slot,
  alias: string,
  key: string,
  value: JsonValue,
): Splice[] | undefined {
  const style = flowStyle(source.text, source.layout, slot.chain.at(-1));
  return replaceInline(source, slot, `{<<: *${alias}, ${writeFlowEntry(key, value, style)}}`);
}
