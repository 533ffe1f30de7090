/** Kubernetes' semantic version library, which reads versions as github.com/blang/semver does. */
import { declareFunction, memberOverload, overload, type FunctionDeclaration } from "../check/declarations.ts";
import { BOOL, INT, STRING, structType, type Type } from "../types/type.ts";
import { NO_OVERLOAD } from "../values/arithmetic.ts";
import { goQuote } from "../values/go-quote.ts";
import { compareTexts } from "../values/order.ts";
import { CelError, ObjectValue, isError, type Value } from "../values/value.ts";

const SEMVER = structType("kubernetes.Semver");
const MAX_UINT = (1n << 64n) - 1n;

class SemverValue extends ObjectValue {
  /** Major, minor, patch. */
  readonly numbers: readonly [bigint, bigint, bigint];
  readonly prerelease: readonly (bigint | string)[];

  constructor(numbers: readonly [bigint, bigint, bigint], prerelease: readonly (bigint | string)[]) {
    super();
    this.numbers = numbers;
    this.prerelease = prerelease;
  }

  override get type(): Type {
    return SEMVER;
  }

  override equals(other: Value): boolean | CelError {
    return other instanceof SemverValue ? compareVersions(this, other) === 0 : NO_OVERLOAD;
  }
}

function order(left: bigint, right: bigint): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function compareVersions(left: SemverValue, right: SemverValue): number {
  for (const [index, number] of left.numbers.entries()) {
    const difference = order(number, right.numbers[index] ?? 0n);
    if (difference !== 0) return difference;
  }
  if (left.prerelease.length === 0 || right.prerelease.length === 0) {
    return Math.sign(right.prerelease.length - left.prerelease.length);
  }
  for (const [index, part] of left.prerelease.entries()) {
    const other = right.prerelease[index];
    if (other === undefined) return 1;
    const difference = comparePrerelease(part, other);
    if (difference !== 0) return difference;
  }
  return left.prerelease.length < right.prerelease.length ? -1 : 0;
}

function comparePrerelease(left: bigint | string, right: bigint | string): number {
  if (typeof left === "bigint") return typeof right === "bigint" ? order(left, right) : -1;
  return typeof right === "bigint" ? 1 : compareTexts(left, right);
}

function parseSemver(text: string): SemverValue | CelError {
  if (text === "") return new CelError("Version string empty");
  const [major, minor, rest] = firstThree(text);
  if (major === undefined || minor === undefined || rest === undefined) {
    return new CelError("No Major.Minor.Patch elements found");
  }
  const plus = rest.indexOf("+");
  const withoutBuild = plus < 0 ? rest : rest.slice(0, plus);
  const dash = withoutBuild.indexOf("-");
  const patch = dash < 0 ? withoutBuild : withoutBuild.slice(0, dash);
  const numbers: bigint[] = [];
  for (const [name, digits] of [
    ["Major", major],
    ["Minor", minor],
    ["Patch", patch],
  ] as const) {
    const number = versionNumber(name, digits);
    if (typeof number !== "bigint") return number;
    numbers.push(number);
  }
  const prerelease: (bigint | string)[] = [];
  for (const part of dash < 0 ? [] : withoutBuild.slice(dash + 1).split(".")) {
    const parsed = prereleasePart(part);
    if (parsed instanceof CelError) return parsed;
    prerelease.push(parsed);
  }
  for (const part of plus < 0 ? [] : rest.slice(plus + 1).split(".")) {
    if (part === "") return new CelError("Build meta data is empty");
    if (!ALPHANUMERIC.test(part)) return new CelError(`Invalid character(s) found in build meta data ${goQuote(part)}`);
  }
  const [first = 0n, second = 0n, third = 0n] = numbers;
  return new SemverValue([first, second, third], prerelease);
}

const ALPHANUMERIC = /^[0-9A-Za-z-]*$/;

