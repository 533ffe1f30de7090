import { asJson, writeYaml } from "@redoubt/kube";

/** A value as YAML, by the rules of JSON.stringify: undefined fields are left out. */
export function formatYaml(value: object): string {
  return writeYaml(asJson(value));
}

/** Several documents in one stream. */
export function formatYamlDocuments(values: readonly object[]): string {
  return values.map(formatYaml).join("---\n");
}
