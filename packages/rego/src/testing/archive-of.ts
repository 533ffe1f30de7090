import { gzipSync } from "node:zlib";

/** An entry of a tar archive, as wrong as a test wants it. */
export interface TarEntry {
  readonly path: string;
  readonly content?: string | Uint8Array;
  /** One letter. Default: `0`, a regular file. */
  readonly type?: string;
  /** What the header says, where it is not the truth. */
  readonly size?: string;
  readonly prefix?: string;
}

/** A gzipped tar archive. */
export function archiveOf(entries: readonly TarEntry[]): Uint8Array {
  return gzipSync(tarOf(entries));
}

export function tarOf(entries: readonly TarEntry[]): Uint8Array {
  return Buffer.concat([...entries.map(entryOf), Buffer.alloc(1024)]);
}

function entryOf({ path, content = "", type = "0", size, prefix = "" }: TarEntry): Buffer {
  const bytes = Buffer.from(content);
  const header = Buffer.alloc(512);
  header.write(path, 0, 100);
  header.write("0000644\0", 100);
  header.write(size ?? `${bytes.length.toString(8).padStart(11, "0")}\0`, 124, 12, "latin1");
  header.write("        ", 148);
  header.write(type, 156);
  header.write("ustar\u000000", 257);
  header.write(prefix, 345);
  let sum = 0;
  for (const byte of header) sum += byte;
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return Buffer.concat([header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

/** A record of a pax header. */
export function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = Buffer.byteLength(rest);
  while (String(length).length + Buffer.byteLength(rest) !== length) length += 1;
  return `${length}${rest}`;
}
