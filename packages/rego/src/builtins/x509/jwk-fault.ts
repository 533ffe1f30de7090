import { quote } from "../../values/term-text.ts";
import type { PlainObject, Value } from "../../values/value.ts";
import { decodeBase64 } from "../base64.ts";
import { BuiltinError } from "../errors.ts";

/** Curves by their names, each with the size of a coordinate and, of those that points are checked on, its parameters. */
interface Curve {
  readonly size: number;
  readonly prime: bigint;
  readonly b: bigint;
}

const CURVES: ReadonlyMap<string, Curve> = new Map([
  [
    "P-256",
    {
      size: 32,
      prime: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
      b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
    },
  ],
  [
    "P-384",
    {
      size: 48,
      prime: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
      b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
    },
  ],
  [
    "P-521",
    {
      size: 66,
      prime: 2n ** 521n - 1n,
      b: 0x051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
    },
  ],
]);
const OTHER_CURVES: ReadonlySet<string> = new Set(["Ed25519", "Ed448", "X25519", "X448"]);

interface Kind {
  /** What OPA's library calls a public and a private key of the kind. */
  readonly names: readonly [publicKey: string, privateKey: string];
  readonly types: readonly [publicKey: string, privateKey: string];
  readonly required: readonly string[];
  /** Members that hold bytes. */
  readonly bytes: ReadonlySet<string>;
}

const KINDS: ReadonlyMap<string, Kind> = new Map([
  [
    "RSA",
    {
      names: ["RSAPublicKey", "RSAPrivateKey"],
      types: ["rsaPublicKey", "rsaPrivateKey"],
      required: ["e", "n"],
      bytes: new Set(["n", "e", "d", "p", "q", "dp", "dq", "qi"]),
    },
  ],
  [
    "EC",
    {
      names: ["ECDSAPublicKey", "ECDSAPrivateKey"],
      types: ["ecdsaPublicKey", "ecdsaPrivateKey"],
      required: ["crv", "x", "y"],
      bytes: new Set(["x", "y", "d"]),
    },
  ],
  [
    "OKP",
    {
      names: ["OKPPublicKey", "OKPPrivateKey"],
      types: ["okpPublicKey", "okpPrivateKey"],
      required: ["crv", "x"],
      bytes: new Set(["x", "d"]),
    },
  ],
  [
    "oct",
    {
      names: ["SymmetricKey", "SymmetricKey"],
      types: ["symmetricKey", "symmetricKey"],
      required: ["k"],
      bytes: new Set(["k"]),
    },
  ],
]);

/** What OPA's library says of a JSON Web Key that is no good; undefined for one that is. */
export function jwkFault(key: PlainObject): string | undefined {
  const { kty } = key;
  const kind = typeof kty === "string" ? KINDS.get(kty) : undefined;
  if (kind === undefined) return `invalid key type from JSON (${typeof kty === "string" ? kty : ""})`;
  const isPrivate = key["d"] !== undefined && key["d"] !== null && kty !== "oct";
  const name = kind.names[isPrivate ? 1 : 0];
  const unreadable = memberFault(key, kind, isPrivate);
  if (unreadable !== undefined) {
    const type = `*jwk.${kind.types[isPrivate ? 1 : 0]}`;
    return `failed to unmarshal JSON into key (${type}): failed to unmarshal JSON into key (${type}): ${unreadable}`;
  }
  const invalid = contentFault(key, isPrivate);
  return invalid === undefined
    ? undefined
    : `jwk.Parse: key validation failed: key validation failed: jwk.${name}: ${invalid}`;
}

/** What `alg` may name: ways to sign, to wrap keys, to encrypt. */
const ALGORITHM =
  /^(?:none|EdDSA|EdDSAEd25519|[EHPR]S(?:256|384|512)|ES256K|dir|RSA1_5|RSA-OAEP(?:-256|-384|-512)?|A(?:128|192|256)(?:GCM)?KW|ECDH-ES(?:\+A(?:128|192|256)KW)?|PBES2-HS(?:256\+A128|384\+A192|512\+A256)KW|A(?:128|192|256)GCM|A128CBC-HS256|A192CBC-HS384|A256CBC-HS512)$/;

