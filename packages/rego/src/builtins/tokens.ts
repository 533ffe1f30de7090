import { isArray, isNumber, isObject, isPlainObject, typeName } from "../values/kinds.ts";
import { isJson, JsonSyntaxError, parseJson } from "../values/json-read.ts";
import { jsonText } from "../values/json-write.ts";
import { compareNumbers, numberFromText, numberText } from "../values/number.ts";
import { objectEntries, objectGet } from "../values/object.ts";
import { termText } from "../values/term-text.ts";
import { compareBytes, fromUtf8, toUtf8 } from "../values/utf8.ts";
import { type NumericValue, type ObjectValue, ownValue, type PlainObject, type Value } from "../values/value.ts";
import { decodeBase64Url, encodeBase64 } from "./base64.ts";
import type { BuiltinCall, BuiltinContext, Family } from "./builtin.ts";
import { CachePurpose } from "./cache.ts";
import { cryptoOf } from "./crypto.ts";
import { BuiltinError } from "./errors.ts";
import { floatText } from "./go-format.ts";
import { encodeHex } from "./hex.ts";
import type { CryptoHost, DigestAlgorithm, SignatureAlgorithm } from "./host.ts";
import { objectOperand, stringOperand } from "./operands.ts";
import { parseCertificate } from "./x509/certificate.ts";
import { DerError } from "./x509/der.ts";
import { jsonWebKeys, type VerificationKey, verificationKey } from "./x509/jwk.ts";
import { decodePem } from "./x509/pem.ts";
import { type KeyKind, parsePublicKey } from "./x509/public-key.ts";

interface Token {
  readonly header: string;
  readonly payload: string;
  readonly signature: string;
}

function splitToken(operand: Value): Token {
  const text = stringOperand(operand, 1);
  if (!text.includes(".")) throw new BuiltinError("encoded JWT had no period separators");
  const parts = text.split(".");
  const [header = "", payload = "", signature = ""] = parts;
  if (parts.length !== 3) throw new BuiltinError(`encoded JWT must have 3 sections, found ${parts.length}`);
  return { header, payload, signature };
}

function prefixed<T>(prefix: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof BuiltinError) throw new BuiltinError(`${prefix}${error.message}`, error.code);
    throw error;
  }
}

function jsonObject(text: string): PlainObject {
  let value: Value;
  try {
    value = parseJson(text);
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw new BuiltinError(`invalid JSON: ${error.message}`);
    throw error;
  }
  if (!isPlainObject(value)) throw new BuiltinError("decoded JSON type was not an Object");
  return value;
}

function headerOf(token: Token): PlainObject {
  const text = prefixed("JWT header had invalid encoding: ", () => fromUtf8(decodeBase64Url(token.header)));
  const header = prefixed("bad JWT header: ", () => jsonObject(text));
  if (ownValue(header, "enc") !== undefined) throw new BuiltinError("JWT is a JWE object, which is not supported");
  return header;
}

function payloadText(token: Token): string {
  return prefixed("JWT payload had invalid encoding: ", () => fromUtf8(decodeBase64Url(token.payload)));
}

