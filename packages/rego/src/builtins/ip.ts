/*
 * IP addresses and networks as Go's net package has them: an IPv4 address and its IPv6 form `::ffff:a.b.c.d` are the
 * same address, but a network remembers in which of them it was written.
 */

/** The address in its IPv6 form. */
export type Address = bigint;

const mappedPrefix = 0xffffn << 32n;

export function isV4(address: Address): boolean {
  return address >> 32n === 0xffffn;
}

export interface Network {
  /** The address as written, or its masked form. */
  readonly address: Address;
  /** How many leading bits are fixed, of 32 or 128. */
  readonly prefix: number;
  readonly bits: 32 | 128;
}

export function parseAddress(text: string): Address | undefined {
  const colon = text.indexOf(":");
  if (colon >= 0) return parseV6(text);
  const v4 = parseV4(text);
  return v4 === undefined ? undefined : mappedPrefix | v4;
}

function parseV4(text: string): bigint | undefined {
  const fields = text.split(".");
  if (fields.length !== 4) return undefined;
  let value = 0n;
  for (const field of fields) {
    if (!/^(?:0|[1-9][0-9]{0,2})$/.test(field) || Number(field) > 255) return undefined;
    value = (value << 8n) | BigInt(field);
  }
  return value;
}

function parseV6(text: string): Address | undefined {
  const gap = text.indexOf("::");
  if (gap !== text.lastIndexOf("::")) return undefined;
  const head = groupsOf(gap < 0 ? text : text.slice(0, gap), gap < 0);
  const tail = gap < 0 ? [] : groupsOf(text.slice(gap + 2), true);
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (gap < 0 ? missing !== 0 : missing < 1) return undefined;
  let value = 0n;
  for (const group of [...head, ...Array.from({ length: missing }, () => 0), ...tail]) {
    value = (value << 16n) | BigInt(group);
  }
  return value;
}

/** Groups of 16 bits; the last two may be written as an IPv4 address. */
function groupsOf(text: string, isEnd: boolean): number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [i, part] of parts.entries()) {
    if (isEnd && i === parts.length - 1 && part.includes(".")) {
      const v4 = parseV4(part);
      if (v4 === undefined) return undefined;
      groups.push(Number(v4 >> 16n), Number(v4 & 0xffffn));
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined;
      groups.push(Number.parseInt(part, 16));
    }
  }
  return groups;
}

/** A CIDR as address and network; undefined for what is none. */
export function parseCidr(text: string): Network | undefined {
  const slash = text.indexOf("/");
  if (slash < 0) return undefined;
  const address = parseAddress(text.slice(0, slash));
  const digits = text.slice(slash + 1);
  if (address === undefined || !/^[0-9]{1,7}$/.test(digits)) return undefined;
  const bits = text.slice(0, slash).includes(":") ? 128 : 32;
  const prefix = Number(digits);
  return prefix > bits ? undefined : { address, prefix, bits };
}

function hostMask(network: Network): bigint {
  return (1n << BigInt(network.bits - network.prefix)) - 1n;
}

export function firstAddress(network: Network): Address {
  return network.address & ~hostMask(network);
}

export function lastAddress(network: Network): Address {
  return network.address | hostMask(network);
}

export function contains(network: Network, address: Address): boolean {
  const first = firstAddress(network);
  // An IPv6 network that is no form of an IPv4 one does not hold IPv4 addresses.
  if (isV4(first) !== isV4(address)) return false;
  return (address & ~hostMask(network)) === first;
}

export function addressText(address: Address): string {
  if (isV4(address)) {
    return [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 255n).join(".");
  }
  const groups = Array.from({ length: 8 }, (_, i) => Number((address >> BigInt(112 - 16 * i)) & 0xffffn));
  let [gapStart, gapLength] = [-1, 1];
  for (let start = 0; start < 8; start += 1) {
    let end = start;
    while (end < 8 && groups[end] === 0) end += 1;
    if (end - start > gapLength) [gapStart, gapLength] = [start, end - start];
    if (end > start) start = end;
  }
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(":");
  if (gapStart < 0) return hex(groups);
  return `${hex(groups.slice(0, gapStart))}::${hex(groups.slice(gapStart + gapLength))}`;
}

/** A network as its address (as it is, not masked) and prefix. */
export function networkText(network: Network): string {
  const prefix = network.bits === 128 && isV4(network.address) ? network.prefix - 96 : network.prefix;
  return `${addressText(network.address)}/${prefix}`;
}

/** The fewest networks that hold just the addresses of a range. */
export function networksOfRange(first: Address, last: Address): Network[] {
  const bits = isV4(first) ? 32 : 128;
  const networks: Network[] = [];
  let next = first;
  while (next <= last) {
    let size = 0;
    while (size < bits) {
      const mask = (1n << BigInt(size + 1)) - 1n;
      if ((next & mask) !== 0n || (next | mask) > last) break;
      size += 1;
    }
    networks.push({ address: next, prefix: bits - size, bits });
    next += 1n << BigInt(size);
  }
  return networks;
}
