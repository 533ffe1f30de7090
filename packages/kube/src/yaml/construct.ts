import {
  EVENT_ID,
  type Event,
  type MappingEvent,
  SCALAR_STYLE,
  type ScalarEvent,
  type SequenceEvent,
  getScalarValue,
} from "js-yaml";
import type { JsonObject, JsonValue } from "../json.ts";
import { readEvents } from "./events.ts";
import { MAX_DEPTH, type Place, type Problem, placeOf, syntaxProblem } from "./problem.ts";
import { resolveCorePlain, resolvePlain, resolvePlainKey, resolveTagged, shortTag } from "./scalars.ts";

export { MAX_DEPTH } from "./problem.ts";

const MOST_WARNINGS = 100;

/** What one reading may still expand through aliases, over all its documents: bounds memory where many small bombs add up. */
export interface AliasBudget {
  nodes: number;
}

export function newAliasBudget(): AliasBudget {
  return { nodes: 2_000_000 };
}

export interface ParsedDocument {
  /** Undefined when the document is malformed (a problem says why) or holds nothing. */
  readonly value: JsonValue | undefined;
  readonly problems: readonly Problem[];
  /** Set when text follows the first document's end mark (`...`): kubectl reads no further. */
  readonly ignoredFrom?: number;
}

/**
 * Parses one document to the JSON value that kubectl makes of it. Aliases are expanded (each use is a value of its own, so
 * that decoding may change it in place), within go-yaml's limit on excessive aliasing. With the `core` schema, plain scalars and keys
 * mean what YAML 1.2 says: for files of programs that read them so.
 */
export function parseDocument(
  text: string,
  budget: AliasBudget = newAliasBudget(),
  schema: "kubectl" | "core" = "kubectl",
): ParsedDocument {
  let events: Event[];
  try {
    events = readEvents(text, MAX_DEPTH);
  } catch (error) {
    return { value: undefined, problems: [syntaxProblem(text, error)] };
  }
  if (events.length === 0) return { value: undefined, problems: [] };
  return new Construction(text, events, budget, schema).document();
}

/** Stops the construction of a document; carries why. */
class Refusal extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

class Construction {
  readonly #text: string;
  readonly #events: readonly Event[];
  readonly #budget: AliasBudget;
  readonly #isCore: boolean;
  readonly #problems: Problem[] = [];
  /** Anchor name to the index of its node's event, as of the place reached by the first walk. */
  readonly #anchors = new Map<string, number>();
  /** Alias event index to the node it stands for, fixed by the first walk: a later anchor of the same name changes nothing. */
  readonly #targets = new Map<number, number>();
  /** Nodes being built through an alias now: meeting one again is a cycle. */
  readonly #open = new Set<number>();
  #handles = new Map<string, string>([["!!", "tag:yaml.org,2002:"]]);
  #index = 0;
  #depth = 0;
  #aliasDepth = 0;
  #decoded = 0;
  #aliased = 0;

  constructor(text: string, events: readonly Event[], budget: AliasBudget, schema: "kubectl" | "core") {
    this.#text = text;
    this.#events = events;
    this.#budget = budget;
    this.#isCore = schema === "core";
  }

