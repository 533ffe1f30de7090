import { bigFloatText } from "../../values/big-float.ts";
import { toBigFloat } from "../../values/arithmetic.ts";
import { isArray, isNumber, isPlainObject } from "../../values/kinds.ts";
import { decimalOf, integerOf, numberText } from "../../values/number.ts";
import { sortedKeys } from "../../values/object.ts";
import { type MutableObject, ownValue, type PlainObject, setOwn, type Value } from "../../values/value.ts";
import { BuiltinError } from "../errors.ts";
import { Regex } from "../regex/regex.ts";
import { unescape } from "../url.ts";
import { canonicalJson } from "./canonical.ts";
import { metaSchemas } from "./meta-schemas.ts";
import { isCanonical, normalized, resolveReference, splitFragment } from "./reference.ts";
import { type Draft, emptySchema, type Limit, type Schema, type SchemaType, schemaTypes } from "./schema.ts";

/*
 * Schemas are read as gojsonschema reads them, which OPA uses: drafts 4, 6 and 7, or a mix where none is named, errors
 * in its words, and no formats or keywords beyond its own.
 */

/** Makes a schema ready. Throws a `BuiltinError` that says what is wrong with it. */
export function compileSchema(document: Value): Schema {
  const pool = new DocumentPool();
  // References are made absolute in a copy: the caller's document stays as it is.
  const copy = copyOf(document);
  pool.add("", copy, true);
  return new SchemaCompiler(pool).root(copy, draftOf(copy) ?? "hybrid");
}

const draftUrls: ReadonlyMap<string, Draft> = new Map<string, Draft>([
  ["http://json-schema.org/draft-04/schema", 4],
  ["http://json-schema.org/draft-06/schema", 6],
  ["http://json-schema.org/draft-07/schema", 7],
]);

function draftOf(document: Value): Draft | undefined {
  if (typeof document === "boolean") return undefined;
  if (!isPlainObject(document)) throw new BuiltinError("schema is invalid");
  const url = ownValue(document, "$schema");
  if (url === undefined) return undefined;
  if (typeof url !== "string") throw new BuiltinError("$schema must be of type string");
  return draftUrls.get(normalized(url));
}

type MutableValue = Value | MutableObject;

function copyOf(value: Value): MutableValue {
  if (isArray(value)) return value.map(copyOf);
  if (!isPlainObject(value)) return value;
  const copy: MutableObject = {};
  for (const key of sortedKeys(value)) setOwn(copy, key, copyOf(ownValue(value, key) ?? null));
  return copy;
}

interface PooledDocument {
  readonly document: Value;
  readonly draft: Draft | undefined;
}

/** Documents and parts of them by the URIs that name them. */
class DocumentPool {
  readonly #documents = new Map<string, PooledDocument>();

  add(reference: string, document: MutableValue, pooled: boolean): void {
    if (pooled && this.#documents.has(reference)) throw alreadyExists(reference);
    const draft = draftOf(document);
    this.#addParts(document, reference, draft);
    if (pooled) this.#documents.set(reference, { document, draft });
  }

  /** Finds what has an id of its own, and resolves references where they stand. */
  #addParts(document: MutableValue, base: string, draft: Draft | undefined): void {
    if (isArray(document)) {
      for (const item of document) this.#addParts(item, base, draft);
      return;
    }
    if (!isPlainObject(document)) return;
    const object: MutableObject = document;
    const local = this.#localBase(object, base, draft);
    const ref = ownValue(object, "$ref");
    if (typeof ref === "string") {
      const absolute = attempt(() => resolveReference(local, ref));
      if (absolute !== undefined) object["$ref"] = absolute;
    }
    for (const key of sortedKeys(object)) {
      const value = ownValue(object, key);
      if (value === undefined || key === "const" || key === "enum") continue;
      if (key !== "properties" && key !== "dependencies" && key !== "patternProperties") {
        this.#addParts(value, local, draft);
      } else if (isPlainObject(value)) {
        for (const child of Object.values(value)) this.#addParts(child, local, draft);
      }
    }
  }

