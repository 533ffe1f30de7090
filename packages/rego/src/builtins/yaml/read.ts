import {
  EVENT_ID,
  type Event,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
  YAMLException,
} from "js-yaml";
import { fromUtf8 } from "../../values/utf8.ts";
import { isArray, isNumber, isPlainObject } from "../../values/kinds.ts";
import { numberText } from "../../values/number.ts";
import { type MutableObject, setOwn, type Value } from "../../values/value.ts";
import { decodeBase64 } from "../base64.ts";
import { BuiltinError } from "../errors.ts";
import { NoJsonForm, resolvePlain } from "./scalar.ts";
import { syntaxError } from "./syntax-error.ts";

/** More than this many nodes through aliases is a bomb. */
const maxAliasedNodes = 1_000_000;

/** The first document of YAML text as JSON; null for none. Throws a `BuiltinError`. */
export function readYaml(text: string): Value {
  checkStart(text);
  let events: Event[];
  try {
    events = parseEvents(text, { maxDepth: 1000 });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    throw syntaxError(text, error);
  }
  return new Construction(text, events).document();
}

/** Refuses what js-yaml takes and go-yaml does not: other versions, and tabs before the first token. */
function checkStart(text: string): void {
  const [blank = ""] = /^(?:[ \t]*(?:#[^\n]*)?\n)*/.exec(text) ?? [];
  const start = text.slice(blank.length);
  const version = /^%YAML[ \t]+([0-9.]+)/.exec(start)?.[1];
  if (version !== undefined && version !== "1.1") throw new BuiltinError("yaml: found incompatible YAML document");
  if (/^ *\t[ \t]*[^ \t]/.test(start)) {
    const line = blank.split("\n").length;
    const place = line === 1 ? "" : `line ${line}: `;
    throw new BuiltinError(`yaml: ${place}found character that cannot start any token`);
  }
}

class Construction {
  readonly #text: string;
  readonly #events: readonly Event[];
  readonly #anchors = new Map<string, number>();
  readonly #open = new Set<number>();
  #at = 1;
  #aliased = 0;
  #aliasDepth = 0;

  constructor(text: string, events: readonly Event[]) {
    this.#text = text;
    this.#events = events;
  }

  document(): Value {
    const first = this.#events[1];
    return first === undefined || first.type === EVENT_ID.POP ? null : this.#value();
  }

  #peek(): Event | undefined {
    return this.#events[this.#at];
  }

  #value(): Value {
    const index = this.#at;
    const event = this.#peek();
    if (this.#aliasDepth > 0) {
      this.#aliased += 1;
      if (this.#aliased > maxAliasedNodes) throw new BuiltinError("yaml: document contains excessive aliasing");
    }
    this.#at += 1;
    switch (event?.type) {
      case EVENT_ID.SCALAR:
        this.#anchor(event, index);
        return this.#scalar(event);
      case EVENT_ID.SEQUENCE: {
        this.#anchor(event, index);
        this.#open.add(index);
        const items: Value[] = [];
        while (this.#peek()?.type !== EVENT_ID.POP) items.push(this.#value());
        this.#at += 1;
        this.#open.delete(index);
        return items;
      }
      case EVENT_ID.MAPPING: {
        this.#anchor(event, index);
        this.#open.add(index);
        const object = this.#mapping();
        this.#open.delete(index);
        return object;
      }
      case EVENT_ID.ALIAS:
        return this.#alias(this.#text.slice(event.anchorStart, event.anchorEnd));
      default:
        throw new BuiltinError("yaml: unexpected end of document");
    }
  }

  #anchor(event: { anchorStart: number; anchorEnd: number }, index: number): void {
    if (event.anchorStart !== -1) this.#anchors.set(this.#text.slice(event.anchorStart, event.anchorEnd), index);
  }

  #alias(name: string): Value {
    if (!/^[-0-9A-Za-z_]+$/.test(name)) {
      throw new BuiltinError("yaml: did not find expected alphabetic or numeric character");
    }
    const target = this.#anchors.get(name);
    if (target === undefined) throw new BuiltinError(`yaml: unknown anchor '${name}' referenced`);
    if (this.#open.has(target)) throw new BuiltinError(`yaml: anchor '${name}' value contains itself`);
    const back = this.#at;
    this.#at = target;
    this.#aliasDepth += 1;
    const value = this.#value();
    this.#aliasDepth -= 1;
    this.#at = back;
    return value;
  }

  #scalar(event: ScalarEvent): Value {
    const value = this.#resolve(event, this.#scalarText(event));
    if (value instanceof NoJsonForm) throw new BuiltinError(`json: unsupported value: ${goFloat(value.text)}`);
    return value;
  }

  /** A block at the end of a text without a last line break has none either. */
  #scalarText(event: ScalarEvent): string {
    const value = getScalarValue(this.#text, event);
    const isBlock = event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK;
    return isBlock && event.valueEnd === this.#text.length && !this.#text.endsWith("\n")
      ? value.replace(/\n$/, "")
      : value;
  }

  #resolve(event: ScalarEvent, text: string): Value | NoJsonForm {
    const tag = event.tagStart === -1 ? undefined : this.#text.slice(event.tagStart, event.tagEnd);
    switch (tag) {
      case undefined:
        return event.style === SCALAR_STYLE.PLAIN ? resolvePlain(text) : text;
      case "!!binary":
        return fromUtf8(decodeBase64(text.replaceAll(/\s/g, ""), "standard"));
      case "!!int":
      case "!!float":
      case "!!bool":
      case "!!null": {
        const value = resolvePlain(text);
        if (typeof value === "string") throw new BuiltinError(`yaml: cannot decode !!str \`${text}\` as a ${tag}`);
        return value;
      }
      default:
        return text;
    }
  }

  /** The pairs of a mapping; the last of equal keys wins, and merged ones give way to those written. */
  #mapping(): MutableObject {
    const written: MutableObject = {};
    const merged: MutableObject[] = [];
    while (this.#peek()?.type !== EVENT_ID.POP) {
      const event = this.#peek();
      const isMerge =
        event?.type === EVENT_ID.SCALAR &&
        event.style === SCALAR_STYLE.PLAIN &&
        getScalarValue(this.#text, event) === "<<";
      const key = this.#value();
      const value = this.#value();
      if (isMerge) merged.push(...mergedMappings(value));
      else setOwn(written, keyText(key), value);
    }
    this.#at += 1;
    if (merged.length === 0) return written;
    const result: MutableObject = {};
    for (const source of [...merged.toReversed(), written]) {
      for (const [key, value] of Object.entries(source)) setOwn(result, key, value);
    }
    return result;
  }
}

function goFloat(text: string): string {
  if (/nan/i.test(text)) return "NaN";
  return text.startsWith("-") ? "-Inf" : "+Inf";
}

function mergedMappings(value: Value): MutableObject[] {
  const sources = isArray(value) ? value : [value];
  return sources.map((source) => {
    if (!isPlainObject(source)) throw new BuiltinError("yaml: map merge requires map or sequence of maps as the value");
    return { ...source };
  });
}

function keyText(key: Value): string {
  if (typeof key === "string") return key;
  if (typeof key === "boolean") return String(key);
  if (isNumber(key)) return numberText(key);
  throw new BuiltinError("yaml: invalid map key");
}
