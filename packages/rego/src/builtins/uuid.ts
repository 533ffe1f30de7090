import { bigintValue } from "../values/number.ts";
import { termText } from "../values/term-text.ts";
import type { MutableObject, Value } from "../values/value.ts";
import type { BuiltinContext, Family } from "./builtin.ts";
import { decodeHex, encodeHex } from "./hex.ts";
import { stringOperand } from "./operands.ts";
import { randomBytes } from "./random.ts";

const dashed = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/;

function bytesOf(text: string): Uint8Array | undefined {
  let uuid = text;
  if (text.length === 45 && /^urn:uuid:/i.test(text)) uuid = text.slice(9);
  else if (text.length === 38) uuid = text.slice(1, -1);
  else if (text.length === 32) return /^[0-9a-fA-F]{32}$/.test(text) ? decodeHex(text) : undefined;
  return dashed.test(uuid) ? decodeHex(uuid.replaceAll("-", "")) : undefined;
}

function variant(byte: number): string {
  if ((byte & 0xc0) === 0x80) return "RFC4122";
  if ((byte & 0xe0) === 0xc0) return "Microsoft";
  return (byte & 0xe0) === 0xe0 ? "Future" : "Reserved";
}

/** What the lowest bits of a network card's address say of it. */
function macVariables(byte: number): string {
  return `${(byte & 2) === 0 ? "global" : "local"}:${(byte & 1) === 0 ? "unicast" : "multicast"}`;
}

const domains = ["Person", "Group", "Org"];

function parse(_context: BuiltinContext, operand: Value): Value | undefined {
  const bytes = bytesOf(stringOperand(operand, 1));
  if (bytes === undefined) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const version = view.getUint8(6) >> 4;
  const result: MutableObject = { version, variant: variant(view.getUint8(8)) };
  if (version !== 1 && version !== 2) return result;
  const low = BigInt(view.getUint32(0));
  const middle = BigInt(view.getUint16(4)) << 32n;
  const high = BigInt(view.getUint16(6) & 0xfff) << 48n;
  // Ticks of 100 ns since the calendar reform of 1582.
  result["time"] = bigintValue((low + middle + high - 0x01b2_1dd2_1381_4000n) * 100n);
  result["nodeid"] = Array.from(bytes.subarray(10), (byte) => byte.toString(16).padStart(2, "0")).join("-");
  result["macvariables"] = macVariables(view.getUint8(10));
  result["clocksequence"] = view.getUint16(8) & 0x3fff;
  if (version === 2) {
    result["id"] = view.getUint32(0);
    const domain = view.getUint8(9);
    result["domain"] = domains[domain] ?? `Domain${domain}`;
  }
  return result;
}

function random(context: BuiltinContext, key: Value): Value {
  const memoKey = `uuid.rfc4122 ${termText(key)}`;
  const known = context.memo.get(memoKey);
  if (known !== undefined) return known;
  const bytes = Uint8Array.from(randomBytes(context.host, 16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = encodeHex(bytes);
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  context.memo.set(memoKey, uuid);
  return uuid;
}

export const uuids: Family = { "uuid.parse": parse, "uuid.rfc4122": random };
