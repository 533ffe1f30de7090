import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { isJsonObject } from "../json.ts";
import { parseDocument } from "../yaml/construct.ts";

const NAMES = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/** The kustomization file among a folder's names. */
export function kustomizationFile(names: readonly string[]): string | undefined {
  return NAMES.find((name) => names.includes(name));
}

/** Fields that name files or folders, as strings or as the `path` of a patch. */
const FIELDS = [
  "resources",
  "bases",
  "components",
  "crds",
  "configurations",
  "generators",
  "transformers",
  "validators",
  "patches",
  "patchesStrategicMerge",
  "patchesJson6902",
];

/**
 * Absolute paths of what a kustomization refers to: read by building it, so not to be read by themselves. Empty when it cannot be read;
 * building it says why.
 */
export function kustomizationReferences(folder: string, file: string): readonly string[] {
  let text: string;
  try {
    text = readFileSync(join(folder, file), "utf8");
  } catch {
    return [];
  }
  const { value } = parseDocument(text);
  if (!isJsonObject(value)) return [];
  return FIELDS.flatMap((field) => {
    const items = Object.hasOwn(value, field) ? value[field] : undefined;
    if (!Array.isArray(items)) return [];
    return items.flatMap((item) => {
      const reference = isJsonObject(item) ? item["path"] : item;
      return typeof reference === "string" && !reference.includes("\n") ? [resolve(folder, reference)] : [];
    });
  });
}

/** Whether a kustomization file is a Component, which only another kustomization can build. */
export function isComponent(text: string): boolean {
  const { value } = parseDocument(text);
  return isJsonObject(value) && value["kind"] === "Component";
}
