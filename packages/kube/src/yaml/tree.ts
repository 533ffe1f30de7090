import { EVENT_ID, SCALAR_STYLE, COLLECTION_STYLE, type Event, type ScalarEvent, getScalarValue } from "js-yaml";
import { MAX_DEPTH } from "./construct.ts";
import { readEvents } from "./events.ts";
import { resolvePlainKey } from "./scalars.ts";

/**
 * A YAML document as a tree of nodes with exact source ranges: what edits and positions are made of. Values are not resolved here.
 *
 * Ranges are offsets into the document's text, `end` exclusive. `start..end` is the content (a scalar with its quotes, a flow
 * collection with its brackets, a block collection from its first key or dash to the end of its last child, a block scalar from its
 * `|` or `>` to the end of its last line break); `outerStart` also takes in an anchor and a tag.
 * An empty (null) node has `start === end`, right behind the `:`, `-` or property it follows.
 */
export type YamlNode = ScalarNode | MappingNode | SequenceNode | AliasNode;

interface NodeBase {
  readonly outerStart: number;
  readonly start: number;
  readonly end: number;
  readonly anchor: string | undefined;
  readonly tag: string | undefined;
}

export interface ScalarNode extends NodeBase {
  readonly kind: "scalar";
  readonly style: "empty" | "plain" | "single" | "double" | "literal" | "folded";
  readonly event: ScalarEvent;
}

export interface MappingNode extends NodeBase {
  readonly kind: "mapping";
  readonly flow: boolean;
  /** A `key: value` inside a flow sequence, which has no braces of its own. */
  readonly pair: boolean;
  readonly entries: readonly MappingEntry[];
}

export interface MappingEntry {
  readonly key: YamlNode;
  readonly value: YamlNode;
  /** Of the key, or of the `?` before an explicit one. */
  readonly start: number;
  readonly explicit: boolean;
  /** Of the `:`; undefined where there is none (`{a, b}`, `? a`). */
  readonly colon: number | undefined;
}

export interface SequenceNode extends NodeBase {
  readonly kind: "sequence";
  readonly flow: boolean;
  readonly items: readonly SequenceItem[];
}

export interface SequenceItem {
  readonly value: YamlNode;
  /** Of the dash in block style, of the item itself in flow style. */
  readonly start: number;
}

export interface AliasNode extends NodeBase {
  readonly kind: "alias";
  readonly name: string;
  /** The anchored node; undefined when no such anchor comes before the alias. */
  readonly target: YamlNode | undefined;
}

/**
 * The tree of the first document in `text`; undefined where there is none. Throws js-yaml's YAMLException when the text is not YAML.
 */
export function parseTree(text: string): YamlNode | undefined {
  const events = readEvents(text, MAX_DEPTH);
  return new TreeBuilder(text, events).document();
}

/** The scalar's characters, unquoted and unfolded, not yet resolved to a type. */
export function scalarText(text: string, node: ScalarNode): string {
  return getScalarValue(text, node.event);
}

/** The JSON key that a key becomes (`yes` is `true`); undefined for collections and null. */
export function keyText(text: string, key: YamlNode): string | undefined {
  const node = key.kind === "alias" ? key.target : key;
  if (node?.kind !== "scalar") return undefined;
  const characters = scalarText(text, node);
  return node.style === "plain" && node.tag === undefined ? resolvePlainKey(characters) : characters;
}

/** A plain `<<`, whose value is merged into the mapping. */
export function isMergeKey(text: string, key: YamlNode): boolean {
  return key.kind === "scalar" && key.style === "plain" && key.tag === undefined && scalarText(text, key) === "<<";
}

/** Past spaces, line breaks and comments, and commas too when asked. */
export function skipSpace(text: string, from: number, commas = false): number {
  let position = from;
  for (;;) {
    const char = text[position];
    if (
      char === " " ||
      char === "\t" ||
      char === "\n" ||
      char === "\r" ||
      char === "\uFEFF" ||
      (commas && char === ",")
    ) {
      position++;
    } else if (char === "#" && (position === 0 || /[\s,\uFEFF]/.test(text[position - 1] ?? ""))) {
      position = lineEnd(text, position);
    } else {
      return position;
    }
  }
}

/** Offset of the line break that ends the line of `position`, or of the end of the text. */
export function lineEnd(text: string, position: number): number {
  let end = position;
  while (end < text.length && text[end] !== "\n" && text[end] !== "\r") end++;
  return end;
}

type Properties = Pick<NodeBase, "anchor" | "tag"> & { readonly start: number | undefined; readonly end: number };

class TreeBuilder {
  readonly #text: string;
  readonly #events: readonly Event[];
  readonly #anchors = new Map<string, YamlNode>();
  #index = 0;

  constructor(text: string, events: readonly Event[]) {
    this.#text = text;
    this.#events = events;
  }

  document(): YamlNode | undefined {
    const [first] = this.#events;
    if (first?.type !== EVENT_ID.DOCUMENT) return undefined;
    this.#index = 1;
    return this.#node(this.#afterMarker(first.explicitStart));
  }

  #afterMarker(explicit: boolean): number {
    if (!explicit) return 0;
    const marker = /^\uFEFF?---(?=\s|$)/m.exec(this.#text);
    return marker === null ? 0 : marker.index + marker[0].length;
  }

