import { quote } from "../values/term-text.ts";
import { fromUtf8, toUtf8 } from "../values/utf8.ts";
import { addressFault } from "./address-fault.ts";
import { BuiltinError } from "./errors.ts";

/** Escapes all but unreserved characters; spaces become `+` in queries. */
export function escapeQuery(text: string): string {
  let escaped = "";
  for (const byte of toUtf8(text)) {
    const character = String.fromCharCode(byte);
    if (/^[A-Za-z0-9_.~-]$/.test(character)) escaped += character;
    else escaped += character === " " ? "+" : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return escaped;
}

export type UrlPart = "query" | "path" | "host" | "zone" | "userinfo" | "fragment";

/** Undoes percent signs (and `+` in queries). Throws a `BuiltinError` in Go's words. */
export function unescape(text: string, part: UrlPart): string {
  const isHost = part === "host" || part === "zone";
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === "%") {
      const escape = text.slice(at, at + 3);
      if (!/^%[0-9a-fA-F]{2}$/.test(escape)) throw invalidEscape(fromUtf8(toUtf8(escape).slice(0, 3)));
      // Hosts may only escape what is no ASCII, but for the percent sign of a zone.
      if (part === "host" && Number.parseInt(escape.charAt(1), 16) < 8 && escape !== "%25") throw invalidEscape(escape);
      if (part === "zone") checkZoneEscape(escape);
      at += 2;
    } else if (isHost && !/[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"\u0080-\uffff]/.test(character)) {
      throw new BuiltinError(`invalid character ${quote(character)} in host name`);
    }
  }
  const spaced = part === "query" ? text.replaceAll("+", " ") : text;
  if (!spaced.includes("%")) return spaced;
  const bytes: number[] = [];
  const source = toUtf8(spaced);
  for (let i = 0; i < source.length; i += 1) {
    if (source[i] === 0x25) {
      bytes.push(Number.parseInt(String.fromCharCode(source[i + 1] ?? 0, source[i + 2] ?? 0), 16));
      i += 2;
    } else {
      bytes.push(source[i] ?? 0);
    }
  }
  return fromUtf8(Uint8Array.from(bytes));
}

function checkZoneEscape(escape: string): void {
  const character = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
  if (escape !== "%25" && character !== " " && !/^[A-Za-z0-9_.~-]$/.test(character) && character < "\u0080") {
    throw invalidEscape(escape);
  }
}

function invalidEscape(escape: string): BuiltinError {
  return new BuiltinError(`invalid URL escape ${quote(escape)}`);
}

/** The values of a query by name, in order. */
export function parseQuery(query: string): Map<string, string[]> {
  const values = new Map<string, string[]>();
  let failure: BuiltinError | undefined;
  for (const pair of query.split("&")) {
    if (pair.includes(";")) {
      failure ??= new BuiltinError("invalid semicolon separator in query");
      continue;
    }
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    try {
      const key = unescape(equals < 0 ? pair : pair.slice(0, equals), "query");
      const value = unescape(equals < 0 ? "" : pair.slice(equals + 1), "query");
      const list = values.get(key);
      if (list === undefined) values.set(key, [value]);
      else list.push(value);
    } catch (error) {
      if (!(error instanceof BuiltinError)) throw error;
      failure ??= error;
    }
  }
  if (failure !== undefined) throw failure;
  return values;
}

/** The parts of a URL that builtins tell. */
export interface ParsedUrl {
  readonly scheme: string;
  readonly user: string | undefined;
  /** Host and port, unescaped. */
  readonly host: string;
  readonly path: string;
  /** The path as written, where its default escaping would not give that. */
  readonly rawPath: string;
  readonly rawQuery: string;
  readonly fragment: string;
  readonly opaque: string;
}

/** Parses a URL as Go's net/url does. */
export function parseUrl(text: string): ParsedUrl {
  const hash = text.indexOf("#");
  const whole = hash < 0 ? text : text.slice(0, hash);
  try {
    const url = parseWithoutFragment(whole);
    const rawFragment = hash < 0 ? "" : text.slice(hash + 1);
    return { ...url, fragment: inUrl(text, () => unescape(rawFragment, "fragment")) };
  } catch (error) {
    if (error instanceof BuiltinError && !error.message.startsWith("parse ")) {
      throw new BuiltinError(`parse ${quote(whole)}: ${error.message}`);
    }
    throw error;
  }
}

function inUrl<T>(text: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof BuiltinError) throw new BuiltinError(`parse ${quote(text)}: ${error.message}`);
    throw error;
  }
}

const empty: ParsedUrl = {
  scheme: "",
  user: undefined,
  host: "",
  path: "",
  rawPath: "",
  rawQuery: "",
  fragment: "",
  opaque: "",
};