  #localBase(object: MutableObject, base: string, draft: Draft | undefined): string {
    const oldId = ownValue(object, "id");
    const id = oldId === undefined ? ownValue(object, "$id") : oldId;
    if (typeof id !== "string") return base;
    const local = attempt(() => resolveReference(base, id));
    if (local === undefined) return base;
    if (this.#documents.has(local)) throw alreadyExists(local);
    this.#documents.set(local, { document: object, draft });
    return local;
  }

  get(reference: string): PooledDocument {
    const known = this.#documents.get(reference);
    if (known !== undefined) return known;
    const [url, fragment] = splitFragment(reference);
    const whole = this.#documents.get(url);
    if (whole !== undefined) {
      const part = { document: pointedAt(whole.document, fragment), draft: whole.draft };
      this.#documents.set(reference, part);
      return part;
    }
    if (!isCanonical(reference)) throw new BuiltinError(`Reference ${reference} must be canonical`);
    const metaSchema = metaSchemas.get(url);
    if (metaSchema === undefined) throw new BuiltinError(`remote reference loading disabled: ${reference}`);
    const document = copyOf(metaSchema);
    if (!this.#documents.has(url)) this.add(url, document, true);
    return { document: pointedAt(document, fragment), draft: draftOf(document) };
  }
}

function alreadyExists(reference: string): BuiltinError {
  return new BuiltinError(`Reference already exists: "${reference}"`);
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (error instanceof BuiltinError) return undefined;
    throw error;
  }
}

/** Follows a JSON pointer; a fragment that is none leads to the document itself. */
function pointedAt(document: Value, fragment: string): Value {
  const text = attempt(() => unescape(fragment, "fragment")) ?? fragment;
  if (!text.startsWith("/")) return document;
  let current = document;
  for (const token of text.slice(1).split("/")) {
    const key = token.replaceAll("~1", "/").replaceAll("~0", "~");
    if (isPlainObject(current)) {
      const next = ownValue(current, key);
      if (next === undefined) throw new BuiltinError(`Object has no key '${key}'`);
      current = next;
    } else if (isArray(current)) {
      if (!/^[+-]?[0-9]+$/.test(token)) throw new BuiltinError(`Invalid array index '${token}'`);
      const index: number = Number(token);
      const next: Value | undefined = current[index];
      if (next === undefined) throw new BuiltinError(`Out of bound array[0,${current.length}] index '${index}'`);
      current = next;
    } else {
      throw new BuiltinError(`Invalid token reference '${token}'`);
    }
  }
  return current;
}

const maxDepth = 1000;

class SchemaCompiler {
  readonly #pool: DocumentPool;
  readonly #references = new Map<string, Schema>();
  #depth = 0;

  constructor(pool: DocumentPool) {
    this.#pool = pool;
  }

  root(document: Value, draft: Draft): Schema {
    const schema = emptySchema();
    this.#parse(document, schema, draft);
    return schema;
  }

  #sub(document: Value, draft: Draft): Schema {
    const schema = emptySchema();
    this.#parse(document, schema, draft);
    return schema;
  }

  #parse(document: Value, schema: Schema, draft: Draft): void {
    if (draft !== 4 && typeof document === "boolean") {
      schema.always = document;
      return;
    }
    if (!isPlainObject(document)) throw new BuiltinError("Expected: Valid Schema, given: Invalid JSON");
    this.#depth += 1;
    if (this.#depth > maxDepth) throw new BuiltinError("schema is nested too deeply");
    new KeywordReader(
      document,
      schema,
      draft,
      (child, childDraft) => this.#sub(child, childDraft),
      (reference) => this.#reference(reference, draft),
    ).read();
    this.#depth -= 1;
  }

  #reference(reference: string, draft: Draft): Schema {
    const known = this.#references.get(reference);
    if (known !== undefined) return known;
    const schema = emptySchema();
    this.#references.set(reference, schema);
    const { document, draft: ownDraft } = this.#pool.get(reference);
    if (typeof document !== "boolean" && !isPlainObject(document)) {
      throw new BuiltinError("Valid Schema must be of type object");
    }
    this.#parse(document, schema, ownDraft ?? draft);
    return schema;
  }
}

type CompileChild = (document: Value, draft: Draft) => Schema;

