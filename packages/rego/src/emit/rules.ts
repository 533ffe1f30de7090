import type { PlannedDocument } from "../plan/documents.ts";
import { writeCollected } from "./collected.ts";
import type { ProgramWriter } from "./program-writer.ts";
import { writeSingleValued } from "./single-valued.ts";

/** The functions of one document, and what they keep. */
export interface DocumentCode {
  readonly text: string;
  /** The variables in which results are kept until the evaluation ends. */
  readonly memos: readonly string[];
  /** The variables that say that a document was tried as a whole, and failed. */
  readonly failed: readonly string[];
  /** Tables by which definitions are found, to be made once all functions are there. */
  readonly tables: readonly string[];
}

/** Writes the function called `name` that evaluates a document, and one for each of its definitions. */
export function writeDocumentFunctions(program: ProgramWriter, document: PlannedDocument, name: string): DocumentCode {
  switch (document.kind) {
    case "complete":
    case "function":
      return writeSingleValued(program, document, name);
    case "set":
    case "object":
      return writeCollected(program, document, name);
  }
}
