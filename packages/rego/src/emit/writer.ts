/** Writes JavaScript line by line, and remembers which blocks are open. */
export class JsWriter {
  readonly #lines: string[] = [];
  readonly #declarations: string[] = [];
  #depth = 0;

  get depth(): number {
    return this.#depth;
  }

  line(text: string): void {
    this.#lines.push(text);
  }

  /** Keeps a place for a line that may turn out to be needed, and returns what writes it. */
  reserve(): (text: string) => void {
    const at = this.#lines.push("") - 1;
    return (text) => {
      this.#lines[at] = text;
    };
  }

  /** Declares a variable at the start of the function, right after its header. */
  declare(name: string): void {
    this.#declarations.push(`let ${name};`);
  }

  /** Opens a block, whose header ends in `{`. */
  open(header: string): void {
    this.#lines.push(header);
    this.#depth += 1;
  }

  /** Closes blocks until only `depth` are open. */
  closeTo(depth: number): void {
    while (this.#depth > depth) {
      this.#lines.push("}");
      this.#depth -= 1;
    }
  }

  text(): string {
    const [header = "", ...rest] = this.#lines;
    return [header, ...this.#declarations, ...rest.filter((line) => line !== "")].join("\n");
  }
}

/** A string as a literal that no line separator, quote or backtick of its own can end. */
export function stringLiteral(text: string): string {
  const literal = JSON.stringify(text);
  return /[\u2028\u2029]/.test(literal)
    ? literal.replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029")
    : literal;
}