function parseWithoutFragment(text: string): ParsedUrl {
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(text)) throw new BuiltinError("net/url: invalid control character in URL");
  if (text === "*") return { ...empty, path: "*" };
  const [scheme, afterScheme] = schemeOf(text);
  const question = afterScheme.indexOf("?");
  let rest = question < 0 ? afterScheme : afterScheme.slice(0, question);
  const rawQuery = question < 0 ? "" : afterScheme.slice(question + 1);
  if (!rest.startsWith("/")) {
    if (scheme !== "") return { ...empty, scheme, rawQuery, opaque: rest };
    const firstSegment = rest.split("/", 1)[0] ?? "";
    if (firstSegment.includes(":")) throw new BuiltinError("first path segment in URL cannot contain colon");
  }
  let authority: Pick<ParsedUrl, "user" | "host"> = { user: undefined, host: "" };
  if (rest.startsWith("//") && (scheme !== "" || !rest.startsWith("///"))) {
    const slash = rest.indexOf("/", 2);
    authority = parseAuthority(slash < 0 ? rest.slice(2) : rest.slice(2, slash), scheme);
    rest = slash < 0 ? "" : rest.slice(slash);
  }
  const path = unescape(rest, "path");
  return { ...empty, scheme, ...authority, rawQuery, path, rawPath: rest === defaultPath(path) ? "" : rest };
}

function schemeOf(text: string): readonly [scheme: string, rest: string] {
  for (let i = 0; i < text.length; i += 1) {
    const character = text.charAt(i);
    if (/[A-Za-z]/.test(character)) continue;
    if (/[0-9+.-]/.test(character)) {
      if (i === 0) return ["", text];
    } else if (character === ":") {
      if (i === 0) throw new BuiltinError("missing protocol scheme");
      return [text.slice(0, i).toLowerCase(), text.slice(i + 1)];
    } else {
      return ["", text];
    }
  }
  return ["", text];
}

/** How Go would write a path. */
function defaultPath(path: string): string {
  let escaped = "";
  for (const byte of toUtf8(path)) {
    const character = String.fromCharCode(byte);
    escaped += /^[A-Za-z0-9_.~$&+,/:;=@-]$/.test(character)
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return escaped;
}

function parseAuthority(authority: string, scheme: string): Pick<ParsedUrl, "user" | "host"> {
  const at = authority.lastIndexOf("@");
  const host = parseHost(authority.slice(at + 1), scheme);
  if (at < 0) return { user: undefined, host };
  const user = authority.slice(0, at);
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user)) throw new BuiltinError("net/url: invalid userinfo");
  return { user: unescape(user, "userinfo"), host };
}

function parseHost(host: string, scheme: string): string {
  const bracket = host.lastIndexOf("[");
  if (bracket > 0) throw new BuiltinError("invalid IP-literal");
  if (bracket === 0) return parseBracketed(host);
  const first = host.indexOf(":");
  if (first >= 0) {
    // Databases have lists of hosts, each with a port.
    const isStrict = scheme === "http" || scheme === "https";
    checkPort(host.slice(isStrict ? first : host.lastIndexOf(":")));
  }
  return unescape(host, "host");
}

/** An IPv6 address in brackets, perhaps with a zone, and what follows it. */
function parseBracketed(host: string): string {
  const end = host.lastIndexOf("]");
  if (end < 0) throw new BuiltinError("missing ']' in host");
  checkPort(host.slice(end + 1));
  const port = unescape(host.slice(end + 1), "host");
  const written = host.slice(1, end);
  const zone = written.indexOf("%25");
  const address =
    zone < 0
      ? unescape(written, "host")
      : unescape(written.slice(0, zone), "host") + unescape(written.slice(zone), "zone");
  const fault = addressFault(address);
  if (fault !== undefined) throw new BuiltinError(`invalid host: ${fault}`);
  if (!address.includes(":")) throw new BuiltinError("invalid IP-literal");
  return `[${address}]${port}`;
}

function checkPort(port: string): void {
  if (!/^(?::[0-9]*)?$/.test(port)) throw new BuiltinError(`invalid port ${quote(port)} after host`);
}

/** The host without port and brackets, and the port. */
export function splitHost(host: string): readonly [hostname: string, port: string] {
  const colon = host.lastIndexOf(":");
  const hasPort = colon >= 0 && /^:[0-9]*$/.test(host.slice(colon));
  const name = hasPort ? host.slice(0, colon) : host;
  const bare = name.startsWith("[") && name.endsWith("]") ? name.slice(1, -1) : name;
  return [bare, hasPort ? host.slice(colon + 1) : ""];
}
