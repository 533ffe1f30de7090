import type { Expr, Head } from "./ast.ts";
import type { Location } from "./location.ts";

/** A copy of a node in which it and all nodes in it have one place. */
export function copyAt<T extends Expr | Head>(node: T, location: Location): T {
  return relocate(node, location);
}

function relocate<T extends object>(node: T, location: Location): T {
  const copy: T = { ...node };
  for (const key of keysOf(copy)) {
    const value = copy[key];
    if (key === "location") Object.assign(copy, { location });
    else if (Array.isArray(value)) Object.assign(copy, { [key]: value.map((item) => relocateItem(item, location)) });
    else if (typeof value === "object" && value !== null) Object.assign(copy, { [key]: relocate(value, location) });
  }
  return copy;
}

function relocateItem(item: unknown, location: Location): unknown {
  return typeof item === "object" && item !== null ? relocate(item, location) : item;
}

function keysOf<T extends object>(value: T): Extract<keyof T, string>[] {
  const keys: Extract<keyof T, string>[] = [];
  for (const key in value) keys.push(key);
  return keys;
}
