import { quote } from "../values/term-text.ts";
import type { Value } from "../values/value.ts";
import { compareStrings } from "../values/utf8.ts";
import type { BuiltinContext, Family } from "./builtin.ts";
import { BuiltinError } from "./errors.ts";
import { stringOperand } from "./operands.ts";

interface Version {
  readonly numbers: readonly bigint[];
  readonly preRelease: string;
}

const identifiers = /^[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*$/;
const maxInt64 = (1n << 63n) - 1n;

/** A version by Semantic Versioning 2.0.0, a leading `v` allowed; undefined if it is none. */
function parseVersion(text: string): Version | undefined {
  const [beforeMetadata, metadata] = cut(text.replace(/^v/, ""), "+");
  if (metadata !== undefined && !identifiers.test(metadata)) return undefined;
  const [core, preRelease] = cut(beforeMetadata, "-");
  if (preRelease !== undefined) {
    if (!identifiers.test(preRelease)) return undefined;
    if (preRelease.split(".").some((identifier) => /^0[0-9]+$/.test(identifier))) return undefined;
  }
  const parts = core.split(".");
  if (parts.length !== 3 || !parts.every((part) => /^(?:0|[1-9][0-9]*)$/.test(part))) return undefined;
  const numbers = parts.map(BigInt);
  return numbers.every((number) => number <= maxInt64) ? { numbers, preRelease: preRelease ?? "" } : undefined;
}

function cut(text: string, separator: string): readonly [before: string, after: string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function compareVersions(a: Version, b: Version): number {
  for (const [i, number] of a.numbers.entries()) {
    const other = b.numbers[i] ?? 0n;
    if (number !== other) return number < other ? -1 : 1;
  }
  if (a.preRelease === b.preRelease) return 0;
  // A release comes after its pre-releases.
  if (a.preRelease === "") return 1;
  if (b.preRelease === "") return -1;
  return comparePreReleases(a.preRelease.split("."), b.preRelease.split("."));
}

function comparePreReleases(a: readonly string[], b: readonly string[]): number {
  for (const [i, x] of a.entries()) {
    const y = b[i];
    if (y === undefined) return 1;
    const order = compareIdentifiers(x, y);
    if (order !== 0) return order;
  }
  return a.length < b.length ? -1 : 0;
}

/** Numbers by amount and before words. */
function compareIdentifiers(x: string, y: string): number {
  const [xNumber, yNumber] = [/^[0-9]+$/.test(x), /^[0-9]+$/.test(y)];
  if (xNumber !== yNumber) return xNumber ? -1 : 1;
  if (!xNumber) return compareStrings(x, y);
  const [m, n] = [BigInt(x), BigInt(y)];
  if (m === n) return 0;
  return m < n ? -1 : 1;
}

function versionOperand(value: Value, position: number): Version {
  const text = stringOperand(value, position);
  const version = parseVersion(text);
  if (version === undefined) throw new BuiltinError(`operand ${position}: string ${quote(text)} is not a valid SemVer`);
  return version;
}

function compare(_context: BuiltinContext, a: Value, b: Value): Value {
  stringOperand(a, 1);
  stringOperand(b, 2);
  return compareVersions(versionOperand(a, 1), versionOperand(b, 2));
}

export const semverFamily: Family = {
  "semver.compare": compare,
  "semver.is_valid": (_, value) => typeof value === "string" && parseVersion(value) !== undefined,
};
