import type { Position } from "./ast.ts";

/** What is wrong with a document, in the words of vektah/gqlparser. */
export class GraphqlError extends Error {
  override readonly name = "GraphqlError";
  readonly position: Position | undefined;

  constructor(message: string, position: Position | undefined) {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = limit;
    this.position = position;
  }
}

/** An error of a document's text or of a schema. One whose place is not known is shown at -1. */
export function placedText({ message, position }: GraphqlError): string {
  if (position === undefined) return `input:-1:-1: ${message}`;
  return `${position.source === "" ? "input" : position.source}:${position.line}:${position.column}: ${message}`;
}

/** What validation found, one error a line. */
export function listText(errors: readonly GraphqlError[]): string {
  return errors
    .map((error) => (error.position === undefined ? `input: ${error.message}\n` : `${placedText(error)}\n`))
    .join("");
}

/** An error's text as OPA hands it on: with the place behind, where there is one. */
export function opaText(text: string): string {
  const match = /^[^:]*:([0-9]+):([0-9]+):([^]*)$/.exec(text);
  if (match === null) return `GraphQL parse error: ${text}`;
  const [, line = "", column = "", rest = ""] = match;
  return `${rest.replace(/^ +/, "").replace(/\.\n$/, "")} in GraphQL string at location ${Number(line)}:${Number(column)}`;
}
