import { createHash } from "node:crypto";

/** Redoubt's own namespace, made once at random. */
const NAMESPACE = Buffer.from("8f0d6f0b5c1e4b6f9a437d2c61b5e3a9", "hex");

/** A UUID of version 5 (RFC 9562): the same name gives the same UUID. */
export function uuid(...name: readonly string[]): string {
  const bytes = createHash("sha1").update(NAMESPACE).update(name.join("\u0000")).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
