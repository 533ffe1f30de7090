import { fromUtf8, wellFormed } from "../../values/utf8.ts";
import { numberText, RegoNumber } from "../../values/number.ts";
import { type MutableObject, setOwn, type Value } from "../../values/value.ts";
import { decodeBase64 } from "../base64.ts";
import { BuiltinError } from "../errors.ts";
import { floatText } from "../go-format.ts";
import { goSyntax } from "./go-syntax.ts";
import { type YamlEntry, type YamlNode, parseFirstNode, parseYamlNode } from "./node.ts";
import { type Resolved, doubleValue, resolvePlain, resolveTagged } from "./scalar.ts";

/** The first document of YAML text as JSON; null for none. Throws a `BuiltinError`. */
export function readYaml(text: string): Value {
  const node = parseYamlNode(text);
  if (node === undefined) return null;
  return new Decoding({ isLenient: true }).document(node);
}

/** JSON text as go-yaml reads it, which is not quite as JSON says. Floats are as go-yaml writes them. */
export function readJsonAsYaml(text: string): Value {
  const node = parseFirstNode(text);
  return node === undefined ? null : new Decoding({ isLenient: false }).document(node);
}

/** More of what is read through aliases than this share, from so many nodes on, is a bomb. */
const MOST_ALIASED = 0.99;
const FEW_NODES = 400_000;
const MANY_NODES = 4_000_000;
const MOST_ALIASED_OF_MANY = 0.1;

type Mapping = Extract<YamlNode, { kind: "mapping" }>;
type Scalar = Extract<YamlNode, { kind: "scalar" }>;

/** The mapping that others are merged into: the keys that it has, and whether it is one that only has strings for keys. */
interface MergeTarget {
  readonly written: Set<string>;
  readonly isOfStrings: boolean;
}

class Decoding {
  /** Repeated keys and merges, and dates, are as older readers take them, and what JSON has no form for is refused. */
  readonly #isLenient: boolean;
  readonly #open = new Set<YamlNode>();
  readonly #faults: string[] = [];
  #decoded = 0;
  #aliased = 0;
  #aliasDepth = 0;

  constructor({ isLenient }: { readonly isLenient: boolean }) {
    this.#isLenient = isLenient;
  }

  document(node: YamlNode): Value {
    const value = this.#value(node);
    if (this.#faults.length > 0) {
      throw new BuiltinError(`yaml: unmarshal errors:\n  ${this.#faults.join("\n  ")}`);
    }
    return value;
  }

