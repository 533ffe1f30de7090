/** URLs as Go's net/url reads them, errors included. */
import { goQuote } from "./go-quote.ts";

export interface ParsedUrl {
  readonly scheme: string;
  /** With the port, decoded. */
  readonly host: string;
  readonly escapedPath: string;
  readonly query: ReadonlyMap<string, readonly string[]>;
  /** Put together again: what equality compares. */
  readonly text: string;
}

/** What a part of a URL may be unescaped or written as. */
type Part = "path" | "host" | "query" | "fragment" | "user";

class UrlError extends Error {}

/** A string says what is wrong. With `isRequest` only absolute URIs and absolute paths are taken, and `#` starts no fragment. */
export function parseUrl(text: string, isRequest: boolean): ParsedUrl | string {
  const hash = isRequest ? -1 : text.indexOf("#");
  const withoutFragment = hash < 0 ? text : text.slice(0, hash);
  try {
    return parse(withoutFragment, hash < 0 ? "" : text.slice(hash + 1), isRequest);
  } catch (error) {
    if (!(error instanceof UrlError)) throw error;
    return `parse ${goQuote(withoutFragment)}: ${error.message}`;
  }
}

function parse(text: string, fragment: string, isRequest: boolean): ParsedUrl {
  if (hasControlCharacter(text)) throw new UrlError("net/url: invalid control character in URL");
  if (text === "" && isRequest) throw new UrlError("empty url");
  if (text === "*") return { scheme: "", host: "", escapedPath: "*", query: new Map(), text: "*" };
  const { scheme, rest: afterScheme } = splitScheme(text);
  const question = afterScheme.indexOf("?");
  const query = question < 0 ? undefined : afterScheme.slice(question + 1);
  const rest = question < 0 ? afterScheme : afterScheme.slice(0, question);
  const parts = { scheme, query, fragment };
  if (!rest.startsWith("/")) {
    if (scheme !== "") return assembled({ ...parts, opaque: rest, user: "", host: "", path: "", hasAuthority: false });
    if (isRequest) throw new UrlError("invalid URI for request");
    const [segment = ""] = rest.split("/");
    if (segment.includes(":")) throw new UrlError("first path segment in URL cannot contain colon");
  }
  const hasAuthority = rest.startsWith("//") && (scheme !== "" || (!isRequest && !rest.startsWith("///")));
  if (!hasAuthority) return assembled({ ...parts, opaque: "", user: "", host: "", path: rest, hasAuthority });
  const slash = rest.indexOf("/", 2);
  const { user, host } = parseAuthority(slash < 0 ? rest.slice(2) : rest.slice(2, slash));
  return assembled({ ...parts, opaque: "", user, host, path: slash < 0 ? "" : rest.slice(slash), hasAuthority });
}

function hasControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x20 || unit === 0x7f) return true;
  }
  return false;
}

function splitScheme(text: string): { readonly scheme: string; readonly rest: string } {
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? "";
    if (/[A-Za-z]/.test(character)) continue;
    if (/[0-9+.-]/.test(character) && index > 0) continue;
    if (character !== ":") break;
    if (index === 0) throw new UrlError("missing protocol scheme");
    return { scheme: text.slice(0, index).toLowerCase(), rest: text.slice(index + 1) };
  }
  return { scheme: "", rest: text };
}

function parseAuthority(authority: string): { readonly user: string; readonly host: string } {
  const at = authority.lastIndexOf("@");
  const host = parseHost(authority.slice(at + 1));
  if (at < 0) return { user: "", host };
  const user = authority.slice(0, at);
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user)) throw new UrlError("net/url: invalid userinfo");
  unescape(user, "user");
  return { user, host };
}

function parseHost(host: string): string {
  if (host.startsWith("[")) {
    const close = host.lastIndexOf("]");
    if (close < 0) throw new UrlError("missing ']' in host");
    checkPort(host.slice(close + 1));
    const zone = host.slice(0, close).indexOf("%25");
    if (zone >= 0)
      return unescape(host.slice(0, zone), "host") + unescape(host.slice(zone, close), "path") + host.slice(close);
  } else if (host.includes(":")) {
    checkPort(host.slice(host.lastIndexOf(":")));
  }
  return unescape(host, "host");
}

