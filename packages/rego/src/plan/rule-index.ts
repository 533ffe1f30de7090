import type { CallExpr, RefTerm, Rule, Term } from "../syntax/ast.ts";
import { dottedName } from "../syntax/term-names.ts";
import { formatTerm } from "../syntax/print-term.ts";
import type { Value } from "../values/value.ts";
import { constantOf } from "./constants.ts";
import type { Chain } from "./documents.ts";

/** What definitions are told apart by: a part of the input with a constant path, or an operand of a function. */
export type IndexSubject = { readonly input: RefTerm } | { readonly operand: number };

/** Which definitions to try. All parts count: a definition is in one of them. */
export interface RuleIndex {
  /** Definitions that are always tried. */
  readonly always: readonly Chain[];
  /** Definitions that are tried only for one value of a subject. */
  readonly lookups: readonly IndexLookup[];
}

export interface IndexLookup {
  readonly subject: IndexSubject;
  readonly cases: ReadonlyMap<Value, RuleIndex>;
}

/** With fewer definitions, trying them all is as quick as looking them up. */
const FEW = 3;

/**
 * Groups definitions by the scalar constants that their bodies demand of the input or of operands. A definition that
 * is left out because of such a demand would have failed.
 */
export function indexRules(chains: readonly Chain[]): RuleIndex {
  if (chains.length <= FEW) return { always: chains, lookups: [] };
  return group(chains.map((chain) => ({ chain, demands: demandsOf(chain.rule) })));
}

interface Demand {
  readonly subject: IndexSubject;
  readonly value: Value;
}

interface Candidate {
  readonly chain: Chain;
  /** By the text of their subject. */
  readonly demands: ReadonlyMap<string, Demand>;
}

function group(candidates: readonly Candidate[]): RuleIndex {
  if (candidates.length <= FEW) return { always: candidates.map(({ chain }) => chain), lookups: [] };
  const id = mostTelling(candidates);
  if (id === undefined) return { always: candidates.map(({ chain }) => chain), lookups: [] };
  const cases = new Map<Value, Candidate[]>();
  const others: Candidate[] = [];
  let subject: IndexSubject | undefined;
  for (const { chain, demands } of candidates) {
    const demand = demands.get(id);
    if (demand === undefined) {
      others.push({ chain, demands });
      continue;
    }
    ({ subject } = demand);
    const rest = new Map([...demands].filter(([key]) => key !== id));
    const list = cases.get(demand.value) ?? [];
    list.push({ chain, demands: rest });
    cases.set(demand.value, list);
  }
  const { always, lookups } = group(others);
  if (subject === undefined) return { always, lookups };
  const grouped = new Map([...cases].map(([value, list]) => [value, group(list)] as const));
  return { always, lookups: [{ subject, cases: grouped }, ...lookups] };
}

/** The subject with the most values among definitions, if it tells at least two apart. */
function mostTelling(candidates: readonly Candidate[]): string | undefined {
  const values = new Map<string, Set<Value>>();
  for (const { demands } of candidates) {
    for (const [id, { value }] of demands) {
      const known = values.get(id) ?? new Set<Value>();
      values.set(id, known.add(value));
    }
  }
  let best: string | undefined;
  let most = 1;
  for (const [id, { size }] of values) {
    if (size > most) {
      best = id;
      most = size;
    }
  }
  return best;
}

/** What must hold for a rule and, since those after `else` are tried where it fails, for no other. */
function demandsOf(rule: Rule): ReadonlyMap<string, Demand> {
  const demands = new Map<string, Demand>();
  if (rule.else !== undefined) return demands;
  const aliases = new Map<string, IndexSubject>();
  for (const [i, arg] of rule.head.args.entries()) {
    if (arg.type === "var") aliases.set(arg.name, { operand: i });
    const value = scalarOf(arg);
    if (value !== undefined) demands.set(`operand ${i}`, { subject: { operand: i }, value });
  }
  for (const expr of rule.body) {
    if (expr.type !== "callExpr" || expr.negated || expr.with.length > 0) continue;
    for (const [left, right] of sidesOf(expr)) {
      const subject = subjectOf(left, aliases);
      if (subject === undefined) continue;
      const value = scalarOf(right);
      const id = "operand" in subject ? `operand ${subject.operand}` : formatTerm(subject.input);
      if (value !== undefined) demands.set(id, { subject, value });
      else if (right.type === "var" && !aliases.has(right.name)) aliases.set(right.name, subject);
    }
  }
  return demands;
}

/** Both ways to read an equation; none for other calls. */
function sidesOf({ operator, args: [a, b, result] }: CallExpr): readonly (readonly [Term, Term])[] {
  const name = dottedName(operator);
  if ((name !== "eq" && name !== "equal") || a === undefined || b === undefined || result !== undefined) return [];
  return [
    [a, b],
    [b, a],
  ];
}

function subjectOf(term: Term, aliases: ReadonlyMap<string, IndexSubject>): IndexSubject | undefined {
  if (term.type === "var") return aliases.get(term.name);
  const isInput = term.type === "ref" && term.head.type === "var" && term.head.name === "input";
  return isInput && term.path.every(({ type }) => type === "string") ? { input: term } : undefined;
}

function scalarOf(term: Term): Value | undefined {
  const value = constantOf(term);
  return value === null || typeof value !== "object" ? value : undefined;
}
