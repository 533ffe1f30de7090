/**
 * Writes packages/admission/src/gen/api-types.ts: the types of all kinds that the API server serves, as its OpenAPI documents
 * (`api/openapi-spec` of k8s.io/kubernetes) tell them.
 *
 *   node tools/generate-api-types.ts OPENAPI_SPEC_FOLDER
 */
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly $ref?: string;
  readonly default?: unknown;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly "x-kubernetes-list-type"?: string;
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
  readonly "x-kubernetes-map-type"?: string;
  readonly "x-kubernetes-group-version-kind"?: readonly {
    readonly group: string;
    readonly version: string;
    readonly kind: string;
  }[];
}

type Schemas = Readonly<Record<string, Schema>>;

const [, , folder] = process.argv;
if (folder === undefined) throw new Error("usage: generate-api-types OPENAPI_SPEC_FOLDER");

const read = (path: string) => JSON.parse(readFileSync(path, "utf8"));
const swagger: { readonly info: { readonly version: string }; readonly definitions: Schemas } = read(
  join(folder, "swagger.json"),
);
const { definitions } = swagger;
/** Only these documents have defaults. */
const withDefaults = new Map<string, Schema>();
for (const file of readdirSync(join(folder, "v3")).filter((name) => name.endsWith("_openapi.json"))) {
  const schemas: Schemas = read(join(folder, "v3", file)).components?.schemas ?? {};
  for (const [name, schema] of Object.entries(schemas)) withDefaults.set(name, schema);
}

const SCALARS: Readonly<Record<string, string>> = {
  "io.k8s.apimachinery.pkg.api.resource.Quantity": "quantity",
  "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "intOrString",
  "io.k8s.apimachinery.pkg.apis.meta.v1.Time": "time",
  "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": "time",
  "io.k8s.apimachinery.pkg.runtime.RawExtension": "raw",
  "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": "raw",
};
const PREFIXES =
  /^io\.k8s\.(?:api\.|kube-aggregator\.pkg\.apis\.|apiextensions-apiserver\.pkg\.apis\.|apimachinery\.pkg\.(?:apis\.)?)/;

const shortName = (name: string): string => name.replace(PREFIXES, "");
const refName = (ref: string): string => ref.slice(ref.lastIndexOf("/") + 1);
const used = new Set<string>();

function code(schema: Schema): string {
  if (schema.$ref !== undefined) return referenceCode(refName(schema.$ref), schema);
  switch (schema.type) {
    case "array":
      return `[${listCode(schema)}]${code(schema.items ?? {})}`;
    case "object":
      if (schema.additionalProperties === undefined) return "raw";
      return `{${isAtomic(schema) ? "!" : ""}}${code(schema.additionalProperties)}`;
    case "string":
      return schema.format === "byte" ? "bytes" : "string";
    case "integer":
      return schema.format ?? "int64";
    case "boolean":
    case "number":
      return schema.type;
    default:
      return "any";
  }
}

function referenceCode(name: string, reference: Schema): string {
  const scalar = SCALARS[name];
  if (scalar !== undefined) return scalar;
  const definition = definitions[name] ?? {};
  if (definition.type !== "object") return "any";
  used.add(name);
  return `${isAtomic(definition) || isAtomic(reference) ? "!" : ""}#${shortName(name)}`;
}

function isAtomic(schema: Schema): boolean {
  return schema["x-kubernetes-map-type"] === "atomic";
}

function listCode(schema: Schema): string {
  if (schema["x-kubernetes-list-type"] === "set") return "=";
  if (schema["x-kubernetes-list-type"] !== "map") return "";
  const item = withDefaults.get(refName(schema.items?.$ref ?? ""));
  const keys = (schema["x-kubernetes-list-map-keys"] ?? []).map((key) => {
    const value = item?.properties?.[key]?.default;
    return value === undefined ? key : `${key}=${JSON.stringify(value)}`;
  });
  return keys.join(",");
}

const kinds: Record<string, string> = {};
for (const [name, definition] of Object.entries(definitions)) {
  const [only, ...more] = definition["x-kubernetes-group-version-kind"] ?? [];
  if (only === undefined || more.length > 0) continue;
  kinds[`${only.group === "" ? "" : `${only.group}/`}${only.version}/${only.kind}`] = shortName(name);
  used.add(name);
}

const structs: Record<string, Record<string, string>> = {};
for (const name of used) {
  const fields = Object.entries(definitions[name]?.properties ?? {});
  structs[shortName(name)] = Object.fromEntries(fields.map(([field, schema]) => [field, code(schema)]));
}

const entry = ([name, value]: readonly [string, unknown]): string =>
  `  ${JSON.stringify(name)}: ${JSON.stringify(value)},\n`;
const sorted = <T>(record: Readonly<Record<string, T>>): readonly (readonly [string, T])[] =>
  Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1));

writeFileSync(
  "packages/admission/src/gen/api-types.ts",
  `// Generated by tools/generate-api-types.ts from the OpenAPI documents of Kubernetes 1.34. Do not edit.

/** Names of structs by APIVERSION/KIND. */
export const API_KINDS: Readonly<Record<string, string>> = {
${sorted(kinds).map(entry).join("")}};

/**
 * Types of fields by struct: a scalar, \`#Name\` a struct, \`{}X\` a mapping, \`[]X\` a list that is replaced as one, \`[=]X\` a set, \`[a,b="x"]X\` a
 * list whose items are told apart by these fields, with their defaults; \`!\` before a struct and in a mapping: it is replaced as one.
 */
export const API_STRUCTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
${sorted(structs).map(entry).join("")}};
`,
);
