import { BuiltinError } from "./errors.ts";

/*
 * Glob patterns as OPA's library reads them: `*` and `?` stop at separators, `**` does not, `[a-c]`, `[!abc]`,
 * `{one,two}`, and a backslash takes the next character as it is.
 */

type GlobNode =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "any" | "super" | "single" }
  | { readonly kind: "class"; readonly negated: boolean; readonly ranges: readonly (readonly [number, number])[] }
  | { readonly kind: "choice"; readonly choices: readonly (readonly GlobNode[])[] };

export class Glob {
  readonly #separators: ReadonlySet<number>;
  readonly #program: readonly Step[];
  /** The whole pattern where it is a plain text, perhaps with a star at its end. */
  readonly #prefix: string | undefined;
  readonly #star: "none" | "any" | "super" = "none";

  /** Throws a `BuiltinError` for a pattern that does not parse. */
  constructor(pattern: string, separators: readonly string[]) {
    this.#separators = new Set(separators.map((separator) => separator.codePointAt(0) ?? 0));
    const nodes = new GlobParser(pattern).parse();
    const [text, star] = nodes;
    if (nodes.length <= 2 && text?.kind === "text" && (star === undefined || isStar(star))) {
      this.#prefix = text.text;
      if (star !== undefined && isStar(star)) this.#star = star.kind;
    }
    this.#program = compile(nodes);
  }

