import type { WorkRule } from "./work.ts";
import type { NameSource } from "./names.ts";
import { appendToRule } from "./work.ts";
import { equation, isScalar, requiresEvaluation } from "./nodes.ts";
import { compareTerms } from "../syntax/compare-terms.ts";
import type { CallExpr, Term } from "../syntax/ast.ts";

/** A variable that is to be equal to a term, and the expression that says so. */
export function bind(term: Term, names: NameSource): { readonly name: Term; readonly expr: CallExpr } {
  const name = names.nextVar(term.location);
  return { name, expr: { ...equation(name, term, term.location), generated: true } };
}

/** Makes every part of a rule's reference a variable or a scalar: `p[x.y]` becomes `p[a]` with `a = x.y` in its body. */
export function bindRefParts(rule: WorkRule, names: NameSource): void {
  const { ref } = rule.head;
  if (ref.path.every((part) => part.type === "var" || isScalar(part))) return;
  let { key } = rule.head;
  const last = ref.path.length - 1;
  const path = ref.path.map((part, index) => {
    if (part.type === "var" || isScalar(part)) return part;
    const { name, expr } = bind(part, names);
    if (index === last && key !== undefined && compareTerms(key, part) === 0) key = name;
    appendToRule(rule, expr);
    return name;
  });
  rule.head = { ...rule.head, ref: { ...ref, path }, key };
}

/** Moves what of the key, value and arguments of a rule has to be evaluated into its body. */
export function bindHeadTerms(rule: WorkRule, names: NameSource): void {
  const { head } = rule;
  const move = (term: Term): Term => {
    if (!requiresEvaluation(term)) return term;
    const { name, expr } = bind(term, names);
    appendToRule(rule, expr);
    return name;
  };
  const key = head.key && move(head.key);
  const value = head.value && move(head.value);
  const args = head.args.map(move);
  rule.head = { ...head, key, value, args };
}
