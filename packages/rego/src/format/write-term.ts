import type { StringTerm, Term } from "../syntax/ast.ts";
import { type Location, endRow, textOf } from "../syntax/location.ts";
import { unescape } from "../syntax/parse-scalar.ts";
import { formatTerm } from "../syntax/print-term.ts";
import { quote } from "../values/term-text.ts";
import { writeCallTerm } from "./write-call.ts";
import {
  writeArray,
  writeArrayComprehension,
  writeObject,
  writeObjectComprehension,
  writeSet,
  writeSetComprehension,
} from "./write-collection.ts";
import { variableText, writeRef } from "./write-ref.ts";
import { writeTemplateString } from "./write-template.ts";
import { CommentInTheWay, type Writer } from "./writer.ts";

/** Writes a term; where a comment in it finds no place, as it was written. The error then still goes on. */
export function writeTerm(w: Writer, term: Term): void {
  if (w.comments.length === 0) {
    writeTermInParens(w, term, false);
    return;
  }
  const checkpoint = w.checkpoint();
  try {
    writeTermInParens(w, term, false);
  } catch (error) {
    if (!(error instanceof CommentInTheWay)) throw error;
    w.reset(checkpoint);
    w.dropCommentBetween(term.location.row, endRow(term.location));
    writeUnformatted(w, term.location);
    throw error;
  }
}

/** Writes the text of a node as it is, with the comments inside. */
export function writeUnformatted(w: Writer, location: Location): void {
  const last = endRow(location);
  w.write(textOf(location));
  const rest = [];
  for (const comment of w.comments) {
    const { row } = comment.location;
    if (w.commentOnLastLine && row === last) w.write(` ${textOf(comment.location)}`);
    else if (row >= last) rest.push(comment);
  }
  w.comments = rest;
}

/** Writes a term; `inParens` puts an operator's call in parentheses. */
export function writeTermInParens(w: Writer, term: Term, inParens: boolean): void {
  const parens = inParens || w.parenTerm === term;
  if (w.parenTerm === term) w.parenTerm = undefined;
  w.insertComments(term.location.row);
  w.ensureLine();
  writeBare(w, term, parens);
  w.ensureLine();
}

function writeBare(w: Writer, term: Term, inParens: boolean): void {
  switch (term.type) {
    case "ref":
      writeRef(w, term);
      break;
    case "object":
      writeObject(w, term);
      break;
    case "array":
      writeArray(w, term);
      break;
    case "set":
      writeSet(w, term);
      break;
    case "arrayComprehension":
      writeArrayComprehension(w, term);
      break;
    case "objectComprehension":
      writeObjectComprehension(w, term);
      break;
    case "setComprehension":
      writeSetComprehension(w, term);
      break;
    case "string":
      w.write(stringText(term));
      break;
    case "templateString":
      writeTemplateString(w, term);
      break;
    case "var":
      w.write(variableText(w, term.name));
      break;
    case "call":
      writeCallTerm(w, term, inParens);
      break;
    case "null":
    case "boolean":
    case "number":
      w.write(formatTerm(term));
      break;
  }
}

/** A string as it was written, if its place still tells: a value after `else` has the place of the `else`. */
function stringText({ value, location }: StringTerm): string {
  const text = textOf(location);
  const mark = text.at(-1);
  if (mark === '"' || mark === "`") {
    const written = text.slice(text.indexOf(mark));
    const meant = mark === '"' ? unescape(written) : written.slice(1, -1);
    if (meant === value && (mark === '"' || !meant.includes("`"))) return written;
  }
  return quote(value);
}
