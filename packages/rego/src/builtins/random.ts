import type { RegoHost } from "./host.ts";

export function randomBytes(host: RegoHost, length: number): Uint8Array {
  return host.randomBytes === undefined
    ? globalThis.crypto.getRandomValues(new Uint8Array(length))
    : host.randomBytes(length);
}
