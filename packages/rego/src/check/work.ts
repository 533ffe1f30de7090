import type { Body, Head, Module, RefTerm, Rule, Term } from "../syntax/ast.ts";
import { compareStrings } from "../values/utf8.ts";
import { type NodeMap, appended, mapItems } from "./nodes.ts";

/** A module while it is compiled. */
export interface WorkModule {
  /** The name of its file. */
  readonly name: string;
  readonly source: Module;
  readonly rules: readonly WorkRule[];
}

/** A rule while it is compiled: the stages replace its head and body, never change one. */
export interface WorkRule {
  readonly source: Rule;
  readonly module: WorkModule;
  readonly else: WorkRule | undefined;
  head: Head;
  body: Body;
}

/** Modules in the order of their names, in which every stage takes them. */
export function workModules(modules: readonly Module[]): readonly WorkModule[] {
  const works = modules.map((source) => {
    const rules: WorkRule[] = [];
    const module: WorkModule = { name: source.location.source.file, source, rules };
    for (const rule of source.rules) rules.push(workRule(rule, module));
    return module;
  });
  return works.sort((a, b) => compareStrings(a.name, b.name));
}

function workRule(source: Rule, module: WorkModule): WorkRule {
  // An else chain is as long as its text, so it is not followed by recursion.
  const chain: Rule[] = [];
  for (let rule: Rule | undefined = source; rule !== undefined; rule = rule.else) chain.push(rule);
  let next: WorkRule | undefined;
  for (const rule of chain.toReversed()) {
    next = { source: rule, module, else: next, head: rule.head, body: rule.body };
  }
  return next ?? { source, module, else: undefined, head: source.head, body: source.body };
}

/** Every rule of the modules, and those that follow `else`. */
export function* allRules(modules: readonly WorkModule[]): Generator<WorkRule> {
  for (const module of modules) yield* rulesOf(module);
}

/** Every rule of a module, and those that follow `else`. */
export function* rulesOf(module: WorkModule): Generator<WorkRule> {
  for (const rule of module.rules) {
    for (let link: WorkRule | undefined = rule; link !== undefined; link = link.else) yield link;
  }
}

/** The path of what a rule defines, from `data` on. The name of the rule is a string in it. */
export function refOfRule({ module, head }: WorkRule): RefTerm {
  const { path: pkg } = module.source.package;
  return { ...head.ref, head: pkg.head, path: [...pkg.path, nameTerm(head), ...head.ref.path] };
}

function nameTerm({ ref: { head } }: Head): Term {
  return head.type === "var" ? { type: "string", value: head.name, location: head.location } : head;
}

/** The longest prefix of a reference without variables. */
export function groundPrefix(ref: RefTerm): RefTerm {
  const end = ref.path.findIndex((part) => part.type === "var" || !isGroundPart(part));
  return end < 0 ? ref : { ...ref, path: ref.path.slice(0, end) };
}

function isGroundPart(part: Term): boolean {
  return part.type === "string" || part.type === "number" || part.type === "boolean" || part.type === "null";
}

/** Whether a rule has several values rather than one. */
export function isMultiValue({ value }: Head): boolean {
  return value === undefined;
}

/** Adds expressions to a rule's body, in place of a body that is only `true`. */
export function appendToRule(rule: WorkRule, ...exprs: Body): void {
  rule.body = appended(rule.body, exprs);
}

/** Applies a map to the body, key, value and arguments of a rule. */
export function mapRule(rule: WorkRule, map: NodeMap): void {
  const { head } = rule;
  const args = mapItems(head.args, map.term);
  const key = head.key && map.term(head.key);
  const value = head.value && map.term(head.value);
  if (args !== head.args || key !== head.key || value !== head.value) rule.head = { ...head, args, key, value };
  rule.body = map.body(rule.body);
}
