/**
 * What one call costs at run time, as the API server counts it: by overload where a library says so, by function for Kubernetes' own
 * libraries, else by the sizes of the operands, else one.
 */
import { NamedFormat } from "../library/format.ts";
import { sizeOfValue, typeOfValue } from "../values/type-of.ts";
import { ListValue, MapValue, ObjectValue, OptionalValue, type Value } from "../values/value.ts";

const TRAVERSAL = 0.1;
const REGEX = 0.25;
const LIST_CREATION = 10;

type Counter = (operands: readonly Value[], result: Value) => number | undefined;

/** `overload` is empty where the operands' types decide only at run time. */
export function callCost(name: string, overload: string, operands: readonly Value[], result: Value): number {
  return (
    BY_OVERLOAD[overload]?.(operands, result) ??
    (Object.hasOwn(BY_FUNCTION, name) ? BY_FUNCTION[name]?.(operands, result) : undefined) ??
    (Object.hasOwn(STANDARD, overload) ? STANDARD[overload]?.(operands, result) : undefined) ??
    1
  );
}

/** Elements, characters, bytes; one for what has no size. */
function size(value: Value | undefined): number {
  return value === undefined ? 1 : (sizeOfValue(value) ?? 1);
}

function standardSize(value: Value | undefined): number {
  return value instanceof OptionalValue && value.value !== undefined ? standardSize(value.value) : size(value);
}

const one: Counter = () => 1;

function traversed(operand: number, times = 1): Counter {
  return (operands) => (operands.length > operand ? Math.ceil(size(operands[operand]) * times * TRAVERSAL) : undefined);
}

/** A pattern of `patternSize` over a text of `textSize`. */
function matching(textSize: number, patternSize: number): number {
  return Math.ceil((1 + textSize) * TRAVERSAL) * Math.ceil(patternSize * REGEX);
}

/** Lists and maps cost what is in them. */
function deepTraversal(value: Value | undefined): number {
  if (typeof value === "string") return Math.trunc(new TextEncoder().encode(value).length * TRAVERSAL);
  if (value instanceof Uint8Array) return Math.trunc(value.length * TRAVERSAL);
  let cost = 0;
  if (value instanceof ListValue) {
    for (const element of value) cost += deepTraversal(element);
    return cost;
  }
  if (!(value instanceof MapValue)) return 1;
  for (const key of value.keys()) cost += deepTraversal(key) + deepTraversal(value.find(key));
  return cost;
}

const traversal: Counter = ([first]) => (first === undefined ? 0 : deepTraversal(first));

const selector: Counter = ([, text]) => {
  const length = size(text);
  return LIST_CREATION + Math.ceil(length * TRAVERSAL) + Math.ceil(Math.ceil(length * 0.5) * 50);
};

function contained(string: string): Counter {
  return ([cidr, other]) => {
    const own = size(cidr);
    const parsed = string === "" ? 0 : Math.ceil(size(other) * TRAVERSAL);
    return Math.ceil((own + own) * TRAVERSAL) + parsed;
  };
}

function all(names: string, counter: Counter): Record<string, Counter> {
  return Object.fromEntries(names.split(" ").map((name) => [name, counter]));
}

