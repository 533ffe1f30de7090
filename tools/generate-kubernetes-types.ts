/**
 * Writes packages/kube/src/gen/{types,schema}.ts from an API server's OpenAPI v2 document (`/openapi/v2`, plain or gzipped):
 *
 *   node tools/generate-kubernetes-types.ts OPENAPI.json[.gz]
 *
 * Types are the wire shape. Every field is optional, because objects in files may lack any of them; nulls do not occur,
 * because decoding removes them (see packages/kube/src/schema/decode.ts).
 */
import { readFileSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/** Kinds that some control or engine reads field by field. */
const ROOTS: readonly (readonly [group: string, definition: string])[] = [
  ...[
    "Pod",
    "PodTemplate",
    "ReplicationController",
    "Service",
    "ServiceAccount",
    "Secret",
    "ConfigMap",
    "Namespace",
    "Node",
  ].map((kind) => ["", `io.k8s.api.core.v1.${kind}`] as const),
  ...["PersistentVolume", "PersistentVolumeClaim", "ResourceQuota", "LimitRange"].map(
    (kind) => ["", `io.k8s.api.core.v1.${kind}`] as const,
  ),
  ...["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"].map(
    (kind) => ["apps", `io.k8s.api.apps.v1.${kind}`] as const,
  ),
  ...["Job", "CronJob"].map((kind) => ["batch", `io.k8s.api.batch.v1.${kind}`] as const),
  ...["Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"].map(
    (kind) => ["rbac.authorization.k8s.io", `io.k8s.api.rbac.v1.${kind}`] as const,
  ),
  ...["NetworkPolicy", "Ingress", "IngressClass"].map(
    (kind) => ["networking.k8s.io", `io.k8s.api.networking.v1.${kind}`] as const,
  ),
  ...[
    "ValidatingWebhookConfiguration",
    "MutatingWebhookConfiguration",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
  ].map((kind) => ["admissionregistration.k8s.io", `io.k8s.api.admissionregistration.v1.${kind}`] as const),
  ["policy", "io.k8s.api.policy.v1.PodDisruptionBudget"],
  ["storage.k8s.io", "io.k8s.api.storage.v1.StorageClass"],
  ["certificates.k8s.io", "io.k8s.api.certificates.v1.CertificateSigningRequest"],
];

interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly $ref?: string;
  readonly description?: string;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
}

interface OpenApiDocument {
  readonly info: { readonly version: string };
  readonly definitions: Readonly<Record<string, Schema>>;
}

const source = process.argv[2];
if (source === undefined) throw new Error("usage: generate-kubernetes-types.ts OPENAPI.json[.gz]");
const bytes = readFileSync(source);
const document: OpenApiDocument = JSON.parse((source.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8"));

const shortName = (definition: string): string => definition.slice(definition.lastIndexOf(".") + 1);

const SCALARS: Readonly<Record<string, { readonly ts: string; readonly code: string }>> = {
  Quantity: { ts: "string | number", code: "quantity" },
  IntOrString: { ts: "string | number", code: "intOrString" },
  Time: { ts: "string", code: "string" },
  MicroTime: { ts: "string", code: "string" },
  RawExtension: { ts: "JsonObject", code: "any" },
  FieldsV1: { ts: "JsonObject", code: "any" },
};

/** A type's compact code in the schema table: a scalar's name, `[]X` for a list, `{}X` for a map, `#Name` for a struct. */
function describe(schema: Schema, reach: (definition: string) => void): { ts: string; code: string } {
  if (schema.$ref !== undefined) {
    const definition = schema.$ref.slice("#/definitions/".length);
    const name = shortName(definition);
    const scalar = SCALARS[name];
    if (scalar !== undefined) return scalar;
    reach(definition);
    return { ts: name, code: `#${name}` };
  }
  switch (schema.type) {
    case "string":
      return schema.format === "int-or-string"
        ? { ts: "string | number", code: "intOrString" }
        : { ts: "string", code: "string" };
    case "integer":
      return { ts: "number", code: schema.format === "int32" ? "int32" : "int64" };
    case "number":
      return { ts: "number", code: "number" };
    case "boolean":
      return { ts: "boolean", code: "boolean" };
    case "array": {
      const item = describe(schema.items ?? {}, reach);
      return {
        ts: item.ts.includes("|") ? `readonly (${item.ts})[]` : `readonly ${item.ts}[]`,
        code: `[]${item.code}`,
      };
    }
    case "object":
    case undefined: {
      if (schema.additionalProperties === undefined) return { ts: "JsonObject", code: "any" };
      const value = describe(schema.additionalProperties, reach);
      return { ts: `Readonly<Record<string, ${value.ts}>>`, code: `{}${value.code}` };
    }
    default:
      throw new Error(`unexpected schema type ${schema.type}`);
  }
}

const types: string[] = [];
const tables: string[] = [];
const done = new Map<string, string>();
const queue = ROOTS.map(([, definition]) => definition);
for (let definition = queue.shift(); definition !== undefined; definition = queue.shift()) {
  const name = shortName(definition);
  const earlier = done.get(name);
  if (earlier === definition) continue;
  if (earlier !== undefined) throw new Error(`${definition} and ${earlier} share a name`);
  done.set(name, definition);
  const schema = document.definitions[definition];
  if (schema === undefined) throw new Error(`no definition ${definition}`);
  const fields: string[] = [];
  const codes: string[] = [];
  for (const [field, fieldSchema] of Object.entries(schema.properties ?? {})) {
    const { ts, code } = describe(fieldSchema, (reached) => void queue.push(reached));
    fields.push(`  readonly ${/^[A-Za-z_]\w*$/.test(field) ? field : JSON.stringify(field)}?: ${ts};`);
    codes.push(`${JSON.stringify(field)}: ${JSON.stringify(code)}`);
  }
  types.push(`export interface ${name} {\n${fields.join("\n")}\n}`);
  tables.push(`  ${JSON.stringify(name)}: { ${codes.join(", ")} },`);
}

const header = `// Generated by tools/generate-kubernetes-types.ts from the OpenAPI document of Kubernetes ${document.info.version}. Do not edit.\n`;
const roots = ROOTS.map(([group, definition]) => ({
  key: `${group === "" ? "" : `${group}/`}${shortName(definition)}`,
  name: shortName(definition),
}));
const folder = new URL("../packages/kube/src/gen/", import.meta.url);
writeFileSync(
  new URL("types.ts", folder),
  `${header}import type { JsonObject } from "../json.ts";\n\n${types.join("\n\n")}\n\n/** Kinds with a known schema: \`group/Kind\`, or \`Kind\` in the core group. */\nexport interface KnownKinds {\n${roots
    .map(({ key, name }) => `  readonly ${JSON.stringify(key)}: ${name};`)
    .join("\n")}\n}\n`,
);
writeFileSync(
  new URL("schema.ts", folder),
  `${header}
/** Field types by struct. \`string boolean number int32 int64 quantity intOrString any\`, \`[]X\` list, \`{}X\` map, \`#Name\` struct. */
export const STRUCTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {\n${tables.join("\n")}\n};\n
/** The struct of each kind with a known schema. */
export const KIND_STRUCTS: Readonly<Record<string, string>> = {\n${roots.map(({ key, name }) => `  ${JSON.stringify(key)}: ${JSON.stringify(name)},`).join("\n")}\n};\n`,
);
