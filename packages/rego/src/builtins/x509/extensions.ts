import { fromUtf8 } from "../../values/utf8.ts";
import type { Value } from "../../values/value.ts";
import { BuiltinError } from "../errors.ts";
import { addressText } from "../ip.ts";
import { parseUrl } from "../url.ts";
import { encodeBase64 } from "../base64.ts";
import { type DerElement, DerError, DerReader, elementsOf, integerOf, oidOf, tags, unsignedOf } from "./der.ts";

export interface Extension {
  readonly id: readonly number[];
  readonly critical: boolean;
  readonly value: Uint8Array;
}

/** Names that a certificate is for, or that a constraint speaks of. */
export interface GeneralNames {
  readonly dnsNames: string[];
  readonly emailAddresses: string[];
  readonly ipAddresses: Uint8Array[];
  readonly uris: string[];
}

export function extensionsOf(content: Uint8Array): Extension[] {
  return elementsOf(content).map((element) => {
    const reader = new DerReader(element.content);
    const id = oidOf(reader.expect(tags.oid).content);
    const critical = reader.optional(tags.boolean)?.content[0] === 0xff;
    return { id, critical, value: reader.expect(tags.octetString).content };
  });
}

export function extensionJson({ id, critical, value }: Extension): Value {
  return { Id: id, Critical: critical, Value: encodeBase64(value, "standard") };
}

function emptyNames(): GeneralNames {
  return { dnsNames: [], emailAddresses: [], ipAddresses: [], uris: [] };
}

function ia5(content: Uint8Array, what: string): string {
  if (content.some((byte) => byte > 0x7f)) throw new BuiltinError(`x509: ${what} is malformed`);
  return fromUtf8(content);
}

function addName(names: GeneralNames, { tag, content }: DerElement): void {
  switch (tag & 0x1f) {
    case 1:
      names.emailAddresses.push(ia5(content, "SAN rfc822Name"));
      break;
    case 2:
      names.dnsNames.push(ia5(content, "SAN dNSName"));
      break;
    case 6:
      names.uris.push(ia5(content, "SAN uniformResourceIdentifier"));
      break;
    case 7:
      names.ipAddresses.push(content);
      break;
    default:
      break;
  }
}

export function subjectAlternativeNames(value: Uint8Array): GeneralNames {
  const names = emptyNames();
  for (const element of elementsOf(new DerReader(value).expect(tags.sequence).content)) addName(names, element);
  for (const address of names.ipAddresses) {
    if (address.length !== 4 && address.length !== 16) {
      throw new BuiltinError(`x509: cannot parse IP address of length ${address.length}`);
    }
  }
  for (const uri of names.uris) {
    try {
      parseUrl(uri);
    } catch (error) {
      if (!(error instanceof BuiltinError)) throw error;
      throw new BuiltinError(`x509: cannot parse URI ${JSON.stringify(uri)}: ${error.message}`);
    }
  }
  return names;
}

export function ipText(bytes: Uint8Array): string {
  const value = unsignedOf(bytes);
  return addressText(bytes.length === 4 ? (0xffffn << 32n) | value : value);
}

export interface NameConstraints {
  readonly permitted: GeneralNames;
  readonly excluded: GeneralNames;
}

export function nameConstraints(value: Uint8Array): NameConstraints {
  const reader = new DerReader(value).sequence();
  const subtrees = (tag: number): GeneralNames => {
    const names = emptyNames();
    const element = reader.optional(tag);
    if (element === undefined) return names;
    for (const subtree of elementsOf(element.content)) addName(names, new DerReader(subtree.content).next());
    return names;
  };
  return { permitted: subtrees(0xa0), excluded: subtrees(0xa1) };
}

/** The bits of a key usage as Go numbers them. */
export function keyUsage(value: Uint8Array): number {
  const { content } = new DerReader(value).expect(tags.bitString);
  let usage = 0;
  for (let i = 0; i < 9; i += 1) {
    if (((content[1 + (i >> 3)] ?? 0) & (0x80 >> (i & 7))) !== 0) usage |= 1 << i;
  }
  return usage;
}

