/** A variable expansion in a word: `$NAME`, `${NAME}`, `${NAME:-default}`. */
export interface ShellExpansion {
  readonly name: string;
  /** Inside double quotes, so that its value stays one word. */
  readonly quoted: boolean;
  /** The operator and word after the name, as in `:-default`; empty for a plain expansion. */
  readonly modifier: string;
}

export interface ShellWord {
  /** Quotes and escapes taken away; expansions and command substitutions stay as they are written. */
  readonly text: string;
  /** As written. */
  readonly raw: string;
  /** From 1. */
  readonly line: number;
  readonly expansions: readonly ShellExpansion[];
  /** Holds a command substitution, so that its value is not to be seen. */
  readonly substitutes: boolean;
}

export interface ShellRedirect {
  /** `>`, `>>`, `<`, `2>`, `&>`, `<<<`, ...; here-documents (`<<`) have their delimiter as target. */
  readonly operator: string;
  readonly target: ShellWord;
}

export interface ShellAssignment {
  readonly name: string;
  readonly value: ShellWord;
}

/** One simple command. Commands inside `$(...)`, backticks and subshells are commands of their own, listed where they start. */
export interface ShellCommand {
  readonly line: number;
  readonly words: readonly ShellWord[];
  /** `NAME=value` before the command, or alone. */
  readonly assignments: readonly ShellAssignment[];
  readonly redirects: readonly ShellRedirect[];
  /** What joins it to the next command; empty for the end of a line or `;`. */
  readonly connector: "" | "|" | "||" | "&&" | "&";
  /** Commands joined by `|` share a number. */
  readonly pipeline: number;
}

const KEYWORDS = new Set("if then elif else fi while until do done esac { } ! time".split(" "));

/**
 * The simple commands of a POSIX or bash script, in the order of their first word. Text that no shell would take (an open
 * quote) is read to its end: a script that is being judged need not be right.
 */
export function parseShell(text: string, firstLine = 1): readonly ShellCommand[] {
  return new ShellReader(text, firstLine).read();
}

/** The commands that feed `command` and that it feeds, itself included, in order. */
export function pipelineOf(commands: readonly ShellCommand[], command: ShellCommand): readonly ShellCommand[] {
  return commands.filter(({ pipeline }) => pipeline === command.pipeline);
}

interface Draft {
  line: number;
  words: ShellWord[];
  assignments: ShellAssignment[];
  redirects: ShellRedirect[];
  connector: ShellCommand["connector"];
  pipeline: number;
}

class ShellReader {
  readonly #text: string;
  readonly #commands: Draft[] = [];
  readonly #heredocs: { delimiter: string; stripTabs: boolean }[] = [];
  #at = 0;
  #line: number;
  #pipelines = 0;
  #depth = 0;

  constructor(text: string, firstLine: number) {
    this.#text = text;
    this.#line = firstLine;
  }

