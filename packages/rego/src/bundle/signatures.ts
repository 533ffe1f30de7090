import { decodeBase64Url } from "../builtins/base64.ts";
import { BuiltinError } from "../builtins/errors.ts";
import { encodeHex } from "../builtins/hex.ts";
import type { CryptoHost, DigestAlgorithm, SignatureAlgorithm } from "../builtins/host.ts";
import { parseCertificate } from "../builtins/x509/certificate.ts";
import { DerError, DerReader, integerOf, tags } from "../builtins/x509/der.ts";
import { verificationKey } from "../builtins/x509/jwk.ts";
import { decodePem } from "../builtins/x509/pem.ts";
import { parseEcKey, parsePkcs8Key, parseRsaKey } from "../builtins/x509/private-key.ts";
import { base64Integer, parsePublicKey } from "../builtins/x509/public-key.ts";
import { JsonSyntaxError, parseJson } from "../values/json-read.ts";
import { isArray, isNumber, isPlainObject } from "../values/kinds.ts";
import { numberText } from "../values/number.ts";
import { sortedKeys } from "../values/object.ts";
import { fromUtf8, toUtf8 } from "../values/utf8.ts";
import { type PlainObject, type Value, ownValue } from "../values/value.ts";
import { LoadError } from "./load-error.ts";

type HmacAlgorithm = "HS256" | "HS384" | "HS512";

/** Who may have signed a bundle. */
export interface VerificationOptions {
  /** Keys by id. */
  readonly keys: Readonly<Record<string, BundleKey>>;
  /** The id of the key to use. Default: the one that the signature names. */
  readonly keyId?: string;
  /** What the signature must be for. Default: the scope of the key. */
  readonly scope?: string;
  /** Glob patterns of files that need not be signed, as `path.Match` of Go has them. */
  readonly exclude?: readonly string[];
}

export interface BundleKey {
  /** A key, public or private, or a certificate in PEM; for HS256 and the like the secret itself. */
  readonly key: string;
  readonly algorithm: SignatureAlgorithm | HmacAlgorithm;
  readonly scope?: string;
}

/** What the one signature of a bundle vouches for: the digest of each file by its path. */
export type SignedFiles = ReadonlyMap<string, { readonly hash: string; readonly algorithm: string }>;

/** What OPA names when no plugin made the signature. */
const DEFAULT_PLUGIN = "_default";

/**
 * Checks the signature that `.signatures.json` holds (https://www.openpolicyagent.org/docs/management-bundles#signing) and returns
 * what it vouches for. The key's own algorithm counts, never the one that the token asks for. Throws a `LoadError`.
 */
export function verifySignatures(
  document: Value,
  options: VerificationOptions,
  crypto: CryptoHost,
  bundle: string,
): SignedFiles {
  const refuse = (message: string): LoadError => new LoadError("BUNDLE_SIGNATURE", bundle, message);
  const signatures: PlainObject = isPlainObject(document) ? document : {};
  if (!["", DEFAULT_PLUGIN].includes(textOr(signatures, "plugin", ""))) {
    throw refuse(".signatures.json asks for a plugin to verify it; there are none");
  }
  const tokens = ownValue(signatures, "signatures");
  if (!isArray(tokens) || tokens.length !== 1 || typeof tokens[0] !== "string") {
    throw refuse(".signatures.json must hold exactly one signature");
  }
  const [header = "", payload = "", signature = "", more] = tokens[0].split(".");
  if (more !== undefined || signature === "") throw refuse("the signature is not a token of three parts");
  const claims = jsonPart(payload, refuse);
  const keyId = options.keyId ?? textOr(jsonPart(header, refuse), "kid", textOr(claims, "keyid", ""));
  if (keyId === "") throw refuse("the signature does not say which key made it; name the key");
  const key = Object.hasOwn(options.keys, keyId) ? options.keys[keyId] : undefined;
  if (key === undefined) throw refuse(`there is no key with the id "${keyId}" to verify the signature with`);
  if (!isSignedBy(key, crypto, toUtf8(`${header}.${payload}`), bytesOf(signature, refuse), refuse)) {
    throw refuse(`the signature was not made with the key "${keyId}"`);
  }
  const scope = options.scope ?? key.scope ?? "";
  if (textOr(claims, "scope", "") !== scope) {
    throw refuse(`the signature is for the scope "${textOr(claims, "scope", "")}", not for "${scope}"`);
  }
  return filesOf(claims, refuse);
}

type Refuse = (message: string) => LoadError;

function bytesOf(part: string, refuse: Refuse): Uint8Array {
  try {
    return decodeBase64Url(part);
  } catch (error) {
    if (error instanceof BuiltinError) throw refuse("the signature is not base64");
    throw error;
  }
}

function jsonPart(part: string, refuse: Refuse): PlainObject {
  try {
    const value = parseJson(fromUtf8(bytesOf(part, refuse)));
    if (isPlainObject(value)) return value;
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
  }
  throw refuse("the signature's header or payload is not a JSON object");
}

function textOr(object: PlainObject, name: string, otherwise: string): string {
  const value = ownValue(object, name);
  return typeof value === "string" && value !== "" ? value : otherwise;
}

