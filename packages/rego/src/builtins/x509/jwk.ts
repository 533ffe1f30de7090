import { isJson, JsonSyntaxError, parseJson } from "../../values/json-read.ts";
import { isArray, isPlainObject, typeName } from "../../values/kinds.ts";
import { ownValue, type PlainObject, type Value } from "../../values/value.ts";
import { decodeBase64Url } from "../base64.ts";
import { BuiltinError } from "../errors.ts";
import type { JwkText } from "../host.ts";
import { derElement, tags } from "./der.ts";
import { jwkFault } from "./jwk-fault.ts";
import type { KeyKind } from "./public-key.ts";

/** A key to verify with: public, or a shared secret. */
export interface VerificationKey {
  readonly kind: KeyKind | "oct";
  /** SubjectPublicKeyInfo in DER, or the secret. */
  readonly key: Uint8Array;
  /** Empty where the key names none. */
  readonly algorithm: string;
  readonly keyId: string;
}

/** A JSON Web Key: its text members. */
export interface JsonWebKey {
  readonly members: JwkText;
}

/** The keys of a key set, or the one key that a text is. Throws a `BuiltinError`. */
export function jsonWebKeys(text: string): JsonWebKey[] {
  const document = probed(text);
  // Only a text that is JSON as a whole is looked at for a set.
  const keys = isJson(text) ? ownValue(document, "keys") : undefined;
  if (keys === undefined) return [soleKey(document)];
  if (!isArray(keys)) throw new BuiltinError('jwk.Parse: failed to unmarshal JWK set: "keys" is no array');
  return keys.map(memberKey);
}

/** What OPA's library looks for in a text before it takes it for a key, as its messages show it. */
const probe = 'struct { Kty string "json:\\"kty\\""; D json.RawMessage "json:\\"d,omitempty\\"" }';

function probed(text: string): PlainObject {
  let reason: string;
  try {
    const document = firstValue(text);
    if (isPlainObject(document)) return document;
    if (document === null) return {};
    const kind = typeName(document);
    reason = `json: cannot unmarshal ${kind === "boolean" ? "bool" : kind} into Go value of type ${probe}`;
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    reason = error.message;
  }
  const failed = "failed to probe data: probe: failed to unmarshal data";
  throw new BuiltinError(`${sole}jwk.Parse: ${failed}: ${reason}`);
}

/** The JSON value that a text starts with, whatever comes after an object. */
function firstValue(text: string): Value {
  try {
    return parseJson(text);
  } catch (error) {
    const start = firstObject(text);
    if (!isJson(start)) throw error;
    return parseJson(start);
  }
}

/** What stands before the brace that closes the first one, and that; empty if there is none. */
function firstObject(text: string): string {
  let depth = 0;
  for (const { 0: piece, index } of text.matchAll(/"(?:[^"\\]|\\[^])*"|[{}]/g)) {
    if (piece === "{") depth += 1;
    else if (piece === "}" && (depth -= 1) <= 0) return text.slice(0, index + 1);
  }
  return "";
}

function soleKey(document: PlainObject): JsonWebKey {
  const type = ownValue(document, "kty");
  if (type !== undefined && type !== null && typeof type !== "string") {
    const kind = typeName(type);
    const reason = `cannot unmarshal ${kind === "boolean" ? "bool" : kind} into Go struct field .kty of type string`;
    throw new BuiltinError(`${sole}jwk.Parse: failed to probe data: probe: failed to unmarshal data: json: ${reason}`);
  }
  const fault = jwkFault(document);
  if (fault !== undefined) throw new BuiltinError(sole + fault);
  return { members: textMembers(document) };
}

const sole = "jwk.Parse: failed to parse sole key: jwk.ParseKey: ";

function memberKey(document: Value, index: number): JsonWebKey {
  const object: PlainObject = isPlainObject(document) ? document : {};
  const fault = jwkFault(object);
  if (fault === undefined) return { members: textMembers(object) };
  throw new BuiltinError(
    `jwk.Parse: failed to unmarshal JWK set: failed to decode key #${index} in "keys": jwk.ParseKey: ${fault}`,
  );
}

function textMembers(object: PlainObject): JwkText {
  const members: Record<string, string> = {};
  for (const [name, value] of Object.entries(object)) if (typeof value === "string") members[name] = value;
  return members;
}

const curveOids: ReadonlyMap<string, readonly number[]> = new Map([
  ["P-256", [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]],
  ["P-384", [0x2b, 0x81, 0x04, 0x00, 0x22]],
  ["P-521", [0x2b, 0x81, 0x04, 0x00, 0x23]],
]);
const rsaOid = Uint8Array.of(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01);
const ecOid = Uint8Array.of(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01);
const edOid = Uint8Array.of(0x2b, 0x65, 0x70);
const curveSizes: ReadonlyMap<string, number> = new Map([
  ["P-256", 32],
  ["P-384", 48],
  ["P-521", 66],
]);

/** The key to verify with; undefined for a kind that verifies nothing here. */
export function verificationKey({ members }: JsonWebKey): VerificationKey | undefined {
  const algorithm = members["alg"] ?? "";
  const keyId = members["kid"] ?? "";
  const bytes = (name: string): Uint8Array => decodeBase64Url(members[name] ?? "");
  switch (members["kty"]) {
    case "oct":
      return { kind: "oct", key: bytes("k"), algorithm, keyId };
    case "RSA": {
      const key = derElement(tags.sequence, derInteger(bytes("n")), derInteger(bytes("e")));
      const der = publicKeyInfo([derElement(tags.oid, rsaOid), derElement(tags.null)], key);
      return { kind: "RSA", key: der, algorithm, keyId };
    }
    case "EC": {
      const curve = members["crv"] ?? "";
      const oid = curveOids.get(curve);
      if (oid === undefined) throw new BuiltinError(`invalid elliptic curve ${curve}`);
      const size = curveSizes.get(curve) ?? 0;
      const point = new Uint8Array(1 + 2 * size);
      point[0] = 4;
      const [x, y] = [bytes("x"), bytes("y")];
      if (x.length > size || y.length > size) throw new BuiltinError("invalid point on elliptic curve");
      point.set(x, 1 + size - x.length);
      point.set(y, 1 + 2 * size - y.length);
      const der = publicKeyInfo([derElement(tags.oid, ecOid), derElement(tags.oid, Uint8Array.from(oid))], point);
      return { kind: "EC", key: der, algorithm, keyId };
    }
    default:
      if (members["crv"] !== "Ed25519") return undefined;
      return {
        kind: "Ed25519",
        key: publicKeyInfo([derElement(tags.oid, edOid)], bytes("x")),
        algorithm,
        keyId,
      };
  }
}

function publicKeyInfo(algorithm: readonly Uint8Array[], key: Uint8Array): Uint8Array {
  const bits = new Uint8Array(1 + key.length);
  bits.set(key, 1);
  return derElement(tags.sequence, derElement(tags.sequence, ...algorithm), derElement(tags.bitString, bits));
}

function derInteger(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const trimmed = bytes.subarray(start);
  if ((trimmed[0] ?? 0) < 0x80) return derElement(tags.integer, trimmed);
  return derElement(tags.integer, Uint8Array.of(0), trimmed);
}