export function basicConstraints(value: Uint8Array): { readonly isCa: boolean; readonly maxPathLength: number } {
  const reader = new DerReader(value).sequence();
  const isCa = reader.optional(tags.boolean)?.content[0] === 0xff;
  const length = reader.optional(tags.integer);
  return { isCa, maxPathLength: length === undefined ? -1 : Number(integerOf(length.content)) };
}

const extendedUsages = new Map([
  ["2.5.29.37.0", 0],
  ["1.3.6.1.5.5.7.3.1", 1],
  ["1.3.6.1.5.5.7.3.2", 2],
  ["1.3.6.1.5.5.7.3.3", 3],
  ["1.3.6.1.5.5.7.3.4", 4],
  ["1.3.6.1.5.5.7.3.5", 5],
  ["1.3.6.1.5.5.7.3.6", 6],
  ["1.3.6.1.5.5.7.3.7", 7],
  ["1.3.6.1.5.5.7.3.8", 8],
  ["1.3.6.1.5.5.7.3.9", 9],
  ["1.3.6.1.4.1.311.10.3.3", 10],
  ["2.16.840.1.113730.4.1", 11],
  ["1.3.6.1.4.1.311.2.1.22", 12],
  ["1.3.6.1.4.1.311.61.1.1", 13],
]);

/** Usages by Go's numbers, and those it has no number for. */
export function extendedKeyUsage(value: Uint8Array): { readonly known: number[]; readonly unknown: number[][] } {
  const known: number[] = [];
  const unknown: number[][] = [];
  for (const element of elementsOf(new DerReader(value).expect(tags.sequence).content)) {
    const oid = oidOf(element.content);
    const usage = extendedUsages.get(oid.join("."));
    if (usage === undefined) unknown.push(oid);
    else known.push(usage);
  }
  return { known, unknown };
}

export function certificatePolicies(value: Uint8Array): number[][] {
  return elementsOf(new DerReader(value).expect(tags.sequence).content).map((policy) =>
    oidOf(new DerReader(policy.content).expect(tags.oid).content),
  );
}

export function authorityKeyId(value: Uint8Array): Uint8Array | undefined {
  return new DerReader(value).sequence().optional(0x80)?.content;
}

/** The URLs that CRLs are at. */
export function crlDistributionPoints(value: Uint8Array): string[] {
  return elementsOf(new DerReader(value).expect(tags.sequence).content).flatMap((point) => {
    const name = new DerReader(point.content).optional(0xa0);
    const fullName = name === undefined ? undefined : new DerReader(name.content).optional(0xa0);
    if (fullName === undefined) return [];
    return elementsOf(fullName.content)
      .filter((element) => element.tag === 0x86)
      .map((element) => fromUtf8(element.content));
  });
}

/** Where to ask of an authority's certificates. */
export function authorityInfoAccess(value: Uint8Array): { readonly ocsp: string[]; readonly issuers: string[] } {
  const ocsp: string[] = [];
  const issuers: string[] = [];
  for (const description of elementsOf(new DerReader(value).expect(tags.sequence).content)) {
    const reader = new DerReader(description.content);
    const method = oidOf(reader.expect(tags.oid).content).join(".");
    const location = reader.next();
    if (location.tag !== 0x86) continue;
    if (method === "1.3.6.1.5.5.7.48.1") ocsp.push(fromUtf8(location.content));
    else if (method === "1.3.6.1.5.5.7.48.2") issuers.push(fromUtf8(location.content));
  }
  return { ocsp, issuers };
}

/** Implicitly tagged integers of the policy extensions. */
export function taggedInteger(reader: DerReader, tag: number): number | undefined {
  const element = reader.optional(tag);
  if (element === undefined) return undefined;
  const number = integerOf(element.content);
  if (number > 0x7fff_ffffn) throw new DerError("overflow");
  return Number(number);
}