  read(): readonly ShellCommand[] {
    while (this.#at < this.#text.length) {
      this.#list();
      this.#next();
    }
    return this.#commands.filter(
      ({ words, assignments, redirects }) => words.length + assignments.length + redirects.length > 0,
    );
  }

  #peek(offset = 0): string {
    return this.#text[this.#at + offset] ?? "";
  }

  #next(): string {
    const char = this.#peek();
    this.#at += 1;
    if (char === "\n") this.#line += 1;
    return char;
  }

  #take(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    for (let index = 0; index < text.length; index++) this.#next();
    return true;
  }

  #begin(pipeline?: number): Draft {
    if (pipeline === undefined) this.#pipelines += 1;
    const draft: Draft = {
      line: this.#line,
      words: [],
      assignments: [],
      redirects: [],
      connector: "",
      pipeline: pipeline ?? this.#pipelines,
    };
    this.#commands.push(draft);
    return draft;
  }

  /** Commands up to a `)` that is not ours, or the end. */
  #list(): void {
    let command = this.#begin();
    while (this.#at < this.#text.length) {
      const char = this.#peek();
      if (char === " " || char === "\t" || char === "\r") this.#next();
      else if (char === "\\" && /^\\\r?\n/.test(this.#text.slice(this.#at, this.#at + 3))) this.#continueLine();
      else if (char === "#") this.#skipComment();
      else if (char === "\n") {
        this.#next();
        this.#skipHeredocs();
        command = this.#begin();
      } else if (char === ")") return;
      else if (char === "(") {
        this.#next();
        this.#nested();
        command = this.#begin();
      } else if (char === ";") {
        this.#next();
        command = this.#begin();
      } else if (this.#take("&&")) command = this.#join(command, "&&");
      else if (this.#take("||")) command = this.#join(command, "||");
      else if (this.#take("|&") || this.#take("|")) command = this.#join(command, "|");
      else if (char === "&" && this.#peek(1) !== ">") {
        this.#next();
        command = this.#join(command, "&");
      } else if (
        /^(?:\d*(?:<<<|<<-?|<>|<&|>>|>&|>\||[<>])|&>>?)/.test(this.#text.slice(this.#at, this.#at + 8)) &&
        !/^<\(|^>\(/.test(this.#text.slice(this.#at, this.#at + 2))
      )
        this.#redirect(command);
      else this.#commandWord(command);
    }
  }

  #join(command: Draft, connector: ShellCommand["connector"]): Draft {
    command.connector = connector;
    return this.#begin(connector === "|" ? command.pipeline : undefined);
  }

  #commandWord(command: Draft): void {
    if (command.words.length + command.assignments.length === 0) command.line = this.#line;
    const word = this.#word();
    if (command.words.length === 0) {
      if (KEYWORDS.has(word.raw)) return;
      const assignment = /^([A-Za-z_]\w*)\+?=/.exec(word.raw);
      if (assignment?.[1] !== undefined) {
        const text = word.text.slice(word.text.indexOf("=") + 1);
        command.assignments.push({ name: assignment[1], value: { ...word, text } });
        return;
      }
    }
    command.words.push(word);
  }

  #redirect(command: Draft): void {
    const operator =
      /^(?:\d*(?:<<<|<<-?|<>|<&|>>|>&|>\||[<>])|&>>?)/.exec(this.#text.slice(this.#at, this.#at + 8))?.[0] ?? "";
    this.#take(operator);
    while (this.#peek() === " " || this.#peek() === "\t") this.#next();
    const target = this.#word();
    command.redirects.push({ operator, target });
    if (/<<-?$/.test(operator)) this.#heredocs.push({ delimiter: target.text, stripTabs: operator.endsWith("-") });
  }

  #word(): ShellWord {
    const start = this.#at;
    const line = this.#line;
    const expansions: ShellExpansion[] = [];
    const seen = { substitutes: false };
    let text = "";
    while (this.#at < this.#text.length) {
      const char = this.#peek();
      if (/[\s;|&()<>]/.test(char)) {
        if ((char === "<" || char === ">") && this.#peek(1) === "(" && text === "") text += this.#substitution(2, seen);
        else break;
      } else if (char === "'") text += this.#singleQuoted();
      else if (char === '"') text += this.#doubleQuoted(expansions, seen);
      else if (char === "\\") {
        this.#next();
        const escaped = this.#next();
        if (escaped !== "\n") text += escaped;
      } else if (char === "$" && this.#peek(1) === "'") {
        this.#next();
        text += this.#singleQuoted();
      } else text += this.#plainOrExpansion(false, expansions, seen);
    }
    if (this.#at === start) text += this.#next();
    return { text, raw: this.#text.slice(start, this.#at), line, expansions, substitutes: seen.substitutes };
  }

  #singleQuoted(): string {
    this.#next();
    let text = "";
    while (this.#at < this.#text.length && this.#peek() !== "'") text += this.#next();
    this.#next();
    return text;
  }

  #doubleQuoted(expansions: ShellExpansion[], seen: { substitutes: boolean }): string {
    this.#next();
    let text = "";
    while (this.#at < this.#text.length && this.#peek() !== '"') {
      if (this.#peek() === "\\" && /["\\$`\n]/.test(this.#peek(1))) {
        this.#next();
        const escaped = this.#next();
        if (escaped !== "\n") text += escaped;
      } else text += this.#plainOrExpansion(true, expansions, seen);
    }
    this.#next();
    return text;
  }

  #plainOrExpansion(quoted: boolean, expansions: ShellExpansion[], seen: { substitutes: boolean }): string {
    const char = this.#peek();
    if (char === "`") return this.#backticks(seen);
    if (char !== "$") return this.#next();
    if (this.#text.startsWith("$((", this.#at)) return this.#arithmetic();
    if (this.#peek(1) === "(") return this.#substitution(2, seen);
    const rest = this.#text.slice(this.#at, this.#at + 4096);
    const match = /^\$(?:([A-Za-z_]\w*|[\d@*#?$!-])|\{([#!]?)([A-Za-z_]\w*|[\d@*#?$!-])((?:\[[^\]]*\])?[^}]*)\})/.exec(
      rest,
    );
    if (match === null) return this.#next();
    this.#take(match[0]);
    expansions.push({ name: match[1] ?? match[3] ?? "", quoted, modifier: match[4] ?? "" });
    return match[0];
  }

  #arithmetic(): string {
    const start = this.#at;
    const end = this.#text.indexOf("))", this.#at);
    const stop = end < 0 ? this.#text.length : end + 2;
    while (this.#at < stop) this.#next();
    return this.#text.slice(start, stop);
  }

  #backticks(seen: { substitutes: boolean }): string {
    seen.substitutes = true;
    const start = this.#at;
    this.#next();
    const inner = this.#at;
    const line = this.#line;
    while (this.#at < this.#text.length && this.#peek() !== "`") this.#next();
    const nested = new ShellReader(this.#text.slice(inner, this.#at), line).read();
    for (const command of nested) this.#adopt(command);
    this.#next();
    return this.#text.slice(start, this.#at);
  }

  #adopt(command: ShellCommand): void {
    this.#commands.push({
      ...command,
      words: [...command.words],
      assignments: [...command.assignments],
      redirects: [...command.redirects],
      pipeline: -this.#commands.length - command.pipeline,
    });
  }

  #substitution(opening: number, seen: { substitutes: boolean }): string {
    seen.substitutes = true;
    const start = this.#at;
    for (let index = 0; index < opening; index++) this.#next();
    this.#nested();
    return this.#text.slice(start, this.#at);
  }

  /** After an opening bracket: its commands and the closing bracket. Hostile nesting ends the script instead of the stack. */
  #nested(): void {
    if (this.#depth >= 200) {
      this.#at = this.#text.length;
      return;
    }
    this.#depth += 1;
    this.#list();
    this.#depth -= 1;
    if (this.#at < this.#text.length) this.#next();
  }

  #continueLine(): void {
    while (this.#peek() !== "\n") this.#next();
    this.#next();
  }

  #skipComment(): void {
    while (this.#at < this.#text.length && this.#peek() !== "\n") this.#next();
  }

  #skipHeredocs(): void {
    for (const { delimiter, stripTabs } of this.#heredocs.splice(0)) {
      while (this.#at < this.#text.length) {
        let content = "";
        while (this.#at < this.#text.length && this.#peek() !== "\n") content += this.#next();
        this.#next();
        const candidate = content.endsWith("\r") ? content.slice(0, -1) : content;
        if ((stripTabs ? candidate.replace(/^\t+/, "") : candidate) === delimiter) break;
      }
    }
  }
}
