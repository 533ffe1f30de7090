import type { Edit } from "../../edit.ts";
import { type JsonValue, type Path, isJsonObject, valueAt } from "../../json.ts";
import { findEntry } from "../locate.ts";
import { type MappingNode, type SequenceNode, type YamlNode, isMergeKey, keyText } from "../tree.ts";
import { isEmptyCollection } from "../write.ts";
import {
  type Source,
  hasMerge,
  insertBlockEntry,
  insertBlockItem,
  isBlankFlow,
  overlayInBlock,
  removeBlockChild,
  replaceInBlock,
} from "./block.ts";
import { insertFlowEntry, insertFlowItem, overlayInFlow, removeFlowChild, replaceInFlow } from "./flow.ts";
import { type Slot, childrenOf, inFlow } from "./slot.ts";
import type { Splice } from "./splice.ts";
import { type EditRefusal, applyOne, deepEqual, fieldName, prunedPath } from "./value.ts";

/** What to do for one edit: change the text, make other edits instead, or refuse. */
export type Plan =
  | { readonly kind: "splices"; readonly splices: readonly Splice[] }
  | { readonly kind: "instead"; readonly edits: readonly Edit[] }
  | ({ readonly kind: "refused" } & EditRefusal);

/** How far a path is written in the document itself, and what stands at its end. */
interface Walk {
  readonly slot: Slot;
  /** What is left of the path. */
  readonly rest: Path;
  readonly stop: "found" | "missing" | "alias" | "merged" | "scalar";
  /** Anchors of the nodes that the path leads through. */
  readonly anchors: readonly string[];
}

export function walk(source: Source, path: Path): Walk {
  const { text } = source;
  let slot: Slot = { chain: [], child: undefined, value: source.root };
  const anchors: string[] = [];
  for (const [index, segment] of path.entries()) {
    const node = slot.value;
    const at = { slot, rest: path.slice(index), anchors };
    if (node.anchor !== undefined) anchors.push(node.anchor);
    if (node.kind === "alias") return { ...at, stop: "alias" };
    if (node.kind === "scalar")
      return { ...at, stop: valueAt(source.value, path.slice(0, index)) === null ? "missing" : "scalar" };
    const chain = [...slot.chain, node];
    if (node.kind === "sequence") {
      const item = typeof segment === "number" ? node.items[segment] : undefined;
      if (item === undefined) return { ...at, stop: "missing" };
      slot = { chain, child: item, value: item.value };
      continue;
    }
    const key = String(segment);
    const entry = node.entries.findLast((each) => !isMergeKey(text, each.key) && keyText(text, each.key) === key);
    if (entry === undefined) return { ...at, stop: findEntry(text, node, key) === undefined ? "missing" : "merged" };
    slot = { chain, child: entry, value: entry.value };
  }
  if (slot.value.anchor !== undefined) anchors.push(slot.value.anchor);
  return { slot, rest: [], stop: "found", anchors };
}

/** Plans one edit whose path starts at the document's root; pruning stops at its first `floor` segments. */
export function planEdit(source: Source, edit: Edit, floor: number): Plan {
  if (edit.op === "set") return planSet(source, edit.path, edit.value, edit);
  if (edit.op === "append") return planAppend(source, edit);
  if (valueAt(source.value, edit.path) === undefined) return splices([]);
  return planRemove(source, edit.prune === true ? prunedPath(source.value, edit.path, floor) : edit.path, edit);
}

function planSet(source: Source, path: Path, value: JsonValue, edit: Edit): Plan {
  const old = valueAt(source.value, path);
  if (old !== undefined && deepEqual(old, value)) return splices([]);
  const { slot, rest, stop } = walk(source, path);
  const [key] = rest;
  const at = path.slice(0, path.length - rest.length);
  if (stop === "scalar") return refusal(edit, "EDIT_TYPE", `a parent of ${fieldName(path)} is no mapping`);
  if (stop === "found") {
    const within = bothCollections(old, value) && isWritten(slot.value);
    const parts = within ? changesWithin(source, slot.value, path, old, value) : undefined;
    return parts === undefined ? replace(source, slot, value, edit) : { kind: "instead", edits: parts };
  }
  const edited = editedAt(source, at, rest, value);
  if (edited === undefined || key === undefined) {
    return refusal(edit, "EDIT_MISSING", `there is no list item for ${fieldName(path)}`);
  }
  const make = stop === "alias" ? overlay : insertKey;
  return make(source, slot, String(key), edited, edit);
}

/** The value at `at` as it is after setting `rest` inside it. */
function editedAt(source: Source, at: Path, rest: Path, value: JsonValue): JsonValue | undefined {
  const result = applyOne(valueAt(source.value, at) ?? null, { op: "set", path: rest, value }, 0);
  return result.kind === "edited" ? result.value : undefined;
}

