import { BuiltinError } from "../../builtins/errors.ts";
import { parseUrl } from "../../builtins/url.ts";
import { readYaml } from "../../builtins/yaml/read.ts";
import type {
  Annotations,
  Author,
  Comment,
  CompileAnnotation,
  RefTerm,
  RelatedResource,
  SchemaAnnotation,
  Term,
} from "../../syntax/ast.ts";
import { type RegoError, formatError } from "../../syntax/error.ts";
import { parseTermText } from "../../syntax/parse-query.ts";
import { isArray, isNumber, isPlainObject } from "../../values/kinds.ts";
import { numberText } from "../../values/number.ts";
import { quote, termText } from "../../values/term-text.ts";
import { type PlainObject, type Value, ownValue } from "../../values/value.ts";

/** A METADATA block before it is known what it stands above. */
export type Metadata = Omit<Annotations, "scope" | "target" | "targetPath"> & {
  /** As written; empty where the block has none. */
  readonly scope: string;
};

export interface MetadataBlocks {
  readonly blocks: readonly Metadata[];
  readonly errors: readonly RegoError[];
}

/** Reads the METADATA blocks among the comments of a module. */
export function readMetadata(comments: readonly Comment[]): MetadataBlocks {
  const blocks: Metadata[] = [];
  const errors: RegoError[] = [];
  for (let index = 0; index < comments.length; index += 1) {
    const start = comments[index];
    if (start === undefined || !isMetadata(start)) continue;
    const lines: Comment[] = [];
    for (let next = comments[index + 1]; next !== undefined; next = comments[index + 1]) {
      const before = comments[index];
      if (before === undefined || endsBlock(next, before)) break;
      lines.push(next);
      index += 1;
    }
    const block = readBlock(start, lines);
    if ("code" in block) errors.push(block);
    else blocks.push(block);
  }
  return { blocks, errors };
}

function isMetadata({ text, location }: Comment): boolean {
  return location.col === 1 && text.trim().startsWith("METADATA");
}

function endsBlock(next: Comment, before: Comment): boolean {
  return next.location.col !== 1 || next.location.row - 1 !== before.location.row || isMetadata(next);
}

/** What is wrong with a block, and on which of its lines where that is known. */
class MetadataFault extends Error {
  readonly line: number | undefined;

  constructor(message: string, line?: number) {
    super(message);
    this.line = line;
  }
}

function readBlock(start: Comment, lines: readonly Comment[]): Metadata | RegoError {
  try {
    return new BlockReader(start, lines).read();
  } catch (error) {
    if (!(error instanceof MetadataFault)) throw error;
    const { line, message } = error;
    let { location } = start;
    // OPA counts the lines from the one that only says METADATA.
    if (line !== undefined) location = (lines[line] ?? lines.at(-1) ?? start).location;
    return { code: "rego_parse_error", message: `${message}${line === undefined ? "" : hintAt(lines)}`, location };
  }
}

/** Where a colon is not followed by a space, which YAML does not take for one between a key and a value. */
function hintAt(lines: readonly Comment[]): string {
  let hint = "";
  for (const { text, location } of lines) {
    const symbols: string[] = [];
    const parts = text.split(":").slice(1);
    for (const [index, part] of parts.entries()) {
      const [symbol = ""] = part;
      if ((part === "" && index === parts.length - 1) || symbol === " " || symbol === "\t") break;
      symbols.push(quote(symbol));
    }
    if (symbols.length === 0) continue;
    hint += `\n  Hint: on line ${location.row}, symbol(s) [${symbols.join(" ")}] immediately following a key/value separator ':' is not a legal yaml space character`;
  }
  return hint;
}

class BlockReader {
  readonly #start: Comment;
  readonly #lines: readonly Comment[];
  readonly #texts: readonly string[];

  constructor(start: Comment, lines: readonly Comment[]) {
    this.#start = start;
    this.#lines = lines;
    this.#texts = lines.map(({ text }) => text.replace(/^ /, ""));
  }

