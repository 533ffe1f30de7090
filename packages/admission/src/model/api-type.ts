/** The types of objects as the API server publishes them: of built-in kinds, and of what CustomResourceDefinitions define. */
import {
  type JsonObject,
  type JsonValue,
  booleanAt,
  isJsonObject,
  listAt,
  objectAt,
  stringAt,
  stringsAt,
  valueAt,
} from "@redoubt/kube";
import { API_KINDS, API_STRUCTS } from "../gen/api-types.ts";
import type { GroupVersionKind } from "./admission-request.ts";
import type { ClusterView } from "./cluster-view.ts";

export type Scalar = "string" | "bytes" | "time" | "duration" | "boolean" | "int32" | "int64" | "number";

/** A field by which items of a list are told apart, with the value that it has where it is not given. */
export interface ListKey {
  readonly name: string;
  readonly value: JsonValue | undefined;
}

export type ApiType =
  | { readonly kind: "scalar"; readonly scalar: Scalar }
  /** A text or a number. */
  | { readonly kind: "quantity" | "intOrString" }
  /** Whatever JSON there is; `raw` is an object that is replaced as one. */
  | { readonly kind: "any" }
  | { readonly kind: "raw" }
  | { readonly kind: "list"; readonly item: ApiType; readonly relation: "atomic" | "set" | readonly ListKey[] }
  | { readonly kind: "map"; readonly value: ApiType; readonly isAtomic: boolean }
  | {
      readonly kind: "struct";
      /** `PodSpec`; empty for structs of definitions. */
      readonly name: string;
      readonly fields: ReadonlyMap<string, ApiType>;
      readonly isAtomic: boolean;
      /** Fields that are not declared are kept. */
      readonly isOpen: boolean;
    };

const ANY: ApiType = { kind: "any" };
const SCALARS: ReadonlyMap<string, ApiType> = new Map<string, ApiType>([
  ["any", ANY],
  ["raw", { kind: "raw" }],
  ["quantity", { kind: "quantity" }],
  ["intOrString", { kind: "intOrString" }],
  ...(["string", "bytes", "time", "duration", "boolean", "int32", "int64", "number"] as const).map(
    (scalar): [string, ApiType] => [scalar, { kind: "scalar", scalar }],
  ),
]);

const parsed = new Map<string, ApiType>();

/** The type of a kind; undefined where neither Kubernetes nor a definition in the cluster has it. */
export function apiTypeOf(kind: GroupVersionKind, cluster: ClusterView): ApiType | undefined {
  return builtInTypeOf(kind) ?? definedType(kind, cluster);
}

/** The kinds that Kubernetes itself has. */
export function builtInKinds(): readonly GroupVersionKind[] {
  return Object.keys(API_KINDS).map((key) => {
    const [kind = "", version = "", group = ""] = key.split("/").toReversed();
    return { group, version, kind };
  });
}

/** The type of a kind that Kubernetes itself has. */
export function builtInTypeOf({ group, version, kind }: GroupVersionKind): ApiType | undefined {
  const key = `${group === "" ? "" : `${group}/`}${version}/${kind}`;
  const name = Object.hasOwn(API_KINDS, key) ? API_KINDS[key] : undefined;
  return name === undefined ? undefined : parse(`#${name}`);
}

/** Reads what the generated table writes. */
function parse(code: string): ApiType {
  const known = SCALARS.get(code) ?? parsed.get(code);
  if (known !== undefined) return known;
  const type = parseComposite(code);
  parsed.set(code, type);
  return type;
}

function parseComposite(code: string): ApiType {
  if (code.startsWith("[")) {
    const end = code.indexOf("]");
    return { kind: "list", item: parse(code.slice(end + 1)), relation: parseRelation(code.slice(1, end)) };
  }
  if (code.startsWith("{")) {
    const isAtomic = code.startsWith("{!");
    return { kind: "map", value: parse(code.slice(isAtomic ? 3 : 2)), isAtomic };
  }
  const isAtomic = code.startsWith("!");
  return {
    kind: "struct",
    name: code.slice(code.lastIndexOf(".") + 1),
    fields: new StructFields(code.slice(isAtomic ? 2 : 1)),
    isAtomic,
    isOpen: false,
  };
}

function parseRelation(text: string): "atomic" | "set" | readonly ListKey[] {
  if (text === "") return "atomic";
  if (text === "=") return "set";
  return text.split(",").map((key) => {
    const [name = "", value] = key.split("=");
    if (value === undefined) return { name, value: undefined };
    const read: unknown = JSON.parse(value);
    return { name, value: typeof read === "string" || typeof read === "number" ? read : undefined };
  });
}

/** Types of fields, read when first asked for: structs may hold themselves. */
class StructFields extends Map<string, ApiType> {
  readonly #codes: Readonly<Record<string, string>>;

  constructor(struct: string) {
    super();
    this.#codes = API_STRUCTS[struct] ?? {};
  }

