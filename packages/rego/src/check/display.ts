import type { RefTerm, Term } from "../syntax/ast.ts";
import { formatTerm } from "../syntax/print-term.ts";
import { isWildcard } from "../syntax/term-names.ts";
import { termMap } from "./nodes.ts";

/** A variable as messages write it. */
export function displayName(name: string): string {
  return isWildcard(name) ? "_" : name;
}

/** A reference as it was written: with the variables that the stages renamed under their own names. */
export function writtenRef(ref: RefTerm, written: ReadonlyMap<string, string>): RefTerm {
  const map = termMap((term) => (term.type === "var" ? { ...term, name: written.get(term.name) ?? term.name } : term));
  const head = map.term(ref.head);
  return { ...ref, head, path: ref.path.map((part) => map.term(part)) };
}

export function formatWritten(ref: RefTerm, written: ReadonlyMap<string, string>): string {
  return formatTerm(writtenRef(ref, written));
}

/** The same for a reference in which made variables stand for whole terms. */
export function formatSubject(
  ref: RefTerm,
  subjects: ReadonlyMap<string, Term>,
  written: ReadonlyMap<string, string>,
): RefTerm {
  const map = termMap((term) => {
    if (term.type !== "var") return term;
    return subjects.get(term.name) ?? { ...term, name: written.get(term.name) ?? term.name };
  });
  return { ...ref, head: map.term(ref.head), path: ref.path.map((part) => map.term(part)) };
}
