import {
  constants,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  type JsonWebKey,
  type KeyObject,
  sign,
  type SignKeyObjectInput,
  verify,
} from "node:crypto";
import type { CryptoHost, JwkText, SignatureAlgorithm } from "./builtins/host.ts";

function digestOf(algorithm: SignatureAlgorithm): string | undefined {
  return algorithm === "EdDSA" ? undefined : `sha${algorithm.slice(2)}`;
}

/** How a signature of the algorithm is made. */
function options(algorithm: SignatureAlgorithm, key: KeyObject, forSigning: boolean): SignKeyObjectInput {
  if (algorithm.startsWith("PS")) {
    const saltLength = forSigning ? constants.RSA_PSS_SALTLEN_DIGEST : constants.RSA_PSS_SALTLEN_AUTO;
    return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
  }
  return algorithm.startsWith("ES") ? { key, dsaEncoding: "ieee-p1363" } : { key };
}

function publicKey(der: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.from(der), format: "der", type: "spki" });
}

function jwkOf(key: JwkText): JsonWebKey {
  return { ...key };
}

/** A private key whose JWK may lack its public half. */
function privateKey(key: JwkText): KeyObject {
  if (key["kty"] === "OKP" && key["x"] === undefined) {
    const seed = Buffer.from(key["d"] ?? "", "base64url");
    const prefix = Buffer.from("302e020100300506032b657004220420", "hex");
    return createPrivateKey({ key: Buffer.concat([prefix, seed]), format: "der", type: "pkcs8" });
  }
  if (key["kty"] === "EC" && key["x"] === undefined) return ecPrivateKey(key);
  return createPrivateKey({ key: jwkOf(key), format: "jwk" });
}

const curveOids: Readonly<Record<string, string>> = {
  "P-256": "06082a8648ce3d030107",
  "P-384": "06052b81040022",
  "P-521": "06052b81040023",
};

function ecPrivateKey(key: JwkText): KeyObject {
  const d = Buffer.from(key["d"] ?? "", "base64url");
  const oid = Buffer.from(curveOids[key["crv"] ?? ""] ?? "", "hex");
  const body = Buffer.concat([Buffer.from([2, 1, 1, 4, d.length]), d, Buffer.from([0xa0, oid.length]), oid]);
  return createPrivateKey({
    key: Buffer.concat([Buffer.from([0x30, body.length]), body]),
    format: "der",
    type: "sec1",
  });
}

/** Node's cryptography for the builtins of tokens, hashes and certificates. */
export const nodeCrypto: CryptoHost = {
  digest: (algorithm, data) => createHash(algorithm).update(data).digest(),
  hmac: (algorithm, key, data) => createHmac(algorithm, key).update(data).digest(),
  verify(algorithm, key, data, signature) {
    return verify(digestOf(algorithm), data, options(algorithm, publicKey(key), false), signature);
  },
  verifyCertificate(algorithm, der, data, signature) {
    const key = publicKey(der);
    if (algorithm === "Ed25519") return verify(undefined, data, key, signature);
    const digest = `sha${/SHA([0-9]+)/.exec(algorithm)?.[1] ?? "256"}`;
    if (algorithm.endsWith("RSAPSS")) {
      const padding = constants.RSA_PKCS1_PSS_PADDING;
      return verify(digest, data, { key, padding, saltLength: constants.RSA_PSS_SALTLEN_AUTO }, signature);
    }
    return verify(digest, data, key, signature);
  },
  sign(algorithm, key, data) {
    return sign(digestOf(algorithm), data, options(algorithm, privateKey(key), true));
  },
  publicKeyOf(key) {
    const object = key["d"] === undefined ? createPublicKey({ key: jwkOf(key), format: "jwk" }) : privateKey(key);
    const half = object.type === "private" ? createPublicKey(object) : object;
    return half.export({ format: "der", type: "spki" });
  },
};