  #atPop(): boolean {
    const event = this.#events[this.#index];
    return event === undefined || event.type === EVENT_ID.POP;
  }

  /** `after` is the offset behind the indicator that introduces the node. */
  #node(after: number): YamlNode {
    const event = this.#events[this.#index++];
    if (event === undefined) throw new Error("the event stream ends where a node is due");
    switch (event.type) {
      case EVENT_ID.SCALAR:
        return this.#scalar(event, after);
      case EVENT_ID.ALIAS: {
        const name = this.#text.slice(event.anchorStart, event.anchorEnd);
        const start = event.anchorStart - 1;
        const range = { outerStart: start, start, end: event.anchorEnd };
        return { kind: "alias", ...range, anchor: undefined, tag: undefined, name, target: this.#anchors.get(name) };
      }
      case EVENT_ID.MAPPING:
        return this.#mapping(event);
      case EVENT_ID.SEQUENCE:
        return this.#sequence(event);
      case EVENT_ID.DOCUMENT:
      case EVENT_ID.POP:
      default:
        throw new Error("the event stream has no node where one is due");
    }
  }

  #properties(event: Exclude<Event, { type: 1 | 5 | 6 }>, after: number): Properties {
    const starts: number[] = [];
    let end = after;
    if (event.anchorStart >= 0) {
      starts.push(event.anchorStart - 1);
      end = Math.max(end, event.anchorEnd);
    }
    if (event.tagStart >= 0) {
      starts.push(event.tagStart);
      end = Math.max(end, event.tagEnd);
    }
    return {
      anchor: event.anchorStart < 0 ? undefined : this.#text.slice(event.anchorStart, event.anchorEnd),
      tag: event.tagStart < 0 ? undefined : this.#text.slice(event.tagStart, event.tagEnd),
      start: starts.length === 0 ? undefined : Math.min(...starts),
      end,
    };
  }

  #scalar(event: ScalarEvent, after: number): ScalarNode {
    const properties = this.#properties(event, after);
    const { anchor, tag } = properties;
    const [style, start, end] = this.#scalarRange(event, properties.end);
    const node: ScalarNode = {
      kind: "scalar",
      outerStart: properties.start ?? start,
      start,
      end,
      anchor,
      tag,
      style,
      event,
    };
    if (anchor !== undefined) this.#anchors.set(anchor, node);
    return node;
  }

  #scalarRange(event: ScalarEvent, after: number): [ScalarNode["style"], number, number] {
    if (event.valueStart < 0) return ["empty", after, after];
    switch (event.style) {
      case SCALAR_STYLE.SINGLE_QUOTED:
        return ["single", event.valueStart - 1, event.valueEnd + 1];
      case SCALAR_STYLE.DOUBLE_QUOTED:
        return ["double", event.valueStart - 1, event.valueEnd + 1];
      case SCALAR_STYLE.LITERAL_BLOCK:
        return ["literal", skipSpace(this.#text, after), event.valueEnd];
      case SCALAR_STYLE.FOLDED_BLOCK:
        return ["folded", skipSpace(this.#text, after), event.valueEnd];
      case SCALAR_STYLE.PLAIN:
      default:
        return ["plain", event.valueStart, event.valueEnd];
    }
  }

  #mapping(event: Extract<Event, { type: 3 }>): MappingNode {
    const text = this.#text;
    const flow = event.style === COLLECTION_STYLE.FLOW;
    const pair = flow && (text[event.start] !== "{" || this.#firstChildStartsAt(event.start));
    const properties = this.#properties(event, event.start);
    const entries: MappingEntry[] = [];
    const node = {
      kind: "mapping" as const,
      outerStart: properties.start ?? event.start,
      start: event.start,
      end: event.start,
      anchor: properties.anchor,
      tag: properties.tag,
      flow,
      pair,
      entries,
    };
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    let cursor = flow && !pair ? event.start + 1 : event.start;
    while (!this.#atPop()) {
      const start = skipSpace(text, cursor, flow);
      const explicit = text[start] === "?" && isSpaceOrEnd(text[start + 1]);
      const key = this.#node(explicit ? start + 1 : start);
      const next = skipSpace(text, key.end);
      const colon = text[next] === ":" && (flow || isSpaceOrEnd(text[next + 1])) ? next : undefined;
      const value = this.#node(colon === undefined ? key.end : colon + 1);
      entries.push({ key, value, start, explicit, colon });
      cursor = value.end;
    }
    this.#index++;
    node.end = flow && !pair ? skipSpace(text, cursor, true) + 1 : cursor;
    return node;
  }

  /** Tells `[{a: 1}: b]`, a pair whose key is a mapping, from `[{b: c}]`. */
  #firstChildStartsAt(start: number): boolean {
    const child = this.#events[this.#index];
    return child !== undefined && "start" in child && child.start === start;
  }

  #sequence(event: Extract<Event, { type: 2 }>): SequenceNode {
    const text = this.#text;
    const flow = event.style === COLLECTION_STYLE.FLOW;
    const properties = this.#properties(event, event.start);
    const items: SequenceItem[] = [];
    const node = {
      kind: "sequence" as const,
      outerStart: properties.start ?? event.start,
      start: event.start,
      end: event.start,
      anchor: properties.anchor,
      tag: properties.tag,
      flow,
      items,
    };
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    let cursor = flow ? event.start + 1 : event.start;
    while (!this.#atPop()) {
      const start = skipSpace(text, cursor, flow);
      const value = this.#node(flow ? start : start + 1);
      items.push({ value, start });
      cursor = value.end;
    }
    this.#index++;
    node.end = flow ? skipSpace(text, cursor, true) + 1 : cursor;
    return node;
  }
}

function isSpaceOrEnd(char: string | undefined): boolean {
  return char === undefined || char === " " || char === "\t" || char === "\n" || char === "\r";
}