/** Reads the keywords of one schema in the order in which gojsonschema does, which decides the error that is told. */
class KeywordReader {
  readonly #document: PlainObject;
  readonly #schema: Schema;
  readonly #draft: Draft;
  readonly #child: CompileChild;
  readonly #reference: (reference: string) => Schema;

  constructor(
    document: PlainObject,
    schema: Schema,
    draft: Draft,
    child: CompileChild,
    reference: (reference: string) => Schema,
  ) {
    this.#document = document;
    this.#schema = schema;
    this.#draft = draft;
    this.#child = child;
    this.#reference = reference;
  }

  read(): void {
    const idKey = this.#draft === 4 || (this.#draft === "hybrid" && this.#get("id") !== undefined) ? "id" : "$id";
    const id = this.#string(idKey);
    if (id !== undefined) normalized(id);
    this.#definitions();
    this.#string("title");
    this.#string("description");
    const reference = this.#string("$ref");
    if (reference !== undefined) {
      this.#schema.referenceName = normalized(reference);
      this.#schema.reference = this.#reference(this.#schema.referenceName);
      return;
    }
    this.#types();
    this.#objects();
    this.#items();
    this.#numbers();
    this.#strings();
    this.#sizes();
    this.#values();
    this.#combinations();
  }

  /** Whether keywords that came after draft 4 count. */
  get #isNew(): boolean {
    return this.#draft !== 4;
  }

  #get(key: string): Value | undefined {
    return ownValue(this.#document, key);
  }

  #sub(document: Value): Schema {
    return this.#child(document, this.#draft);
  }

  #string(key: string): string | undefined {
    const value = this.#get(key);
    if (value === undefined || typeof value === "string") return value;
    throw invalidType("string", key);
  }

  #list(key: string): readonly Value[] {
    const value = this.#get(key);
    if (value === undefined || isArray(value)) return value ?? [];
    throw new BuiltinError(`${key} must be of an array`);
  }

  #definitions(): void {
    const definitions = this.#get("definitions");
    if (definitions === undefined) return;
    if (!isPlainObject(definitions)) throw invalidType("Array Of Schemas", "definitions");
    for (const key of sortedKeys(definitions)) {
      const definition = ownValue(definitions, key);
      if (typeof definition !== "boolean" && !isPlainObject(definition)) {
        throw invalidType("Array Of Schemas", "definitions");
      }
      this.#sub(definition);
    }
  }

  #types(): void {
    const type = this.#get("type");
    if (type === undefined) return;
    const wanted = invalidType("type", "string/Array Of Strings");
    if (typeof type !== "string" && !isArray(type)) throw wanted;
    for (const name of isArray(type) ? type : [type]) {
      if (typeof name !== "string") throw wanted;
      if (!isSchemaType(name)) {
        throw new BuiltinError(
          `has a primitive type that is NOT VALID -- given: /${name}/ Expected valid values are:[${schemaTypes.join(" ")}]`,
        );
      }
      if (this.#schema.types.includes(name)) throw new BuiltinError(`${name} type is duplicated`);
      this.#schema.types.push(name);
    }
  }

  #objects(): void {
    const schema = this.#schema;
    const properties = this.#get("properties");
    if (properties !== undefined) {
      if (!isPlainObject(properties)) throw new BuiltinError("Properties must be of type object");
      for (const key of sortedKeys(properties)) {
        schema.properties.set(key, this.#sub(ownValue(properties, key) ?? null));
      }
    }
    const additional = this.#booleanOrSchema("additionalProperties");
    if (additional !== undefined) schema.additionalProperties = additional;
    const patterns = this.#get("patternProperties");
    if (patterns !== undefined) {
      if (!isPlainObject(patterns)) throw invalidType("Valid Schema", "patternProperties");
      for (const key of sortedKeys(patterns)) {
        const regex = attempt(() => new Regex(key));
        if (regex === undefined) throw new BuiltinError(`Invalid regex pattern '${key}'`);
        schema.patternProperties.push({ regex, schema: this.#sub(ownValue(patterns, key) ?? null) });
      }
    }
    const names = this.#get("propertyNames");
    if (names !== undefined && this.#isNew) {
      if (typeof names !== "boolean" && !isPlainObject(names)) throw invalidType("Valid Schema", "patternProperties");
      schema.propertyNames = this.#sub(names);
    }
    this.#dependencies();
  }

  #dependencies(): void {
    const dependencies = this.#get("dependencies");
    if (dependencies === undefined) return;
    if (!isPlainObject(dependencies)) throw new BuiltinError("dependencies must be of type object");
    const wanted = "Dependency must be of type Schema Or Array Of Strings";
    for (const key of sortedKeys(dependencies)) {
      const dependency = ownValue(dependencies, key);
      if (isArray(dependency)) {
        const names: string[] = [];
        for (const name of dependency) {
          if (typeof name !== "string") throw new BuiltinError(wanted);
          names.push(name);
        }
        this.#schema.dependencies.set(key, names);
      } else if (typeof dependency === "boolean" || isPlainObject(dependency)) {
        this.#schema.dependencies.set(key, this.#sub(dependency));
      } else {
        throw new BuiltinError(wanted);
      }
    }
  }

  #booleanOrSchema(key: string): boolean | Schema | undefined {
    const value = this.#get(key);
    if (value === undefined || typeof value === "boolean") return value;
    if (isPlainObject(value)) return this.#sub(value);
    throw invalidType("boolean/Valid Schema", key);
  }

  #items(): void {
    const items = this.#get("items");
    const schema = this.#schema;
    if (isArray(items)) {
      schema.items = items.map((item) => this.#itemSchema(item));
    } else if (items !== undefined) {
      schema.items = [this.#itemSchema(items)];
      schema.itemsIsSingle = true;
    }
    const additional = this.#booleanOrSchema("additionalItems");
    if (additional !== undefined) schema.additionalItems = additional;
  }

  #itemSchema(item: Value): Schema {
    if (typeof item === "boolean" || isPlainObject(item)) return this.#sub(item);
    throw invalidType("Valid Schema/Array Of Schemas", "items");
  }

  #numbers(): void {
    const schema = this.#schema;
    const multiple = this.#get("multipleOf");
    if (multiple !== undefined) {
      if (!isNumber(multiple)) throw invalidType("Number", "multipleOf");
      const limit = limitOf(multiple);
      if (limit.value.negative || limit.value.digits === 0n) {
        throw new BuiltinError("multipleOf must be strictly greater than 0");
      }
      schema.multipleOf = limit;
    }
    const minimum = this.#limit("minimum");
    if (minimum !== undefined) schema.minimum = minimum;
    const exclusiveMinimum = this.#exclusive("exclusiveMinimum", "minimum", schema.minimum);
    if (exclusiveMinimum === true) {
      if (schema.minimum !== undefined) schema.exclusiveMinimum = schema.minimum;
      delete schema.minimum;
    } else if (exclusiveMinimum !== undefined) {
      schema.exclusiveMinimum = exclusiveMinimum;
    }
    const maximum = this.#limit("maximum");
    if (maximum !== undefined) schema.maximum = maximum;
    const exclusiveMaximum = this.#exclusive("exclusiveMaximum", "maximum", schema.maximum);
    if (exclusiveMaximum === true) {
      if (schema.maximum !== undefined) schema.exclusiveMaximum = schema.maximum;
      delete schema.maximum;
    } else if (exclusiveMaximum !== undefined) {
      schema.exclusiveMaximum = exclusiveMaximum;
    }
  }

  #limit(key: string): Limit | undefined {
    const value = this.#get(key);
    if (value === undefined) return undefined;
    if (!isNumber(value)) throw new BuiltinError(`${key} must be of a Number`);
    return limitOf(value);
  }

  /** A limit of its own, or true where it makes the plain limit exclusive. */
  #exclusive(key: string, plainKey: string, plain: Limit | undefined): Limit | true | undefined {
    const value = this.#get(key);
    if (value === undefined) return undefined;
    if (isNumber(value) && this.#draft !== 4) return limitOf(value);
    if (typeof value !== "boolean" || this.#draft === 6 || this.#draft === 7) {
      const wanted = new Map<Draft, string>([
        [4, "boolean"],
        ["hybrid", "boolean/number"],
      ]);
      throw invalidType(wanted.get(this.#draft) ?? "number", key);
    }
    if (plain === undefined) throw new BuiltinError(`${key} cannot be used without ${plainKey}`);
    return value ? true : undefined;
  }

  #size(key: string): number | undefined {
    const value = this.#get(key);
    if (value === undefined) return undefined;
    const written = isNumber(value) && /^[+-]?[0-9]+$/.test(numberText(value));
    const integer = written && isNumber(value) ? integerOf(value) : undefined;
    if (integer === undefined || BigInt.asIntN(64, integer) !== integer) {
      throw new BuiltinError(`${key} must be of an integer`);
    }
    if (integer < 0n) throw new BuiltinError(`${key} must be greater than or equal to 0`);
    return Number(integer);
  }

  #strings(): void {
    const schema = this.#schema;
    const minLength = this.#size("minLength");
    const maxLength = this.#size("maxLength");
    if (minLength !== undefined) schema.minLength = minLength;
    if (maxLength !== undefined) schema.maxLength = maxLength;
    if ((minLength ?? 0) > (maxLength ?? Number.POSITIVE_INFINITY)) {
      throw new BuiltinError("minLength cannot be greater than maxLength");
    }
    const source = this.#string("pattern");
    if (source !== undefined) {
      const regex = attempt(() => new Regex(source));
      if (regex === undefined) throw new BuiltinError("pattern must be a valid regex");
      schema.pattern = { regex, source };
    }
    const format = this.#string("format");
    if (format !== undefined) schema.format = format;
  }

  #sizes(): void {
    const schema = this.#schema;
    const minProperties = this.#size("minProperties");
    const maxProperties = this.#size("maxProperties");
    if (minProperties !== undefined) schema.minProperties = minProperties;
    if (maxProperties !== undefined) schema.maxProperties = maxProperties;
    if ((minProperties ?? 0) > (maxProperties ?? Number.POSITIVE_INFINITY)) {
      throw new BuiltinError("minProperties cannot be greater than maxProperties");
    }
    for (const name of this.#list("required")) {
      if (typeof name !== "string") throw invalidType("string", "required");
      if (schema.required.includes(name)) throw new BuiltinError("required items must be unique");
      schema.required.push(name);
    }
    const minItems = this.#size("minItems");
    const maxItems = this.#size("maxItems");
    if (minItems !== undefined) schema.minItems = minItems;
    if (maxItems !== undefined) schema.maxItems = maxItems;
    const unique = this.#get("uniqueItems");
    if (unique !== undefined) {
      if (typeof unique !== "boolean") throw new BuiltinError("uniqueItems must be of a boolean");
      schema.uniqueItems = unique;
    }
    const contains = this.#get("contains");
    if (contains !== undefined && this.#isNew) schema.contains = this.#sub(contains);
  }

  #values(): void {
    const constant = this.#get("const");
    if (constant !== undefined && this.#isNew) this.#schema.const = canonicalJson(constant);
    if (this.#get("enum") === undefined) return;
    const values = this.#list("enum").map(canonicalJson);
    if (new Set(values).size !== values.length) throw new BuiltinError("enum items must be unique");
    this.#schema.enum = values;
  }

  #combinations(): void {
    const schema = this.#schema;
    for (const key of ["oneOf", "anyOf", "allOf"] as const) {
      for (const item of this.#list(key)) schema[key].push(this.#sub(item));
    }
    for (const key of ["not", "if", "then", "else"] as const) {
      const value = this.#get(key);
      if (value === undefined || (key !== "not" && this.#draft !== 7 && this.#draft !== "hybrid")) continue;
      if (typeof value !== "boolean" && !isPlainObject(value)) throw new BuiltinError(`${key} must be of an object`);
      schema[key] = this.#sub(value);
    }
  }
}

function isSchemaType(name: string): name is SchemaType {
  return schemaTypes.some((type) => type === name);
}

function limitOf(value: Parameters<typeof decimalOf>[0]): Limit {
  return { value: decimalOf(value), text: bigFloatText(toBigFloat(value), true) };
}

function invalidType(expected: string, given: string): BuiltinError {
  return new BuiltinError(`Invalid type. Expected: ${expected}, given: ${given}`);
}