  matches(text: string): boolean {
    if (this.#prefix !== undefined) {
      if (this.#star === "none") return text === this.#prefix;
      if (!text.startsWith(this.#prefix)) return false;
      return this.#star === "super" || !this.#hasSeparator(text.slice(this.#prefix.length));
    }
    return this.#run(text);
  }

  #hasSeparator(text: string): boolean {
    if (this.#separators.size === 0) return false;
    for (const character of text) if (this.#separators.has(character.codePointAt(0) ?? 0)) return true;
    return false;
  }

  /** Runs all ways at once, so that the time is linear in the text. */
  #run(text: string): boolean {
    let current = new Set<number>();
    this.#enter(current, 0);
    for (const character of text) {
      const code = character.codePointAt(0) ?? 0;
      const next = new Set<number>();
      for (const at of current) this.#advance(next, at, code);
      if (next.size === 0) return false;
      current = next;
    }
    return current.has(this.#program.length);
  }

  #enter(states: Set<number>, at: number): void {
    if (states.has(at)) return;
    const step = this.#program[at];
    if (step?.kind === "fork") for (const target of step.targets) this.#enter(states, target);
    else {
      states.add(at);
      if (step?.kind === "star") this.#enter(states, at + 1);
    }
  }

  #advance(next: Set<number>, at: number, code: number): void {
    const step = this.#program[at];
    switch (step?.kind) {
      case "star":
        if (!step.stops || !this.#separators.has(code)) this.#enter(next, at);
        break;
      case "single":
        if (!this.#separators.has(code)) this.#enter(next, at + 1);
        break;
      case "class":
        if (step.ranges.some(([low, high]) => low <= code && code <= high) !== step.negated) this.#enter(next, at + 1);
        break;
      case "fork":
      case undefined:
        break;
    }
  }
}

function isStar(node: GlobNode): node is { kind: "any" | "super" } {
  return node.kind === "any" || node.kind === "super";
}

type Step =
  | { readonly kind: "star"; readonly stops: boolean }
  | { readonly kind: "single" }
  | { readonly kind: "class"; readonly negated: boolean; readonly ranges: readonly (readonly [number, number])[] }
  | { readonly kind: "fork"; readonly targets: number[] };

function compile(nodes: readonly GlobNode[]): Step[] {
  const program: Step[] = [];
  for (const node of nodes) compileNode(program, node);
  return program;
}

function compileNode(program: Step[], node: GlobNode): void {
  switch (node.kind) {
    case "text":
      for (const character of node.text) {
        const code = character.codePointAt(0) ?? 0;
        program.push({ kind: "class", negated: false, ranges: [[code, code]] });
      }
      break;
    case "any":
    case "super":
      program.push({ kind: "star", stops: node.kind === "any" });
      break;
    case "single":
      program.push({ kind: "single" });
      break;
    case "class":
      program.push({ kind: "class", negated: node.negated, ranges: node.ranges });
      break;
    case "choice":
      compileChoice(program, node.choices);
      break;
  }
}

function compileChoice(program: Step[], choices: readonly (readonly GlobNode[])[]): void {
  const starts: number[] = [];
  const exits: number[][] = [];
  program.push({ kind: "fork", targets: starts });
  for (const choice of choices) {
    starts.push(program.length);
    for (const node of choice) compileNode(program, node);
    const exit: number[] = [];
    exits.push(exit);
    program.push({ kind: "fork", targets: exit });
  }
  for (const exit of exits) exit.push(program.length);
}

class GlobParser {
  readonly #pattern: string;
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  parse(): GlobNode[] {
    const nodes = this.#sequence(0);
    return nodes;
  }

  #error(reason: string): BuiltinError {
    return new BuiltinError(
      `glob: syntax error at ${new TextEncoder().encode(this.#pattern.slice(0, this.#at)).length}: ${reason}`,
    );
  }

  #sequence(level: number): GlobNode[] {
    const nodes: GlobNode[] = [];
    while (this.#at < this.#pattern.length) {
      const character = this.#pattern.charAt(this.#at);
      if (level > 0 && (character === "," || character === "}")) return nodes;
      nodes.push(this.#node(character, level));
    }
    if (level > 0) throw this.#error("unclosed `{`");
    return nodes.filter((node) => node.kind !== "text" || node.text !== "");
  }

  #node(character: string, level: number): GlobNode {
    switch (character) {
      case "?":
        this.#at += 1;
        return { kind: "single" };
      case "*":
        this.#at += 1;
        if (this.#pattern.charAt(this.#at) !== "*") return { kind: "any" };
        this.#at += 1;
        return { kind: "super" };
      case "[":
        this.#at += 1;
        return this.#class();
      case "{":
        this.#at += 1;
        return this.#choice(level + 1);
      default:
        return { kind: "text", text: this.#text(level > 0 ? "?*[{}," : "?*[{") };
    }
  }

  #choice(level: number): GlobNode {
    const choices: GlobNode[][] = [];
    for (;;) {
      choices.push(this.#sequence(level));
      const end = this.#pattern.charAt(this.#at);
      this.#at += 1;
      if (end === "}") return { kind: "choice", choices };
    }
  }

  /** Characters up to one of `stops`, with backslashes undone. */
  #text(stops: string): string {
    let text = "";
    while (this.#at < this.#pattern.length) {
      const character = this.#pattern.charAt(this.#at);
      if (stops.includes(character)) break;
      this.#at += 1;
      if (character === "\\") {
        if (this.#at >= this.#pattern.length) throw this.#error("trailing backslash");
        text += this.#pattern.charAt(this.#at);
        this.#at += 1;
      } else {
        text += character;
      }
    }
    return text;
  }

  #class(): GlobNode {
    const negated = this.#pattern.charAt(this.#at) === "!";
    if (negated) this.#at += 1;
    const low = this.#pattern.codePointAt(this.#at);
    if (low === undefined) throw this.#error("unexpected end of input");
    const after = this.#at + (low > 0xffff ? 2 : 1);
    if (this.#pattern.charAt(after) !== "-") return this.#characters(negated);
    const high = this.#pattern.codePointAt(after + 1);
    this.#at = after + 1;
    if (high === undefined) throw this.#error("unexpected end of input");
    this.#at += high > 0xffff ? 2 : 1;
    this.#close();
    if (high < low) throw this.#error("range hi character is less than lo");
    return { kind: "class", negated, ranges: [[low, high]] };
  }

  #characters(negated: boolean): GlobNode {
    const text = this.#text("]");
    if (text === "" && this.#at < this.#pattern.length) {
      this.#at += 1;
      throw this.#error("could not parse range");
    }
    this.#close();
    const ranges = Array.from(text, (character): [number, number] => {
      const code = character.codePointAt(0) ?? 0;
      return [code, code];
    });
    return { kind: "class", negated, ranges };
  }

  #close(): void {
    const character = this.#pattern.charAt(this.#at);
    if (character === "") throw this.#error("unexpected end of input");
    this.#at += 1;
    if (character !== "]") throw this.#error("expected close range character");
  }
}