function checkPort(port: string): void {
  if (port !== "" && !/^:[0-9]*$/.test(port)) throw new UrlError(`invalid port ${goQuote(port)} after host`);
}

const HOST_CHARACTERS = /^[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"]$/;

function unescape(text: string, part: Part): string {
  const bytes: number[] = [];
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? "";
    if (character === "%") {
      const escape = text.slice(index, index + 3);
      if (!/^%[0-9a-fA-F]{2}$/.test(escape)) throw new UrlError(`invalid URL escape ${goQuote(escape)}`);
      const byte = Number.parseInt(escape.slice(1), 16);
      if (part === "host" && byte < 0x80 && escape !== "%25")
        throw new UrlError(`invalid URL escape ${goQuote(escape)}`);
      bytes.push(byte);
      index += 2;
    } else if (character === "+" && part === "query") {
      bytes.push(0x20);
    } else if (part === "host" && character.charCodeAt(0) < 0x80 && !HOST_CHARACTERS.test(character)) {
      throw new UrlError(`invalid character ${goQuote(character)} in host name`);
    } else {
      const point = String.fromCodePoint(text.codePointAt(index) ?? 0);
      bytes.push(...new TextEncoder().encode(point));
      index += point.length - 1;
    }
  }
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(new Uint8Array(bytes));
}

interface Parts {
  readonly scheme: string;
  readonly opaque: string;
  readonly user: string;
  readonly host: string;
  readonly path: string;
  readonly query: string | undefined;
  readonly fragment: string;
  readonly hasAuthority: boolean;
}

function assembled(parts: Parts): ParsedUrl {
  const path = unescape(parts.path, "path");
  unescape(parts.fragment, "fragment");
  const escapedPath = isValidPath(parts.path) ? parts.path : escapePath(path);
  const user = parts.user === "" ? "" : `${parts.user}@`;
  const place =
    parts.opaque !== "" ? parts.opaque : `${parts.hasAuthority ? `//${user}${parts.host}` : ""}${escapedPath}`;
  const query = parts.query === undefined ? "" : `?${parts.query}`;
  const fragment = parts.fragment === "" ? "" : `#${parts.fragment}`;
  return {
    scheme: parts.scheme,
    host: parts.host,
    escapedPath,
    query: parseQuery(parts.query ?? ""),
    text: `${parts.scheme === "" ? "" : `${parts.scheme}:`}${place}${query}${fragment}`,
  };
}

function isValidPath(path: string): boolean {
  return /^[A-Za-z0-9\-_.~!$&'()*+,;=:@[\]/%]*$/.test(path);
}

function escapePath(path: string): string {
  return Array.from(path, (character) =>
    /^[A-Za-z0-9\-_.~$&+,/:;=@]$/.test(character)
      ? character
      : Array.from(
          new TextEncoder().encode(character),
          (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
        ).join(""),
  ).join("");
}

function parseQuery(query: string): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>();
  for (const pair of query.split("&")) {
    if (pair === "" || pair.includes(";")) continue;
    const equals = pair.indexOf("=");
    try {
      const key = unescape(equals < 0 ? pair : pair.slice(0, equals), "query");
      const value = unescape(equals < 0 ? "" : pair.slice(equals + 1), "query");
      values.set(key, [...(values.get(key) ?? []), value]);
    } catch (error) {
      if (!(error instanceof UrlError)) throw error;
    }
  }
  return values;
}

export function hostnameOf(host: string): string {
  const bracket = host.indexOf("]");
  if (host.startsWith("[") && bracket > 0) return host.slice(1, bracket);
  const colon = host.lastIndexOf(":");
  return colon >= 0 && /^:[0-9]*$/.test(host.slice(colon)) ? host.slice(0, colon) : host;
}

export function portOf(host: string): string {
  return /:([0-9]*)$/.exec(host.slice(host.lastIndexOf("]") + 1))?.[1] ?? "";
}
