import { bigintValue } from "../../values/number.ts";
import { fromUtf8 } from "../../values/utf8.ts";
import type { MutableObject, Value } from "../../values/value.ts";
import { encodeBase64 } from "../base64.ts";
import { BuiltinError } from "../errors.ts";
import { parseUrl } from "../url.ts";
import { bitStringOf, type DerElement, DerError, DerReader, integerOf, oidOf, tags } from "./der.ts";
import {
  authorityInfoAccess,
  authorityKeyId,
  basicConstraints,
  certificatePolicies,
  crlDistributionPoints,
  type Extension,
  extendedKeyUsage,
  extensionJson,
  extensionsOf,
  type GeneralNames,
  ipText,
  keyUsage,
  type NameConstraints,
  nameConstraints,
  subjectAlternativeNames,
  taggedInteger,
} from "./extensions.ts";
import { nameJson } from "./name.ts";
import { parsePublicKey, type PublicKey } from "./public-key.ts";
import { signatureAlgorithmNumber } from "./signature-algorithm.ts";

/** A certificate, with what verification asks of it, and its fields as Go's JSON shows them. */
export interface Certificate {
  readonly raw: Uint8Array;
  readonly tbs: Uint8Array;
  readonly version: number;
  readonly subject: Uint8Array;
  readonly issuer: Uint8Array;
  readonly signature: Uint8Array;
  readonly signatureAlgorithm: number;
  readonly publicKey: PublicKey;
  /** Seconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly names: GeneralNames;
  readonly constraints: NameConstraints | undefined;
  readonly isCa: boolean;
  readonly basicConstraintsValid: boolean;
  readonly maxPathLength: number;
  readonly extendedKeyUsage: readonly number[];
  readonly hasUnknownUsages: boolean;
  readonly keyUsage: number;
  readonly hasKeyUsage: boolean;
  readonly unhandledCritical: boolean;
  readonly json: MutableObject;
}

function bytesJson(bytes: Uint8Array | undefined): Value {
  return bytes === undefined ? null : encodeBase64(bytes, "standard");
}

function listJson(items: readonly Value[]): Value {
  return items.length === 0 ? null : items;
}

/** The certificates that stand one after another in DER. */
export function parseCertificates(der: Uint8Array): Certificate[] {
  const certificates: Certificate[] = [];
  let rest = der;
  while (rest.length > 0) {
    const current = rest;
    const element = malformed("certificate", () => new DerReader(current).expect(tags.sequence));
    certificates.push(parseCertificate(element.whole));
    rest = rest.subarray(element.whole.length);
  }
  return certificates;
}

function malformed<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof DerError) throw new BuiltinError(`x509: malformed ${what}`);
    throw error;
  }
}

export function parseCertificate(der: Uint8Array): Certificate {
  return malformed("certificate", () => readCertificate(der));
}

function readCertificate(der: Uint8Array): Certificate {
  const reader = new DerReader(der).sequence();
  const tbsElement = reader.expect(tags.sequence);
  const signatureAlgorithm = signatureAlgorithmNumber(reader.expect(tags.sequence).content);
  const signature = bitStringOf(reader.expect(tags.bitString).content);
  const tbs = new DerReader(tbsElement.content);
  const versionElement = tbs.optional(0xa0);
  const version =
    versionElement === undefined ? 1 : Number(integerOf(new DerReader(versionElement.content).next().content)) + 1;
  if (version > 3) throw new BuiltinError("x509: invalid version");
  const serial = integerOf(tbs.expect(tags.integer).content);
  if (serial < 0n) throw new BuiltinError("x509: negative serial number");
  tbs.expect(tags.sequence);
  const issuer = tbs.expect(tags.sequence);
  const validity = tbs.sequence();
  const [notBefore, notAfter] = [timeOf(validity.next()), timeOf(validity.next())];
  const subject = tbs.expect(tags.sequence);
  const publicKeyInfo = tbs.expect(tags.sequence).whole;
  const publicKey = malformed("public key", () => parsePublicKey(publicKeyInfo));
  tbs.optional(0x81);
  tbs.optional(0x82);
  const extensionsElement = version > 1 ? tbs.optional(0xa3) : undefined;
  const extensions =
    extensionsElement === undefined
      ? []
      : extensionsOf(new DerReader(extensionsElement.content).expect(tags.sequence).content);
  const read = readExtensions(extensions);
  const json: MutableObject = {
    Raw: bytesJson(der),
    RawTBSCertificate: bytesJson(tbsElement.whole),
    RawSubjectPublicKeyInfo: bytesJson(publicKeyInfo),
    RawSubject: bytesJson(subject.whole),
    RawIssuer: bytesJson(issuer.whole),
    Signature: bytesJson(signature),
    SignatureAlgorithm: signatureAlgorithm,
    PublicKeyAlgorithm: publicKey.algorithm,
    PublicKey: publicKey.json,
    Version: version,
    SerialNumber: bigintValue(serial),
    Issuer: nameJson(issuer.content),
    Subject: nameJson(subject.content),
    NotBefore: notBefore.text,
    NotAfter: notAfter.text,
    Extensions: listJson(extensions.map(extensionJson)),
    ExtraExtensions: null,
    ...read.json,
  };
  return {
    raw: der,
    tbs: tbsElement.whole,
    version,
    subject: subject.whole,
    issuer: issuer.whole,
    signature,
    signatureAlgorithm,
    publicKey,
    notBefore: notBefore.seconds,
    notAfter: notAfter.seconds,
    ...read.facts,
    json,
  };
}

