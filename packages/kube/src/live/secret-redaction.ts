import { type JsonObject, isJsonObject } from "../json.ts";

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
const VALUES = ["data", "stringData"] as const;
const REMOVED = "(removed)";

/** A Secret without its values: neither its own nor those that kubectl copied into an annotation, whose keys stay to be seen. */
export function withoutSecretValues(secret: JsonObject): JsonObject {
  const { data: _data, stringData: _stringData, ...rest } = secret;
  const metadata = rest["metadata"];
  const annotations = isJsonObject(metadata) ? metadata["annotations"] : undefined;
  if (!isJsonObject(metadata) || !isJsonObject(annotations) || !Object.hasOwn(annotations, LAST_APPLIED)) return rest;
  const { [LAST_APPLIED]: applied, ...others } = annotations;
  const redacted = typeof applied === "string" ? redactedCopy(applied) : undefined;
  return {
    ...rest,
    metadata: {
      ...metadata,
      annotations: { ...others, ...(redacted === undefined ? {} : { [LAST_APPLIED]: redacted }) },
    },
  };
}

function redactedCopy(text: string): string | undefined {
  let applied: unknown;
  try {
    applied = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isJsonObject(applied)) return undefined;
  const copy: JsonObject = {};
  for (const field of VALUES) {
    const values = applied[field];
    if (isJsonObject(values)) copy[field] = Object.fromEntries(Object.keys(values).map((key) => [key, REMOVED]));
  }
  return JSON.stringify(copy);
}
