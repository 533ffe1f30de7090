import { LoadError } from "./load-error.ts";

/** One file of a bundle or folder: its path with `/` between the parts, and its content. */
export interface NamedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** How much a bundle may hold. Bundles come from elsewhere, and a small archive can unpack to anything. */
export interface ArchiveLimits {
  /** Bytes of all files together. Default: 256 MiB. */
  readonly maxBytes: number;
  /** Default: 100,000. */
  readonly maxFiles: number;
}

export const DEFAULT_LIMITS: ArchiveLimits = { maxBytes: 256 * 1024 * 1024, maxFiles: 100_000 };

const BLOCK = 512;
/** Archives pad with more than their files hold: headers, and blocks at the end. */
const HEADER_ALLOWANCE = 16 * 1024 * 1024;

/**
 * The regular files of a gzipped tar archive (POSIX pax, ustar and GNU long names), in its order. Folders, links and devices are
 * left out, as OPA leaves them. `name` is what errors call the archive. Throws a `LoadError`.
 */
export async function readArchive(
  bytes: Uint8Array,
  name: string,
  limits: ArchiveLimits = DEFAULT_LIMITS,
): Promise<readonly NamedFile[]> {
  return readTar(await gunzip(bytes, name, limits.maxBytes + HEADER_ALLOWANCE), name, limits);
}

async function gunzip(bytes: Uint8Array, name: string, limit: number): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) {
    throw new LoadError("BUNDLE_ARCHIVE", name, "is not a gzipped archive");
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    const stream = new Blob([Uint8Array.from(bytes)]).stream().pipeThrough(new DecompressionStream("gzip"));
    for await (const chunk of stream) {
      length += chunk.length;
      if (length > limit) throw tooLarge(name, `unpacks to more than ${limit} bytes`);
      chunks.push(chunk);
    }
  } catch (cause) {
    if (cause instanceof LoadError) throw cause;
    throw new LoadError("BUNDLE_ARCHIVE", name, "cannot be unpacked: the gzip data is damaged or cut off", { cause });
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

function tooLarge(name: string, message: string): LoadError {
  return new LoadError("LOAD_TOO_LARGE", name, message);
}

/** What a pax or GNU header says of the entry after it. */
interface Override {
  path?: string;
  size?: number;
}

function readTar(bytes: Uint8Array, name: string, { maxBytes, maxFiles }: ArchiveLimits): readonly NamedFile[] {
  const files: NamedFile[] = [];
  let total = 0;
  let override: Override = {};
  for (let at = 0; at + BLOCK <= bytes.length;) {
    const header = bytes.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) break;
    if (!hasValidChecksum(header)) throw damaged(name, "an entry's header is wrong");
    const type = String.fromCharCode(header[156] ?? 0);
    const size = (isRegular(type) ? override.size : undefined) ?? sizeOf(header);
    const start = at + BLOCK;
    if (!Number.isSafeInteger(size) || size < 0 || start + size > bytes.length) throw damaged(name, "it is cut off");
    const content = bytes.subarray(start, start + size);
    at = start + Math.ceil(size / BLOCK) * BLOCK;
    if (type === "x") {
      Object.assign(override, readPax(content, name));
      continue;
    }
    if (type === "L") {
      override.path = textOf(content, name);
      continue;
    }
    if (isRegular(type)) {
      total += size;
      if (total > maxBytes) throw tooLarge(name, `its files hold more than ${maxBytes} bytes`);
      if (files.length >= maxFiles) throw tooLarge(name, `holds more than ${maxFiles} files`);
      files.push({ path: override.path ?? pathOf(header, name), bytes: content });
    }
    if (type !== "g") override = {};
  }
  return files;
}

function damaged(name: string, reason: string): LoadError {
  return new LoadError("BUNDLE_ARCHIVE", name, `is not a tar archive that can be read: ${reason}`);
}

function isRegular(type: string): boolean {
  return type === "0" || type === "\0" || type === "7";
}

/** The sum of the header's bytes, its own field taken as spaces. */
function hasValidChecksum(header: Uint8Array): boolean {
  let sum = 8 * 32;
  for (const [index, byte] of header.entries()) if (index < 148 || index >= 156) sum += byte;
  return octal(header.subarray(148, 156)) === sum;
}

function octal(field: Uint8Array): number {
  const text = String.fromCharCode(...field).replaceAll(/[\0 ]/g, "");
  return /^[0-7]*$/.test(text) ? Number.parseInt(text || "0", 8) : Number.NaN;
}

/** The size in octal digits, or in binary where its first bit is set. */
function sizeOf(header: Uint8Array): number {
  const field = header.subarray(124, 136);
  if (((field[0] ?? 0) & 0x80) === 0) return octal(field);
  let size = 0;
  for (const byte of field.subarray(1)) size = size * 256 + byte;
  return (field[0] ?? 0) === 0x80 ? size : Number.NaN;
}

function pathOf(header: Uint8Array, name: string): string {
  const path = textOf(header.subarray(0, 100), name);
  const isUstar = String.fromCharCode(...header.subarray(257, 262)) === "ustar";
  const prefix = isUstar ? textOf(header.subarray(345, 500), name) : "";
  return prefix === "" ? path : `${prefix}/${path}`;
}

/** Text up to the first zero byte. */
function textOf(bytes: Uint8Array, name: string): string {
  const end = bytes.indexOf(0);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(end === -1 ? bytes : bytes.subarray(0, end));
  } catch (cause) {
    throw new LoadError("BUNDLE_NAME", name, "a file's name is not UTF-8", { cause });
  }
}

/** Records of a pax header: `LENGTH KEY=VALUE\n`. */
function readPax(content: Uint8Array, name: string): Override {
  const override: Override = {};
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(32, at);
    const length = Number(textOf(content.subarray(at, Math.max(space, at)), name));
    if (space === -1 || !Number.isInteger(length) || length <= space - at || at + length > content.length) {
      throw damaged(name, "an extended header is wrong");
    }
    const record = textOf(content.subarray(space + 1, at + length - 1), name);
    const equals = record.indexOf("=");
    const [key, value] = [record.slice(0, equals), record.slice(equals + 1)];
    if (key === "path") override.path = value;
    if (key === "size") override.size = Number(value);
    at += length;
  }
  return override;
}
