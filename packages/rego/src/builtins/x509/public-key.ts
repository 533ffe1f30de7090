import { bigintValue } from "../../values/number.ts";
import type { Value } from "../../values/value.ts";
import { encodeBase64 } from "../base64.ts";
import { BuiltinError } from "../errors.ts";
import type { JwkText } from "../host.ts";
import { isOnCurve } from "./jwk-fault.ts";
import { bitStringOf, DerReader, integerOf, oidOf, tags, unsignedOf } from "./der.ts";

export type KeyKind = "RSA" | "EC" | "Ed25519" | "other";

/** A public key: its DER, what kind it is, and its numbers. */
export interface PublicKey {
  readonly kind: KeyKind;
  /** SubjectPublicKeyInfo. */
  readonly der: Uint8Array;
  /** The number by which Go knows the algorithm. */
  readonly algorithm: number;
  /** As Go's JSON shows it. */
  readonly json: Value;
  /** Of elliptic curves. */
  readonly curve?: string;
  readonly jwk?: JwkText;
}

export const curveNames: ReadonlyMap<string, string> = new Map([
  ["1.2.840.10045.3.1.7", "P-256"],
  ["1.3.132.0.33", "P-224"],
  ["1.3.132.0.34", "P-384"],
  ["1.3.132.0.35", "P-521"],
]);

const algorithms: ReadonlyMap<string, number> = new Map([
  ["1.2.840.113549.1.1.1", 1],
  ["1.2.840.10040.4.1", 2],
  ["1.2.840.10045.2.1", 3],
  ["1.3.101.112", 4],
]);

/** Reads a SubjectPublicKeyInfo. Throws a `BuiltinError` or a `DerError`. */
export function parsePublicKey(der: Uint8Array): PublicKey {
  const info = new DerReader(der).sequence();
  const algorithm = info.sequence();
  const oid = oidOf(algorithm.expect(tags.oid).content).join(".");
  const key = bitStringOf(info.expect(tags.bitString).content);
  const number = algorithms.get(oid) ?? 0;
  switch (number) {
    case 1:
      return { kind: "RSA", der, algorithm: number, ...rsaKey(key) };
    case 3: {
      const curve = curveNames.get(oidOf(algorithm.expect(tags.oid).content).join("."));
      if (curve === undefined) throw new BuiltinError("x509: unsupported elliptic curve");
      return { kind: "EC", der, algorithm: number, curve, ...ecKey(key, curve) };
    }
    case 4:
      if (key.length !== 32) throw new BuiltinError("x509: wrong Ed25519 public key size");
      return {
        kind: "Ed25519",
        der,
        algorithm: number,
        json: encodeBase64(key, "standard"),
        jwk: { kty: "OKP", crv: "Ed25519", x: encodeBase64(key, "url", false) },
      };
    default:
      return { kind: "other", der, algorithm: number, json: null };
  }
}

function rsaKey(bytes: Uint8Array): Pick<PublicKey, "json" | "jwk"> {
  const numbers = new DerReader(bytes).sequence();
  const modulus = integerOf(numbers.expect(tags.integer).content);
  const exponent = integerOf(numbers.expect(tags.integer).content);
  if (modulus <= 0n) throw new BuiltinError("x509: RSA modulus is not a positive number");
  if (exponent <= 0n) throw new BuiltinError("x509: RSA public exponent is not a positive number");
  return {
    json: { N: bigintValue(modulus), E: bigintValue(exponent) },
    jwk: { kty: "RSA", n: base64Integer(modulus), e: base64Integer(exponent) },
  };
}

function ecKey(point: Uint8Array, curve: string): Pick<PublicKey, "json" | "jwk"> {
  const size = (point.length - 1) / 2;
  if (point[0] !== 4 || !Number.isInteger(size)) {
    throw new BuiltinError("x509: failed to unmarshal elliptic curve point");
  }
  const [x, y] = [point.subarray(1, 1 + size), point.subarray(1 + size)];
  if (!isOnCurve(curve, x, y)) throw new BuiltinError(`${curve.replace("-", "")} point not on curve`);
  return {
    json: { Curve: {}, X: bigintValue(unsignedOf(x)), Y: bigintValue(unsignedOf(y)) },
    jwk: { kty: "EC", crv: curve, x: encodeBase64(x, "url", false), y: encodeBase64(y, "url", false) },
  };
}

/** The bytes of a positive integer, without leading zeros, as JSON Web Keys have them. */
export function base64Integer(integer: bigint): string {
  const hex = integer.toString(16);
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  const bytes = Uint8Array.from({ length: even.length / 2 }, (_, i) =>
    Number.parseInt(even.slice(2 * i, 2 * i + 2), 16),
  );
  return encodeBase64(bytes, "url", false);
}
