import type { ObjectValue, Value } from "../values/value.ts";

export type DigestAlgorithm = "md5" | "sha1" | "sha256" | "sha384" | "sha512";

/** The JSON Web Algorithms that need a key pair. */
export type SignatureAlgorithm =
  | "RS256"
  | "RS384"
  | "RS512"
  | "PS256"
  | "PS384"
  | "PS512"
  | "ES256"
  | "ES384"
  | "ES512"
  | "EdDSA";

/** A key as JWK members of text. */
export type JwkText = Readonly<Record<string, string>>;

/**
 * Synchronous cryptography, which JavaScript has no standard for: `nodeHost` of `@redoubt/rego/node` offers Node's.
 * Operations throw for keys they cannot use.
 */
export interface CryptoHost {
  digest(algorithm: DigestAlgorithm, data: Uint8Array): Uint8Array;
  hmac(algorithm: DigestAlgorithm, key: Uint8Array, data: Uint8Array): Uint8Array;
  /** Verifies with a public key in DER (SubjectPublicKeyInfo). ECDSA signatures are r and s side by side. */
  verify(algorithm: SignatureAlgorithm, publicKey: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean;
  /** Verifies a signature over a certificate, given the name of Go's SignatureAlgorithm; undefined if not supported. */
  verifyCertificate(
    algorithm: string,
    publicKey: Uint8Array,
    data: Uint8Array,
    signature: Uint8Array,
  ): boolean | undefined;
  sign(algorithm: SignatureAlgorithm, privateKey: JwkText, data: Uint8Array): Uint8Array;
  /** The DER (SubjectPublicKeyInfo) of a public or private key given as JWK. */
  publicKeyOf(key: JwkText): Uint8Array;
}

/** What builtins take from outside. Each absent member turns off the builtins that need it. */
export interface RegoHost {
  readonly crypto?: CryptoHost;
  /** Random bytes; the default is the platform's generator. */
  readonly randomBytes?: (length: number) => Uint8Array;
  /** What `opa.runtime()` tells. */
  readonly runtime?: ObjectValue;
  /** `http.send`; requests are off without it. */
  readonly httpSend?: (request: ObjectValue) => Value | Promise<Value>;
  /** `net.lookup_ip_addr`: the addresses of a name. */
  readonly lookupAddresses?: (name: string) => readonly string[] | Promise<readonly string[]>;
  /** The zone that "Local" names in time builtins; UTC without it. */
  readonly localTimeZone?: string;
}