  read(): Metadata {
    const text = this.#texts.join("\n");
    if (text.trim() === "") throw new MetadataFault("expected METADATA block, found whitespace");
    const fields = this.#parse(text);
    const { location } = this.#start;
    return {
      type: "annotations",
      scope: this.#text(fields, "scope"),
      title: this.#text(fields, "title"),
      description: this.#text(fields, "description"),
      entrypoint: this.#flag(fields, "entrypoint"),
      organizations: this.#list(fields, "organizations").map((item) => this.#scalarText(item, "organizations")),
      relatedResources: this.#list(fields, "related_resources").map(relatedResource),
      compile: compileAnnotation(this.#map(fields, "compile")),
      schemas: this.#list(fields, "schemas").map((item) => this.#schema(item)),
      authors: this.#list(fields, "authors").map(authorOf),
      custom: this.#map(fields, "custom"),
      labels: this.#map(fields, "labels"),
      location,
      endLocation: this.#lines.at(-1)?.location ?? location,
    };
  }

  #parse(text: string): PlainObject {
    let value: Value;
    try {
      value = readYaml(`${text}\n`);
    } catch (error) {
      if (!(error instanceof BuiltinError)) throw error;
      const line = /^yaml: line (\d+):/.exec(error.message)?.[1];
      throw new MetadataFault(error.message, line === undefined ? 0 : Number(line));
    }
    if (value === null) return {};
    if (!isPlainObject(value)) throw this.#mismatch(value, 1, "ast.rawAnnotation");
    return value;
  }

  #mismatch(value: Value, line: number, want: string): MetadataFault {
    const have = isArray(value)
      ? "!!seq"
      : isPlainObject(value)
        ? "!!map"
        : `${scalarTag(value)} \`${plainText(value)}\``;
    return new MetadataFault(`yaml: unmarshal errors:\n  line ${line}: cannot unmarshal ${have} into ${want}`, line);
  }

  /** The line of the value of a field, from 1. */
  #lineOf(name: string): number {
    const at = this.#texts.findIndex((text) => text.startsWith(`${name}:`));
    if (at < 0) return 1;
    const isInline = (this.#texts[at] ?? "").slice(name.length + 1).trim() !== "";
    return isInline ? at + 1 : at + 2;
  }

  #text(fields: PlainObject, name: string): string {
    const value = ownValue(fields, name) ?? null;
    return value === null ? "" : this.#scalarText(value, name);
  }

  #scalarText(value: Value, name: string): string {
    if (isArray(value) || isPlainObject(value)) throw this.#mismatch(value, this.#lineOf(name), "string");
    return plainText(value);
  }

  #flag(fields: PlainObject, name: string): boolean {
    const value = ownValue(fields, name) ?? false;
    if (value === null) return false;
    if (typeof value !== "boolean") throw this.#mismatch(value, this.#lineOf(name), "bool");
    return value;
  }

  #list(fields: PlainObject, name: string): readonly Value[] {
    const value = ownValue(fields, name) ?? null;
    if (value === null) return [];
    if (!isArray(value)) throw this.#mismatch(value, this.#lineOf(name), LIST_TYPES[name] ?? "[]interface {}");
    return value;
  }

  #map(fields: PlainObject, name: string): PlainObject | undefined {
    const value = ownValue(fields, name) ?? null;
    if (value === null) return undefined;
    if (!isPlainObject(value)) throw this.#mismatch(value, this.#lineOf(name), "map[string]interface {}");
    return value;
  }

  #schema(item: Value): SchemaAnnotation {
    if (!isPlainObject(item)) throw this.#mismatch(item, this.#lineOf("schemas"), "map[string]interface {}");
    const [[key, value] = ["", null]] = Object.entries(item);
    const path = refFrom(key);
    if (typeof path === "string") throw new MetadataFault("invalid document reference");
    if (typeof value === "string") return { path, schema: schemaRef(value) };
    if (isPlainObject(value)) return { path, definition: value };
    throw new MetadataFault(`invalid schema declaration for path ${quote(key)}`);
  }
}

const LIST_TYPES: Readonly<Record<string, string>> = {
  organizations: "[]string",
  schemas: "[]map[string]interface {}",
};

function scalarTag(value: Value): string {
  if (typeof value === "boolean") return "!!bool";
  if (isNumber(value)) return Number.isInteger(Number(plainText(value))) ? "!!int" : "!!float";
  return "!!str";
}

