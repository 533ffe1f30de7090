import type { BuiltinDeclaration } from "../builtins/declaration.ts";
import type { Term } from "../syntax/ast.ts";
import type { RegoError } from "../syntax/error.ts";
import { isWildcard } from "../syntax/term-names.ts";
import { walk } from "../syntax/walk.ts";
import { sortStrings } from "../values/utf8.ts";
import { declaredVars } from "./declared-vars.ts";
import type { ErrorList } from "./error-list.ts";
import type { NameSource } from "./names.ts";
import { isScalar, mapItems, sortedEntries, termMap } from "./nodes.ts";
import { LocalRenamer } from "./rename-locals.ts";
import { Scopes } from "./scopes.ts";
import { addAll, varsOfBody, varsOfTerm } from "./vars.ts";
import type { WorkModule, WorkRule } from "./work.ts";

export interface RenameContext {
  readonly names: NameSource;
  readonly strict: boolean;
  readonly builtins: ReadonlyMap<string, BuiltinDeclaration>;
  /** Is told what each new name was written as. */
  readonly written: Map<string, string>;
  readonly errors: ErrorList;
}

/** Gives every declared variable of the modules a name of its own. */
export function renameRules(modules: readonly WorkModule[], context: RenameContext): void {
  for (const module of modules) {
    for (const rule of module.rules) renameChain(rule, context);
  }
}

/** A rule with those that follow `else`, which share its arguments. */
function renameChain(rule: WorkRule, context: RenameContext): void {
  const { errors, strict } = context;
  const scopes = new Scopes();
  const unusedArgs = new Set<string>();
  if (strict) for (const arg of rule.head.args) varsOfTerm(arg, {}, unusedArgs);
  renameArgs(rule, scopes, context);
  for (let link: WorkRule | undefined = rule; link !== undefined; link = link.else) {
    const linkScopes = scopes.copy();
    const found = renameRule(link, linkScopes, unusedArgs, context);
    if (!errors.add(...found.errors) || !errors.addRecoverable(...found.unused)) return;
    for (const name of unusedArgs) if (linkScopes.uses(name) > 1) unusedArgs.delete(name);
  }
  for (const name of sortStrings([...unusedArgs])) {
    if (isWildcard(name)) continue;
    const message = `unused argument ${name}. (hint: use _ (wildcard variable) instead)`;
    if (!errors.addRecoverable({ code: "rego_compile_error", message, location: rule.head.location })) return;
  }
}

function renameArgs(rule: WorkRule, scopes: Scopes, { names, errors }: RenameContext): void {
  const rename = (term: Term): Term => {
    switch (term.type) {
      case "var": {
        const known = scopes.renamed(term.name);
        const renamed = known ?? names.next();
        if (known === undefined) scopes.insert(term.name, renamed, "argument");
        else scopes.use(term.name);
        return { ...term, name: renamed };
      }
      case "object": {
        const entries = sortedEntries(term.entries).map(({ key, value }) => ({ key, value: rename(value) }));
        return { ...term, entries };
      }
      case "array":
        return { ...term, items: term.items.map(rename) };
      case "ref":
        return { ...term, head: rename(term.head), path: term.path.map(rename) };
      case "call":
        errors.add({
          code: "rego_compile_error",
          message: "rule arguments cannot contain calls",
          location: term.location,
        });
        return term;
      default:
        return term;
    }
  };
  const args = mapItems(rule.head.args, rename);
  rule.head = { ...rule.head, args };
}

interface Found {
  readonly errors: readonly RegoError[];
  readonly unused: readonly RegoError[];
}

function renameRule(rule: WorkRule, scopes: Scopes, unusedArgs: Set<string>, context: RenameContext): Found {
  const { names, strict, written } = context;
  const hasVars = mayHoldVars(rule);
  const used = new Set<string>();
  if (hasVars) {
    renameHead(rule, context);
    const { ref, key, value } = rule.head;
    for (const part of ref.path) if (!isScalar(part)) varsOfTerm(part, {}, used);
    if (key !== undefined && !isScalar(key)) varsOfTerm(key, {}, used);
    if (value !== undefined && !isScalar(value)) {
      const valueVars = varsOfTerm(value);
      addAll(used, valueVars);
      for (const name of unusedArgs) if (valueVars.has(name)) unusedArgs.delete(name);
    }
  }
  renameBuiltinNames(rule, scopes, context);
  const renamer = new LocalRenamer(names, scopes, strict);
  rule.body = renamer.body(rule.body, used);
  for (const [name, original] of scopes.written) written.set(name, original);
  if (hasVars) {
    const renamed = new Map<string, string>();
    for (const entry of scopes.current()) if (entry.name !== entry.written) renamed.set(entry.written, entry.name);
    if (renamed.size > 0) renameInHead(rule, renamed);
  }
  return renamer;
}

function mayHoldVars({ head }: WorkRule): boolean {
  const terms = [...head.args, ...head.ref.path];
  if (head.key !== undefined) terms.push(head.key);
  if (head.value !== undefined) terms.push(head.value);
  return terms.some((term) => !isScalar(term));
}

/** Renames what comprehensions in the head declare. */
function renameHead(rule: WorkRule, { names, strict, written, errors }: RenameContext): void {
  const rename = (term: Term): Term => {
    if (!holdsBody(term)) return term;
    const scopes = new Scopes();
    const renamer = new LocalRenamer(names, scopes, strict);
    const renamed = renamer.headTerm(term);
    for (const [name, original] of scopes.written) written.set(name, original);
    errors.add(...renamer.errors);
    errors.addRecoverable(...renamer.unused);
    return renamed;
  };
  const { head } = rule;
  rule.head = {
    ...head,
    args: mapItems(head.args, rename),
    key: head.key && rename(head.key),
    value: head.value && rename(head.value),
  };
}

function holdsBody(term: Term): boolean {
  let found = false;
  walk(term, ({ type }) => {
    found ||=
      type === "arrayComprehension" ||
      type === "setComprehension" ||
      type === "objectComprehension" ||
      type === "templateString";
    return !found;
  });
  return found;
}

/**
 * A variable may be called as a builtin is. Later stages would take one for the other, so that it gets another name; not where
 * the name stands in a `with`, in which it can be the function.
 */
function renameBuiltinNames(rule: WorkRule, scopes: Scopes, { names, builtins }: RenameContext): void {
  const vars = [...varsOfBody(rule.body, { skipOperators: true, skipClosures: true })];
  const suspects = vars.filter((name) => builtins.has(name) && scopes.renamed(name) === undefined);
  if (suspects.length === 0) return;
  const exempt = declaredVars(rule.body);
  for (let link: WorkRule | undefined = rule; link !== undefined; link = link.else) {
    for (const root of [link.head, ...link.body]) {
      walk(root, (node) => {
        if (node.type === "with") varsOfTerm(node.value, { skipOperators: true }, varsOfTerm(node.target, {}, exempt));
        return true;
      });
    }
  }
  for (const name of sortStrings(suspects)) if (!exempt.has(name)) scopes.insert(name, names.next(), "seen");
}

function renameInHead(rule: WorkRule, renamed: ReadonlyMap<string, string>): void {
  const map = termMap((term) => (term.type === "var" ? { ...term, name: renamed.get(term.name) ?? term.name } : term));
  const { head } = rule;
  const path = mapItems(head.ref.path, map.term);
  rule.head = {
    ...head,
    ref: { ...head.ref, path },
    args: mapItems(head.args, map.term),
    key: head.key && map.term(head.key),
    value: head.value && map.term(head.value),
  };
}
