import { BuiltinError } from "../errors.ts";

/** A piece of a template: text, or what stands between the braces, with the line it begins on. */
export interface TemplatePiece {
  readonly kind: "text" | "action";
  readonly content: string;
  readonly line: number;
}

/** A word, a literal or a mark of an action. */
export interface TemplateToken {
  readonly kind: "field" | "variable" | "identifier" | "string" | "number" | "character" | "mark" | "space";
  readonly text: string;
}

export function templateError(line: number, message: string): BuiltinError {
  return new BuiltinError(`template: template:${line}: ${message}`);
}

const space = /[ \t\r\n]/;

/** Splits a template at its actions; `{{-` and `-}}` take the space beside them, comments go. */
export function templatePieces(template: string): TemplatePiece[] {
  const pieces: TemplatePiece[] = [];
  let at = 0;
  let trimNext = false;
  let line = 1;
  for (;;) {
    const open = template.indexOf("{{", at);
    let text = template.slice(at, open < 0 ? undefined : open);
    const textLine = line;
    line += countLines(text);
    const trimLeft = open >= 0 && template.charAt(open + 2) === "-" && space.test(template.charAt(open + 3));
    if (trimNext) text = text.replace(/^[ \t\r\n]+/, "");
    if (trimLeft) text = text.replace(/[ \t\r\n]+$/, "");
    if (text !== "") pieces.push({ kind: "text", content: text, line: textLine });
    if (open < 0) return pieces;
    const start = open + (trimLeft ? 4 : 2);
    const close = actionEnd(template, start, line);
    const inner = template.slice(start, close);
    trimNext = /[ \t\r\n]-$/.test(inner) || (inner === "-" && trimLeft);
    const content = trimNext ? inner.slice(0, -1) : inner;
    if (!content.startsWith("/*")) pieces.push({ kind: "action", content: content.trim(), line });
    line += countLines(template.slice(open, close));
    at = close + 2;
  }
}

function countLines(text: string): number {
  return text.split("\n").length - 1;
}

/** Where the braces close that are not within a string or a comment. */
function actionEnd(template: string, start: number, line: number): number {
  if (template.startsWith("/*", start)) {
    const end = template.indexOf("*/", start);
    if (end < 0) throw templateError(line, "unclosed comment");
    const [close] = /^(?:[ \t\r\n]-)?\}\}/.exec(template.slice(end + 2)) ?? [];
    if (close === undefined) throw templateError(line, "comment ends before closing delimiter");
    return end + close.length;
  }
  for (let at = start; at < template.length; at += 1) {
    const character = template.charAt(at);
    if (template.startsWith("}}", at)) return at;
    if (character === '"' || character === "`" || character === "'") {
      at += 1;
      while (at < template.length && template.charAt(at) !== character) {
        if (template.charAt(at) === "\\" && character !== "`") at += 1;
        at += 1;
      }
    }
  }
  throw templateError(line, "unclosed action");
}

const tokenPattern =
  /([ \t\r\n]+)|(\.[\p{L}\p{Nd}_]+)|(\$[\p{L}\p{Nd}_]*)|([+-]?(?:0[xX][0-9a-fA-F_]+|[0-9][0-9_]*\.?[0-9]*(?:[eE][+-]?[0-9]+)?|\.[0-9]+))|([\p{L}_][\p{L}\p{Nd}_]*)|("(?:[^"\\\n]|\\.)*"|`[^`]*`)|('(?:[^'\\]|\\.)+')|(:=|[|()=,.])/uy;

/** The tokens of an action. Space counts: it parts the operands of a call. */
export function templateTokens(content: string, line: number): TemplateToken[] {
  const kinds = ["space", "field", "variable", "number", "identifier", "string", "character", "mark"] as const;
  const tokens: TemplateToken[] = [];
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < content.length) {
    const at = tokenPattern.lastIndex;
    const match = tokenPattern.exec(content);
    if (match === null) {
      throw templateError(line, `unexpected ${JSON.stringify(content.charAt(at))} in command`);
    }
    const index = match.findIndex((group, i) => i > 0 && group !== undefined);
    tokens.push({ kind: kinds[index - 1] ?? "mark", text: match[0] });
  }
  return tokens;
}
