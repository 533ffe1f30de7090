import { isUtf8 } from "node:buffer";
import { readFileSync, statSync } from "node:fs";
import type { Diagnostic } from "../diagnostic.ts";
import { SourceFile } from "./source-file.ts";

/** The largest input that is read. The API server takes no object above 3 MiB. */
export const MAX_FILE_SIZE: number = 64 * 1024 * 1024;

/** A file's text, or why it cannot be had. `name` is what messages call it. */
export function readSource(path: string, name: string = path): SourceFile | Diagnostic {
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) return failure("KUBE_NOT_A_FILE", name, "is a folder");
    // A pipe is what the shell's `<(command)` gives.
    if (!stats.isFile() && !stats.isFIFO()) return failure("KUBE_NOT_A_FILE", name, "is neither a file nor a pipe");
    if (stats.size > MAX_FILE_SIZE) return tooLarge(name);
    return decodeSource(readFileSync(path), name);
  } catch (error) {
    return describeFileError(error, name);
  }
}

/** Text from UTF-8 bytes. Other encodings and binary data are refused, with the place where that shows. */
export function decodeSource(bytes: Buffer, name: string): SourceFile | Diagnostic {
  if (bytes.length > MAX_FILE_SIZE) return tooLarge(name);
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (isUtf16) return failure("KUBE_NOT_UTF8", name, "is UTF-16", "save it as UTF-8", startOf(name));
  if (!isUtf8(bytes)) {
    if (bytes.subarray(0, 8192).includes(0)) return failure("KUBE_BINARY", name, "is a binary file, not text");
    return failure("KUBE_NOT_UTF8", name, "is not valid UTF-8", "save it as UTF-8", firstInvalid(bytes, name));
  }
  const byteOrderMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return new SourceFile(name, bytes.toString("utf8", byteOrderMark ? 3 : 0), { byteOrderMark });
}

function startOf(name: string): Diagnostic["region"] {
  return new SourceFile(name, "").region(0, 0);
}

/** The place of the first byte that is no UTF-8. */
function firstInvalid(bytes: Buffer, name: string): Diagnostic["region"] {
  const text = bytes.toString("utf8");
  let offset = 0;
  let byte = 0;
  for (const character of text) {
    const length = Buffer.byteLength(character);
    if (character === "\uFFFD" && !bytes.subarray(byte, byte + 3).equals(Buffer.from(character))) break;
    offset += character.length;
    byte += length;
  }
  return new SourceFile(name, text).region(offset, offset + 1);
}

function tooLarge(name: string): Diagnostic {
  return failure("KUBE_TOO_LARGE", name, "is larger than 64 MiB", "split it");
}

/** What a failed file operation means to the user. */
export function describeFileError(error: unknown, name: string): Diagnostic {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return failure("KUBE_NOT_FOUND", name, "does not exist");
    case "EACCES":
    case "EPERM":
      return failure("KUBE_UNREADABLE", name, "may not be read", "check its permissions");
    case "ELOOP":
      return failure("KUBE_SYMLINK_LOOP", name, "is a symbolic link that leads back to itself");
    default:
      return failure(
        "KUBE_UNREADABLE",
        name,
        `cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      );
  }
}

function failure(code: string, name: string, what: string, hint?: string, region?: Diagnostic["region"]): Diagnostic {
  return {
    code,
    severity: "error",
    message: `${name} ${what}`,
    file: name,
    ...(region === undefined ? {} : { region }),
    ...(hint === undefined ? {} : { hint }),
  };
}
