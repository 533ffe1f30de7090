/** Kubernetes' IP address and CIDR libraries. */
import { declareFunction, memberOverload, overload, type FunctionDeclaration } from "../check/declarations.ts";
import { BOOL, INT, opaqueType, STRING, type Type } from "../types/type.ts";
import { NO_OVERLOAD } from "../values/arithmetic.ts";
import { goQuote } from "../values/go-quote.ts";
import {
  formatIpAddress,
  isIpv4Mapped,
  maskedAddress,
  parseIpAddress,
  parseIpPrefix,
  prefixContains,
  type IpAddress,
  type IpPrefix,
} from "../values/ip-address.ts";
import { CelError, ObjectValue, isError, type Value } from "../values/value.ts";
import { textTest } from "./strings.ts";

export const IP: Type = opaqueType("net.IP");
export const CIDR: Type = opaqueType("net.CIDR");

class IpValue extends ObjectValue {
  readonly address: IpAddress;

  constructor(address: IpAddress) {
    super();
    this.address = address;
  }

  override get type(): Type {
    return IP;
  }

  override get size(): number {
    return this.address.family === 4 ? 4 : 16;
  }

  override equals(other: Value): boolean | CelError {
    if (!(other instanceof IpValue)) return NO_OVERLOAD;
    return this.address.family === other.address.family && this.address.bits === other.address.bits;
  }
}

class CidrValue extends ObjectValue {
  readonly prefix: IpPrefix;

  constructor(prefix: IpPrefix) {
    super();
    this.prefix = prefix;
  }

  override get type(): Type {
    return CIDR;
  }

  override get size(): number {
    return Math.ceil(this.prefix.length / 8);
  }

  override equals(other: Value): boolean | CelError {
    if (!(other instanceof CidrValue)) return NO_OVERLOAD;
    const { address, length } = other.prefix;
    return (
      this.prefix.length === length &&
      this.prefix.address.family === address.family &&
      this.prefix.address.bits === address.bits
    );
  }
}

function toIp(text: Value): IpValue | CelError {
  if (typeof text !== "string") return NO_OVERLOAD;
  const address = parseIpAddress(text);
  const quoted = goQuote(text);
  if (typeof address === "string") {
    return new CelError(`IP Address ${quoted} parse error during conversion from string: ${address}`);
  }
  if (address.zone !== "") return new CelError(`IP address ${quoted} with zone value is not allowed`);
  if (isIpv4Mapped(address)) return new CelError(`IPv4-mapped IPv6 address ${quoted} is not allowed`);
  return new IpValue(address);
}

function toCidr(text: Value): CidrValue | CelError {
  if (typeof text !== "string") return NO_OVERLOAD;
  const prefix = parseIpPrefix(text);
  const head = "network address parse error during conversion from string: ";
  if (typeof prefix === "string") return new CelError(`${head}${head}${prefix}`);
  if (isIpv4Mapped(prefix.address)) {
    return new CelError(`${head}IPv4-mapped IPv6 address ${goQuote(text)} is not allowed`);
  }
  return new CidrValue(prefix);
}

function ipTest(name: string, id: string, holds: (address: IpAddress) => boolean): FunctionDeclaration {
  return declareFunction(name, [
    memberOverload(id, [IP], BOOL, (value) => (value instanceof IpValue ? holds(value.address) : NO_OVERLOAD)),
  ]);
}

function hasPrefix(address: IpAddress, ipv4: string, ipv6: string): boolean {
  const prefix = parseIpPrefix(address.family === 4 ? ipv4 : ipv6);
  return typeof prefix !== "string" && prefixContains(prefix, address);
}

const isUnspecified = ({ bits }: IpAddress): boolean => bits === 0n;
const isLoopback = (address: IpAddress): boolean => hasPrefix(address, "127.0.0.0/8", "::1/128");
const isMulticast = (address: IpAddress): boolean => hasPrefix(address, "224.0.0.0/4", "ff00::/8");
const isLinkLocalUnicast = (address: IpAddress): boolean => hasPrefix(address, "169.254.0.0/16", "fe80::/10");
const isLinkLocalMulticast = ({ family, bits }: IpAddress): boolean =>
  family === 4 ? bits >> 8n === 0xe00000n : bits >> 120n === 0xffn && ((bits >> 112n) & 0x0fn) === 2n;
