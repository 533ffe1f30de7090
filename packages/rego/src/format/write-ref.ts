import type { RefTerm, Term } from "../syntax/ast.ts";
import { quote } from "../values/term-text.ts";
import type { Location } from "../syntax/location.ts";
import { isVariableName } from "../syntax/print-term.ts";
import { isWildcard } from "../syntax/term-names.ts";
import { writeTerm, writeTermInParens } from "./write-term.ts";
import { type Writer, isCommentInTheWay } from "./writer.ts";

const PAREN = 40;
const QUOTE = 34;

/** `a.b["c d"][x]` */
export function writeRef(w: Writer, { head, path }: RefTerm): void {
  writeTermInParens(w, head, head.type === "call" && startsWith(head.location, PAREN));
  for (const part of path) {
    if (part.type === "string") {
      w.write(needsBrackets(w, part.value, part.location) ? `[${quote(part.value)}]` : `.${part.value}`);
    } else if (part.type === "var") {
      w.write(`[${variableText(w, part.name)}]`);
    } else {
      writeKey(w, part);
    }
  }
}

function writeKey(w: Writer, key: Term): void {
  w.write("[");
  try {
    writeTerm(w, key);
  } catch (error) {
    // The bracket must not become part of the comment.
    if (isCommentInTheWay(error)) w.write("\n");
  }
  w.write("]");
}

export function startsWith({ source, offset }: Location, code: number): boolean {
  return source.text.charCodeAt(offset) === code;
}

function needsBrackets(w: Writer, name: string, location: Location): boolean {
  if (!isVariableName(name)) return true;
  const { keywords, keywordsInRefs } = w.style;
  // Quotes around a keyword stay.
  return keywords.includes(name) && (!keywordsInRefs || startsWith(location, QUOTE));
}

/** A variable's name; that of a wildcard which stands in several places, each of which must mean the same. */
export function variableText(w: Writer, name: string): string {
  if (!isWildcard(name)) return name;
  return w.style.sharedWildcards.has(name) ? `_${name.slice(1)}` : "_";
}
