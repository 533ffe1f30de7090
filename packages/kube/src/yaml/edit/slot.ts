import type { MappingEntry, MappingNode, SequenceItem, SequenceNode, YamlNode } from "../tree.ts";

/** A place that holds a value: a mapping's entry, a list's item, or the document itself. */
export interface Slot {
  /** Containers from the root down to the one that holds the value; empty for the document's root. */
  readonly chain: readonly (MappingNode | SequenceNode)[];
  readonly child: MappingEntry | SequenceItem | undefined;
  readonly value: YamlNode;
}

export function isEntry(child: MappingEntry | SequenceItem): child is MappingEntry {
  return "key" in child;
}

export function childrenOf(node: MappingNode | SequenceNode): readonly (MappingEntry | SequenceItem)[] {
  return node.kind === "mapping" ? node.entries : node.items;
}

/** Where a child ends, its value included. */
export function childEnd(child: MappingEntry | SequenceItem): number {
  return isEntry(child) ? Math.max(child.key.end, child.value.end) : child.value.end;
}

/** Whether a value is written in flow style because something around it is. */
export function inFlow(slot: Slot): boolean {
  return slot.chain.at(-1)?.flow === true;
}
