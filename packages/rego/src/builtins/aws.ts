import { isObject } from "../values/kinds.ts";
import { jsonText } from "../values/json-write.ts";
import { int64Of } from "../values/number.ts";
import { objectEntries, objectFrom, objectGet, objectKeys } from "../values/object.ts";
import { RegoSet } from "../values/set.ts";
import { termText } from "../values/term-text.ts";
import { sortStrings, toUtf8 } from "../values/utf8.ts";
import type { ObjectValue, Value } from "../values/value.ts";
import type { BuiltinContext, Family } from "./builtin.ts";
import { cryptoOf } from "./crypto.ts";
import { encodeHex } from "./hex.ts";
import type { CryptoHost } from "./host.ts";
import { requestOperand } from "./http.ts";
import { numberOperand, objectOperand, operandError, typeError } from "./operands.ts";
import { civilTime } from "./time/calendar.ts";
import { parseUrl } from "./url.ts";

const requiredKeys = RegoSet.of("aws_access_key", "aws_region", "aws_secret_access_key", "aws_service");

function textAt(object: ObjectValue, key: string): string {
  const value = objectGet(object, key);
  return typeof value === "string" ? value : "";
}

function checkConfig(config: ObjectValue): void {
  const missing = requiredKeys.difference(RegoSet.from(objectKeys(config)));
  if (missing.size > 0) {
    throw operandError(2, `missing required AWS config parameters(s): ${termText(missing)}`);
  }
  const invalid = requiredKeys.sorted().filter((key) => typeof objectGet(config, key) !== "string");
  if (invalid.length > 0) {
    throw operandError(2, `invalid values for required AWS config parameters(s): ${termText(RegoSet.from(invalid))}`);
  }
}

function bodyOf(request: ObjectValue): string {
  const raw = objectGet(request, "raw_body");
  if (raw !== undefined) return typeof raw === "string" ? raw : "";
  const body = objectGet(request, "body");
  return body === undefined ? "" : jsonText(body);
}

/** Headers that may change on their way, which are not signed. */
const ignoredHeaders: ReadonlySet<string> = new Set(["authorization", "user-agent", "x-amzn-trace-id"]);

interface SigningTime {
  readonly date: string;
  readonly dateTime: string;
}

function signingTime(nanoseconds: bigint): SigningTime {
  const remainder = ((nanoseconds % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const time = civilTime(Number((nanoseconds - remainder) / 1_000_000_000n));
  const two = (number: number): string => String(number).padStart(2, "0");
  const date = `${String(time.year).padStart(4, "0")}${two(time.month)}${two(time.day)}`;
  return { date, dateTime: `${date}T${two(time.hour)}${two(time.minute)}${two(time.second)}Z` };
}

function sha256(crypto: CryptoHost, text: string): string {
  return encodeHex(crypto.digest("sha256", toUtf8(text)));
}

/** Signs a request by AWS Signature Version 4 and returns it with the headers that carry the signature. */
function signRequest(context: BuiltinContext, requestValue: Value, configValue: Value, time: Value): Value {
  const request = objectOperand(requestValue, 1);
  const config = objectOperand(configValue, 1);
  checkConfig(config);
  const nanoseconds = int64Of(numberOperand(time, 1));
  if (nanoseconds === undefined) throw operandError(3, "could not convert time_ns value into a unix timestamp");
  requestOperand(request, 1);
  const givenHeaders = objectGet(request, "headers");
  const headersValue = givenHeaders === undefined ? {} : givenHeaders;
  if (!isObject(headersValue)) throw typeError(0, headersValue, "object");
  const invalid = ["method", "url"].filter((key) => typeof objectGet(request, key) !== "string");
  if (invalid.length > 0) {
    throw operandError(1, `invalid values for required request parameters(s): ${termText(RegoSet.from(invalid))}`);
  }
  const url = parseUrl(textAt(request, "url"));
  const payloadOption = objectGet(config, "disable_payload_signing");
  const unsignedPayload = payloadOption === undefined ? false : payloadOption;
  if (typeof unsignedPayload !== "boolean") {
    throw operandError(2, "invalid value for 'disable_payload_signing' in AWS config");
  }
  const crypto = cryptoOf(context);
  const contentHash = unsignedPayload ? "UNSIGNED-PAYLOAD" : sha256(crypto, bodyOf(request));
  const service = textAt(config, "aws_service");
  const when = signingTime(nanoseconds);
  const awsHeaders = new Map([
    ["host", url.host],
    ["x-amz-date", when.dateTime],
  ]);
  if (service === "s3" || service === "glacier") awsHeaders.set("x-amz-content-sha256", contentHash);
  const token = textAt(config, "aws_session_token");
  if (token !== "") awsHeaders.set("x-amz-security-token", token);
  const headers = objectEntries(headersValue).map(([key, value]): readonly [string, string] => [
    typeof key === "string" ? key : "",
    typeof value === "string" ? value : "",
  ]);
  const signed = new Map(awsHeaders);
  for (const [key, value] of headers) {
    const name = key.toLowerCase();
    if (!ignoredHeaders.has(name)) signed.set(name, value);
  }
  const names = sortStrings([...signed.keys()]);
  const canonical = [
    textAt(request, "method"),
    url.rawPath === "" ? escapedPath(url.path) : url.rawPath,
    url.rawQuery,
    ...names.map((name) => `${name}:${signed.get(name) ?? ""}`),
    "",
    names.join(";"),
    contentHash,
  ].join("\n");
  const region = textAt(config, "aws_region");
  const scope = `${when.date}/${region}/${service}/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", when.dateTime, scope, sha256(crypto, canonical)].join("\n");
  let key = toUtf8(`AWS4${textAt(config, "aws_secret_access_key")}`);
  for (const part of [when.date, region, service, "aws4_request", toSign])
    key = crypto.hmac("sha256", key, toUtf8(part));
  const authorization =
    `AWS4-HMAC-SHA256 Credential=${textAt(config, "aws_access_key")}/${scope},` +
    `SignedHeaders=${names.join(";")},Signature=${encodeHex(key)}`;
  const signedHeaders = objectFrom([...headers, ["Authorization", authorization], ...awsHeaders]);
  return objectFrom([...objectEntries(request), ["headers", signedHeaders]]);
}

/** A path as Go escapes it. */
function escapedPath(path: string): string {
  let escaped = "";
  for (const byte of toUtf8(path)) {
    const character = String.fromCharCode(byte);
    const plain = /^[A-Za-z0-9_.~$&+,/:;=@-]$/.test(character);
    escaped += plain ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return escaped;
}

export const aws: Family = { "providers.aws.sign_req": signRequest };