const isGlobalUnicast = (address: IpAddress): boolean =>
  !isUnspecified(address) &&
  !(address.family === 4 && address.bits === 0xffff_ffffn) &&
  !isLoopback(address) &&
  !isMulticast(address) &&
  !isLinkLocalUnicast(address);

/** An address that does not parse is no overload here, as the API server has it, where a prefix keeps its error. */
function containsIp(cidr: Value, ip: Value): Value {
  return cidr instanceof CidrValue && ip instanceof IpValue ? prefixContains(cidr.prefix, ip.address) : NO_OVERLOAD;
}

function containsCidr(cidr: Value, other: Value): Value {
  if (isError(other)) return other;
  if (!(cidr instanceof CidrValue) || !(other instanceof CidrValue)) return NO_OVERLOAD;
  return cidr.prefix.length <= other.prefix.length && prefixContains(cidr.prefix, other.prefix.address);
}

function withCidr(value: Value, use: (prefix: IpPrefix) => Value): Value {
  return value instanceof CidrValue ? use(value.prefix) : NO_OVERLOAD;
}

export const IP_FUNCTIONS: readonly FunctionDeclaration[] = [
  declareFunction("ip", [overload("string_to_ip", [STRING], IP, (text = null) => toIp(text))]),
  declareFunction("family", [
    memberOverload("ip_family", [IP], INT, (value) =>
      value instanceof IpValue ? BigInt(value.address.family) : NO_OVERLOAD,
    ),
  ]),
  declareFunction("ip.isCanonical", [
    overload("ip_is_canonical", [STRING], BOOL, (text = null) => {
      const ip = toIp(text);
      return ip instanceof IpValue ? formatIpAddress(ip.address) === text : ip;
    }),
  ]),
  ipTest("isUnspecified", "ip_is_unspecified", isUnspecified),
  ipTest("isLoopback", "ip_is_loopback", isLoopback),
  ipTest("isLinkLocalMulticast", "ip_is_link_local_multicast", isLinkLocalMulticast),
  ipTest("isLinkLocalUnicast", "ip_is_link_local_unicast", isLinkLocalUnicast),
  ipTest("isGlobalUnicast", "ip_is_global_unicast", isGlobalUnicast),
  textTest("isIP", "is_ip", (text) => !isError(toIp(text))),
  declareFunction("string", [
    overload("ip_to_string", [IP], STRING, (value) =>
      value instanceof IpValue ? formatIpAddress(value.address) : NO_OVERLOAD,
    ),
  ]),
];

export const CIDR_FUNCTIONS: readonly FunctionDeclaration[] = [
  declareFunction("cidr", [overload("string_to_cidr", [STRING], CIDR, (text = null) => toCidr(text))]),
  declareFunction("containsIP", [
    memberOverload("cidr_contains_ip_string", [CIDR, STRING], BOOL, (cidr = null, text = null) =>
      containsIp(cidr, toIp(text)),
    ),
    memberOverload("cidr_contains_ip_ip", [CIDR, IP], BOOL, (cidr = null, ip = null) => containsIp(cidr, ip)),
  ]),
  declareFunction("containsCIDR", [
    memberOverload("cidr_contains_cidr_string", [CIDR, STRING], BOOL, (cidr = null, text = null) =>
      containsCidr(cidr, toCidr(text)),
    ),
    memberOverload("cidr_contains_cidr", [CIDR, CIDR], BOOL, (cidr = null, other = null) => containsCidr(cidr, other)),
  ]),
  declareFunction("ip", [
    memberOverload("cidr_ip", [CIDR], IP, (value = null) => withCidr(value, ({ address }) => new IpValue(address))),
  ]),
  declareFunction("prefixLength", [
    memberOverload("cidr_prefix_length", [CIDR], INT, (value = null) =>
      withCidr(value, ({ length }) => BigInt(length)),
    ),
  ]),
  declareFunction("masked", [
    memberOverload("cidr_masked", [CIDR], CIDR, (value = null) =>
      withCidr(value, (prefix) => new CidrValue({ address: maskedAddress(prefix), length: prefix.length })),
    ),
  ]),
  textTest("isCIDR", "is_cidr", (text) => !isError(toCidr(text))),
  declareFunction("string", [
    overload("cidr_to_string", [CIDR], STRING, (value = null) =>
      withCidr(value, ({ address, length }) => `${formatIpAddress(address)}/${length}`),
    ),
  ]),
];
