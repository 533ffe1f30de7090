import type { Position, Region } from "../diagnostic.ts";
import type { Path } from "../json.ts";
import type { FileOrigin } from "../origin.ts";
import { type DocumentSlice, splitDocuments } from "../yaml/documents.ts";
import { locateInDocument } from "../yaml/locate.ts";

/** A text that objects were read from. Line tables and documents are computed when first asked for. */
export class SourceFile {
  /** As the user named it. */
  readonly file: string;
  /** Without a byte order mark. */
  readonly text: string;
  /** Whether the file began with a byte order mark, which whoever writes the text back must put before it. */
  readonly byteOrderMark: boolean;
  readonly rendered: "helm" | "kustomize" | undefined;
  #lineStarts: number[] | undefined;
  #latest: { readonly index: number; readonly text: string } | undefined;
  #documents: readonly DocumentSlice[] | undefined;

  constructor(
    file: string,
    text: string,
    options: { readonly byteOrderMark?: boolean; readonly rendered?: "helm" | "kustomize" } = {},
  ) {
    this.file = file;
    this.text = text;
    this.byteOrderMark = options.byteOrderMark ?? false;
    this.rendered = options.rendered;
  }

  /** The stretches of text that `FileOrigin.document` counts. */
  get documents(): readonly DocumentSlice[] {
    this.#documents ??= splitDocuments(this.text);
    return this.#documents;
  }

  /** One document's text. The same string each time while one document is asked for, so that who parsed it can tell at once. */
  documentText(index: number): string {
    if (this.#latest?.index !== index) {
      const slice = this.documents[index];
      this.#latest = { index, text: slice === undefined ? "" : this.text.slice(slice.start, slice.end) };
    }
    return this.#latest.text;
  }

  position(offset: number): Position {
    this.#lineStarts ??= lineStarts(this.text);
    const starts = this.#lineStarts;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1, offset };
  }

  region(start: number, end: number): Region {
    return { start: this.position(start), end: this.position(end) };
  }

  /** The region of a whole line, counted from 1, without its break. */
  line(number: number): Region {
    this.#lineStarts ??= lineStarts(this.text);
    const index = Math.min(Math.max(number, 1), this.#lineStarts.length) - 1;
    const start = this.#lineStarts[index] ?? 0;
    const next = this.#lineStarts[index + 1] ?? this.text.length;
    const content = this.text.slice(start, next).replace(/[\r\n]+$/, "");
    return this.region(start, start + content.length);
  }
}

/** Offsets of line starts: lines end with LF, CRLF or a lone CR, as YAML has it. */
function lineStarts(text: string): number[] {
  const starts = [0];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 10 || (code === 13 && text.charCodeAt(index + 1) !== 10)) starts.push(index + 1);
  }
  return starts;
}

/** Where an object or artifact stands in a source file. One small instance an object: places are computed on demand. */
export class SourceOrigin implements FileOrigin {
  readonly kind = "file";
  readonly source: SourceFile;
  readonly document: number;
  readonly base: Path;

  constructor(source: SourceFile, document: number, base: Path) {
    this.source = source;
    this.document = document;
    this.base = base;
  }

  get file(): string {
    return this.source.file;
  }

  get rendered(): "helm" | "kustomize" | undefined {
    return this.source.rendered;
  }

  locate(path: Path): Region {
    const [first, line] = path;
    const slice = this.source.documents[this.document];
    if (slice === undefined || this.document < 0) {
      return this.source.line(first === "line" && typeof line === "number" ? line : 1);
    }
    const range = locateInDocument(this.source.documentText(this.document), [...this.base, ...path]);
    return this.source.region(slice.start + range.start, slice.start + range.end);
  }
}
