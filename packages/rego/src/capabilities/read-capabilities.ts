import type { BuiltinDeclaration, TypeDeclaration } from "../builtins/declaration.ts";
import { readJsonDocument } from "../bundle/data-text.ts";
import { LoadError } from "../bundle/load-error.ts";
import type { Capabilities } from "../check/options.ts";
import { isArray, isPlainObject } from "../values/kinds.ts";
import { type PlainObject, type Value, ownValue } from "../values/value.ts";

/**
 * Reads a capabilities file in the format of `opa capabilities` (https://www.openpolicyagent.org/docs/deployments#capabilities).
 * `file` is what errors call it. Throws a `LoadError` that says which member is wrong.
 */
export function readCapabilities(text: string, file: string): Capabilities {
  const document = readJsonDocument(text, file);
  return new CapabilitiesReader(file).read(document);
}

class CapabilitiesReader {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  #wrong(path: string, message: string): LoadError {
    return new LoadError("LOAD_CAPABILITIES", this.#file, `${path} ${message}`);
  }

  read(document: Value): Capabilities {
    const root = this.#object(document, "the document");
    const allowNet = ownValue(root, "allow_net");
    return {
      builtins: this.#list(ownValue(root, "builtins"), "builtins").map((builtin, index) =>
        this.#builtin(builtin, `builtins[${index}]`),
      ),
      features: this.#strings(ownValue(root, "features"), "features"),
      futureKeywords: this.#strings(ownValue(root, "future_keywords"), "future_keywords"),
      ...(allowNet === undefined || allowNet === null ? {} : { allowNet: this.#strings(allowNet, "allow_net") }),
    };
  }

  #object(value: Value | undefined, path: string): PlainObject {
    if (value !== undefined && isPlainObject(value)) return value;
    throw this.#wrong(path, "is not an object");
  }

  /** A list; what is absent or null is an empty one. */
  #list(value: Value | undefined, path: string): readonly Value[] {
    if (value === undefined || value === null) return [];
    if (isArray(value)) return value;
    throw this.#wrong(path, "is not a list");
  }

  #strings(value: Value | undefined, path: string): readonly string[] {
    return this.#list(value, path).map((item, index) => this.#string(item, `${path}[${index}]`));
  }

  #string(value: Value | undefined, path: string): string {
    if (typeof value === "string") return value;
    throw this.#wrong(path, "is not a string");
  }

  #builtin(value: Value, path: string): BuiltinDeclaration {
    const builtin = this.#object(value, path);
    const name = this.#string(ownValue(builtin, "name"), `${path}.name`);
    const decl = this.#object(ownValue(builtin, "decl"), `${path}.decl`);
    if (ownValue(decl, "type") !== "function") throw this.#wrong(`${path}.decl.type`, 'is not "function"');
    const infix = ownValue(builtin, "infix") ?? "";
    const [variadic, result] = [ownValue(decl, "variadic"), ownValue(decl, "result")];
    return {
      name,
      args: this.#list(ownValue(decl, "args"), `${path}.decl.args`).map((arg, index) =>
        this.#type(arg, `${path}.decl.args[${index}]`),
      ),
      ...(infix === "" ? {} : { infix: this.#string(infix, `${path}.infix`) }),
      ...(ownValue(builtin, "relation") === true ? { relation: true } : {}),
      ...(ownValue(builtin, "deprecated") === true ? { deprecated: true } : {}),
      ...(ownValue(builtin, "nondeterministic") === true ? { nondeterministic: true } : {}),
      ...(variadic === undefined ? {} : { variadic: this.#type(variadic, `${path}.decl.variadic`) }),
      ...(result === undefined ? {} : { result: this.#type(result, `${path}.decl.result`) }),
    };
  }

  #type(value: Value | undefined, path: string): TypeDeclaration {
    const object = this.#object(value, path);
    const type = this.#string(ownValue(object, "type"), `${path}.type`);
    switch (type) {
      case "null":
      case "boolean":
      case "number":
      case "string":
        return { type };
      case "any": {
        const of = this.#list(ownValue(object, "of"), `${path}.of`);
        if (of.length === 0) return { type };
        return { type, of: of.map((item, index) => this.#type(item, `${path}.of[${index}]`)) };
      }
      case "set":
        return { type, of: this.#type(ownValue(object, "of"), `${path}.of`) };
      case "array":
        return this.#arrayType(object, path);
      case "object":
        return this.#objectType(object, path);
      default:
        throw this.#wrong(`${path}.type`, `is "${type}", which is no type`);
    }
  }

  #arrayType(object: PlainObject, path: string): TypeDeclaration {
    const items = ownValue(object, "static");
    const dynamic = ownValue(object, "dynamic");
    return {
      type: "array",
      ...(items === undefined
        ? {}
        : {
            static: this.#list(items, `${path}.static`).map((item, index) =>
              this.#type(item, `${path}.static[${index}]`),
            ),
          }),
      ...(dynamic === undefined ? {} : { dynamic: this.#type(dynamic, `${path}.dynamic`) }),
    };
  }

  #objectType(object: PlainObject, path: string): TypeDeclaration {
    const entries = ownValue(object, "static");
    const dynamic = ownValue(object, "dynamic");
    return {
      type: "object",
      ...(entries === undefined
        ? {}
        : {
            static: this.#list(entries, `${path}.static`).map((item, index) => {
              const at = `${path}.static[${index}]`;
              const entry = this.#object(item, at);
              return {
                key: this.#string(ownValue(entry, "key"), `${at}.key`),
                value: this.#type(ownValue(entry, "value"), `${at}.value`),
              };
            }),
          }),
      ...(dynamic === undefined ? {} : { dynamic: this.#dynamicEntry(dynamic, `${path}.dynamic`) }),
    };
  }

  #dynamicEntry(value: Value, path: string): { readonly key: TypeDeclaration; readonly value: TypeDeclaration } {
    const entry = this.#object(value, path);
    return {
      key: this.#type(ownValue(entry, "key"), `${path}.key`),
      value: this.#type(ownValue(entry, "value"), `${path}.value`),
    };
  }
}