function decode(context: BuiltinContext, operand: Value): Value {
  const token = splitToken(operand);
  context.charge(token.payload.length / 16);
  const header = headerOf(token);
  const payload = payloadText(token);
  // A token within a token, which may be quoted.
  if (ownValue(header, "cty") === "JWT") return decode(context, payload.replaceAll(/^["']+|["']+$/g, ""));
  const claims = jsonObject(payload);
  const signature = prefixed("JWT signature had invalid encoding: ", () => decodeBase64Url(token.signature));
  return [header, claims, encodeHex(signature)];
}

const knownAlgorithms: ReadonlySet<string> = new Set([
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "HS256",
  "HS384",
  "HS512",
  "EdDSA",
]);

const verificationKeys: CachePurpose<readonly VerificationKey[]> = new CachePurpose(100, readKeys);

/** Keys from a PEM certificate or public key, or from JSON Web Keys. */
function readKeys(text: string): readonly VerificationKey[] {
  const block = decodePem(text);
  if (block !== undefined) {
    if (block.rest !== "") throw new BuiltinError("extra data after a PEM certificate block");
    if (block.type === "CERTIFICATE") {
      const { publicKey } = prefixed("failed to parse a PEM certificate: ", () => parseCertificate(block.bytes));
      return [{ kind: publicKey.kind, key: publicKey.der, algorithm: "", keyId: "" }];
    }
    if (block.type !== "PUBLIC KEY") throw new BuiltinError("failed to extract a Key from the PEM certificate");
    try {
      const { kind, der } = parsePublicKey(block.bytes);
      return [{ kind, key: der, algorithm: "", keyId: "" }];
    } catch (error) {
      if (!(error instanceof BuiltinError) && !(error instanceof DerError)) throw error;
      throw new BuiltinError(`failed to parse a PEM public key: ${error.message}`);
    }
  }
  const keys = prefixed("failed to parse a JWK key (set): jwk.ParseString: failed to parse string: ", () =>
    jsonWebKeys(text),
  );
  return keys.flatMap((key) => {
    const found = verificationKey(key);
    if (found === undefined || (found.algorithm !== "" && !knownAlgorithms.has(found.algorithm))) return [];
    return [found];
  });
}

/** What a header says of its token. */
interface TokenHeader {
  readonly algorithm: string;
  readonly keyId: string;
  readonly contentType: string;
  /** Whether it names an algorithm, and all that it calls critical is known. */
  readonly isValid: boolean;
}

const headerNames = ["alg", "kid", "typ", "cty"];

function tokenHeader(header: PlainObject): TokenHeader {
  for (const name of headerNames) {
    const value = ownValue(header, name);
    if (value !== undefined && typeof value !== "string") throw new BuiltinError(`${name}: must be a string`);
  }
  const text = (name: string): string => {
    const value = ownValue(header, name);
    return typeof value === "string" ? value : "";
  };
  const critical = ownValue(header, "crit");
  const names: string[] = [];
  if (critical !== undefined) {
    if (!isArray(critical)) throw new BuiltinError("crit: must be a list");
    for (const name of critical) {
      if (typeof name !== "string") break;
      names.push(name);
    }
    if (names.length === 0) throw new BuiltinError("crit: must be a nonempty list");
  }
  const unknown = names.filter((name) => Object.hasOwn(header, name) && !headerNames.includes(name) && name !== "crit");
  const algorithm = text("alg");
  const isValid = algorithm !== "" && unknown.length === 0;
  return { algorithm, keyId: text("kid"), contentType: text("cty"), isValid };
}

/** Tries a key on a token; the answer is whether the signature is its. */
type TryKey = (key: VerificationKey, token: Token, signature: Uint8Array) => boolean;

/** The key that the token names by its id, or else any that fits the token's algorithm. */
function verifiesWithAny(
  keys: readonly VerificationKey[],
  { algorithm, keyId }: TokenHeader,
  tryKey: (key: VerificationKey) => boolean,
): boolean {
  const named = keyId === "" ? undefined : keys.find((key) => key.keyId === keyId);
  if (named !== undefined) return tryKey(named);
  return keys.some((key) => (key.algorithm === "" || key.algorithm === algorithm) && tryKey(key));
}

function signedBytes({ header, payload }: Token): Uint8Array {
  return toUtf8(`${header}.${payload}`);
}

function verifyCall(tryKey: (crypto: CryptoHost) => TryKey): BuiltinCall {
  return (context, jwt, certificate) => {
    const token = splitToken(jwt);
    const keys = context.caches.get(verificationKeys, stringOperand(certificate, 2));
    const signature = decodeBase64Url(token.signature);
    const header = tokenHeader(headerOf(token));
    context.charge(64 + token.payload.length / 16);
    const attempt = tryKey(cryptoOf(context));
    return verifiesWithAny(keys, header, (key) => attempt(key, token, signature));
  };
}

/** Verification by one algorithm, whatever the token's header claims. */
function verifyWith(algorithm: SignatureAlgorithm, kind: KeyKind): BuiltinCall {
  return verifyCall((crypto) => (key, token, signature) => {
    if (key.kind !== kind) return false;
    return verifies(crypto, algorithm, key, signedBytes(token), signature);
  });
}

function verifies(
  crypto: CryptoHost,
  algorithm: SignatureAlgorithm,
  key: VerificationKey,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  try {
    return crypto.verify(algorithm, key.key, data, signature);
  } catch {
    // A key that cannot be used verifies nothing.
    return false;
  }
}

const hmacDigests: ReadonlyMap<string, DigestAlgorithm> = new Map([
  ["HS256", "sha256"],
  ["HS384", "sha384"],
  ["HS512", "sha512"],
]);

function verifySecret(digest: DigestAlgorithm): BuiltinCall {
  return (context, jwt, secret) => {
    stringOperand(jwt, 1);
    const key = toUtf8(stringOperand(secret, 2));
    const token = splitToken(jwt);
    const mac = cryptoOf(context).hmac(digest, key, signedBytes(token));
    return compareBytes(mac, decodeBase64Url(token.signature)) === 0;
  };
}

const keyKinds: ReadonlyMap<string, KeyKind> = new Map([
  ["RS", "RSA"],
  ["PS", "RSA"],
  ["ES", "EC"],
  ["Ed", "Ed25519"],
]);

function isSignatureAlgorithm(name: string): name is SignatureAlgorithm {
  return knownAlgorithms.has(name) && !name.startsWith("HS");
}

/** Verification by the algorithm that the token's header names. */
function verifyByHeader(
  crypto: CryptoHost,
  key: VerificationKey,
  algorithm: string,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  const digest = hmacDigests.get(algorithm);
  if (digest !== undefined) {
    return key.kind === "oct" && compareBytes(crypto.hmac(digest, key.key, data), signature) === 0;
  }
  if (!isSignatureAlgorithm(algorithm) || keyKinds.get(algorithm.slice(0, 2)) !== key.kind) return false;
  return verifies(crypto, algorithm, key, data, signature);
}

interface Constraints {
  readonly keys: readonly VerificationKey[];
  readonly algorithm: string;
  readonly issuer: string;
  readonly audience: string;
  /** Nanoseconds since 1970. */
  readonly time: number;
}

function constraintsOf(context: BuiltinContext, operand: ObjectValue): Constraints {
  let keys: readonly VerificationKey[] | undefined;
  let time = -1;
  const texts = new Map<string, string>();
  for (const [name, value] of objectEntries(operand)) {
    if (name === "time") {
      time = constraintTime(value);
    } else if (name === "cert") {
      if (typeof value !== "string") throw new BuiltinError("cert constraint: must be a string");
      keys = context.caches.get(verificationKeys, value);
    } else if (typeof name === "string" && ["secret", "alg", "iss", "aud"].includes(name)) {
      if (typeof value !== "string") throw new BuiltinError(`${name} constraint: must be a string`);
      texts.set(name, value);
    } else {
      throw new BuiltinError(
        `unknown token validation constraint: ${typeof name === "string" ? name : termText(name)}`,
      );
    }
  }
  if (time === -1) time = constraintTime(context.now);
  const secret = texts.get("secret") ?? "";
  if (keys !== undefined && secret !== "") throw new BuiltinError("duplicate key constraints");
  if (keys === undefined && secret === "") throw new BuiltinError("no key constraint");
  return {
    keys: keys ?? [{ kind: "oct", key: toUtf8(secret), algorithm: "", keyId: "" }],
    algorithm: texts.get("alg") ?? "",
    issuer: texts.get("iss") ?? "",
    audience: texts.get("aud") ?? "",
    time,
  };
}

function constraintTime(value: Value): number {
  if (!isNumber(value)) throw new BuiltinError("token time constraint: must be a number");
  const time = Number(numberText(value));
  if (!Number.isFinite(time)) throw new BuiltinError("token time constraint: unvalid float64");
  if (time < 0) throw new BuiltinError("token time constraint: must not be negative");
  return time;
}

function decodeVerify(context: BuiltinContext, jwt: Value, constraintsOperand: Value): Value {
  const constraints = constraintsOf(context, objectOperand(constraintsOperand, 2));
  const unverified: Value = [false, {}, {}];
  let operand = jwt;
  for (;;) {
    const token = splitToken(operand);
    context.charge(64 + token.payload.length / 16);
    const header = headerOf(token);
    const facts = tokenHeader(header);
    if (!facts.isValid) return unverified;
    if (constraints.algorithm !== "" && constraints.algorithm !== facts.algorithm) return unverified;
    const signature = decodeBase64Url(token.signature);
    const crypto = cryptoOf(context);
    const data = signedBytes(token);
    const verified = verifiesWithAny(constraints.keys, facts, (key) =>
      verifyByHeader(crypto, key, facts.algorithm, data, signature),
    );
    if (!verified) return unverified;
    const payload = payloadText(token);
    if (facts.contentType.toUpperCase() === "JWT") {
      operand = payload;
      continue;
    }
    const claims = jsonObject(payload);
    return claimsHold(claims, constraints) ? [true, header, claims] : unverified;
  }
}

function claimsHold(claims: PlainObject, constraints: Constraints): boolean {
  if (constraints.issuer !== "" && ownValue(claims, "iss") !== constraints.issuer) return false;
  const audience = ownValue(claims, "aud");
  if (audience === undefined) {
    if (constraints.audience !== "") return false;
  } else if (audience !== constraints.audience && !(isArray(audience) && audience.includes(constraints.audience))) {
    return false;
  }
  const now = numberFromText(floatText(constraints.time / 1e9, "g", undefined)) ?? 0;
  const expiry = timeClaim(claims, "exp");
  if (expiry !== undefined && compareNumbers(now, expiry) >= 0) return false;
  const notBefore = timeClaim(claims, "nbf");
  return notBefore === undefined || compareNumbers(now, notBefore) >= 0;
}

function timeClaim(claims: PlainObject, name: string): NumericValue | undefined {
  const value = ownValue(claims, name);
  if (value === undefined || isNumber(value)) return value;
  throw new BuiltinError(`${name} value must be a number`);
}

function sign(context: BuiltinContext, headerText: string, payload: string, keyText: string): Value {
  const [key] = jsonWebKeys(keyText);
  if (key === undefined) throw new BuiltinError("no keys found in JWK set");
  const header = headerForSigning(headerText);
  const algorithm = header.get("alg");
  if (algorithm === undefined) {
    throw new BuiltinError(`missing or invalid 'alg' header: jwsbb: header "alg" not found`);
  }
  if (!knownAlgorithms.has(algorithm)) throw new BuiltinError(`unknown JWS algorithm: ${algorithm}`);
  const type = header.get("typ");
  if ((type === undefined || type === "JWT") && !isJson(payload)) {
    throw new BuiltinError("type is JWT but payload is not JSON");
  }
  const signed = `${encodeBase64(toUtf8(headerText), "url", false)}.${encodeBase64(toUtf8(payload), "url", false)}`;
  context.charge(64 + signed.length / 16);
  const crypto = cryptoOf(context);
  const digest = hmacDigests.get(algorithm);
  let signature: Uint8Array;
  if (digest !== undefined) {
    if (key.members["kty"] !== "oct") throw new BuiltinError(`invalid key type for ${algorithm}`);
    signature = crypto.hmac(digest, decodeBase64Url(key.members["k"] ?? ""), toUtf8(signed));
  } else {
    if (!isSignatureAlgorithm(algorithm)) throw new BuiltinError(`unknown JWS algorithm: ${algorithm}`);
    try {
      signature = crypto.sign(algorithm, key.members, toUtf8(signed));
    } catch (error) {
      throw new BuiltinError(`failed to sign: ${error instanceof Error ? error.message : "unusable key"}`);
    }
  }
  return `${signed}.${encodeBase64(signature, "url", false)}`;
}

/** The text members of a header. */
function headerForSigning(text: string): ReadonlyMap<string, string> {
  const failure = "missing or invalid 'alg' header: cannot parse JSON: ";
  if (text.trim() === "") throw new BuiltinError(`${failure}cannot parse empty string; unparsed tail: ""`);
  // OPA's reader takes any run of a number's characters for a number, which has no members.
  if (/^[-+.0-9eE]+$/.test(text.trim())) return new Map();
  let header: Value;
  try {
    header = parseJson(text);
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw new BuiltinError(failure + error.message);
    throw error;
  }
  const members = new Map<string, string>();
  if (!isObject(header)) return members;
  for (const name of ["alg", "typ"]) {
    const value = objectGet(header, name);
    if (typeof value === "string") members.set(name, value);
    else if (name === "alg" && value !== undefined) {
      const kind = typeof value === "boolean" ? String(value) : typeName(value);
      throw new BuiltinError(`missing or invalid 'alg' header: value doesn't contain string; it contains ${kind}`);
    }
  }
  return members;
}

export const tokens: Family = {
  "io.jwt.decode": decode,
  "io.jwt.decode_verify": decodeVerify,
  "io.jwt.encode_sign": (context, header, payload, key) =>
    sign(context, jsonText(header), jsonText(payload), jsonText(key)),
  "io.jwt.encode_sign_raw": (context, header, payload, key) => {
    const keyText = stringOperand(key, 3);
    return sign(context, stringOperand(header, 1), stringOperand(payload, 2), keyText);
  },
  "io.jwt.verify_rs256": verifyWith("RS256", "RSA"),
  "io.jwt.verify_rs384": verifyWith("RS384", "RSA"),
  "io.jwt.verify_rs512": verifyWith("RS512", "RSA"),
  "io.jwt.verify_ps256": verifyWith("PS256", "RSA"),
  "io.jwt.verify_ps384": verifyWith("PS384", "RSA"),
  "io.jwt.verify_ps512": verifyWith("PS512", "RSA"),
  "io.jwt.verify_es256": verifyWith("ES256", "EC"),
  "io.jwt.verify_es384": verifyWith("ES384", "EC"),
  "io.jwt.verify_es512": verifyWith("ES512", "EC"),
  "io.jwt.verify_eddsa": verifyWith("EdDSA", "Ed25519"),
  "io.jwt.verify_hs256": verifySecret("sha256"),
  "io.jwt.verify_hs384": verifySecret("sha384"),
  "io.jwt.verify_hs512": verifySecret("sha512"),
};