  document(): ParsedDocument {
    const opening = this.#next();
    if (opening.type === EVENT_ID.DOCUMENT)
      for (const directive of opening.directives)
        if (directive.kind === "tag") this.#handles.set(directive.handle, directive.prefix);
    try {
      const value = this.#value();
      const ignoredFrom = this.#ignoredFrom();
      return { value, problems: this.#problems, ...(ignoredFrom === undefined ? {} : { ignoredFrom }) };
    } catch (error) {
      if (error instanceof Refusal) return { value: undefined, problems: [...this.#problems, error.problem] };
      return { value: undefined, problems: [...this.#problems, syntaxProblem(this.#text, error)] };
    }
  }

  /** Where a second document of the same chunk begins, one that holds something. */
  #ignoredFrom(): number | undefined {
    const second = this.#events[this.#index + 1];
    const node = this.#events[this.#index + 2];
    if (second?.type !== EVENT_ID.DOCUMENT || node === undefined) return undefined;
    const { start } = placeOf(node);
    return start > 0 ? start : undefined;
  }

  #next(): Event {
    const event = this.#events[this.#index];
    if (event === undefined) throw new RangeError("the event stream ended early");
    this.#index += 1;
    return event;
  }

  #value(): JsonValue {
    const index = this.#index;
    const event = this.#next();
    this.#count(event);
    switch (event.type) {
      case EVENT_ID.SCALAR:
        if (event.anchorStart !== -1) this.#anchor(event, index);
        return this.#scalar(event);
      case EVENT_ID.MAPPING:
        if (event.anchorStart !== -1) this.#anchor(event, index);
        this.#enter(event);
        return this.#mapping(index, {});
      case EVENT_ID.SEQUENCE:
        if (event.anchorStart !== -1) this.#anchor(event, index);
        this.#enter(event);
        return this.#sequence(index);
      case EVENT_ID.ALIAS:
        return this.#through(index, () => this.#value());
      case EVENT_ID.DOCUMENT:
      case EVENT_ID.POP:
        break;
    }
    throw new RangeError("the event stream ended early");
  }

  #scalar(event: ScalarEvent): JsonValue {
    const text = getScalarValue(this.#text, event);
    if (event.tagStart !== -1) return this.#tagged(event, text);
    if (event.style !== SCALAR_STYLE.PLAIN) {
      if (!event.fast && !text.isWellFormed())
        this.#refuse("KUBE_PARSE", "half of a surrogate pair is not a character", event);
      return text;
    }
    const value = this.#isCore ? resolveCorePlain(text) : resolvePlain(text);
    if (typeof value === "number" && !Number.isFinite(value))
      this.#refuse("KUBE_BAD_NUMBER", `\`${text}\` has no JSON form`, event, "quote it if it is meant as text");
    return value;
  }

  #tagged(event: ScalarEvent, text: string): JsonValue {
    const tag = shortTag(this.#text.slice(event.tagStart, event.tagEnd), this.#handles);
    if (tag === undefined) return text;
    const resolved = resolveTagged(tag, text);
    if ("problem" in resolved) return this.#refuse("KUBE_BAD_TAG", resolved.problem, event);
    if (typeof resolved.value === "number" && !Number.isFinite(resolved.value))
      return this.#refuse("KUBE_BAD_NUMBER", `\`${text}\` has no JSON form`, event);
    return resolved.value;
  }

  #sequence(index: number): JsonValue[] {
    this.#open.add(index);
    const items: JsonValue[] = [];
    while (this.#peek() !== EVENT_ID.POP) items.push(this.#value());
    this.#index += 1;
    this.#depth -= 1;
    this.#open.delete(index);
    return items;
  }

  /** Reads pairs into `target`, which merging has possibly filled already. The mapping event itself has been consumed. */
  #mapping(index: number, target: JsonObject): JsonObject {
    this.#open.add(index);
    let merged: Set<string> | undefined;
    while (this.#peek() !== EVENT_ID.POP) {
      const keyIndex = this.#index;
      const keyEvent = this.#events[keyIndex];
      if (keyEvent?.type === EVENT_ID.SCALAR && this.#isMerge(keyEvent)) {
        this.#index += 1;
        merged ??= new Set();
        this.#merge(keyEvent, target, merged);
        continue;
      }
      const key = this.#key();
      const present = Object.hasOwn(target, key);
      if (present && this.#aliasDepth === 0 && merged?.has(key) !== true) this.#duplicate(index, keyIndex, key);
      merged?.delete(key);
      put(target, key, this.#value());
    }
    this.#index += 1;
    this.#depth -= 1;
    this.#open.delete(index);
    return target;
  }

  #key(): string {
    const index = this.#index;
    const event = this.#next();
    this.#count(event);
    if (event.type === EVENT_ID.ALIAS) return this.#through(index, () => this.#key());
    if (event.type !== EVENT_ID.SCALAR) return this.#refuse("KUBE_BAD_KEY", "a mapping key must be a scalar", event);
    if (event.anchorStart !== -1) this.#anchor(event, index);
    const text = getScalarValue(this.#text, event);
    if (event.tagStart === -1 && event.style !== SCALAR_STYLE.PLAIN) return text;
    const tag = event.tagStart === -1 ? "" : shortTag(this.#text.slice(event.tagStart, event.tagEnd), this.#handles);
    if (tag === undefined) return text;
    if (tag !== "") {
      const resolved = resolveTagged(tag, text);
      if ("problem" in resolved) return this.#refuse("KUBE_BAD_TAG", resolved.problem, event);
      if (typeof resolved.value === "string") return resolved.value;
    }
    const key = this.#isCore ? text : resolvePlainKey(text);
    if (key === undefined)
      return this.#refuse(
        "KUBE_BAD_KEY",
        text === "" || resolvePlain(text) === null
          ? "a mapping key must not be null"
          : `\`${text}\` is too large for a mapping key`,
        event,
        "quote the key",
      );
    return key;
  }

  #isMerge(event: ScalarEvent): boolean {
    if (event.style !== SCALAR_STYLE.PLAIN || event.valueEnd - event.valueStart !== 2) return false;
    if (this.#text.charCodeAt(event.valueStart) !== 60 || this.#text.charCodeAt(event.valueStart + 1) !== 60)
      return false;
    return (
      event.tagStart === -1 || shortTag(this.#text.slice(event.tagStart, event.tagEnd), this.#handles) === "!!merge"
    );
  }

  /** go-yaml v2: merged keys override what is written before `<<`, what is written after overrides them; in a list the first wins. */
  #merge(keyEvent: ScalarEvent, target: JsonObject, merged: Set<string>): void {
    const source = this.#mergeSource(keyEvent);
    for (const key of Object.keys(source)) {
      if (this.#aliasDepth === 0 && Object.hasOwn(target, key) && !merged.has(key))
        this.#warn({
          code: "KUBE_MERGE_OVERRIDES",
          message: `the merge key overrides \`${key}\`, which is written before it`,
          ...placeOf(keyEvent),
          hint: "write `<<` first, then the keys that should win",
        });
      merged.add(key);
      put(target, key, source[key] ?? null);
    }
  }

  #mergeSource(keyEvent: ScalarEvent): JsonObject {
    const refuse = (): never =>
      this.#refuse("KUBE_BAD_MERGE", "a merge key needs a mapping or a list of mappings", keyEvent);
    const index = this.#index;
    const event = this.#events[index];
    if (event?.type !== EVENT_ID.SEQUENCE) return this.#mergeMapping(refuse);
    this.#index += 1;
    this.#count(event);
    if (event.anchorStart !== -1) this.#anchor(event, index);
    const sources: JsonObject[] = [];
    while (this.#peek() !== EVENT_ID.POP) sources.push(this.#mergeMapping(refuse));
    this.#index += 1;
    const all: JsonObject = {};
    for (const source of sources.toReversed())
      for (const key of Object.keys(source)) put(all, key, source[key] ?? null);
    return all;
  }

  #mergeMapping(refuse: () => never): JsonObject {
    const event = this.#events[this.#index];
    if (event?.type === EVENT_ID.ALIAS) {
      const target = this.#events[this.#target(this.#index)];
      if (target?.type !== EVENT_ID.MAPPING) return refuse();
    } else if (event?.type !== EVENT_ID.MAPPING) return refuse();
    const value = this.#value();
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : refuse();
  }

  /** Builds what an alias stands for by walking its node's events again. */
  #through<T>(aliasIndex: number, build: () => T): T {
    const target = this.#target(aliasIndex);
    const event = this.#events[aliasIndex];
    if (this.#open.has(target) && event !== undefined)
      this.#refuse("KUBE_ALIAS_CYCLE", `the anchor \`${this.#anchorName(event)}\` contains itself`, event);
    const resume = this.#index;
    this.#index = target;
    this.#aliasDepth += 1;
    const value = build();
    this.#aliasDepth -= 1;
    this.#index = resume;
    return value;
  }

  #target(aliasIndex: number): number {
    const known = this.#targets.get(aliasIndex);
    if (known !== undefined) return known;
    const event = this.#events[aliasIndex];
    const name = event === undefined ? "" : this.#anchorName(event);
    const target = this.#anchors.get(name);
    if (target === undefined) {
      return event === undefined
        ? 0
        : this.#refuse("KUBE_UNKNOWN_ANCHOR", `the alias \`*${name}\` names no anchor of this document`, event);
    }
    this.#targets.set(aliasIndex, target);
    return target;
  }

