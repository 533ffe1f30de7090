import type { TemplateStringTerm } from "../syntax/ast.ts";
import { escapeBraces, formatTerm } from "../syntax/print-term.ts";
import { isExpr } from "../syntax/walk.ts";
import { quote } from "../values/term-text.ts";
import { splitAt } from "./comments.ts";
import { writeExpr } from "./write-expr.ts";
import type { Writer } from "./writer.ts";

/** `$"text {expression}"`. Comments inside the braces stay there. */
export function writeTemplateString(w: Writer, { parts, multiLine }: TemplateStringTerm): void {
  const mark = multiLine ? "`" : '"';
  w.write(`$${mark}`);
  for (const [index, part] of parts.entries()) {
    if (isExpr(part)) {
      w.write("{");
      w.indent();
      if (w.hasCommentAtLineEnd) {
        w.endLine();
        w.startLine();
      } else {
        writeLeadingComments(w, part.location.row);
      }
      writeExpr(w, part);
      const next = parts[index + 1];
      if (next !== undefined) writeTrailingComments(w, next.location.row);
      w.write("}");
      w.dedent();
    } else if (part.type === "string") {
      w.write(escapeBraces(multiLine ? part.value : quote(part.value).slice(1, -1)));
    } else {
      w.write(formatTerm(part));
    }
  }
  w.write(mark);
}

/** The first of them goes on the line of the brace. */
function writeLeadingComments(w: Writer, row: number): void {
  const { before } = splitAt(w.comments, row);
  if (before.length === 0) return;
  w.write(" ");
  w.continueLine();
  w.writeComments(before);
  w.comments = w.comments.slice(before.length);
}

function writeTrailingComments(w: Writer, row: number): void {
  const { before } = splitAt(w.comments, row);
  if (before.length === 0) return;
  w.endLine();
  w.writeComments(before);
  w.comments = w.comments.slice(before.length);
  w.startLine();
}
