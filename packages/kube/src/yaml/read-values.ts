import { type JsonObject, isJsonObject } from "../json.ts";
import { newAliasBudget, parseDocument } from "./construct.ts";
import { splitDocuments } from "./documents.ts";

/** The mappings of a stream, or why it has none. */
export type YamlObjects =
  | { readonly kind: "objects"; readonly objects: readonly JsonObject[] }
  | { readonly kind: "error"; readonly message: string };

/**
 * Reads a stream of YAML or JSON documents as kubectl reads it, without recognising or decoding what it holds: for what must stay as
 * it was written, such as the objects of policy suites. One document that is no mapping makes the whole an error. With the `core`
 * schema, plain scalars mean what YAML 1.2 says: `yes` is a text.
 */
export function readYamlObjects(text: string, schema: "kubectl" | "core" = "kubectl"): YamlObjects {
  const budget = newAliasBudget();
  const objects: JsonObject[] = [];
  for (const { start, end, badSeparator } of splitDocuments(text)) {
    if (badSeparator !== undefined) return { kind: "error", message: "text follows `---` on its line" };
    const { value, problems } = parseDocument(text.slice(start, end), budget, schema);
    const problem = problems.find(({ severity }) => severity === "error");
    if (problem !== undefined) return { kind: "error", message: problem.message };
    if (value === undefined || value === null) continue;
    if (!isJsonObject(value)) return { kind: "error", message: "a document is not a mapping" };
    objects.push(value);
  }
  return { kind: "objects", objects };
}