/** The collection `whole` is wanted where `slot` is; only its `key` differs from what is there. */
function insertKey(source: Source, slot: Slot, key: string, whole: JsonValue, edit: Edit): Plan {
  const node = slot.value;
  const value = valueAt(whole, [key]);
  if (node.kind !== "mapping" || value === undefined) return replace(source, slot, whole, edit);
  if (!node.flow) return splices(insertBlockEntry(source, slot.chain, node, key, value));
  if (node.pair)
    return refusal(edit, "EDIT_NOT_EXACT", "a `key: value` inside a flow list has no room for another key");
  if (slot.child !== undefined && !inFlow(slot) && isBlankFlow(source, node)) return replace(source, slot, whole, edit);
  return splices(insertFlowEntry(source, node, key, value));
}

/** An alias to a mapping gives way to a mapping that merges it and adds the one key; any other alias to a changed copy. */
function overlay(source: Source, slot: Slot, key: string, whole: JsonValue, edit: Edit): Plan {
  const node = slot.value;
  const value = valueAt(whole, [key]);
  if (node.kind !== "alias" || node.target?.kind !== "mapping" || value === undefined)
    return replace(source, slot, whole, edit);
  const made = inFlow(slot)
    ? overlayInFlow(source, slot, node.name, key, value)
    : overlayInBlock(source, slot, node.name, key, value);
  return made === undefined ? unwritable(edit) : splices(made);
}

function planAppend(source: Source, edit: Extract<Edit, { op: "append" }>): Plan {
  const old = valueAt(source.value, edit.path) ?? [];
  if (!Array.isArray(old)) return refusal(edit, "EDIT_TYPE", `${fieldName(edit.path)} is no list`);
  if (old.some((item) => deepEqual(item, edit.value))) return splices([]);
  const { slot, stop } = walk(source, edit.path);
  const node = slot.value;
  if (
    stop !== "found" ||
    node.kind !== "sequence" ||
    (node.items.length === 0 && !inFlow(slot) && isBlankFlow(source, node))
  ) {
    if (stop === "found" && node.kind !== "sequence") return replace(source, slot, [...old, edit.value], edit);
    if (stop === "found" && slot.child !== undefined) return replace(source, slot, [edit.value], edit);
    if (stop !== "found") return planSet(source, edit.path, [...old, edit.value], edit);
  }
  if (node.kind !== "sequence") return unwritable(edit);
  return splices(
    node.flow ? insertFlowItem(source, node, edit.value) : insertBlockItem(source, slot.chain, node, edit.value),
  );
}

function planRemove(source: Source, path: Path, edit: Edit): Plan {
  const { slot, rest, stop } = walk(source, path);
  const parent = slot.chain.at(-1);
  if (stop === "alias") {
    const at = path.slice(0, path.length - rest.length);
    const result = applyOne(valueAt(source.value, at) ?? null, { op: "remove", path: rest }, 0);
    return result.kind === "edited" ? replace(source, slot, result.value, edit) : unwritable(edit);
  }
  if (stop === "merged") return mergedKey(path, edit);
  if (stop !== "found" || parent === undefined)
    return refusal(edit, "EDIT_TYPE", "the document itself cannot be removed");
  const key = path.at(-1);
  if (parent.kind === "mapping" && hasMerge(source, parent) && bringsKey(source, parent, String(key)))
    return mergedKey(path, edit);
  const lost = usedElsewhere(source, slot.value, [
    ...anchorsWithin(slot.value),
    ...(slot.value.anchor === undefined ? [] : [slot.value.anchor]),
  ]);
  if (lost !== undefined) return sharedAnchor(lost, edit);
  const children = childrenOf(parent);
  const indexes = parent.kind === "mapping" ? indexesOf(source, parent, String(key)) : [Number(key)];
  if (indexes.length === children.length) return emptied(source, slot, parent, edit);
  const [index = 0] = indexes;
  const made = parent.flow ? removeFlowChild(source, parent, index) : removeBlockChild(source, parent, index);
  if (indexes.length === 1) return splices(made);
  return refusal(edit, "EDIT_NOT_EXACT", `the key ${fieldName(path)} is written more than once`);
}

/** The last child goes: `{}` or `[]` is left. */
function emptied(source: Source, slot: Slot, parent: MappingNode | SequenceNode, edit: Edit): Plan {
  const chain = slot.chain.slice(0, -1);
  const holder = chain.at(-1);
  const child = holder === undefined ? undefined : childrenOf(holder).find(({ value }) => value === parent);
  return replace(source, { chain, child, value: parent }, parent.kind === "mapping" ? {} : [], edit);
}

function indexesOf(source: Source, node: MappingNode, key: string): number[] {
  return node.entries.flatMap((entry, index) =>
    !isMergeKey(source.text, entry.key) && keyText(source.text, entry.key) === key ? [index] : [],
  );
}

function bringsKey(source: Source, node: MappingNode, key: string): boolean {
  const merges = node.entries.filter((entry) => isMergeKey(source.text, entry.key));
  return findEntry(source.text, { ...node, entries: merges }, key) !== undefined;
}

