import type { Finding } from "@redoubt/control";
import { type FileOrigin, type JsonObject, type Region, appendDocument, applyEdits } from "@redoubt/kube";

export interface Replacement {
  /** What is taken away; empty for an insertion. */
  readonly region: Region;
  readonly text: string;
}

export interface FixReplacement {
  readonly description: string;
  readonly file: string;
  readonly replacements: readonly Replacement[];
}

/**
 * A finding's fix as changes of its file's text, made by the edit engine; undefined where there is no fix, the text is not the user's own
 * (rendered charts, a cluster), or the edits are refused.
 */
export function fixReplacement({ fix, resource }: Finding): FixReplacement | undefined {
  const origin = resource?.origin;
  if (fix === undefined || origin?.kind !== "file" || origin.rendered !== undefined || origin.document < 0)
    return undefined;
  const replacements: Replacement[] = [];
  if (fix.edits.length > 0) {
    const edited = editedDocument(origin, fix.edits);
    if (edited === undefined) return undefined;
    replacements.push(edited);
  }
  if (fix.adds !== undefined && fix.adds.length > 0) replacements.push(addedDocuments(origin, fix.adds));
  const { description, caution } = fix;
  const text = caution === undefined ? description : `${description} Check first: ${caution}`;
  return replacements.length === 0 ? undefined : { description: text, file: origin.file, replacements };
}

function editedDocument(
  { source, document, base }: FileOrigin,
  edits: NonNullable<Finding["fix"]>["edits"],
): Replacement | undefined {
  const before = source.documentText(document);
  const edited = applyEdits(before, edits, base);
  if (edited.kind === "refused" || edited.text === before) return undefined;
  const after = edited.text;
  const shortest = Math.min(before.length, after.length);
  let head = 0;
  while (head < shortest && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shortest - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  const offset = source.documents[document]?.start ?? 0;
  return {
    region: source.region(offset + head, offset + before.length - tail),
    text: after.slice(head, after.length - tail),
  };
}

/** New objects go to the end of the file, as documents of their own. */
function addedDocuments({ source }: FileOrigin, adds: readonly JsonObject[]): Replacement {
  const { text } = source;
  const after = adds.reduce((before, object) => appendDocument(before, object), text);
  return { region: source.region(text.length, text.length), text: after.slice(text.length) };
}
