import { type JsonValue, writeYaml } from "@redoubt/kube";

/** A value as YAML, by the rules of JSON.stringify: undefined fields are left out. */
export function formatYaml(value: object): string {
  const json: JsonValue = JSON.parse(JSON.stringify(value));
  return writeYaml(json);
}

/** Several documents in one stream. */
export function formatYamlDocuments(values: readonly object[]): string {
  return values.map(formatYaml).join("---\n");
}