function replace(source: Source, slot: Slot, value: JsonValue, edit: Edit): Plan {
  const lost = usedElsewhere(source, slot.value, [...anchorsWithin(slot.value)]);
  if (lost !== undefined) return sharedAnchor(lost, edit);
  const made =
    inFlow(slot) || (slot.child === undefined && slot.value.kind !== "scalar")
      ? replaceInFlow(source, slot, value)
      : replaceInBlock(source, slot, value);
  return made === undefined ? unwritable(edit) : splices(made);
}

/** Anchors inside a node, not its own: that one is written again. */
function* anchorsWithin(node: YamlNode): Generator<string> {
  if (node.kind !== "mapping" && node.kind !== "sequence") return;
  for (const child of childrenOf(node)) {
    for (const part of "key" in child ? [child.key, child.value] : [child.value]) {
      if (part.anchor !== undefined) yield part.anchor;
      yield* anchorsWithin(part);
    }
  }
}

function usedElsewhere(source: Source, node: YamlNode, names: readonly string[]): string | undefined {
  return names.find((name) =>
    aliasesOf(source.root, name).some((start) => start < node.outerStart || start >= node.end),
  );
}

/** Offsets of the aliases of a name. */
export function aliasesOf(node: YamlNode, name: string): number[] {
  if (node.kind === "alias") return node.name === name ? [node.start] : [];
  if (node.kind === "scalar") return [];
  return childrenOf(node).flatMap((child) => [
    ...("key" in child ? aliasesOf(child.key, name) : []),
    ...aliasesOf(child.value, name),
  ]);
}

function bothCollections(old: JsonValue | undefined, value: JsonValue): boolean {
  if (old === undefined || isEmptyCollection(old) || isEmptyCollection(value)) return false;
  return (Array.isArray(old) && Array.isArray(value)) || (isJsonObject(old) && isJsonObject(value));
}

function isWritten(node: YamlNode): boolean {
  return node.kind === "mapping" || node.kind === "sequence";
}

/** The edits that turn one collection into another of its kind, so that what stays the same keeps its layout and comments. */
function changesWithin(
  source: Source,
  node: YamlNode,
  path: Path,
  old: JsonValue | undefined,
  value: JsonValue,
): Edit[] | undefined {
  if (Array.isArray(old) && Array.isArray(value)) return listChanges(path, old, value);
  if (!isJsonObject(old) || !isJsonObject(value)) return undefined;
  const edits: Edit[] = [];
  for (const [key, item] of Object.entries(value)) {
    if (!Object.hasOwn(old, key) || !deepEqual(old[key], item))
      edits.push({ op: "set", path: [...path, key], value: item });
  }
  for (const key of Object.keys(old)) {
    if (Object.hasOwn(value, key)) continue;
    if (node.kind === "mapping" && bringsKey(source, node, key)) return undefined;
    edits.push({ op: "remove", path: [...path, key] });
  }
  return edits;
}

function listChanges(path: Path, old: readonly JsonValue[], value: readonly JsonValue[]): Edit[] | undefined {
  let same = 0;
  while (same < old.length && same < value.length && deepEqual(old[same], value[same])) same++;
  let tail = 0;
  const most = Math.min(old.length, value.length) - same;
  if (old.length >= value.length) while (tail < most && deepEqual(old.at(-1 - tail), value.at(-1 - tail))) tail++;
  const edits: Edit[] = [];
  const shared = most - tail;
  for (let index = same; index < same + shared; index++) {
    const item = value[index];
    if (item !== undefined && !deepEqual(old[index], item))
      edits.push({ op: "set", path: [...path, index], value: item });
  }
  for (let index = old.length - tail - 1; index >= same + shared; index--)
    edits.push({ op: "remove", path: [...path, index] });
  for (const item of value.slice(same + shared, value.length - tail)) {
    // An append of what the list holds already would change nothing.
    if (value.indexOf(item) !== -1 && value.filter((each) => deepEqual(each, item)).length > 1) return undefined;
    edits.push({ op: "append", path, value: item });
  }
  return edits;
}

function splices(made: readonly Splice[]): Plan {
  return { kind: "splices", splices: made };
}

function refusal(edit: Edit, code: string, reason: string): Plan {
  return { kind: "refused", edit, code, reason };
}

function sharedAnchor(name: string, edit: Edit): Plan {
  return refusal(
    edit,
    "EDIT_SHARED_ANCHOR",
    `the old value holds the anchor &${name}, which is used elsewhere in the document`,
  );
}

function mergedKey(path: Path, edit: Edit): Plan {
  return refusal(edit, "EDIT_MERGED_KEY", `${fieldName(path)} comes from a merge key (<<), which would bring it back`);
}

function unwritable(edit: Edit): Plan {
  return refusal(
    edit,
    "EDIT_NOT_EXACT",
    `the way ${fieldName(edit.path)} is written leaves no place for the new value`,
  );
}
