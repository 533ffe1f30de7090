/** Certificates of our own (RFC 5280), with keys on P-256: an authority, and servers' certificates from it. */
import {
  type KeyObject,
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
} from "node:crypto";
import { isIP } from "node:net";
import {
  bitString,
  boolean,
  contextual,
  objectIdentifier,
  octetString,
  sequence,
  set,
  time,
  unsignedInteger,
  utf8String,
} from "./der.ts";
import type { ServingCertificate } from "./serving-certificate.ts";

/** An authority's certificate and the key that it signs with, in PEM. */
export interface Authority {
  readonly key: string;
  readonly cert: string;
}

export interface Validity {
  readonly from: Date;
  readonly until: Date;
}

const OID = {
  commonName: "2.5.4.3",
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyIdentifier: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
  serverAuthentication: "1.3.6.1.5.5.7.3.1",
  clientAuthentication: "1.3.6.1.5.5.7.3.2",
} as const;

/** keyCertSign and cRLSign; digitalSignature. */
const SIGNS_CERTIFICATES = bitString(Buffer.from([0b0000_0110]), 1);
const SIGNS_HANDSHAKES = bitString(Buffer.from([0b1000_0000]), 7);

export function createAuthority(name: string, validity: Validity): Authority {
  const { privateKey, publicKey } = newKey();
  const extensions = [
    extension(OID.basicConstraints, sequence(boolean(true), unsignedInteger(Buffer.from([0]))), true),
    extension(OID.keyUsage, SIGNS_CERTIFICATES, true),
    extension(OID.subjectKeyIdentifier, octetString(keyIdentifier(publicKey))),
  ];
  const cert = certificate({ issuer: name, subject: name, validity, publicKey, extensions }, privateKey);
  return { key: pemOf(privateKey), cert };
}

/** A certificate for a server with these DNS names and IP addresses. */
export function issueServingCertificate(
  authority: Authority,
  issuer: string,
  names: readonly string[],
  validity: Validity,
): ServingCertificate {
  const alternatives = names.map((name) => {
    const address = isIP(name) === 0 ? undefined : addressBytes(name);
    return address === undefined ? contextual(2, Buffer.from(name), false) : contextual(7, address, false);
  });
  return issue(authority, { issuer, subject: names[0] ?? "", validity, usage: OID.serverAuthentication }, [
    extension(OID.subjectAltName, sequence(...alternatives)),
  ]);
}

/** A certificate by which a client shows who it is. */
export function issueClientCertificate(
  authority: Authority,
  issuer: string,
  subject: string,
  validity: Validity,
): ServingCertificate {
  return issue(authority, { issuer, subject, validity, usage: OID.clientAuthentication }, []);
}

interface Issued {
  readonly issuer: string;
  readonly subject: string;
  readonly validity: Validity;
  readonly usage: string;
}

function issue(
  authority: Authority,
  { usage, ...names }: Issued,
  alternatives: readonly Uint8Array[],
): ServingCertificate {
  const signer = createPrivateKey(authority.key);
  const { privateKey, publicKey } = newKey();
  const authorityIdentifier = contextual(0, keyIdentifier(createPublicKey(authority.cert)), false);
  const extensions = [
    extension(OID.basicConstraints, sequence(), true),
    extension(OID.keyUsage, SIGNS_HANDSHAKES, true),
    extension(OID.extendedKeyUsage, sequence(objectIdentifier(usage))),
    extension(OID.subjectKeyIdentifier, octetString(keyIdentifier(publicKey))),
    extension(OID.authorityKeyIdentifier, sequence(authorityIdentifier)),
    ...alternatives,
  ];
  return { key: pemOf(privateKey), cert: certificate({ ...names, publicKey, extensions }, signer) };
}

interface Contents {
  readonly issuer: string;
  readonly subject: string;
  readonly validity: Validity;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Uint8Array[];
}

function certificate({ issuer, subject, validity, publicKey, extensions }: Contents, signer: KeyObject): string {
  const algorithm = sequence(objectIdentifier(OID.ecdsaWithSha256));
  const serial = randomBytes(16);
  const signed = sequence(
    contextual(0, unsignedInteger(Buffer.from([2])), true),
    unsignedInteger(serial),
    algorithm,
    commonName(issuer),
    sequence(time(validity.from), time(validity.until)),
    commonName(subject),
    publicKey.export({ type: "spki", format: "der" }),
    contextual(3, sequence(...extensions), true),
  );
  const bytes = sequence(signed, algorithm, bitString(sign("sha256", signed, signer)));
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

function newKey(): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

function pemOf(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

/** At most 64 characters (RFC 5280, ub-common-name); clients go by the alternative names. */
function commonName(name: string): Buffer {
  return sequence(set(sequence(objectIdentifier(OID.commonName), utf8String(name.slice(0, 64)))));
}

function extension(identifier: string, value: Uint8Array, isCritical = false): Buffer {
  return sequence(objectIdentifier(identifier), ...(isCritical ? [boolean(true)] : []), octetString(value));
}

function keyIdentifier(publicKey: KeyObject): Buffer {
  return createHash("sha1")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest();
}

/** An IP address as its 4 or 16 bytes. */
function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split(".").map(Number));
  const [head = "", tail] = address.split("::");
  const groups = (part: string): string[] => (part === "" ? [] : part.split(":"));
  const before = groups(head);
  const after = groups(tail ?? "");
  const zeros = Array<string>(tail === undefined ? 0 : 8 - before.length - after.length).fill("0");
  return Buffer.from([...before, ...zeros, ...after].map((group) => group.padStart(4, "0")).join(""), "hex");
}
