import type { BuiltinError } from "../errors.ts";
import { Scanner } from "./scanner.ts";
import { type Mark, yamlError } from "./source.ts";
import type { ScalarStyle, Token, TokenType } from "./token.ts";

/** The start of a node, its end, or an alias; documents and the stream. */
export type Event =
  | { readonly type: "documentStart" | "documentEnd" | "streamEnd" | "sequenceEnd" | "mappingEnd" }
  | { readonly type: "alias"; readonly anchor: string; readonly line: number }
  | {
      readonly type: "scalar";
      readonly anchor: string | undefined;
      readonly tag: string;
      readonly value: string;
      readonly style: ScalarStyle;
      readonly line: number;
    }
  | {
      readonly type: "sequenceStart" | "mappingStart";
      readonly anchor: string | undefined;
      readonly tag: string;
      readonly line: number;
    };

/** What comes next: named for what is expected. */
type State =
  | "implicitDocumentStart"
  | "documentStart"
  | "documentContent"
  | "documentEnd"
  | "blockNode"
  | "blockSequenceFirst"
  | "blockSequenceEntry"
  | "indentlessEntry"
  | "blockMappingFirst"
  | "blockMappingKey"
  | "blockMappingValue"
  | "flowSequenceFirst"
  | "flowSequenceEntry"
  | "flowPairKey"
  | "flowPairValue"
  | "flowPairEnd"
  | "flowMappingFirst"
  | "flowMappingKey"
  | "flowMappingValue"
  | "flowMappingEmptyValue"
  | "end";

const STANDARD_TAGS: readonly (readonly [string, string])[] = [
  ["!", "!"],
  ["!!", "tag:yaml.org,2002:"],
];

/** The events of YAML 1.1 text, of all its documents. Throws a `BuiltinError` with go-yaml's message for what is none. */
export class EventParser {
  readonly #scanner: Scanner;
  readonly #states: State[] = [];
  /** Where the collections began that are open. */
  readonly #marks: Mark[] = [];
  readonly #prefixes = new Map<string, string>();
  #state: State = "implicitDocumentStart";

  constructor(text: string) {
    this.#scanner = new Scanner(text);
    this.#scanner.take();
  }

  next(): Event {
    switch (this.#state) {
      case "implicitDocumentStart":
        return this.#documentStart(true);
      case "documentStart":
        return this.#documentStart(false);
      case "documentContent":
        return this.#documentContent();
      case "documentEnd":
        return this.#documentEnd();
      case "blockNode":
        return this.#node(true);
      case "blockSequenceFirst":
        return this.#opened(() => this.#blockSequenceEntry());
      case "blockSequenceEntry":
        return this.#blockSequenceEntry();
      case "indentlessEntry":
        return this.#indentlessEntry();
      case "blockMappingFirst":
        return this.#opened(() => this.#blockMappingKey());
      case "blockMappingKey":
        return this.#blockMappingKey();
      case "blockMappingValue":
        return this.#blockMappingValue();
      case "flowSequenceFirst":
        return this.#opened(() => this.#flowSequenceEntry(true));
      case "flowSequenceEntry":
        return this.#flowSequenceEntry(false);
      case "flowPairKey":
        return this.#flowPairKey();
      case "flowPairValue":
        return this.#flowPairValue();
      case "flowPairEnd":
        this.#scanner.peek();
        this.#state = "flowSequenceEntry";
        return { type: "mappingEnd" };
      case "flowMappingFirst":
        return this.#opened(() => this.#flowMappingKey(true));
      case "flowMappingKey":
        return this.#flowMappingKey(false);
      case "flowMappingValue":
        return this.#flowMappingValue();
      case "flowMappingEmptyValue":
        this.#state = "flowMappingKey";
        return this.#empty(this.#scanner.peek());
      case "end":
        return { type: "streamEnd" };
    }
  }

  #next(...types: readonly TokenType[]): boolean {
    return types.includes(this.#scanner.peek().type);
  }

