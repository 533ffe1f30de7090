/** The CustomResourceDefinition that a template brings about, as Gatekeeper makes it: one kind of constraints. */
import { type JsonObject, type JsonValue, type Path, isJsonObject, stringAt, stringsAt } from "@redoubt/kube";
import { CONSTRAINT_SPEC } from "../../model/constraint.ts";
import { readTemplate } from "../../model/template-source.ts";

/** Where the template has the schema of its constraints' parameters. */
export const TEMPLATE_SCHEMA: Path = ["spec", "crd", "spec", "validation", "openAPIV3Schema"];
/** Where the definition has that schema, as the API server names fields. */
export const DEFINITION_SCHEMA_FIELD: RegExp =
  /^spec\.(?:versions\[\d+\]\.schema|validation)\.openAPIV3Schema\.properties\[spec\]\.properties\[parameters\]/;

/** undefined where the template does not say which kind. The parameters' schema is taken as it is: the API server judges it. */
export function constraintDefinition(template: JsonObject): JsonObject | undefined {
  const { source } = readTemplate(template);
  const { kind, schema, legacySchema } = source;
  if (kind === "") return undefined;
  const plural = kind.toLowerCase();
  const shortNames = stringsAt(template, ["spec", "crd", "spec", "names", "shortNames"]);
  const openAPIV3Schema = constraintSchema(schema === undefined || !legacySchema ? schema : withUnknownFields(schema));
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: {
      name: `${plural}.constraints.gatekeeper.sh`,
      labels: { "gatekeeper.sh/constraint": "yes" },
      ...owner(template),
    },
    spec: {
      group: "constraints.gatekeeper.sh",
      scope: "Cluster",
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular: plural,
        categories: ["constraint", "constraints"],
        ...(shortNames.length === 0 ? {} : { shortNames: [...shortNames] }),
      },
      versions: ["v1beta1", "v1alpha1"].map((name) => ({
        name,
        served: true,
        storage: name === "v1beta1",
        schema: { openAPIV3Schema },
        subresources: { status: {} },
        additionalPrinterColumns: COLUMNS,
      })),
    },
  };
}

const COLUMNS: JsonValue[] = [
  {
    name: "enforcement-action",
    description: "What a violation leads to",
    jsonPath: ".spec.enforcementAction",
    type: "string",
  },
  {
    name: "total-violations",
    description: "How many objects of the last audit violate it",
    jsonPath: ".status.totalViolations",
    type: "integer",
  },
];

/** The garbage collector removes the kind with its template. */
function owner(template: JsonObject): JsonObject {
  const uid = stringAt(template, ["metadata", "uid"]);
  if (uid === undefined) return {};
  const reference = {
    apiVersion: stringAt(template, ["apiVersion"]) ?? "",
    kind: "ConstraintTemplate",
    name: stringAt(template, ["metadata", "name"]) ?? "",
    uid,
    controller: true,
    blockOwnerDeletion: true,
  };
  return { ownerReferences: [reference] };
}

function constraintSchema(parameters: JsonObject | undefined): JsonObject {
  const declared = isJsonObject(CONSTRAINT_SPEC["properties"]) ? CONSTRAINT_SPEC["properties"] : {};
  return {
    type: "object",
    properties: {
      metadata: { type: "object", properties: { name: { type: "string", maxLength: 63 } } },
      spec: {
        type: "object",
        properties: {
          ...declared,
          enforcementAction: { type: "string", default: "deny" },
          ...(parameters === undefined ? {} : { parameters }),
        },
      },
      status: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
    },
  };
}

/** What lets a schema of before structural schemas keep fields that it does not name. */
function withUnknownFields(schema: JsonObject): JsonObject {
  const { properties, items, additionalProperties } = schema;
  const type = stringAt(schema, ["type"]) ?? "";
  const inside: JsonObject = { ...schema };
  if (type === "" || type === "object") inside["x-kubernetes-preserve-unknown-fields"] = true;
  if (type === "array" && items === undefined) inside["items"] = { "x-kubernetes-preserve-unknown-fields": true };
  if (isJsonObject(items)) inside["items"] = withUnknownFields(items);
  if (isJsonObject(additionalProperties)) inside["additionalProperties"] = withUnknownFields(additionalProperties);
  if (isJsonObject(properties)) {
    inside["properties"] = Object.fromEntries(
      Object.entries(properties).map(([key, value]) => [key, isJsonObject(value) ? withUnknownFields(value) : value]),
    );
  }
  return inside;
}
