import { DerReader, oidOf, tags } from "./der.ts";

/** Signature algorithms by Go's numbers for them, with the names that the crypto host knows them by. */
export const signatureAlgorithmNames: ReadonlyMap<number, string> = new Map([
  [3, "SHA1-RSA"],
  [4, "SHA256-RSA"],
  [5, "SHA384-RSA"],
  [6, "SHA512-RSA"],
  [9, "ECDSA-SHA1"],
  [10, "ECDSA-SHA256"],
  [11, "ECDSA-SHA384"],
  [12, "ECDSA-SHA512"],
  [13, "SHA256-RSAPSS"],
  [14, "SHA384-RSAPSS"],
  [15, "SHA512-RSAPSS"],
  [16, "Ed25519"],
]);

const numbers: ReadonlyMap<string, number> = new Map([
  ["1.2.840.113549.1.1.2", 1],
  ["1.2.840.113549.1.1.4", 2],
  ["1.2.840.113549.1.1.5", 3],
  ["1.3.14.3.2.29", 3],
  ["1.2.840.113549.1.1.11", 4],
  ["1.2.840.113549.1.1.12", 5],
  ["1.2.840.113549.1.1.13", 6],
  ["1.2.840.10040.4.3", 7],
  ["2.16.840.1.101.3.4.3.2", 8],
  ["1.2.840.10045.4.1", 9],
  ["1.2.840.10045.4.3.2", 10],
  ["1.2.840.10045.4.3.3", 11],
  ["1.2.840.10045.4.3.4", 12],
  ["1.3.101.112", 16],
]);

const pssHashes: ReadonlyMap<string, number> = new Map([
  ["2.16.840.1.101.3.4.2.1", 13],
  ["2.16.840.1.101.3.4.2.2", 14],
  ["2.16.840.1.101.3.4.2.3", 15],
]);

/** Go's number for an AlgorithmIdentifier; 0 for what it does not know. */
export function signatureAlgorithmNumber(content: Uint8Array): number {
  const reader = new DerReader(content);
  const oid = oidOf(reader.expect(tags.oid).content).join(".");
  if (oid !== "1.2.840.113549.1.1.10") return numbers.get(oid) ?? 0;
  const hash = reader.isAtEnd ? undefined : reader.sequence().optional(0xa0);
  if (hash === undefined) return 0;
  return pssHashes.get(oidOf(new DerReader(hash.content).sequence().expect(tags.oid).content).join(".")) ?? 0;
}
