import { stringAt } from "@redoubt/kube";
import { DEFAULT_LISTS, DEFAULT_MACROS } from "../model/default-names.ts";
import type { RuleItem } from "../model/rules.ts";
import { type Condition, parseCondition } from "./condition.ts";

/** What is defined once the published rules and the given files are loaded. */
export interface DefinedNames {
  readonly macros: ReadonlySet<string>;
  readonly lists: ReadonlySet<string>;
}

export function definedNames(items: readonly RuleItem[]): DefinedNames {
  const own = (kind: string): string[] => items.filter((item) => item.kind === kind).map(({ name }) => name);
  return { macros: new Set([...DEFAULT_MACROS, ...own("macro")]), lists: new Set([...DEFAULT_LISTS, ...own("list")]) };
}

/** A rule's or macro's condition; undefined where there is none or it does not parse. */
export function conditionOf(item: RuleItem): Condition | undefined {
  const text = stringAt(item.value, ["condition"]);
  if (text === undefined || item.amends) return undefined;
  const parsed = parseCondition(text);
  return "macros" in parsed ? parsed : undefined;
}

/** The name that was probably meant: one that continues the written one, or differs by a letter. */
export function closestName(written: string, known: Iterable<string>): string | undefined {
  const names = [...known];
  return (
    names.find((name) => plain(name) === plain(written)) ??
    names.find((name) => name.startsWith(`${written}_`) || written.startsWith(`${name}_`)) ??
    names.find((name) => name.length > 4 && Math.abs(name.length - written.length) <= 1 && differsByOne(name, written))
  );
}

function plain(name: string): string {
  return name.replaceAll("_", "").toLowerCase();
}

function differsByOne(a: string, b: string): boolean {
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  const tail = (text: string, skip: number): string => text.slice(start + skip);
  return tail(a, 1) === tail(b, 1) || tail(a, 1) === tail(b, 0) || tail(a, 0) === tail(b, 1);
}
