import type { Path } from "../json.ts";
import { type MappingEntry, type MappingNode, type YamlNode, isMergeKey, keyText, lineEnd, parseTree } from "./tree.ts";

/** A stretch of a document's text; `end` is exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

let last: { readonly text: string; readonly root: YamlNode | undefined } | undefined;

/**
 * Where `path` is written in a document's text: from its key (or a list item's first character) to the end of its scalar, or of the
 * key's line for collections. Where the path does not exist: the place of its nearest existing ancestor. Aliases and merge keys
 * lead to where the value is written. The document parsed last is remembered, so ask for one document's places in a row.
 */
export function locateInDocument(text: string, path: Path): Range {
  if (last?.text !== text) last = { text, root: treeOf(text) };
  const { root } = last;
  if (root === undefined) return { start: 0, end: 0 };
  let found: Range = { start: root.start, end: shownEnd(text, root) };
  let node: YamlNode | undefined = root;
  for (const segment of path) {
    const place = step(text, node, segment);
    if (place === undefined) return found;
    found = place.range;
    node = place.value;
  }
  return found;
}

function treeOf(text: string): YamlNode | undefined {
  try {
    return parseTree(text);
  } catch {
    return undefined; // whoever read the document has reported it
  }
}

function step(
  text: string,
  from: YamlNode,
  segment: string | number,
): { readonly range: Range; readonly value: YamlNode } | undefined {
  const node = from.kind === "alias" ? from.target : from;
  if (node?.kind === "mapping") {
    const entry = findEntry(text, node, String(segment));
    if (entry === undefined) return undefined;
    return { range: { start: entry.key.start, end: entryEnd(text, entry) }, value: entry.value };
  }
  if (node?.kind === "sequence" && typeof segment === "number") {
    const item = node.items[segment];
    if (item === undefined) return undefined;
    const { value } = item;
    const empty = value.start === value.end;
    return { range: { start: empty ? item.start : value.start, end: shownEnd(text, value) }, value };
  }
  return undefined;
}

/** The entry that gives `key` its value: the last one that writes it, itself or through a merge key. */
export function findEntry(
  text: string,
  mapping: MappingNode,
  key: string,
  seen: Set<MappingNode> = new Set(),
): MappingEntry | undefined {
  if (seen.has(mapping)) return undefined;
  seen.add(mapping);
  for (const entry of mapping.entries.toReversed()) {
    if (isMergeKey(text, entry.key)) {
      for (const source of mergeSources(entry.value)) {
        const merged = findEntry(text, source, key, seen);
        if (merged !== undefined) return merged;
      }
    } else if (keyText(text, entry.key) === key) return entry;
  }
  return undefined;
}

/** The mappings that a merge key's value names, the one that wins first. */
export function mergeSources(value: YamlNode): MappingNode[] {
  const node = value.kind === "alias" ? value.target : value;
  if (node?.kind === "mapping") return [node];
  if (node?.kind !== "sequence") return [];
  return node.items.flatMap((item) => {
    const source = item.value.kind === "alias" ? item.value.target : item.value;
    return source?.kind === "mapping" ? [source] : [];
  });
}

function entryEnd(text: string, { key, value, colon }: MappingEntry): number {
  const keyEnd = colon === undefined ? key.end : colon + 1;
  if (value.kind === "scalar" || value.kind === "alias") return Math.max(keyEnd, shownEnd(text, value));
  return value.flow ? Math.max(keyEnd, Math.min(value.end, lineEnd(text, key.start))) : keyEnd;
}

/** Where a node's own region ends: a scalar's end, or the end of a collection's first entry. */
function shownEnd(text: string, node: YamlNode): number {
  if (node.kind === "mapping" && !node.flow) {
    const [first] = node.entries;
    return first === undefined ? node.end : entryEnd(text, first);
  }
  if (node.kind === "sequence" && !node.flow) {
    const [first] = node.items;
    return first === undefined ? node.end : shownEnd(text, first.value);
  }
  if (node.kind === "mapping" || node.kind === "sequence") return Math.min(node.end, lineEnd(text, node.start));
  if (node.kind === "scalar" && (node.style === "literal" || node.style === "folded")) {
    return Math.max(node.start + 1, text.slice(0, node.end).trimEnd().length);
  }
  return node.end;
}
