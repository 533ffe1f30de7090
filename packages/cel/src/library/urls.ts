/** Kubernetes' URL library. */
import { declareFunction, memberOverload, overload, type FunctionDeclaration } from "../check/declarations.ts";
import { listType, mapType, STRING, structType, type Type } from "../types/type.ts";
import { NO_OVERLOAD } from "../values/arithmetic.ts";
import { EntriesMap } from "../values/map.ts";
import { stringList } from "../values/native.ts";
import { hostnameOf, parseUrl, portOf, type ParsedUrl } from "../values/url.ts";
import { CelError, ObjectValue, type Value } from "../values/value.ts";
import { textTest } from "./strings.ts";

const URL_TYPE = structType("kubernetes.URL");

class UrlValue extends ObjectValue {
  readonly url: ParsedUrl;

  constructor(url: ParsedUrl) {
    super();
    this.url = url;
  }

  override get type(): Type {
    return URL_TYPE;
  }

  override equals(other: Value): boolean | CelError {
    return other instanceof UrlValue ? this.url.text === other.url.text : NO_OVERLOAD;
  }
}

function toUrl(text: string): UrlValue | CelError {
  const request = parseUrl(text, true);
  const parsed = typeof request === "string" ? request : parseUrl(text, false);
  if (typeof parsed === "string") return new CelError(`URL parse error during conversion from string: ${parsed}`);
  return new UrlValue(parsed);
}

function part(name: string, id: string, result: Type, read: (url: ParsedUrl) => Value): FunctionDeclaration {
  return declareFunction(name, [
    memberOverload(id, [URL_TYPE], result, (value) => (value instanceof UrlValue ? read(value.url) : NO_OVERLOAD)),
  ]);
}

export const URL_FUNCTIONS: readonly FunctionDeclaration[] = [
  declareFunction("url", [
    overload("string_to_url", [STRING], URL_TYPE, (text) => (typeof text === "string" ? toUrl(text) : NO_OVERLOAD)),
  ]),
  part("getScheme", "url_get_scheme", STRING, ({ scheme }) => scheme),
  part("getHost", "url_get_host", STRING, ({ host }) => host),
  part("getHostname", "url_get_hostname", STRING, ({ host }) => hostnameOf(host)),
  part("getPort", "url_get_port", STRING, ({ host }) => portOf(host)),
  part("getEscapedPath", "url_get_escaped_path", STRING, ({ escapedPath }) => escapedPath),
  part(
    "getQuery",
    "url_get_query",
    mapType(STRING, listType(STRING)),
    ({ query }) => new EntriesMap(Array.from(query, ([key, values]) => [key, stringList(values)] as const)),
  ),
  textTest("isURL", "is_url_string", (text) => typeof parseUrl(text, true) !== "string"),
];