function memberFault(key: PlainObject, { required, bytes }: Kind, isPrivate: boolean): string | undefined {
  for (const [member, value] of Object.entries(key)) {
    if (member === "alg" && typeof value === "string" && !ALGORITHM.test(value)) {
      return `failed to decode value for key alg: invalid key value: ${quote(value)}: invalid key algorithm`;
    }
    if (member === "crv" && required.includes("crv")) {
      if (typeof value === "string" && !CURVES.has(value) && !OTHER_CURVES.has(value)) {
        return `failed to decode value for key crv: unknown EllipticCurveAlgorithm: ${quote(value)}`;
      }
    } else if (bytes.has(member) && (member !== "d" || isPrivate)) {
      if (typeof value === "string" && bytesOf(value) === undefined) {
        return `failed to decode value for key ${member}: expected base64 encoded []byte (string)`;
      }
    }
  }
  const wanted = isPrivate ? [...required, "d"].sort() : required;
  const missing = wanted.find((member) => key[member] === undefined || key[member] === null);
  return missing === undefined ? undefined : `required field ${missing} is missing`;
}

function contentFault(key: PlainObject, isPrivate: boolean): string | undefined {
  const bytes = (member: string): Uint8Array => bytesOf(key[member]) ?? new Uint8Array();
  switch (key["kty"]) {
    case "oct":
      return bytes("k").length === 0 ? 'missing "k" field' : undefined;
    case "EC":
      return (
        pointFault(key["crv"], bytes("x"), bytes("y")) ?? (isPrivate ? privateFault(key["crv"], bytes("d")) : undefined)
      );
    case "OKP": {
      if (bytes("x").length === 0) return 'missing "x" field';
      const crv = key["crv"];
      const isShort = crv === "Ed25519" || crv === "X25519";
      if (isShort && bytes("x").length !== 32) return `${crv.toLowerCase()}: wrong public key size`;
      if (isPrivate && bytes("d").length === 0) return 'missing "d" field';
      if (isPrivate && isShort && bytes("d").length !== 32) return `${crv.toLowerCase()}: wrong private key size`;
      return undefined;
    }
    default:
      return modulusFault(bytes("n"), bytes("e"));
  }
}

function pointFault(crv: Value | undefined, x: Uint8Array, y: Uint8Array): string | undefined {
  const curve = typeof crv === "string" ? CURVES.get(crv) : undefined;
  if (curve === undefined || typeof crv !== "string") return undefined;
  for (const [member, bytes] of [
    ["x", x],
    ["y", y],
  ] as const) {
    if (bytes.length !== curve.size) return `invalid "${member}" length (${bytes.length}) for curve ${quote(crv)}`;
  }
  if (integerOf(x) === 0n && integerOf(y) === 0n) {
    return "invalid ECDSA public key: identity point is not a valid public key";
  }
  return isOnCurve(crv, x, y) ? undefined : `invalid ECDSA public key: ${crv.replace("-", "")} point not on curve`;
}

/** Whether a point lies on one of NIST's curves: y² = x³ - 3x + b. True for curves that are not known. */
export function isOnCurve(crv: string, x: Uint8Array, y: Uint8Array): boolean {
  const curve = CURVES.get(crv);
  if (curve === undefined) return true;
  const { prime, b } = curve;
  const [a, c] = [integerOf(x), integerOf(y)];
  return a < prime && c < prime && (c * c - (a * a * a - 3n * a + b)) % prime === 0n;
}

function privateFault(crv: Value | undefined, d: Uint8Array): string | undefined {
  if (typeof crv !== "string" || d.length === (CURVES.get(crv)?.size ?? d.length)) return undefined;
  return `invalid "d" length (${d.length}) for curve ${quote(crv)}`;
}

function modulusFault(modulus: Uint8Array, exponent: Uint8Array): string | undefined {
  const [n, e] = [integerOf(modulus), integerOf(exponent)];
  if (n === 0n) return 'missing "n" value';
  if (e === 0n) return 'missing "e" value';
  return e % 2n === 0n ? "invalid rsa public exponent: must be a positive odd integer" : undefined;
}

function integerOf(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}

/** Bytes in base64 of either alphabet, with or without padding. */
function bytesOf(value: Value | undefined): Uint8Array | undefined {
  if (typeof value !== "string") return undefined;
  const bare = value.replaceAll("-", "+").replaceAll("_", "/").replace(/=+$/, "");
  try {
    return decodeBase64(bare + "=".repeat((4 - (bare.length % 4)) % 4), "standard");
  } catch (error) {
    if (error instanceof BuiltinError) return undefined;
    throw error;
  }
}