interface CertificateTime {
  readonly seconds: number;
  readonly text: string;
}

const utcTime = /^([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})?Z$/;
const generalizedTime = /^([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})Z$/;

function timeOf({ tag, content }: DerElement): CertificateTime {
  const text = fromUtf8(content);
  const isUtc = tag === tags.utcTime;
  const match = (isUtc ? utcTime : generalizedTime).exec(text);
  if (match === null) throw new BuiltinError(isUtc ? "x509: malformed UTCTime" : "x509: malformed GeneralizedTime");
  const [, year = "", month = "", day = "", hour = "", minute = "", second = "00"] = match;
  const century = Number(year) >= 50 ? "19" : "20";
  const iso = `${isUtc ? century : ""}${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
  return { seconds: Date.parse(iso) / 1000, text: iso };
}

type CertificateFacts = Pick<
  Certificate,
  | "names"
  | "constraints"
  | "isCa"
  | "basicConstraintsValid"
  | "maxPathLength"
  | "extendedKeyUsage"
  | "hasUnknownUsages"
  | "keyUsage"
  | "hasKeyUsage"
  | "unhandledCritical"
>;

function readExtensions(extensions: readonly Extension[]): { facts: CertificateFacts; json: MutableObject } {
  const byId = new Map<string, Extension>();
  const unhandled: Value[] = [];
  for (const extension of extensions) {
    const id = extension.id.join(".");
    if (byId.has(id)) throw new BuiltinError("x509: certificate contains duplicate extensions");
    byId.set(id, extension);
    if (extension.critical && !handled.has(id)) unhandled.push(extension.id);
  }
  const value = <T>(id: string, what: string, read: (bytes: Uint8Array) => T): T | undefined => {
    const extension = byId.get(id);
    if (extension === undefined) return undefined;
    try {
      return read(extension.value);
    } catch (error) {
      if (error instanceof DerError) throw new BuiltinError(`x509: invalid ${what}`);
      throw error;
    }
  };
  const usage = value("2.5.29.15", "key usage", keyUsage);
  const basic = value("2.5.29.19", "basic constraints", basicConstraints);
  const names = value("2.5.29.17", "subject alternative names", subjectAlternativeNames);
  const constraints = value("2.5.29.30", "NameConstraints extension", nameConstraints);
  const crls = value("2.5.29.31", "CRL distribution points", crlDistributionPoints);
  const authority = value("2.5.29.35", "authority key identifier", authorityKeyId);
  const usages = value("2.5.29.37", "extended key usages", extendedKeyUsage);
  const subjectKey = value(
    "2.5.29.14",
    "subject key identifier",
    (bytes) => new DerReader(bytes).expect(tags.octetString).content,
  );
  const policies = value("2.5.29.32", "certificate policies", certificatePolicies) ?? [];
  const access = value("1.3.6.1.5.5.7.1.1", "authority info access", authorityInfoAccess);
  const required = value("2.5.29.36", "policy constraints extension", (bytes) => {
    const reader = new DerReader(bytes).sequence();
    return { explicit: taggedInteger(reader, 0x80), mapping: taggedInteger(reader, 0x81) };
  });
  const inhibitAny = value("2.5.29.54", "inhibit any policy extension", (bytes) =>
    Number(integerOf(new DerReader(bytes).expect(tags.integer).content)),
  );
  const mappings = value("2.5.29.33", "policy mappings extension", policyMappings) ?? [];
  // Constraints on other kinds of names than these four cannot be kept to.
  const isCritical = byId.get("2.5.29.30")?.critical === true;
  const facts: CertificateFacts = {
    names: names ?? { dnsNames: [], emailAddresses: [], ipAddresses: [], uris: [] },
    constraints,
    isCa: basic?.isCa === true,
    basicConstraintsValid: basic !== undefined,
    maxPathLength: basic?.maxPathLength ?? 0,
    extendedKeyUsage: usages?.known ?? [],
    hasUnknownUsages: (usages?.unknown.length ?? 0) > 0,
    keyUsage: usage ?? 0,
    hasKeyUsage: usage !== undefined,
    unhandledCritical: unhandled.length > 0,
  };
  const json: MutableObject = {
    KeyUsage: usage ?? 0,
    UnhandledCriticalExtensions: listJson(unhandled),
    ExtKeyUsage: listJson(usages?.known ?? []),
    UnknownExtKeyUsage: listJson(usages?.unknown ?? []),
    BasicConstraintsValid: basic !== undefined,
    IsCA: facts.isCa,
    MaxPathLen: facts.maxPathLength,
    MaxPathLenZero: basic !== undefined && facts.maxPathLength === 0,
    SubjectKeyId: bytesJson(subjectKey),
    AuthorityKeyId: bytesJson(authority),
    OCSPServer: listJson(access?.ocsp ?? []),
    IssuingCertificateURL: listJson(access?.issuers ?? []),
    ...namesJson(facts.names),
    PermittedDNSDomainsCritical: isCritical,
    ...constraintsJson("Permitted", constraints?.permitted),
    ...constraintsJson("Excluded", constraints?.excluded),
    CRLDistributionPoints: listJson(crls ?? []),
    PolicyIdentifiers: listJson(policies),
    Policies: listJson(policies.map((oid) => oid.join("."))),
    InhibitAnyPolicy: inhibitAny ?? 0,
    InhibitAnyPolicyZero: inhibitAny === 0,
    InhibitPolicyMapping: required?.mapping ?? 0,
    InhibitPolicyMappingZero: required?.mapping === 0,
    RequireExplicitPolicy: required?.explicit ?? 0,
    RequireExplicitPolicyZero: required?.explicit === 0,
    PolicyMappings: listJson(mappings),
  };
  return { facts, json };
}

const handled: ReadonlySet<string> = new Set([
  "2.5.29.14",
  "2.5.29.15",
  "2.5.29.17",
  "2.5.29.19",
  "2.5.29.30",
  "2.5.29.31",
  "2.5.29.32",
  "2.5.29.33",
  "2.5.29.35",
  "2.5.29.36",
  "2.5.29.37",
  "2.5.29.54",
]);

function policyMappings(value: Uint8Array): Value[] {
  const reader = new DerReader(value).sequence();
  const mappings: Value[] = [];
  while (!reader.isAtEnd) {
    const pair = reader.sequence();
    mappings.push({
      IssuerDomainPolicy: oidOf(pair.expect(tags.oid).content).join("."),
      SubjectDomainPolicy: oidOf(pair.expect(tags.oid).content).join("."),
    });
  }
  return mappings;
}

export function namesJson(names: GeneralNames): MutableObject {
  return {
    DNSNames: listJson(names.dnsNames),
    EmailAddresses: listJson(names.emailAddresses),
    IPAddresses: listJson(names.ipAddresses.map(ipText)),
    URIs: listJson(names.uris.map(uriJson)),
  };
}

/** A URL as Go's JSON shows one. */
function uriJson(uri: string): Value {
  const url = parseUrl(uri);
  return {
    Scheme: url.scheme,
    Opaque: url.opaque,
    User: url.user === undefined ? null : {},
    Host: url.host,
    Path: url.path,
    Fragment: url.fragment,
    RawQuery: url.rawQuery,
    RawPath: url.rawPath,
    RawFragment: "",
    ForceQuery: uri.endsWith("?"),
    OmitHost: false,
  };
}

function constraintsJson(prefix: string, names: GeneralNames | undefined): MutableObject {
  return {
    [`${prefix}DNSDomains`]: listJson(names?.dnsNames ?? []),
    [`${prefix}IPRanges`]: listJson((names?.ipAddresses ?? []).map(rangeJson)),
    [`${prefix}EmailAddresses`]: listJson(names?.emailAddresses ?? []),
    [`${prefix}URIDomains`]: listJson(names?.uris ?? []),
  };
}

function rangeJson(range: Uint8Array): Value {
  const half = range.length / 2;
  return { IP: ipText(range.subarray(0, half)), Mask: bytesJson(range.subarray(half)) };
}