const BY_FUNCTION: Readonly<Record<string, Counter>> = {
  check: () => 350_000,
  ...all("serviceAccount path group resource subresource namespace name allowed reason error errored", one),
  ...all("fieldSelector labelSelector", selector),
  ...all("isSorted sum max min indexOf lastIndexOf", traversal),
  ...all("url lowerAscii upperAscii substring trim jsonpatch.escapeKey", traversed(0)),
  ...all("replace split", traversed(0, 2)),
  join: (_, result) => Math.ceil(size(result) * 2 * TRAVERSAL),
  ...all("find findAll", ([text, pattern]) => matching(size(text), size(pattern))),
  ...all("cidr isIP isCIDR ip", traversed(0)),
  "ip.isCanonical": traversed(0, 2),
  ...all(
    "masked prefixLength family isUnspecified isLoopback isLinkLocalMulticast isLinkLocalUnicast isGlobalUnicast",
    one,
  ),
  containsIP: contained(""),
  containsCIDR: ([cidr, other]) =>
    (contained("")([cidr ?? null, other ?? null], null) ?? 0) + Math.ceil(size(cidr) * TRAVERSAL) + 1,
  ...all("quantity isQuantity semver isSemver", traversed(0)),
  validate: ([format, text]) =>
    format instanceof NamedFormat ? matching(size(text), format.maxPatternSize) : undefined,
  "format.named": one,
  ...all(
    "sign asInteger isInteger asApproximateFloat isGreaterThan isLessThan compareTo add sub major minor patch",
    one,
  ),
  ...all("getScheme getHostname getHost getPort getEscapedPath getQuery", one),
  "_==_": ([left]) => (left instanceof ObjectValue ? 1 : undefined),
};

function allocated(factor: number, count: number): number {
  return Math.trunc(count * factor) + 1 + LIST_CREATION;
}

const outputSize: Counter = (_, result) => allocated(1, size(result));

function selfCompared(operand: number): Counter {
  return (operands) => {
    const list = operands[operand];
    if (!(list instanceof ListValue) || list.size === 0) return allocated(2, 0);
    const kind = typeOfValue(list.at(0)).kind;
    return allocated(kind === "string" || kind === "bytes" ? 2 + TRAVERSAL : 2, list.size * list.size);
  };
}

function setCost(factor: number): Counter {
  return ([left, right]) => 1 + Math.trunc(size(left) * size(right) * factor);
}

const COMPARABLE = "int uint double bool google.protobuf.Duration google.protobuf.Timestamp string bytes".split(" ");

const BY_OVERLOAD: Readonly<Record<string, Counter>> = {
  list_slice: outputSize,
  list_flatten: ([list]) => allocated(1, size(list)),
  list_flatten_int: ([list, depth]) => allocated(typeof depth === "bigint" ? Number(depth) : 1, size(list)),
  lists_range: outputSize,
  list_reverse: outputSize,
  list_distinct: selfCompared(0),
  ...Object.fromEntries(COMPARABLE.map((name) => [`list_${name}_sort`, selfCompared(0)])),
  ...Object.fromEntries(COMPARABLE.map((name) => [`list_${name}_sortByAssociatedKeys`, selfCompared(1)])),
  list_sets_contains_list: setCost(1),
  list_sets_intersects_list: setCost(1),
  list_sets_equivalent_list: setCost(2),
  cidr_ip: one,
  cidr_contains_ip_string: contained("string"),
  cidr_contains_cidr_string: ([cidr, other]) =>
    (contained("string")([cidr ?? null, other ?? null], null) ?? 0) + Math.ceil(size(cidr) * TRAVERSAL) + 1,
};

const compared: Counter = ([left, right]) => Math.ceil(Math.min(standardSize(left), standardSize(right)) * TRAVERSAL);
const joined: Counter = ([left, right]) => Math.ceil((standardSize(left) + standardSize(right)) * TRAVERSAL);

const STANDARD: Readonly<Record<string, Counter>> = {
  ...all("starts_with_string ends_with_string string_to_bytes bytes_to_string strings_quote string_format", ([text]) =>
    Math.ceil(standardSize(text) * TRAVERSAL),
  ),
  in_list: ([, list]) => standardSize(list),
  ...all(
    "less_string greater_string less_equals_string greater_equals_string less_bytes greater_bytes less_equals_bytes greater_equals_bytes equals not_equals",
    compared,
  ),
  ...all("add_string add_bytes", joined),
  matches_string: ([text, pattern]) => matching(standardSize(text), standardSize(pattern)),
  contains_string: ([text, part]) =>
    Math.ceil(standardSize(text) * TRAVERSAL) * Math.ceil(standardSize(part) * TRAVERSAL),
};
