/**
 * CustomResourceDefinitions of Gatekeeper's kinds, for clusters without Gatekeeper: the fields that it documents, so that the same
 * manifests are taken, and what is below them as it comes. Where Gatekeeper's own are installed they stay as they are.
 */
import { type ApiConnection, type JsonObject, type JsonValue, type ServedResource, stringAt } from "@redoubt/kube";
import { readObject, writeObject } from "../cluster/api-objects.ts";
import { CONFIGS, EXPANSIONS, MUTATORS, PROVIDERS, SYNC_SETS, TEMPLATES } from "./kinds.ts";

const TEXT: JsonObject = { type: "string" };
const TEXTS: JsonObject = list(TEXT);
const ANYTHING: JsonObject = { "x-kubernetes-preserve-unknown-fields": true };
/** A mapping that is described elsewhere. */
const OPEN: JsonObject = { type: "object", ...ANYTHING };

function list(items: JsonObject): JsonObject {
  return { type: "array", items };
}

function fields(properties: JsonObject, required: readonly string[] = []): JsonObject {
  return { type: "object", properties, ...(required.length === 0 ? {} : { required: [...required] }) };
}

const KIND: JsonObject = fields({ group: TEXT, version: TEXT, kind: TEXT });
const KINDS: JsonObject = list(fields({ groups: TEXTS, versions: TEXTS, kinds: TEXTS, operations: TEXTS }));

/** Parameters of templates of before v1 keep fields that their schema does not name, unless they say otherwise. */
function templateSpec(version: string): JsonObject {
  const legacySchema = version !== "v1";
  const code = fields({ engine: TEXT, source: ANYTHING }, ["engine", "source"]);
  return fields({
    crd: fields({
      spec: fields({
        names: fields({ kind: TEXT, shortNames: TEXTS }),
        validation: {
          ...fields({ openAPIV3Schema: OPEN, legacySchema: { type: "boolean", default: legacySchema } }),
          default: { legacySchema },
        },
      }),
    }),
    targets: list(
      fields({
        target: TEXT,
        rego: TEXT,
        libs: TEXTS,
        operations: list({ type: "string", enum: ["*", "CREATE", "UPDATE", "DELETE", "CONNECT"] }),
        code: { ...list(code), "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["engine"] },
      }),
    ),
  });
}

function mutatorSpec(kind: string): JsonObject {
  return fields({
    match: OPEN,
    location: TEXT,
    parameters: OPEN,
    ...(kind === "AssignMetadata" ? {} : { applyTo: KINDS }),
  });
}

const CONFIG_SPEC: JsonObject = fields({
  match: list(fields({ excludedNamespaces: TEXTS, processes: TEXTS })),
  sync: fields({ syncOnly: list(KIND) }),
  validation: OPEN,
  readiness: OPEN,
});

const EXPANSION_SPEC: JsonObject = fields({
  applyTo: KINDS,
  templateSource: TEXT,
  generatedGVK: KIND,
  enforcementAction: TEXT,
});

const PROVIDER_SPEC: JsonObject = fields({ url: TEXT, timeout: { type: "integer" }, caBundle: TEXT });

interface Defined {
  readonly resource: ServedResource;
  /** The stored one first. */
  readonly versions: readonly string[];
  readonly spec: (version: string) => JsonObject;
}

const DEFINED: readonly Defined[] = [
  { resource: TEMPLATES, versions: ["v1", "v1beta1"], spec: templateSpec },
  ...MUTATORS.map((resource) => ({
    resource,
    versions: resource.version === "v1" ? ["v1", "v1beta1", "v1alpha1"] : [resource.version],
    spec: () => mutatorSpec(resource.kind),
  })),
  { resource: EXPANSIONS, versions: ["v1beta1", "v1alpha1"], spec: () => EXPANSION_SPEC },
  { resource: CONFIGS, versions: ["v1alpha1"], spec: () => CONFIG_SPEC },
  { resource: SYNC_SETS, versions: ["v1alpha1"], spec: () => fields({ gvks: list(KIND) }) },
  { resource: PROVIDERS, versions: ["v1beta1", "v1alpha1"], spec: () => PROVIDER_SPEC },
];

const GATEKEEPER_DEFINITIONS: readonly JsonObject[] = DEFINED.map(({ resource, versions, spec }) => {
  const { group, kind, namespaced } = resource;
  const schema = (version: string): JsonValue => ({
    openAPIV3Schema: fields({ spec: spec(version), status: OPEN }),
  });
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: {
      name: `${resource.resource}.${group}`,
      labels: { "gatekeeper.sh/system": "yes", "app.kubernetes.io/managed-by": "redoubt" },
    },
    spec: {
      group,
      scope: namespaced ? "Namespaced" : "Cluster",
      names: { kind, listKind: `${kind}List`, plural: resource.resource, singular: kind.toLowerCase() },
      versions: versions.map((name, index) => ({
        name,
        served: true,
        storage: index === 0,
        schema: schema(name),
        subresources: { status: {} },
      })),
    },
  };
});

export const DEFINITIONS_PATH = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/**
 * Creates what is missing of Gatekeeper's kinds, and returns why that could not be.
 *
 * @throws what the connection throws.
 */
export async function installDefinitions(connection: ApiConnection, signal?: AbortSignal): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const definition of GATEKEEPER_DEFINITIONS) {
    const name = nameOf(definition);
    if ((await readObject(connection, `${DEFINITIONS_PATH}/${name}`, signal)) !== undefined) continue;
    const written = await writeObject(connection, "POST", DEFINITIONS_PATH, definition, signal);
    // Another replica may have been quicker.
    if (written.kind === "refused") problems.push(`${name}: ${written.message}`);
  }
  return problems;
}

function nameOf({ metadata }: JsonObject): string {
  return stringAt(metadata, ["name"]) ?? "";
}
