import { BuiltinError } from "../errors.ts";
import { type Event, EventParser } from "./events.ts";
import { resolvePlain } from "./scalar.ts";
import type { ScalarStyle } from "./token.ts";

/** A node of a YAML document; tags are short ones, such as `!!str`. */
export type YamlNode =
  | {
      readonly kind: "scalar";
      readonly tag: string;
      /** Whether the text has the tag, rather than that it was found from the value. */
      readonly isTagged: boolean;
      readonly style: ScalarStyle;
      readonly value: string;
      readonly line: number;
    }
  | { readonly kind: "sequence"; readonly tag: string; readonly items: readonly YamlNode[]; readonly line: number }
  | { readonly kind: "mapping"; readonly tag: string; readonly entries: readonly YamlEntry[]; readonly line: number }
  | { readonly kind: "alias"; readonly name: string; readonly target: YamlNode; readonly line: number };

export interface YamlEntry {
  readonly key: YamlNode;
  readonly value: YamlNode;
}

/** Collections nested deeper are refused, since reading them recurs. */
const MAX_NESTING = 2000;

/** The first document of YAML text; undefined where there is none. The others must be right too. Throws a `BuiltinError`. */
export function parseYamlNode(text: string): YamlNode | undefined {
  const parser = new EventParser(text);
  const [first] = documents(parser, Number.POSITIVE_INFINITY);
  return first;
}

/** The first document alone: what follows it is not read. */
export function parseFirstNode(text: string): YamlNode | undefined {
  const [first] = documents(new EventParser(text), 1);
  return first;
}

function documents(parser: EventParser, most: number): readonly YamlNode[] {
  const roots: YamlNode[] = [];
  const anchors = new Map<string, YamlNode>();
  while (roots.length < most && parser.next().type !== "streamEnd") {
    roots.push(new Composition(parser, anchors).node(parser.next()));
    parser.next();
  }
  return roots;
}

class Composition {
  readonly #parser: EventParser;
  readonly #anchors: Map<string, YamlNode>;
  #depth = 0;

  constructor(parser: EventParser, anchors: Map<string, YamlNode>) {
    this.#parser = parser;
    this.#anchors = anchors;
  }

  node(event: Event): YamlNode {
    switch (event.type) {
      case "alias": {
        const target = this.#anchors.get(event.anchor);
        if (target === undefined) throw new BuiltinError(`yaml: unknown anchor '${event.anchor}' referenced`);
        return { kind: "alias", name: event.anchor, target, line: event.line };
      }
      case "scalar": {
        const { style, value, line } = event;
        const isTagged = event.tag !== "" && event.tag !== "!";
        const tag = isTagged ? shortTag(event.tag) : foundTag(style, value);
        return this.#anchored(event.anchor, { kind: "scalar", tag, isTagged, style, value, line });
      }
      case "sequenceStart": {
        const items: YamlNode[] = [];
        const tag = tagOr(event.tag, "!!seq");
        const node = this.#anchored(event.anchor, { kind: "sequence", tag, items, line: event.line });
        this.#inside(() => {
          for (let next = this.#parser.next(); next.type !== "sequenceEnd"; next = this.#parser.next()) {
            items.push(this.node(next));
          }
        });
        return node;
      }
      case "mappingStart": {
        const entries: YamlEntry[] = [];
        const tag = tagOr(event.tag, "!!map");
        const node = this.#anchored(event.anchor, { kind: "mapping", tag, entries, line: event.line });
        this.#inside(() => {
          for (let next = this.#parser.next(); next.type !== "mappingEnd"; next = this.#parser.next()) {
            const key = this.node(next);
            entries.push({ key, value: this.node(this.#parser.next()) });
          }
        });
        return node;
      }
      default:
        throw new BuiltinError("yaml: unexpected end of a document");
    }
  }

  #anchored(anchor: string | undefined, node: YamlNode): YamlNode {
    if (anchor !== undefined) this.#anchors.set(anchor, node);
    return node;
  }

  #inside(read: () => void): void {
    this.#depth += 1;
    if (this.#depth > MAX_NESTING) throw new BuiltinError(`yaml: exceeded max depth of ${MAX_NESTING}`);
    read();
    this.#depth -= 1;
  }
}

function tagOr(tag: string, standard: string): string {
  return tag === "" || tag === "!" ? standard : shortTag(tag);
}

const STANDARD_PREFIX = "tag:yaml.org,2002:";

function shortTag(tag: string): string {
  return tag.startsWith(STANDARD_PREFIX) ? `!!${tag.slice(STANDARD_PREFIX.length)}` : tag;
}

/** The tag of a scalar that has none. */
function foundTag(style: ScalarStyle, value: string): string {
  if (style !== "plain") return "!!str";
  return value === "<<" ? "!!merge" : resolvePlain(value).tag;
}
