import type { Expr, Head, Term } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import type { Location } from "./location.ts";
import { valueName } from "./term-names.ts";

/** A default value must be there and be a constant, but for comprehensions. Whether it is so. */
export function checkDefaultValue(p: Cursor, head: Head, location: Location): boolean {
  if (head.value === undefined) {
    p.error(location, "illegal default rule (must have a value)");
    return false;
  }
  const before = p.errors.length;
  rejectVariable(p, head.value, location);
  return p.errors.length === before;
}

function rejectVariable(p: Cursor, term: Term, location: Location): void {
  switch (term.type) {
    case "ref":
    case "var":
    case "call":
      p.error(location, `illegal default rule (value cannot contain ${valueName(term)})`);
      break;
    case "array":
    case "set":
      for (const item of term.items) rejectVariable(p, item, location);
      break;
    case "object":
      for (const { key, value } of term.entries) {
        rejectVariable(p, key, location);
        rejectVariable(p, value, location);
      }
      break;
    case "templateString":
      for (const part of term.parts) for (const inner of termsOf(part)) rejectVariable(p, inner, location);
      break;
    default:
  }
}

function termsOf(part: Term | Expr): readonly Term[] {
  if (part.type === "termExpr") return [part.term];
  return part.type === "callExpr" ? [part.operator, ...part.args] : [];
}

/** The arguments of a default function must be different variables. Whether they are. */
export function checkDefaultArgs(p: Cursor, { args }: Head, location: Location): boolean {
  const before = p.errors.length;
  const seen = new Set<string>();
  for (const arg of args) {
    if (arg.type !== "var") {
      p.error(location, `illegal default rule (arguments cannot contain ${valueName(arg)})`);
    } else if (seen.has(arg.name)) {
      p.error(location, `illegal default rule (arguments cannot be repeated ${arg.name})`);
    } else {
      seen.add(arg.name);
    }
  }
  return p.errors.length === before;
}
