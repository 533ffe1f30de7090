import { type BuiltinError } from "../errors.ts";
import { fromUtf8 } from "../../values/utf8.ts";
import { type Mark, type Source, yamlError } from "./source.ts";
import type { Token } from "./token.ts";

/** `%YAML 1.1` and `%TAG ! prefix`. */
export function scanDirective(source: Source): Token {
  const start = source.mark;
  const fault = (problem: string): BuiltinError => yamlError(problem, "scanner", start, source.mark);
  source.skip();
  const name = nameIn(source);
  if (name === "") throw fault("could not find expected directive name");
  if (!source.isBlankBreakOrEnd()) throw fault("found unexpected non-alphabetical character");
  let token: Token;
  if (name === "YAML") {
    skipBlanks(source);
    const major = versionNumber(source, start);
    if (!source.is(".")) throw fault("did not find expected digit or '.' character");
    source.skip();
    const minor = versionNumber(source, start);
    token = { type: "versionDirective", major, minor, start, end: source.mark };
  } else if (name === "TAG") {
    skipBlanks(source);
    const handle = tagHandle(source, start, true);
    if (!source.isBlank()) throw fault("did not find expected whitespace");
    skipBlanks(source);
    const prefix = tagUri(source, start, "");
    if (!source.isBlankBreakOrEnd()) throw fault("did not find expected whitespace or line break");
    token = { type: "tagDirective", handle, prefix, start, end: source.mark };
  } else {
    throw fault("found unknown directive name");
  }
  skipBlanks(source);
  if (source.is("#")) while (!source.isBreakOrEnd()) source.skip();
  if (!source.isBreakOrEnd()) throw fault("did not find expected comment or line break");
  if (source.isBreak()) source.readBreak();
  return token;
}

function skipBlanks(source: Source): void {
  while (source.isBlank()) source.skip();
}

function nameIn(source: Source): string {
  let name = "";
  while (source.isNameCharacter()) name += source.read();
  return name;
}

function versionNumber(source: Source, start: Mark): number {
  let digits = "";
  while (source.isDigit()) {
    if (digits.length === 2) throw yamlError("found extremely long version number", "scanner", start, source.mark);
    digits += source.read();
  }
  if (digits === "") throw yamlError("did not find expected version number", "scanner", start, source.mark);
  return Number(digits);
}

/** `&name` and `*name`. */
export function scanAnchor(source: Source, type: "alias" | "anchor"): Token {
  const start = source.mark;
  source.skip();
  const name = nameIn(source);
  const { mark: end } = source;
  if (name === "" || !(source.isBlankBreakOrEnd() || source.isOneOf("?:,]}%@`"))) {
    throw yamlError("did not find expected alphabetic or numeric character", "scanner", start, end);
  }
  return { type, name, start, end };
}

/** `!<uri>`, `!suffix`, `!!suffix` and `!handle!suffix`. */
export function scanTag(source: Source): Token {
  const start = source.mark;
  let handle = "";
  let suffix: string;
  if (source.is("<", 1)) {
    source.skip(2);
    suffix = tagUri(source, start, "");
    if (!source.is(">")) throw yamlError("did not find the expected '>'", "scanner", start, source.mark);
    source.skip();
  } else {
    handle = tagHandle(source, start, false);
    if (handle.length > 1 && handle.endsWith("!")) {
      suffix = tagUri(source, start, "");
    } else {
      suffix = tagUri(source, start, handle);
      handle = "!";
      // A tag of `!` alone.
      if (suffix === "") [handle, suffix] = [suffix, handle];
    }
  }
  if (!source.isBlankBreakOrEnd()) {
    throw yamlError("did not find expected whitespace or line break", "scanner", start, source.mark);
  }
  return { type: "tag", handle, suffix, start, end: source.mark };
}

function tagHandle(source: Source, start: Mark, inDirective: boolean): string {
  if (!source.is("!")) throw yamlError("did not find expected '!'", "scanner", start, source.mark);
  let handle = source.read() + nameIn(source);
  if (source.is("!")) handle += source.read();
  else if (inDirective && handle !== "!") throw yamlError("did not find expected '!'", "scanner", start, source.mark);
  return handle;
}

/** The rest of a tag; `head` is what was read of it for a handle. */
function tagUri(source: Source, start: Mark, head: string): string {
  let uri = head.slice(1);
  let isThere = head !== "";
  while (source.isNameCharacter() || source.isOneOf(";/?:@&=+$,.!~*'()[]%")) {
    uri += source.is("%") ? escapedCharacter(source, start) : source.read();
    isThere = true;
  }
  if (!isThere) throw yamlError("did not find expected tag URI", "scanner", start, source.mark);
  return uri;
}

/** A character of as many octets, each `%` and two digits, as the first of them says. */
function escapedCharacter(source: Source, start: Mark): string {
  const octets: number[] = [];
  let length = 1;
  do {
    if (!(source.is("%") && source.isHexDigit(1) && source.isHexDigit(2))) {
      throw yamlError("did not find URI escaped octet", "scanner", start, source.mark);
    }
    const octet = Number.parseInt(source.peek(3).slice(1), 16);
    if (octets.length === 0) {
      length = octetCount(octet);
      if (length === 0) throw yamlError("found an incorrect leading UTF-8 octet", "scanner", start, source.mark);
    } else if ((octet & 0xc0) !== 0x80) {
      throw yamlError("found an incorrect trailing UTF-8 octet", "scanner", start, source.mark);
    }
    octets.push(octet);
    source.skip(3);
  } while (octets.length < length);
  return fromUtf8(Uint8Array.from(octets));
}

function octetCount(first: number): number {
  if ((first & 0x80) === 0) return 1;
  if ((first & 0xe0) === 0xc0) return 2;
  if ((first & 0xf0) === 0xe0) return 3;
  return (first & 0xf8) === 0xf0 ? 4 : 0;
}