  #anchor(event: ScalarEvent | MappingEvent | SequenceEvent, index: number): void {
    if (this.#aliasDepth === 0) this.#anchors.set(this.#anchorName(event), index);
  }

  #anchorName(event: Event): string {
    return "anchorStart" in event ? this.#text.slice(event.anchorStart, event.anchorEnd) : "";
  }

  #enter(event: Event): void {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) this.#refuse("KUBE_TOO_DEEP", `nested more than ${MAX_DEPTH} levels deep`, event);
  }

  /** go-yaml's limit: up to 400,000 nodes nearly all may come from aliases, from 4,000,000 on a tenth. */
  #count(event: Event): void {
    this.#decoded += 1;
    if (this.#aliasDepth === 0) return;
    this.#aliased += 1;
    this.#budget.nodes -= 1;
    const ratio = 0.99 - 0.89 * Math.min(1, Math.max(0, (this.#decoded - 400_000) / 3_600_000));
    const excessive = this.#aliased > 100 && this.#decoded > 1000 && this.#aliased / this.#decoded > ratio;
    if (excessive) this.#refuse("KUBE_ALIAS_BOMB", "the document contains excessive aliasing", event);
    if (this.#budget.nodes < 0)
      this.#refuse("KUBE_ALIAS_BOMB", "the aliases of this input expand to more than 2,000,000 nodes", event);
  }

  #peek(): number {
    return this.#events[this.#index]?.type ?? EVENT_ID.POP;
  }

  #duplicate(mappingIndex: number, keyIndex: number, key: string): void {
    const event = this.#events[keyIndex];
    if (event === undefined) return;
    const first = this.#firstPlace(mappingIndex, keyIndex, key);
    this.#warn({
      code: "KUBE_DUPLICATE_KEY",
      message: `the key \`${key}\` is given twice; the last one counts`,
      ...placeOf(event),
      hint: "the API server refuses duplicate fields under strict validation: remove one",
      ...(first === undefined ? {} : { earlier: first.start }),
    });
  }

  /** Where the same key was last written before `keyIndex` in the mapping that starts at `mappingIndex`. */
  #firstPlace(mappingIndex: number, keyIndex: number, key: string): Place | undefined {
    let depth = 0;
    let isKey = true;
    let found: Place | undefined;
    for (let index = mappingIndex + 1; index < keyIndex; index += 1) {
      const event = this.#events[index];
      if (event === undefined) break;
      if (event.type === EVENT_ID.POP) depth -= 1;
      if (depth === 0 && isKey && event.type === EVENT_ID.SCALAR) {
        const text = getScalarValue(this.#text, event);
        if (text === key || resolvePlainKey(text) === key) found = placeOf(event);
      }
      if (depth === 0 && event.type !== EVENT_ID.MAPPING && event.type !== EVENT_ID.SEQUENCE) isKey = !isKey;
      if (event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE) depth += 1;
    }
    return found;
  }

  #warn(problem: Omit<Problem, "severity">): void {
    if (this.#problems.length < MOST_WARNINGS) this.#problems.push({ severity: "warning", ...problem });
  }

  #refuse(code: string, message: string, event: Event, hint?: string): never {
    throw new Refusal({
      code,
      severity: "error",
      message,
      ...this.#place(event),
      ...(hint === undefined ? {} : { hint }),
    });
  }

  /** An empty scalar has no place of its own: it is behind what comes before it. */
  #place(event: Event): Place {
    if (event.type !== EVENT_ID.SCALAR || event.valueStart !== -1 || event.tagStart !== -1) return placeOf(event);
    const before = this.#events.slice(0, this.#events.indexOf(event)).findLast(({ type }) => type !== EVENT_ID.POP);
    const end = before === undefined ? 0 : placeOf(before).end;
    return { start: end, end };
  }
}

/** `__proto__` must become an own property like any other. */
function put(target: JsonObject, key: string, value: JsonValue): void {
  if (key === "__proto__")
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  else target[key] = value;
}