  /** Goes on with what is around what has ended. */
  #leave(): void {
    this.#state = this.#states.pop() ?? "end";
  }

  #opened(first: () => Event): Event {
    this.#marks.push(this.#scanner.take().start);
    return first();
  }

  #empty({ start }: Token): Event {
    return { type: "scalar", anchor: undefined, tag: "", value: "", style: "plain", line: start.line + 1 };
  }

  /** A node, after which `state` comes; where one of the tokens comes instead, it is empty. */
  #nodeOr(state: State, block: boolean, empty: readonly TokenType[], indentless = false): Event {
    if (this.#next(...empty)) {
      this.#state = state;
      return this.#empty(this.#scanner.peek());
    }
    this.#states.push(state);
    return this.#node(block, indentless);
  }

  #documentStart(implicit: boolean): Event {
    if (!implicit) while (this.#next("documentEnd")) this.#scanner.take();
    if (implicit && !this.#next("versionDirective", "tagDirective", "documentStart", "streamEnd")) {
      this.#readDirectives();
      this.#states.push("documentEnd");
      this.#state = "blockNode";
      return { type: "documentStart" };
    }
    if (this.#next("streamEnd")) {
      this.#state = "end";
      return { type: "streamEnd" };
    }
    this.#readDirectives();
    const token = this.#scanner.peek();
    if (token.type !== "documentStart") throw parserError("did not find expected <document start>", token);
    this.#scanner.take();
    this.#states.push("documentEnd");
    this.#state = "documentContent";
    return { type: "documentStart" };
  }

  #readDirectives(): void {
    let hasVersion = false;
    for (;;) {
      const token = this.#scanner.peek();
      if (token.type === "versionDirective") {
        if (hasVersion) throw parserError("found duplicate %YAML directive", token);
        if (token.major !== 1 || token.minor !== 1) throw parserError("found incompatible YAML document", token);
        hasVersion = true;
      } else if (token.type === "tagDirective") {
        if (this.#prefixes.has(token.handle)) throw parserError("found duplicate %TAG directive", token);
        this.#prefixes.set(token.handle, token.prefix);
      } else {
        break;
      }
      this.#scanner.take();
    }
    for (const [handle, prefix] of STANDARD_TAGS) {
      if (!this.#prefixes.has(handle)) this.#prefixes.set(handle, prefix);
    }
  }

  #documentContent(): Event {
    if (this.#next("versionDirective", "tagDirective", "documentStart", "documentEnd", "streamEnd")) {
      this.#leave();
      return this.#empty(this.#scanner.peek());
    }
    return this.#node(true);
  }

  #documentEnd(): Event {
    if (this.#next("documentEnd")) this.#scanner.take();
    this.#prefixes.clear();
    this.#state = "documentStart";
    return { type: "documentEnd" };
  }

  #node(block: boolean, indentless = false): Event {
    const first = this.#scanner.peek();
    const line = first.start.line + 1;
    if (first.type === "alias") {
      this.#scanner.take();
      this.#leave();
      return { type: "alias", anchor: first.name, line };
    }
    const { anchor, tag } = this.#properties();
    const token = this.#scanner.peek();
    if (indentless && token.type === "blockEntry") {
      this.#state = "indentlessEntry";
      return { type: "sequenceStart", anchor, tag, line };
    }
    switch (token.type) {
      case "scalar": {
        this.#scanner.take();
        this.#leave();
        return { type: "scalar", anchor, tag, value: token.value, style: token.style, line };
      }
      case "flowSequenceStart":
        this.#state = "flowSequenceFirst";
        return { type: "sequenceStart", anchor, tag, line };
      case "flowMappingStart":
        this.#state = "flowMappingFirst";
        return { type: "mappingStart", anchor, tag, line };
      case "blockSequenceStart":
        if (!block) break;
        this.#state = "blockSequenceFirst";
        return { type: "sequenceStart", anchor, tag, line };
      case "blockMappingStart":
        if (!block) break;
        this.#state = "blockMappingFirst";
        return { type: "mappingStart", anchor, tag, line };
      default:
    }
    if (anchor !== undefined || tag !== "") {
      this.#leave();
      return { type: "scalar", anchor, tag, value: "", style: "plain", line };
    }
    throw parserError("did not find expected node content", token, first.start);
  }

  /** The anchor and the tag of a node, in any order. */
  #properties(): { readonly anchor: string | undefined; readonly tag: string } {
    const first = this.#scanner.peek();
    let anchor: string | undefined;
    let tag = "";
    for (;;) {
      const token = this.#scanner.peek();
      if (token.type === "anchor" && anchor === undefined) {
        anchor = token.name;
      } else if (token.type === "tag" && tag === "") {
        tag = token.handle === "" ? token.suffix : (this.#prefixes.get(token.handle) ?? "") + token.suffix;
        if (!this.#prefixes.has(token.handle) && token.handle !== "") {
          this.#scanner.take();
          this.#scanner.peek();
          throw parserError("found undefined tag handle", token, first.start);
        }
      } else {
        return { anchor, tag };
      }
      this.#scanner.take();
    }
  }

  #blockSequenceEntry(): Event {
    const token = this.#scanner.peek();
    if (token.type === "blockEntry") {
      this.#scanner.take();
      return this.#nodeOr("blockSequenceEntry", true, ["blockEntry", "blockEnd"]);
    }
    if (token.type !== "blockEnd") throw parserError("did not find expected '-' indicator", token, this.#marks.at(-1));
    return this.#ended("sequenceEnd");
  }

  #indentlessEntry(): Event {
    if (this.#next("blockEntry")) {
      this.#scanner.take();
      return this.#nodeOr("indentlessEntry", true, ["blockEntry", "key", "value", "blockEnd"]);
    }
    this.#leave();
    return { type: "sequenceEnd" };
  }

  #blockMappingKey(): Event {
    const token = this.#scanner.peek();
    if (token.type === "key") {
      this.#scanner.take();
      return this.#nodeOr("blockMappingValue", true, ["key", "value", "blockEnd"], true);
    }
    if (token.type !== "blockEnd") throw parserError("did not find expected key", token, this.#marks.at(-1));
    return this.#ended("mappingEnd");
  }

  #blockMappingValue(): Event {
    if (this.#next("value")) {
      this.#scanner.take();
      return this.#nodeOr("blockMappingKey", true, ["key", "value", "blockEnd"], true);
    }
    this.#state = "blockMappingKey";
    return this.#empty(this.#scanner.peek());
  }

  /** The end of a collection whose closing token is next. */
  #ended(type: "sequenceEnd" | "mappingEnd"): Event {
    this.#scanner.take();
    this.#marks.pop();
    this.#leave();
    return { type };
  }

  #flowSequenceEntry(first: boolean): Event {
    if (!this.#next("flowSequenceEnd")) {
      if (!first) this.#takeComma("did not find expected ',' or ']'");
      if (this.#next("key")) {
        const { start } = this.#scanner.take();
        this.#state = "flowPairKey";
        return { type: "mappingStart", anchor: undefined, tag: "", line: start.line + 1 };
      }
      if (!this.#next("flowSequenceEnd")) return this.#nodeOr("flowSequenceEntry", false, []);
    }
    return this.#ended("sequenceEnd");
  }

  #takeComma(problem: string): void {
    const token = this.#scanner.peek();
    if (token.type !== "flowEntry") throw parserError(problem, token, this.#marks.at(-1));
    this.#scanner.take();
  }

  #flowPairKey(): Event {
    if (!this.#next("value", "flowEntry", "flowSequenceEnd")) return this.#nodeOr("flowPairValue", false, []);
    // go-yaml leaves the token out that it sees in the place of a key.
    const token = this.#scanner.take();
    this.#state = "flowPairValue";
    return this.#empty(token);
  }

  #flowPairValue(): Event {
    if (this.#next("value")) {
      this.#scanner.take();
      return this.#nodeOr("flowPairEnd", false, ["flowEntry", "flowSequenceEnd"]);
    }
    this.#state = "flowPairEnd";
    return this.#empty(this.#scanner.peek());
  }

  #flowMappingKey(first: boolean): Event {
    if (!this.#next("flowMappingEnd")) {
      if (!first) this.#takeComma("did not find expected ',' or '}'");
      if (this.#next("key")) {
        this.#scanner.take();
        return this.#nodeOr("flowMappingValue", false, ["value", "flowEntry", "flowMappingEnd"]);
      }
      if (!this.#next("flowMappingEnd")) return this.#nodeOr("flowMappingEmptyValue", false, []);
    }
    return this.#ended("mappingEnd");
  }

  #flowMappingValue(): Event {
    if (this.#next("value")) {
      this.#scanner.take();
      return this.#nodeOr("flowMappingKey", false, ["flowEntry", "flowMappingEnd"]);
    }
    this.#state = "flowMappingKey";
    return this.#empty(this.#scanner.peek());
  }
}

function parserError(problem: string, { start }: Token, context?: Mark): BuiltinError {
  return yamlError(problem, "parser", context, start);
}