function firstThree(text: string): readonly string[] {
  const [major, minor, ...rest] = text.split(".");
  return rest.length === 0
    ? [major ?? "", ...(minor === undefined ? [] : [minor])]
    : [major ?? "", minor ?? "", rest.join(".")];
}

function versionNumber(name: string, digits: string): bigint | CelError {
  if (!/^[0-9]*$/.test(digits)) {
    return new CelError(`Invalid character(s) found in ${name.toLowerCase()} number ${goQuote(digits)}`);
  }
  if (/^0./.test(digits)) return new CelError(`${name} number must not contain leading zeroes ${goQuote(digits)}`);
  return parseUint(digits);
}

function parseUint(digits: string): bigint | CelError {
  const fail = (why: string): CelError => new CelError(`strconv.ParseUint: parsing ${goQuote(digits)}: ${why}`);
  if (digits === "") return fail("invalid syntax");
  const number = BigInt(digits);
  return number > MAX_UINT ? fail("value out of range") : number;
}

function prereleasePart(part: string): bigint | string | CelError {
  if (part === "") return new CelError("Prerelease is empty");
  if (!ALPHANUMERIC.test(part)) return new CelError(`Invalid character(s) found in prerelease ${goQuote(part)}`);
  if (!/^[0-9]+$/.test(part)) return part;
  if (/^0./.test(part)) {
    return new CelError(`Numeric PreRelease version must not contain leading zeroes ${goQuote(part)}`);
  }
  return parseUint(part);
}

/** `v1.2` and `01.2.3` too. */
function normalized(text: string): SemverValue | CelError {
  const parts = firstThree(text.replace(/^v/, "")).map((part) => {
    if (part.length <= 1) return part;
    const stripped = part.replace(/^0+/, "");
    return /^[0-9]/.test(stripped) ? stripped : `0${stripped}`;
  });
  if (parts.length < 3) {
    if (/[+-]/.test(parts.at(-1) ?? "")) {
      return new CelError("short version cannot contain PreRelease/Build meta data");
    }
    while (parts.length < 3) parts.push("0");
  }
  return parseSemver(parts.join("."));
}

function toSemver(text: Value, normalize: Value): Value {
  if (typeof text !== "string" || typeof normalize !== "boolean") return NO_OVERLOAD;
  return normalize ? normalized(text) : parseSemver(text);
}

function comparison(name: string, id: string, result: Type, use: (order: number) => Value): FunctionDeclaration {
  return declareFunction(name, [
    memberOverload(id, [SEMVER, SEMVER], result, (left, right) =>
      left instanceof SemverValue && right instanceof SemverValue ? use(compareVersions(left, right)) : NO_OVERLOAD,
    ),
  ]);
}

function numberOf(name: string, index: 0 | 1 | 2): FunctionDeclaration {
  return declareFunction(name, [
    memberOverload(`semver_${name}`, [SEMVER], INT, (value) =>
      value instanceof SemverValue ? value.numbers[index] : NO_OVERLOAD,
    ),
  ]);
}

export const SEMVER_FUNCTIONS: readonly FunctionDeclaration[] = [
  declareFunction("semver", [
    overload("string_to_semver", [STRING], SEMVER, (text = null) => toSemver(text, false)),
    overload("string_bool_to_semver", [STRING, BOOL], SEMVER, (text = null, normalize = null) =>
      toSemver(text, normalize),
    ),
  ]),
  declareFunction("isSemver", [
    overload("is_semver_string", [STRING], BOOL, (text = null) => !isError(toSemver(text, false))),
    overload(
      "is_semver_string_bool",
      [STRING, BOOL],
      BOOL,
      (text = null, normalize = null) => !isError(toSemver(text, normalize)),
    ),
  ]),
  comparison("isGreaterThan", "semver_is_greater_than", BOOL, (result) => result > 0),
  comparison("isLessThan", "semver_is_less_than", BOOL, (result) => result < 0),
  comparison("compareTo", "semver_compare_to", INT, (result) => BigInt(result)),
  numberOf("major", 0),
  numberOf("minor", 1),
  numberOf("patch", 2),
];
