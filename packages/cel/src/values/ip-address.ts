/** IP addresses and prefixes, read and written as Go's net/netip does, errors included. */
import { goQuote } from "./go-quote.ts";

export interface IpAddress {
  readonly family: 4 | 6;
  readonly bits: bigint;
  readonly zone: string;
}

export interface IpPrefix {
  readonly address: IpAddress;
  readonly length: number;
}

/** A string says what is wrong. */
export function parseIpAddress(text: string): IpAddress | string {
  const first = /[.:%]/.exec(text)?.[0];
  if (first === ".") {
    const fields = ipv4Fields(text, text);
    return typeof fields === "string" ? fields : { family: 4, bits: fields, zone: "" };
  }
  if (first === ":") return parseIpv6(text);
  return failed(text, first === "%" ? "missing IPv6 address" : "unable to parse IP");
}

function failed(text: string, message: string, at = ""): string {
  return `ParseAddr(${goQuote(text)}): ${message}${at === "" ? "" : ` (at ${goQuote(at)})`}`;
}

function ipv4Fields(text: string, part: string): bigint | string {
  const fields: bigint[] = [];
  let value = 0;
  let digits = 0;
  for (let index = 0; index < part.length; index++) {
    const character = part[index] ?? "";
    if (/[0-9]/.test(character)) {
      if (digits === 1 && value === 0) return failed(text, "IPv4 field has octet with leading zero");
      value = value * 10 + Number(character);
      digits++;
      if (value > 255) return failed(text, "IPv4 field has value >255");
    } else if (character === ".") {
      if (index === 0 || index === part.length - 1 || part[index - 1] === ".") {
        return failed(text, "IPv4 field must have at least one digit", part.slice(index));
      }
      if (fields.length === 3) return failed(text, "IPv4 address too long");
      fields.push(BigInt(value));
      value = 0;
      digits = 0;
    } else {
      return failed(text, "unexpected character", part.slice(index));
    }
  }
  if (fields.length < 3) return failed(text, "IPv4 address too short");
  return [...fields, BigInt(value)].reduce((bits, field) => (bits << 8n) | field, 0n);
}

function parseIpv6(text: string): IpAddress | string {
  const percent = text.indexOf("%");
  const zone = percent < 0 ? "" : text.slice(percent + 1);
  if (percent >= 0 && zone === "") return failed(text, "zone must be a non-empty string");
  let rest = percent < 0 ? text : text.slice(0, percent);
  const groups: bigint[] = [];
  let ellipsis = -1;
  if (rest.startsWith("::")) {
    ellipsis = 0;
    rest = rest.slice(2);
    if (rest === "") return { family: 6, bits: 0n, zone };
  }
  while (groups.length < 8) {
    const digits = /^[0-9a-fA-F]*/.exec(rest)?.[0] ?? "";
    if (digits.length > 4) return failed(text, "each group must have 4 or less digits", rest);
    if (digits === "") return failed(text, "each colon-separated field must have at least one digit", rest);
    if (rest[digits.length] === ".") {
      if (ellipsis < 0 && groups.length !== 6) {
        return failed(text, "embedded IPv4 address must replace the final 2 fields of the address", rest);
      }
      if (groups.length > 6) {
        return failed(text, "too many hex fields to fit an embedded IPv4 at the end of the address", rest);
      }
      const fields = ipv4Fields(text, rest);
      if (typeof fields === "string") return fields;
      groups.push(fields >> 16n, fields & 0xffffn);
      rest = "";
      break;
    }
    groups.push(BigInt(`0x${digits}`));
    rest = rest.slice(digits.length);
    if (rest === "") break;
    if (!rest.startsWith(":")) return failed(text, "unexpected character, want colon", rest);
    if (rest.length === 1) return failed(text, "colon must be followed by more characters", rest);
    rest = rest.slice(1);
    if (!rest.startsWith(":")) continue;
    if (ellipsis >= 0) return failed(text, "multiple :: in address", rest);
    ellipsis = groups.length;
    rest = rest.slice(1);
    if (rest === "") break;
  }
  if (rest !== "") return failed(text, "trailing garbage after address", rest);
  if (groups.length < 8) {
    if (ellipsis < 0) return failed(text, "address string too short");
    groups.splice(ellipsis, 0, ...Array.from({ length: 8 - groups.length }, () => 0n));
  } else if (ellipsis >= 0) {
    return failed(text, "the :: must expand to at least one field of zeros");
  }
  return { family: 6, bits: groups.reduce((bits, group) => (bits << 16n) | group, 0n), zone };
}

export function parseIpPrefix(text: string): IpPrefix | string {
  const fail = (message: string): string => `netip.ParsePrefix(${goQuote(text)}): ${message}`;
  const slash = text.lastIndexOf("/");
  if (slash < 0) return fail("no '/'");
  const address = parseIpAddress(text.slice(0, slash));
  if (typeof address === "string") return fail(address);
  if (address.zone !== "") return fail("IPv6 zones cannot be present in a prefix");
  const bits = text.slice(slash + 1);
  if (!/^(?:[0-9]|[1-9][0-9]+)$/.test(bits)) return fail(`bad bits after slash: ${goQuote(bits)}`);
  if (Number(bits) > widthOf(address)) return fail("prefix length out of range");
  return { address, length: Number(bits) };
}

export function widthOf({ family }: IpAddress): number {
  return family === 4 ? 32 : 128;
}

/** Whether an IPv6 address stands for an IPv4 one: `::ffff:1.2.3.4`. */
export function isIpv4Mapped({ family, bits }: IpAddress): boolean {
  return family === 6 && bits >> 32n === 0xffffn;
}

export function maskedAddress({ address, length }: IpPrefix): IpAddress {
  const host = BigInt(widthOf(address) - length);
  return { ...address, bits: (address.bits >> host) << host };
}

export function prefixContains({ address, length }: IpPrefix, other: IpAddress): boolean {
  if (address.family !== other.family || other.zone !== "") return false;
  const host = BigInt(widthOf(address) - length);
  return address.bits >> host === other.bits >> host;
}

/** The shortest form of RFC 5952. */
export function formatIpAddress({ family, bits, zone }: IpAddress): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => String((bits >> shift) & 0xffn)).join(".");
  const groups = Array.from({ length: 8 }, (_, index) => (bits >> BigInt(16 * (7 - index))) & 0xffffn);
  const { start, length } = longestZeros(groups);
  const hex = groups.map((group) => group.toString(16));
  const text = length < 2 ? hex.join(":") : `${hex.slice(0, start).join(":")}::${hex.slice(start + length).join(":")}`;
  return zone === "" ? text : `${text}%${zone}`;
}

function longestZeros(groups: readonly bigint[]): { readonly start: number; readonly length: number } {
  let best = { start: -1, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (groups[end] === 0n) end++;
    if (end - start > best.length) best = { start, length: end - start };
  }
  return best;
}
