import { isArray, isObject, isSet } from "../values/kinds.ts";
import { objectEntries } from "../values/object.ts";
import { RegoSet } from "../values/set.ts";
import { compareStrings } from "../values/utf8.ts";
import type { Value } from "../values/value.ts";
import type { BuiltinContext, Family } from "./builtin.ts";
import { BuiltinError } from "./errors.ts";
import {
  type Address,
  addressText,
  contains,
  firstAddress,
  isV4,
  lastAddress,
  type Network,
  networksOfRange,
  networkText,
  parseAddress,
  parseCidr,
} from "./ip.ts";
import { membersOf, stringOperand } from "./operands.ts";
import { outsideAnswer } from "./outside-answer.ts";

function cidrOperand(value: Value): Network {
  const text = stringOperand(value, 1);
  const network = parseCidr(text);
  if (network === undefined) throw new BuiltinError(`invalid CIDR address: ${text}`);
  return network;
}

function containsCidr(_context: BuiltinContext, cidr: Value, other: Value): boolean {
  const network = cidrOperand(cidr);
  const text = stringOperand(other, 1);
  const address = parseAddress(text);
  if (address !== undefined) return contains(network, address);
  const inner = parseCidr(text);
  if (inner === undefined) {
    throw new BuiltinError(`not a valid textual representation of an IP address or CIDR: ${text}`);
  }
  const [outerFirst, innerFirst] = [firstAddress(network), firstAddress(inner)];
  if (network.bits === 128 && inner.bits === 128 && !isV4(outerFirst) && !isV4(innerFirst)) {
    return outerFirst <= innerFirst && lastAddress(inner) <= lastAddress(network);
  }
  return contains(network, innerFirst) && contains(network, lastAddress(inner));
}

function intersects(_context: BuiltinContext, a: Value, b: Value): Value {
  const [left, right] = [cidrOperand(a), cidrOperand(b)];
  return contains(left, firstAddress(right)) || contains(right, firstAddress(left));
}

/** The CIDRs of an operand, one after another, with what tells them apart: itself, index, member or key. */
function* cidrsByIndex(position: number, operand: Value): Generator<readonly [cidr: Value, index: Value]> {
  if (typeof operand === "string") yield [operand, operand];
  else if (isArray(operand)) for (const [i, item] of operand.entries()) yield [cidrOf(position, item), i];
  else if (isSet(operand)) for (const item of operand.sorted()) yield [cidrOf(position, item), item];
  else if (isObject(operand)) for (const [key, item] of objectEntries(operand)) yield [cidrOf(position, item), key];
}

function cidrOf(position: number, item: Value): Value {
  if (typeof item === "string") return item;
  const [first] = isArray(item) ? item : [];
  if (first !== undefined) return first;
  throw new BuiltinError(`operand ${position}: element must be string or non-empty array`);
}

function containsMatches(context: BuiltinContext, cidrs: Value, others: Value): Value {
  const matches = new RegoSet();
  for (const [cidr, index] of cidrsByIndex(1, cidrs)) {
    for (const [other, otherIndex] of cidrsByIndex(2, others)) {
      context.charge(1);
      if (containsCidr(context, cidr, other)) matches.add([index, otherIndex]);
    }
  }
  return matches;
}

function expand(context: BuiltinContext, operand: Value): Value {
  const network = cidrOperand(operand);
  const addresses = new RegoSet();
  const last = lastAddress(network);
  for (let address = firstAddress(network); address <= last; address += 1n) {
    context.charge(2);
    addresses.add(addressText(address));
  }
  return addresses;
}

/** The network that an address alone stands for in a merge: by its class, from before there were CIDRs. */
function networkOperand(item: Value): Network {
  if (typeof item !== "string") throw new BuiltinError("element must be string");
  const address = parseAddress(item);
  if (address === undefined) return cidrOperand(item);
  if (!isV4(address)) throw new BuiltinError("IPv6 invalid: needs prefix length");
  const first = Number((address >> 24n) & 255n);
  const classPrefix = first < 128 ? 8 : 16;
  return { address, prefix: first < 192 ? classPrefix : 24, bits: 32 };
}