  #count(): void {
    this.#decoded += 1;
    if (this.#aliasDepth > 0) this.#aliased += 1;
    if (this.#aliased <= 100 || this.#decoded <= 1000) return;
    const excess = Math.min(Math.max(this.#decoded - FEW_NODES, 0) / (MANY_NODES - FEW_NODES), 1);
    const allowed = MOST_ALIASED - (MOST_ALIASED - MOST_ALIASED_OF_MANY) * excess;
    if (this.#aliased / this.#decoded > allowed) {
      throw new BuiltinError("yaml: document contains excessive aliasing");
    }
  }

  #value(node: YamlNode): Value {
    this.#count();
    switch (node.kind) {
      case "scalar":
        return this.#scalarValue(this.#resolve(node));
      case "sequence":
        return node.items.map((item) => this.#value(item));
      case "mapping":
        return this.#mapping(node);
      case "alias":
        return this.#through(node, (target) => this.#value(target));
    }
  }

  #through<T>(alias: Extract<YamlNode, { kind: "alias" }>, read: (target: YamlNode) => T): T {
    if (this.#open.has(alias)) throw new BuiltinError(`yaml: anchor '${alias.name}' value contains itself`);
    this.#open.add(alias);
    this.#aliasDepth += 1;
    const value = read(alias.target);
    this.#aliasDepth -= 1;
    this.#open.delete(alias);
    return value;
  }

  #resolve({ tag, isTagged, value }: Scalar): Resolved {
    switch (tag) {
      case "!!str":
        return { tag, value };
      case "!!binary":
        return { tag: "!!str", value: binaryText(value) };
      case "!!bool":
      case "!!int":
      case "!!float":
      case "!!null":
      case "!!timestamp": {
        if (!isTagged) {
          const resolved = resolvePlain(value);
          return resolved.tag === "!!timestamp" && this.#isLenient ? { tag: "!!str", value } : resolved;
        }
        const resolved = resolveTagged(tag, value);
        if ("tag" in resolved) return resolved;
        throw new BuiltinError(`yaml: cannot decode ${resolved.found} \`${value}\` as a ${tag}`);
      }
      default:
        return { tag: "!!str", value };
    }
  }

  #scalarValue(resolved: Resolved): Value {
    switch (resolved.tag) {
      case "!!null":
        return null;
      case "!!float":
        if (!this.#isLenient) return new RegoNumber(floatText(resolved.double, "g", undefined));
        if (Number.isFinite(resolved.double)) return doubleValue(resolved.double);
        throw new BuiltinError(`json: unsupported value: ${goFloat(resolved.double)}`);
      case "!!timestamp":
        return resolved.moment;
      default:
        return resolved.value;
    }
  }

  #mapping(node: Mapping): MutableObject {
    const object: MutableObject = {};
    this.#fill(object, node, undefined);
    return object;
  }

  /** Puts the pairs of a mapping into an object; of one that is merged into another, those that are not there yet. */
  #fill(object: MutableObject, node: Mapping, target: MergeTarget | undefined): void {
    const entries = this.#isLenient ? withoutRepeats(node.entries, (key) => this.#keyText(key)) : node.entries;
    if (this.#hasRepeats(entries)) return;
    const isOfStrings = target?.isOfStrings ?? entries.every(({ key }) => /^!!(?:str|merge)$/.test(tagOf(key)));
    const merges: YamlNode[] = [];
    for (const { key, value } of entries) {
      if (isMerge(key)) {
        merges.push(value);
        continue;
      }
      if (isOfStrings && tagOf(key) === "!!null") continue;
      const name = isOfStrings && key.kind === "scalar" ? this.#ownText(key) : this.#name(key, value);
      if (target?.written.has(name) === true) continue;
      target?.written.add(name);
      setOwn(object, name, this.#value(value));
    }
    if (merges.length === 0) return;
    const inner = target ?? { written: new Set(Object.keys(object)), isOfStrings };
    for (const merge of merges) this.#merge(object, merge, inner);
  }

  #ownText(key: Scalar): string {
    this.#count();
    return key.tag === "!!binary" ? binaryText(key.value) : key.value;
  }

  /** What a key is called in JSON, which only has strings for keys. */
  #name(key: YamlNode, value: YamlNode): string {
    const text = this.#keyText(key);
    if (text !== undefined) return text;
    const shown = this.#shownKey(key);
    if (shown.kind !== "null") throw new BuiltinError(`yaml: invalid map key: ${shown.text}`);
    const given = goSyntax(this.#value(value), "alone");
    throw new BuiltinError(`unsupported map key of type: %!s(<nil>), key: <nil>, value: ${given}`);
  }

  #shownKey(key: YamlNode): { readonly kind: "null" | "collection"; readonly text: string } {
    const value = this.#value(key);
    return value === null ? { kind: "null", text: "" } : { kind: "collection", text: goSyntax(value, "inside") };
  }

