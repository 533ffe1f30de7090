import { YAMLException } from "js-yaml";
import type { JsonObject } from "../json.ts";
import { splitDocuments } from "./documents.ts";
import { type Layout, layoutOf } from "./edit/layout.ts";
import { parseTree } from "./tree.ts";
import { DEFAULT_STYLE, writeFlow, writeYaml } from "./write.ts";

/**
 * A file's text with one more object at its end, in the layout of the document before it. A file of JSON objects gets another JSON
 * object, as kubectl reads them one after another.
 */
export function appendDocument(fileText: string, object: JsonObject): string {
  const newline = /\r\n/.test(fileText) ? "\r\n" : "\n";
  const last = splitDocuments(fileText).at(-1);
  const layout = last === undefined ? undefined : layoutOfText(fileText.slice(last.start, last.end));
  const head = fileText === "" || /[\r\n]$/.test(fileText) ? fileText : fileText + newline;
  if (layout?.json === true) {
    const unit = layout.unit === undefined ? {} : { unit: layout.unit };
    const colon = layout.tight ? ":" : ": ";
    const written = writeFlow(object, {
      json: true,
      colon,
      comma: layout.tight ? "," : ", ",
      quote: "double",
      ...unit,
    });
    return `${head}${written.replaceAll("\n", newline)}${newline}`;
  }
  const separator = last === undefined || endsWithSeparator(fileText) ? "" : "---\n";
  const written = separator + writeYaml(object, layout?.style ?? DEFAULT_STYLE);
  return head + written.replaceAll("\n", newline);
}

/** Whether a `---` stands behind the last document already. */
function endsWithSeparator(text: string): boolean {
  const lines = text.split(/\r?\n/).filter((line) => !/^\s*(?:#.*)?$/.test(line));
  return /^---\s*(?:#.*)?$/.test(lines.at(-1) ?? "");
}

function layoutOfText(text: string): Layout | undefined {
  try {
    const root = parseTree(text);
    return root === undefined ? undefined : layoutOf(text, root);
  } catch (error) {
    if (error instanceof YAMLException) return undefined;
    throw error;
  }
}
