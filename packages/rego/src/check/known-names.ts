import type { Module } from "../syntax/ast.ts";
import { formatTerm } from "../syntax/print-term.ts";
import { dottedName } from "../syntax/term-names.ts";
import type { KnownNames } from "./hints.ts";
import { importName, isLanguageImport } from "./resolve-refs.ts";

/** What hints take for what was meant: the names of builtins, functions, rules and imports. */
export function knownNames(modules: readonly Module[], builtins: ReadonlyMap<string, unknown>): KnownNames {
  const functions = new Set<string>();
  const documents = new Set<string>();
  for (const { package: pkg, rules, imports } of modules) {
    for (const { head } of rules) {
      const name = dottedName(head.ref);
      if (name === undefined) continue;
      if (head.args.length === 0) documents.add(name);
      else functions.add(name).add(`${formatTerm(pkg.path)}.${name}`);
    }
    for (const directive of imports) if (!isLanguageImport(directive)) documents.add(importName(directive));
  }
  return { functions: [...functions, ...builtins.keys()], documents: [...documents] };
}
