import type { Finding } from "@redoubt/control";
import { type FileOrigin, type JsonObject, type Region, appendDocument, applyEdits } from "@redoubt/kube";
import { changesOf, linesOf } from "../fix/diff.ts";

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
    replacements.push(...edited);
  }
  if (fix.adds !== undefined && fix.adds.length > 0) replacements.push(addedDocuments(origin, fix.adds));
  const { description, caution } = fix;
  const text = caution === undefined ? description : `${description} Check first: ${caution}`;
  return replacements.length === 0 ? undefined : { description: text, file: origin.file, replacements };
}

function editedDocument(
  { source, document, base }: FileOrigin,
  edits: NonNullable<Finding["fix"]>["edits"],
): readonly Replacement[] | undefined {
  const before = source.documentText(document);
  const edited = applyEdits(before, edits, base);
  if (edited.kind === "refused" || edited.text === before) return undefined;
  const offset = source.documents[document]?.start ?? 0;
  return replacementsOf(before, edited.text).map(({ start, end, text }) => ({
    region: source.region(offset + start, offset + end),
    text,
  }));
}

interface TextChange {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Changes from one text to another, first by lines, then by words within them: text that stays is in none of them, so that what stands
 * beside a fix (a password in the next line) does not get into a report.
 */
function replacementsOf(before: string, after: string): readonly TextChange[] {
  const changedLines = changesBetween(linesOf(before), linesOf(after));
  return changedLines.flatMap(({ start, end, text }) =>
    changesBetween(wordsOf(before.slice(start, end)), wordsOf(text)).map((change) => ({
      start: start + change.start,
      end: start + change.end,
      text: change.text,
    })),
  );
}

function changesBetween(before: readonly string[], after: readonly string[]): readonly TextChange[] {
  const starts = [0];
  for (const piece of before) starts.push((starts.at(-1) ?? 0) + piece.length);
  return changesOf(before, after).map(({ oldStart, oldEnd, newStart, newEnd }) => ({
    start: starts[oldStart] ?? 0,
    end: starts[oldEnd] ?? 0,
    text: after.slice(newStart, newEnd).join(""),
  }));
}

function wordsOf(text: string): readonly string[] {
  return text.match(/\s+|[\w./:@-]+|[^\s\w]/g) ?? [];
}

/** New objects go to the end of the file, as documents of their own. */
function addedDocuments({ source }: FileOrigin, adds: readonly JsonObject[]): Replacement {
  const { text } = source;
  const after = adds.reduce((before, object) => appendDocument(before, object), text);
  return { region: source.region(text.length, text.length), text: after.slice(text.length) };
}
