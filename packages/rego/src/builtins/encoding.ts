import { isArray, isObject, isSet } from "../values/kinds.ts";
import { isJson, JsonSyntaxError, parseJson } from "../values/json-read.ts";
import { type JsonLayout, jsonKey, jsonText } from "../values/json-write.ts";
import { objectEntries } from "../values/object.ts";
import { termText } from "../values/term-text.ts";
import { compareStrings, fromUtf8, toUtf8 } from "../values/utf8.ts";
import { type MutableObject, setOwn, type Value } from "../values/value.ts";
import { decodeBase64, decodeBase64Url, encodeBase64 } from "./base64.ts";
import type { BuiltinContext, Family } from "./builtin.ts";
import { BuiltinError } from "./errors.ts";
import { decodeHex, encodeHex } from "./hex.ts";
import { objectOperand, operandError, stringOperand, typeError } from "./operands.ts";
import { escapeQuery, parseQuery, parseUrl, splitHost, unescape } from "./url.ts";
import { readYaml } from "./yaml/read.ts";
import { yamlText } from "./yaml/write.ts";

function charged(context: BuiltinContext, text: string): string {
  if (text.length > 256) context.charge(text.length / 16);
  return text;
}

function unmarshalJson(context: BuiltinContext, operand: Value): Value {
  const text = charged(context, stringOperand(operand, 1));
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw new BuiltinError(error.message);
    throw error;
  }
}

function marshalWithOptions(context: BuiltinContext, value: Value, options: Value): Value {
  const layout: { -readonly [Part in keyof JsonLayout]: JsonLayout[Part] } = { prefix: "", indent: "\t" };
  let pretty: boolean | undefined;
  let implied = false;
  const entries = objectEntries(objectOperand(options, 2));
  for (const [index, [key, option]] of entries.entries()) {
    if (typeof key !== "string") {
      const reason = typeError(index, key, "string").message;
      throw operandError(2, `failed to stringify key ${termText(key)} at index ${index}: ${reason}`);
    }
    if (key === "prefix" || key === "indent") {
      if (typeof option !== "string") {
        const reason = typeError(index, option, "string").message;
        throw operandError(2, `key ${termText(key)} failed cast to string: ${reason}`);
      }
      layout[key] = option;
      implied = true;
    } else if (key === "pretty") {
      if (typeof option !== "boolean") throw operandError(2, `key "pretty" failed cast to bool`);
      pretty = option;
    } else {
      throw operandError(2, `object contained unknown key ${termText(key)}`);
    }
  }
  if (!(pretty ?? implied)) return charged(context, jsonText(value));
  return charged(context, layout.prefix + jsonText(value, layout));
}

function isYaml(_context: BuiltinContext, operand: Value): Value {
  if (typeof operand !== "string") return false;
  return succeeds(() => readYaml(operand));
}

function succeeds(action: () => unknown): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if (error instanceof BuiltinError) return false;
    throw error;
  }
}

const encodeObjectError = "values must be string, array[string], or set[string]";

function encodeQueryObject(_context: BuiltinContext, operand: Value): Value {
  if (!isObject(operand)) throw typeError(1, operand, "object");
  const pairs: string[] = [];
  const entries = objectEntries(operand).map(([key, value]): readonly [string, Value] => [jsonKey(key), value]);
  for (const [key, value] of entries.toSorted((a, b) => compareStrings(a[0], b[0]))) {
    const list = isSet(value) ? value.sorted() : value;
    for (const item of isArray(list) ? list : [list]) {
      if (typeof item !== "string") throw operandError(1, encodeObjectError);
      pairs.push(`${escapeQuery(key)}=${escapeQuery(item)}`);
    }
  }
  return pairs.join("&");
}

function decodeQueryObject(_context: BuiltinContext, operand: Value): Value {
  const object: MutableObject = {};
  for (const [key, values] of parseQuery(stringOperand(operand, 1))) setOwn(object, key, values);
  return object;
}

function parseUri(_context: BuiltinContext, operand: Value): Value {
  const url = parseUrl(stringOperand(operand, 1));
  const [hostname, port] = splitHost(url.host);
  const object: MutableObject = {};
  if (url.scheme !== "") object["scheme"] = url.scheme;
  if (hostname !== "") object["hostname"] = hostname;
  if (port !== "") object["port"] = port;
  if (url.path !== "") {
    object["path"] = url.path;
    object["raw_path"] = url.rawPath === "" ? url.path : url.rawPath;
  }
  if (url.rawQuery !== "") object["raw_query"] = url.rawQuery;
  if (url.fragment !== "") object["fragment"] = url.fragment;
  return object;
}

export const encoding: Family = {
  "json.marshal": (context, value) => charged(context, jsonText(value)),
  "json.marshal_with_options": marshalWithOptions,
  "json.unmarshal": unmarshalJson,
  "json.is_valid": (context, operand) => typeof operand === "string" && isJson(charged(context, operand)),
  "yaml.marshal": (context, value) => charged(context, yamlText(value)),
  "yaml.unmarshal": (context, operand) => readYaml(charged(context, stringOperand(operand, 1))),
  "yaml.is_valid": isYaml,
  "base64.encode": (context, operand) => encodeBase64(toUtf8(charged(context, stringOperand(operand, 1))), "standard"),
  "base64.decode": (context, operand) =>
    fromUtf8(decodeBase64(charged(context, stringOperand(operand, 1)), "standard")),
  "base64.is_valid": (_, operand) => typeof operand === "string" && succeeds(() => decodeBase64(operand, "standard")),
  "base64url.encode": (context, operand) => encodeBase64(toUtf8(charged(context, stringOperand(operand, 1))), "url"),
  "base64url.encode_no_pad": (context, operand) =>
    encodeBase64(toUtf8(charged(context, stringOperand(operand, 1))), "url", false),
  "base64url.decode": (context, operand) => fromUtf8(decodeBase64Url(charged(context, stringOperand(operand, 1)))),
  "hex.encode": (context, operand) => encodeHex(toUtf8(charged(context, stringOperand(operand, 1)))),
  "hex.decode": (context, operand) => fromUtf8(decodeHex(charged(context, stringOperand(operand, 1)))),
  "urlquery.encode": (_, operand) => escapeQuery(stringOperand(operand, 1)),
  "urlquery.decode": (_, operand) => unescape(stringOperand(operand, 1), "query"),
  "urlquery.encode_object": encodeQueryObject,
  "urlquery.decode_object": decodeQueryObject,
  "uri.parse": parseUri,
  "uri.is_valid": (_, operand) => typeof operand === "string" && operand !== "" && succeeds(() => parseUrl(operand)),
};