  override get(name: string): ApiType | undefined {
    const code = Object.hasOwn(this.#codes, name) ? this.#codes[name] : undefined;
    return code === undefined ? undefined : parse(code);
  }
}

const defined = new WeakMap<JsonObject, ApiType>();

/** The CustomResourceDefinition in the cluster that brings a kind about. */
export function definitionOf(
  { group, kind }: Pick<GroupVersionKind, "group" | "kind">,
  cluster: ClusterView,
): JsonObject | undefined {
  const definitions = cluster.objectsOf("apiextensions.k8s.io/v1", "CustomResourceDefinition")?.objects ?? [];
  return definitions.find(
    (object) => stringAt(object, ["spec", "group"]) === group && stringAt(object, ["spec", "names", "kind"]) === kind,
  );
}

/** The schema that a definition in the cluster gives a kind; undefined for kinds that are built in or unknown. */
export function definedSchema(
  { group, version, kind }: GroupVersionKind,
  cluster: ClusterView,
): JsonObject | undefined {
  const definition = definitionOf({ group, kind }, cluster);
  const served = listAt(definition, ["spec", "versions"]).find((entry) => stringAt(entry, ["name"]) === version);
  return objectAt(served, ["schema", "openAPIV3Schema"]);
}

function definedType(kind: GroupVersionKind, cluster: ClusterView): ApiType | undefined {
  const schema = definedSchema(kind, cluster);
  if (schema === undefined) return undefined;
  const known = defined.get(schema);
  if (known !== undefined) return known;
  const type = withMetadata(typeOfSchema(schema, false));
  defined.set(schema, type);
  return type;
}

const STRING: ApiType = { kind: "scalar", scalar: "string" };

/** What every object has, whatever its schema says of it. */
function withMetadata(type: ApiType): ApiType {
  if (type.kind !== "struct" && type.kind !== "raw") return type;
  const fields = new Map(type.kind === "struct" ? type.fields : []);
  fields.set("apiVersion", STRING);
  fields.set("kind", STRING);
  fields.set("metadata", parse("#meta.v1.ObjectMeta"));
  return type.kind === "struct"
    ? { ...type, fields }
    : { kind: "struct", name: "", fields, isAtomic: false, isOpen: true };
}

/** A structural schema's type. `isOpen` is inherited: below a field that keeps unknown fields, all do. */
function typeOfSchema(schema: JsonObject, isOpen: boolean): ApiType {
  const keeps = isOpen || booleanAt(schema, ["x-kubernetes-preserve-unknown-fields"]) === true;
  if (booleanAt(schema, ["x-kubernetes-int-or-string"]) === true) return { kind: "intOrString" };
  switch (stringAt(schema, ["type"])) {
    case "string":
      return { kind: "scalar", scalar: scalarOfFormat(stringAt(schema, ["format"])) };
    case "boolean":
      return { kind: "scalar", scalar: "boolean" };
    case "integer":
      return { kind: "scalar", scalar: "int64" };
    case "number":
      return { kind: "scalar", scalar: "number" };
    case "array": {
      const items = objectAt(schema, ["items"]);
      return {
        kind: "list",
        item: items === undefined ? ANY : typeOfSchema(items, keeps),
        relation: relationOf(schema),
      };
    }
    case "object":
      return objectType(schema, keeps);
    default:
      return ANY;
  }
}

function objectType(schema: JsonObject, keeps: boolean): ApiType {
  const isAtomic = stringAt(schema, ["x-kubernetes-map-type"]) === "atomic";
  const values = valueAt(schema, ["additionalProperties"]);
  if (isJsonObject(values)) return { kind: "map", value: typeOfSchema(values, keeps), isAtomic };
  const properties = Object.entries(objectAt(schema, ["properties"]) ?? {});
  const fields = new Map<string, ApiType>();
  for (const [name, property] of properties) {
    if (isJsonObject(property)) fields.set(name, typeOfSchema(property, keeps));
  }
  const type: ApiType = {
    kind: "struct",
    name: "",
    fields,
    isAtomic,
    isOpen: keeps || fields.size === 0 || values === true,
  };
  return booleanAt(schema, ["x-kubernetes-embedded-resource"]) === true ? withMetadata(type) : type;
}

function scalarOfFormat(format: string | undefined): Scalar {
  switch (format) {
    case "byte":
      return "bytes";
    case "date":
    case "date-time":
      return "time";
    case "duration":
      return "duration";
    default:
      return "string";
  }
}

function relationOf(schema: JsonObject): "atomic" | "set" | readonly ListKey[] {
  const type = stringAt(schema, ["x-kubernetes-list-type"]);
  if (type === "set") return "set";
  if (type !== "map") return "atomic";
  const properties = objectAt(schema, ["items", "properties"]);
  return stringsAt(schema, ["x-kubernetes-list-map-keys"]).map((name) => ({
    name,
    value: valueAt(properties, [name, "default"]),
  }));
}
