import type { KnownKinds } from "../gen/types.ts";
import { type JsonObject, type JsonValue, isJsonObject } from "../json.ts";
import type { KubeObject } from "../object.ts";
import { stringAt } from "../read.ts";

/** An object as a cluster gave it. */
export function liveObject(
  value: JsonObject,
  apiVersion: string,
  kind: string,
  known: keyof KnownKinds | undefined,
  context: string,
): KubeObject {
  const metadata = isJsonObject(value["metadata"]) ? value["metadata"] : {};
  const slash = apiVersion.indexOf("/");
  return {
    type: "object",
    apiVersion,
    kind,
    group: slash === -1 ? "" : apiVersion.slice(0, slash),
    known,
    namespace: stringAt(metadata, ["namespace"]) ?? "",
    name: stringAt(metadata, ["name"]) ?? "",
    value,
    labels: stringMap(metadata["labels"]),
    annotations: stringMap(metadata["annotations"]),
    origin: {
      kind: "cluster",
      context,
      uid: stringAt(metadata, ["uid"]) ?? "",
      resourceVersion: stringAt(metadata, ["resourceVersion"]) ?? "",
    },
  };
}

function stringMap(value: JsonValue | undefined): Readonly<Record<string, string>> {
  return isStringMap(value) ? value : {};
}

function isStringMap(value: JsonValue | undefined): value is Record<string, string> {
  return isJsonObject(value) && Object.values(value).every((entry) => typeof entry === "string");
}