  /** The text of a scalar key; undefined for null and for collections. */
  #keyText(key: YamlNode): string | undefined {
    this.#count();
    if (key.kind === "alias") return this.#through(key, (target) => this.#keyText(target));
    if (key.kind !== "scalar") return undefined;
    const resolved = this.#resolve(key);
    switch (resolved.tag) {
      case "!!null":
        return undefined;
      case "!!bool":
        return String(resolved.value);
      case "!!int":
        return numberText(resolved.value);
      case "!!float":
        return floatKey(resolved.double);
      case "!!timestamp":
        return resolved.moment;
      default:
        return resolved.value;
    }
  }

  /** Tells of keys of the same kind and text; of scalars, what is lenient has dropped all but one. */
  #hasRepeats(entries: readonly YamlEntry[]): boolean {
    const groups = new Map<string, YamlEntry[]>();
    for (const entry of entries) {
      const id = `${entry.key.kind}:${writtenText(entry.key)}`;
      const same = groups.get(id);
      if (same === undefined) groups.set(id, [entry]);
      else same.push(entry);
    }
    if (groups.size === entries.length) return false;
    for (const same of groups.values()) {
      for (const [position, { key: earlier }] of same.entries()) {
        for (const { key: later } of same.slice(position + 1)) {
          const name = goSyntax(writtenText(later), "alone");
          this.#faults.push(`line ${later.line}: mapping key ${name} already defined at line ${earlier.line}`);
        }
      }
    }
    return true;
  }

  #merge(object: MutableObject, merge: YamlNode, target: MergeTarget): void {
    const sources = merge.kind === "sequence" ? merge.items : [merge];
    for (const source of sources) {
      if (source.kind === "mapping") {
        this.#count();
        this.#fill(object, source, target);
      } else if (source.kind === "alias" && source.target.kind === "mapping") {
        const aliased = source.target;
        this.#count();
        this.#through(source, () => {
          this.#count();
          this.#fill(object, aliased, target);
        });
      } else {
        throw new BuiltinError("yaml: map merge requires map or sequence of maps as the value");
      }
    }
  }
}

function isMerge(key: YamlNode): boolean {
  return key.kind === "scalar" && key.value === "<<" && key.tag === "!!merge";
}

function tagOf(node: YamlNode): string {
  if (node.kind === "alias") return tagOf(node.target);
  return node.kind === "scalar" && node.tag === "!!timestamp" && !node.isTagged ? "!!str" : node.tag;
}

/** What go-yaml compares keys by. */
function writtenText(key: YamlNode): string {
  if (key.kind === "scalar") return key.value;
  return key.kind === "alias" ? key.name : "";
}

/** Scalar keys once each, with the last of their values, and all merges together in the place of the first. */
function withoutRepeats(
  entries: readonly YamlEntry[],
  textOf: (key: YamlNode) => string | undefined,
): readonly YamlEntry[] {
  const merges = entries.filter(({ key }) => isMerge(key));
  const merged = merges.flatMap(({ value }) => (value.kind === "sequence" ? value.items : [value]));
  const together: YamlNode | undefined =
    merged.length < 2 ? undefined : { kind: "sequence", tag: "!!seq", items: merged, line: 0 };
  const kept: YamlEntry[] = [];
  const places = new Map<string, number>();
  for (const entry of entries) {
    const { key, value } = entry;
    if (isMerge(key)) {
      if (together === undefined) kept.push(entry);
      else if (entry === merges[0]) kept.push({ key, value: together });
      continue;
    }
    const text = key.kind === "scalar" ? scalarText(key, textOf) : undefined;
    const place = text === undefined ? undefined : places.get(text);
    const earlier = place === undefined ? undefined : kept[place];
    if (place !== undefined && earlier !== undefined) {
      kept[place] = { key: earlier.key, value };
      continue;
    }
    if (text !== undefined) places.set(text, kept.length);
    kept.push(entry);
  }
  return kept;
}

function scalarText(key: Scalar, textOf: (key: YamlNode) => string | undefined): string | undefined {
  try {
    return textOf(key);
  } catch (error) {
    // What cannot be read fails when it is.
    if (error instanceof BuiltinError) return undefined;
    throw error;
  }
}

function binaryText(text: string): string {
  try {
    return wellFormed(fromUtf8(decodeBase64(text, "standard")));
  } catch (error) {
    if (error instanceof BuiltinError) {
      throw new BuiltinError("yaml: !!binary value contains invalid base64 data");
    }
    throw error;
  }
}

function goFloat(double: number): string {
  if (Number.isNaN(double)) return "NaN";
  return double < 0 ? "-Inf" : "+Inf";
}

/** A float in the place of a key: in the fewest digits that tell it from other floats of 32 bits. */
function floatKey(double: number): string {
  const single = Math.fround(double);
  if (Number.isNaN(single)) return ".nan";
  if (!Number.isFinite(single)) return single < 0 ? "-.inf" : ".inf";
  for (let digits = 1; digits < 9; digits += 1) {
    const short = Number(single.toPrecision(digits));
    if (Math.fround(short) === single) return floatText(short, "g", undefined);
  }
  return floatText(Number(single.toPrecision(9)), "g", undefined);
}