function filesOf(claims: PlainObject, refuse: Refuse): SignedFiles {
  const files = ownValue(claims, "files") ?? null;
  if (!isArray(files)) throw refuse("the signature lists no files");
  return new Map(
    files.map((file) => {
      const entry = isPlainObject(file) ? file : {};
      return [
        textOr(entry, "name", ""),
        { hash: textOr(entry, "hash", ""), algorithm: textOr(entry, "algorithm", "") },
      ];
    }),
  );
}

// Keys

function isSignedBy(
  { key, algorithm }: BundleKey,
  crypto: CryptoHost,
  data: Uint8Array,
  signature: Uint8Array,
  refuse: Refuse,
): boolean {
  try {
    if (isHmac(algorithm)) {
      return areEqual(crypto.hmac(DIGESTS[algorithm], toUtf8(key), data), signature);
    }
    return crypto.verify(algorithm, publicKeyOf(key, crypto, refuse), data, signature);
  } catch (cause) {
    if (cause instanceof LoadError) throw cause;
    throw refuse(`the key cannot verify ${algorithm}: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

const DIGESTS: Readonly<Record<HmacAlgorithm, DigestAlgorithm>> = { HS256: "sha256", HS384: "sha384", HS512: "sha512" };

function isHmac(algorithm: SignatureAlgorithm | HmacAlgorithm): algorithm is HmacAlgorithm {
  return Object.hasOwn(DIGESTS, algorithm);
}

/** Compares without telling by its time how much was right. */
function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (const [index, byte] of a.entries()) difference |= byte ^ (b[index] ?? 0);
  return difference === 0;
}

/** SubjectPublicKeyInfo of a key or certificate in PEM. */
function publicKeyOf(pem: string, crypto: CryptoHost, refuse: Refuse): Uint8Array {
  const block = decodePem(pem);
  if (block === undefined) throw refuse("the key is not in PEM");
  try {
    switch (block.type) {
      case "PUBLIC KEY":
        return parsePublicKey(block.bytes).der;
      case "RSA PUBLIC KEY":
        return rsaKeyInfo(block.bytes);
      case "CERTIFICATE":
        return parseCertificate(block.bytes).publicKey.der;
      case "RSA PRIVATE KEY":
        return crypto.publicKeyOf(parseRsaKey(block.bytes).jwk);
      case "PRIVATE KEY":
        return crypto.publicKeyOf(parsePkcs8Key(crypto, block.bytes).jwk);
      case "EC PRIVATE KEY":
        return crypto.publicKeyOf(parseEcKey(crypto, block.bytes).jwk);
      default:
        throw refuse(`PEM of "${block.type}" is no key`);
    }
  } catch (error) {
    if (error instanceof BuiltinError || error instanceof DerError)
      throw refuse(`the key cannot be read: ${error.message}`);
    throw error;
  }
}

/** SubjectPublicKeyInfo of an RSA key in PKCS #1. */
function rsaKeyInfo(der: Uint8Array): Uint8Array {
  const numbers = new DerReader(der).sequence();
  const n = base64Integer(integerOf(numbers.expect(tags.integer).content));
  const e = base64Integer(integerOf(numbers.expect(tags.integer).content));
  const key = verificationKey({ members: { kty: "RSA", n, e } });
  if (key === undefined) throw new BuiltinError("not an RSA key");
  return key.key;
}

// Files

const HASHES: ReadonlyMap<string, DigestAlgorithm> = new Map([
  ["MD5", "md5"],
  ["SHA-1", "sha1"],
  ["SHA-256", "sha256"],
  ["SHA-384", "sha384"],
  ["SHA-512", "sha512"],
]);

/**
 * Throws a `LoadError` unless a file is the one that was signed. `document` is its value where it is JSON or YAML: then white space
 * and the order of keys do not matter.
 */
export function checkSignedFile(
  path: string,
  content: { readonly bytes: Uint8Array; readonly document: Value | undefined },
  files: SignedFiles,
  crypto: CryptoHost,
  bundle: string,
): void {
  const refuse = (message: string): LoadError => new LoadError("BUNDLE_SIGNATURE", bundle, message);
  const signed = files.get(path);
  if (signed === undefined) throw refuse(`the signature does not cover ${path}`);
  const algorithm = HASHES.get(signed.algorithm);
  if (algorithm === undefined)
    throw refuse(`${path} is signed by the hash "${signed.algorithm}", which is not known here`);
  const { bytes, document } = content;
  const digest = crypto.digest(algorithm, document === undefined ? bytes : toUtf8(canonicalText(document)));
  if (encodeHex(digest) !== signed.hash.toLowerCase()) throw refuse(`${path} is not the file that was signed`);
}

/** A document as OPA hashes it: keys in order, no white space, numbers as written, Go's string escapes without those of HTML. */
export function canonicalText(value: Value): string {
  if (typeof value === "string") return goString(value);
  if (isNumber(value)) return numberText(value);
  if (isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  if (!isPlainObject(value)) return value === null ? "null" : String(value === true);
  const entry = (key: string): string => `${goString(key)}:${canonicalText(ownValue(value, key) ?? null)}`;
  return `{${sortedKeys(value).map(entry).join(",")}}`;
}

function goString(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}