function plainText(value: Value): string {
  if (typeof value === "string") return value;
  return isNumber(value) ? numberText(value) : termText(value);
}

/** A reference from its text, or why it is none. */
function refFrom(text: string): RefTerm | string {
  const { term, errors } = parseTermText(text);
  if (term === undefined) return `failed to parse ref: ${errors.map(formatError).join("\n")}`;
  return term.type === "ref" ? term : `expected ref but got ${text}`;
}

function schemaRef(text: string): RefTerm {
  const { term } = parseTermText(text);
  if (term?.type === "var" && term.name === "schema") {
    return { type: "ref", head: term, path: [], location: term.location };
  }
  if (term?.type === "ref" && term.head.type === "var" && term.head.name === "schema") return term;
  throw new MetadataFault("invalid schema reference");
}

function compileAnnotation(fields: PlainObject | undefined): CompileAnnotation | undefined {
  if (fields === undefined) return undefined;
  const listed = ownValue(fields, "unknowns") ?? null;
  const unknowns = (isArray(listed) ? listed : []).flatMap((item) => {
    if (typeof item !== "string") return [];
    const ref = refFrom(item);
    if (typeof ref === "string") throw new MetadataFault(`invalid unknowns element ${quote(item)}: ${ref}`);
    return [ref];
  });
  const mask = ownValue(fields, "mask_rule");
  return { unknowns, maskRule: typeof mask === "string" ? maskRule(mask) : undefined };
}

function maskRule(text: string): Term {
  const { term, errors } = parseTermText(text);
  if (term === undefined) {
    throw new MetadataFault(`invalid mask_rule annotation ${quote(text)}: ${errors.map(formatError).join("\n")}`);
  }
  if (term.type === "var" || term.type === "string" || term.type === "ref") return term;
  throw new MetadataFault(`invalid mask_rule annotation type ${quote(text)}: string`);
}

function textIn(fields: PlainObject, name: string): string {
  const value = ownValue(fields, name);
  return typeof value === "string" ? value.trim() : "";
}

function relatedResource(value: Value): RelatedResource {
  const fault = (reason: string): MetadataFault =>
    new MetadataFault(`invalid related-resource definition ${goText(value)}: ${reason}`);
  let description = "";
  let ref: string;
  if (typeof value === "string") {
    if (value === "") throw fault("ref URL may not be empty string");
    ref = value;
  } else if (isPlainObject(value)) {
    description = textIn(value, "description");
    ref = textIn(value, "ref");
    if (ref === "") throw fault("'ref' value required in object");
  } else {
    throw fault("invalid value type, must be string or map");
  }
  try {
    parseUrl(ref);
  } catch (error) {
    if (error instanceof BuiltinError) throw fault(error.message);
    throw error;
  }
  return { ref, description };
}

function authorOf(value: Value): Author {
  const fault = (reason: string): MetadataFault =>
    new MetadataFault(`invalid author definition ${goText(value)}: ${reason}`);
  if (typeof value === "string") {
    const words = value.split(/\s+/).filter((word) => word !== "");
    const last = words.at(-1);
    if (last === undefined) throw fault("author is an empty string");
    const email = /^<(.*)>$/.exec(last)?.[1];
    return { name: (email === undefined ? words : words.slice(0, -1)).join(" "), email: email ?? "" };
  }
  if (!isPlainObject(value)) throw fault("invalid value type, must be string or map");
  const name = textIn(value, "name");
  const email = textIn(value, "email");
  if (name === "" && email === "") throw fault("'name' and/or 'email' values required in object");
  return { name, email };
}

/** A value as Go prints one that is meant to be a string. */
function goText(value: Value): string {
  if (typeof value === "string") return value;
  if (isNumber(value)) return `%!s(int=${numberText(value)})`;
  if (typeof value === "boolean") return `%!s(bool=${value})`;
  if (isArray(value)) return `[${value.map(goText).join(" ")}]`;
  if (!isPlainObject(value)) return "%!s(<nil>)";
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, item]) => `${key}:${goText(item)}`).join(" ")}]`;
}
