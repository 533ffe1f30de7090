import { bigintValue } from "../../values/number.ts";
import type { MutableObject, Value } from "../../values/value.ts";
import { encodeBase64 } from "../base64.ts";
import { BuiltinError } from "../errors.ts";
import type { CryptoHost, JwkText } from "../host.ts";
import { DerError, DerReader, integerOf, oidOf, tags, unsignedOf } from "./der.ts";
import { base64Integer, curveNames, parsePublicKey } from "./public-key.ts";

/** A private key as JSON Web Key and as Go's JSON shows it. */
export interface PrivateKey {
  readonly jwk: JwkText;
  readonly json: Value;
}

export function parseRsaKey(der: Uint8Array): PrivateKey {
  return reading("x509: failed to parse private key", () => rsaKey(der));
}

function reading<T>(message: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof DerError) throw new BuiltinError(message);
    throw error;
  }
}

/** PKCS #1. */
function rsaKey(der: Uint8Array): PrivateKey {
  const reader = new DerReader(der).sequence();
  const numbers: bigint[] = [];
  while (!reader.isAtEnd && numbers.length < 9) numbers.push(integerOf(reader.expect(tags.integer).content));
  const [version = -1n, n = 0n, e = 0n, d = 0n, p = 0n, q = 0n, dp = 0n, dq = 0n, qi = 0n] = numbers;
  if (version !== 0n || numbers.length < 9) throw new BuiltinError("x509: unsupported private key version");
  const jwk: JwkText = {
    kty: "RSA",
    n: base64Integer(n),
    e: base64Integer(e),
    d: base64Integer(d),
    p: base64Integer(p),
    q: base64Integer(q),
    dp: base64Integer(dp),
    dq: base64Integer(dq),
    qi: base64Integer(qi),
  };
  const json = {
    N: bigintValue(n),
    E: bigintValue(e),
    D: bigintValue(d),
    Primes: [bigintValue(p), bigintValue(q)],
    Precomputed: { Dp: bigintValue(dp), Dq: bigintValue(dq), Qinv: bigintValue(qi), CRTValues: [] },
  };
  return { jwk, json };
}

/** SEC 1. The curve is told inside, or outside in PKCS #8. */
export function parseEcKey(crypto: CryptoHost, der: Uint8Array, outerCurve?: string): PrivateKey {
  return reading("x509: failed to parse EC private key", () => {
    const reader = new DerReader(der).sequence();
    reader.expect(tags.integer);
    const d = reader.expect(tags.octetString).content;
    const parameters = reader.optional(0xa0);
    const oid = parameters === undefined ? undefined : new DerReader(parameters.content).expect(tags.oid).content;
    const curve = outerCurve ?? (oid === undefined ? undefined : curveNames.get(oidOf(oid).join(".")));
    if (curve === undefined) throw new BuiltinError("x509: unknown elliptic curve");
    const privateJwk: JwkText = { kty: "EC", crv: curve, d: encodeBase64(d, "url", false) };
    const publicPart = reader.optional(0xa1);
    const point = publicPart === undefined ? undefined : new DerReader(publicPart.content).expect(tags.bitString);
    const coordinates =
      point === undefined ? parsePublicKey(crypto.publicKeyOf(privateJwk)).jwk : pointOf(point.content.subarray(2));
    return {
      jwk: { ...privateJwk, ...coordinates },
      json: {
        Curve: {},
        D: bigintValue(unsignedOf(d)),
        X: coordinateJson(coordinates?.["x"]),
        Y: coordinateJson(coordinates?.["y"]),
      },
    };
  });
}

function pointOf(coordinates: Uint8Array): JwkText {
  const size = coordinates.length / 2;
  return {
    x: encodeBase64(coordinates.subarray(0, size), "url", false),
    y: encodeBase64(coordinates.subarray(size), "url", false),
  };
}

function coordinateJson(text: string | undefined): Value {
  if (text === undefined) return 0;
  const bytes = Uint8Array.from(globalThis.atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) =>
    character.charCodeAt(0),
  );
  return bigintValue(unsignedOf(bytes));
}

/** PKCS #8. */
export function parsePkcs8Key(crypto: CryptoHost, der: Uint8Array): PrivateKey {
  return reading("x509: failed to parse private key", () => {
    const reader = new DerReader(der).sequence();
    reader.expect(tags.integer);
    const algorithm = reader.sequence();
    const oid = oidOf(algorithm.expect(tags.oid).content).join(".");
    const key = reader.expect(tags.octetString).content;
    switch (oid) {
      case "1.2.840.113549.1.1.1":
        return rsaKey(key);
      case "1.2.840.10045.2.1":
        return parseEcKey(crypto, key, curveNames.get(oidOf(algorithm.expect(tags.oid).content).join(".")));
      case "1.3.101.112":
        return ed25519Key(crypto, new DerReader(key).expect(tags.octetString).content);
      default:
        throw new BuiltinError(`x509: PKCS#8 wrapping contained private key with unknown algorithm: ${oid}`);
    }
  });
}

function ed25519Key(crypto: CryptoHost, seed: Uint8Array): PrivateKey {
  const d = encodeBase64(seed, "url", false);
  const publicKey = parsePublicKey(crypto.publicKeyOf({ kty: "OKP", crv: "Ed25519", d }));
  const x = publicKey.jwk?.["x"] ?? "";
  const both = new Uint8Array(64);
  both.set(seed);
  both.set(publicKey.der.subarray(-32), 32);
  return { jwk: { kty: "OKP", crv: "Ed25519", d, x }, json: encodeBase64(both, "standard") };
}

/** A key's JSON Web Key as a value. */
export function jwkJson(key: PrivateKey): MutableObject {
  return { ...key.jwk };
}