interface AddressRange {
  readonly first: Address;
  readonly last: Address;
  /** Set while the range is one operand. */
  readonly network: Network | undefined;
  /** What OPA compares ranges by: the bytes, in hexadecimal, of the first address, the one before it, and the last. */
  readonly keys: { readonly first: string; readonly before: string; readonly last: string };
}

function rangeOf(network: Network, item: Value): AddressRange {
  const [first, last] = [firstAddress(network), lastAddress(network)];
  const isLowest = first === 0n || first === 0xffffn << 32n;
  const before = isLowest ? first : first - 1n;
  let keys = { first: hex(first, 32), before: hex(before, 32), last: hex(last, 32) };
  if (network.bits === 128 && isV4(first)) {
    // OPA puts the prefix of IPv4 addresses before these too, although they have it.
    const long = (0xffffn << 128n) | first;
    const host = (1n << BigInt(network.bits - network.prefix)) - 1n;
    keys = { first: hex(long, 56), before: hex(long - 1n, 56), last: hex(long | (host << 96n), 56) };
  }
  return { first, last, network: masked(network, item), keys };
}

function hex(address: bigint, digits: number): string {
  return address.toString(16).padStart(digits, "0");
}

function merge(context: BuiltinContext, operand: Value): Value {
  const members = membersOf(operand);
  if (members === undefined) throw new BuiltinError("operand must be an array");
  context.charge(members.length);
  const ranges = members.map((item) => rangeOf(networkOperand(item), item));
  ranges.sort((a, b) => compareStrings(a.keys.last, b.keys.last) || compareStrings(a.keys.first, b.keys.first));
  for (let i = ranges.length - 1; i > 0; i -= 1) {
    const [before, range] = [ranges[i - 1], ranges[i]];
    if (before === undefined || range === undefined) break;
    if (range.keys.before > before.keys.last) continue;
    const lower = before.keys.first < range.keys.first ? before : range;
    const { first, before: under } = lower.keys;
    const keys = { first, before: under, last: range.keys.last };
    ranges.splice(i - 1, 2, { first: lower.first, last: range.last, network: undefined, keys });
  }
  return RegoSet.from(
    ranges.flatMap(({ first, last, network }) =>
      (network === undefined ? networksOfRange(first, last) : [network]).map(networkText),
    ),
  );
}

/** A CIDR reads as its masked network, an address alone keeps its last bits. */
function masked(network: Network, item: Value): Network {
  const written = typeof item === "string" && item.includes("/");
  return written ? { ...network, address: firstAddress(network) } : network;
}

/** An address stands for itself, which needs no network. */
function lookupAddresses(context: BuiltinContext, name: Value): Value {
  const hostName = stringOperand(name, 1);
  const address = parseAddress(hostName);
  if (address !== undefined) return RegoSet.of(addressText(address));
  const { lookupAddresses: lookup } = context.host;
  if (lookup === undefined) throw new BuiltinError("looking up names is not allowed here");
  return outsideAnswer(context, `net.lookup_ip_addr ${hostName}`, () => {
    const addresses = lookup(hostName);
    return addresses instanceof Promise ? addresses.then((list) => RegoSet.from(list)) : RegoSet.from(addresses);
  });
}

export const networks: Family = {
  "net.cidr_contains": containsCidr,
  "net.cidr_overlap": containsCidr,
  "net.cidr_intersects": intersects,
  "net.cidr_contains_matches": containsMatches,
  "net.cidr_expand": expand,
  "net.cidr_is_valid": (_, cidr) => typeof cidr === "string" && parseCidr(cidr) !== undefined,
  "net.cidr_merge": merge,
  "net.lookup_ip_addr": lookupAddresses,
};
