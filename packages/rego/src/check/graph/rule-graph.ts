import type { BuiltinDeclaration } from "../../builtins/declaration.ts";
import type { Node, RefTerm, Term } from "../../syntax/ast.ts";
import { compareTerms } from "../../syntax/compare-terms.ts";
import { compareLocations } from "../../syntax/location.ts";
import { walk } from "../../syntax/walk.ts";
import { isConstant } from "../constants.ts";
import { varsOfExpr, varsOfTerm } from "../vars.ts";
import { type WorkModule, type WorkRule, rulesOf } from "../work.ts";
import { type KnownValues, knownBefore, knownVars, unfolded } from "./known-values.ts";
import { type Origin, originsOf } from "./origins.ts";
import type { RuleLookup } from "./rule-lookup.ts";

/** A reference that may lead to rules only through a variable in it. */
export interface DynamicRef {
  /** As it stands in the rule. */
  readonly ref: RefTerm;
  /** With the one value that a variable is known to have in its place. */
  readonly selector: RefTerm;
  /** The variables that can have a value when the reference is evaluated. */
  readonly bound: ReadonlySet<string>;
  readonly origins: ReadonlyMap<string, Origin>;
  readonly rules: readonly WorkRule[];
}

interface Dependency {
  readonly ref: RefTerm;
  readonly selector: RefTerm;
  readonly at: number;
  readonly bound: ReadonlySet<string>;
  readonly rule: WorkRule;
  readonly isStatic: boolean;
}

/** Which rules depend on which others. */
export class RuleGraph {
  readonly #dependencies = new Map<WorkRule, Set<WorkRule>>();
  readonly #dependents = new Map<WorkRule, Set<WorkRule>>();
  readonly #dynamic = new Map<WorkRule, readonly DynamicRef[]>();
  readonly #lookup: RuleLookup;
  readonly #builtins: ReadonlyMap<string, BuiltinDeclaration>;

  constructor(modules: readonly WorkModule[], lookup: RuleLookup, builtins: ReadonlyMap<string, BuiltinDeclaration>) {
    this.#lookup = lookup;
    this.#builtins = builtins;
    for (const module of modules) for (const rule of rulesOf(module)) this.#addRule(rule);
  }

  dependencies(rule: WorkRule): ReadonlySet<WorkRule> {
    return this.#dependencies.get(rule) ?? NO_RULES;
  }

  dependents(rule: WorkRule): ReadonlySet<WorkRule> {
    return this.#dependents.get(rule) ?? NO_RULES;
  }

  /** The reference that may make one rule depend on another; undefined where another does so in any case. */
  dynamicCause(from: WorkRule, to: WorkRule): DynamicRef | undefined {
    return this.#dynamic.get(from)?.find(({ rules }) => rules.some((rule) => isInChain(rule, to)));
  }

  /** The rules with those first that others depend on, else in the order of their places. For graphs without cycles. */
  sorted(): readonly WorkRule[] {
    const sorted: WorkRule[] = [];
    const done = new Set<WorkRule>();
    const byPlace = (rules: Iterable<WorkRule>): WorkRule[] => [...rules].sort(compareRules);
    for (const start of byPlace(this.#dependencies.keys())) {
      // The rules on the way from the start, each with those that it still waits for, the next last.
      const path: { readonly rule: WorkRule; readonly waits: WorkRule[] }[] = [];
      const enter = (rule: WorkRule): void => {
        if (done.has(rule)) return;
        done.add(rule);
        path.push({ rule, waits: byPlace(this.dependencies(rule)).toReversed() });
      };
      enter(start);
      for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
        const next = top.waits.pop();
        if (next !== undefined) {
          enter(next);
        } else {
          sorted.push(top.rule);
          path.pop();
        }
      }
    }
    return sorted;
  }

  #addRule(rule: WorkRule): void {
    if (!this.#dependencies.has(rule)) this.#dependencies.set(rule, new Set<WorkRule>());
    const found: Dependency[] = [];
    let isDynamic = false;
    let boundAt = -1;
    let bound: ReadonlySet<string> = new Set<string>();
    this.#eachDependency(rule, ({ ref, selector, hasVar, at, target }) => {
      for (let link: WorkRule | undefined = target; link !== undefined; link = link.else) this.#addEdge(rule, link);
      let isStatic = true;
      if (hasVar) {
        if (boundAt !== at) {
          bound = varsBefore(rule, at);
          boundAt = at;
        }
        ({ isStatic } = selection(selector, this.#lookup.refOf(target), bound));
        isDynamic ||= !isStatic;
      }
      found.push({ ref, selector, at, bound, rule: target, isStatic });
    });
    if (isDynamic) this.#dynamic.set(rule, this.#dynamicRefs(rule, found));
  }

  #addEdge(from: WorkRule, to: WorkRule): void {
    const edges = this.#dependencies.get(from);
    if (edges === undefined) this.#dependencies.set(from, new Set([to]));
    else edges.add(to);
    if (!this.#dependencies.has(to)) this.#dependencies.set(to, new Set<WorkRule>());
    const back = this.#dependents.get(to);
    if (back === undefined) this.#dependents.set(to, new Set([from]));
    else back.add(from);
  }

  #dynamicRefs(rule: WorkRule, found: readonly Dependency[]): readonly DynamicRef[] {
    const certain = new Set(found.filter(({ isStatic }) => isStatic).map((dependency) => dependency.rule));
    const refs: { readonly dependency: Dependency; readonly rules: WorkRule[] }[] = [];
    for (const dependency of found) {
      if (certain.has(dependency.rule)) continue;
      const last = refs.at(-1);
      if (last !== undefined && last.dependency.ref === dependency.ref) last.rules.push(dependency.rule);
      else refs.push({ dependency, rules: [dependency.rule] });
    }
    return refs.map(({ dependency: { ref, selector, at, bound }, rules }) => {
      return { ref, selector, bound, rules, origins: originsOf(rule, at, selector, this.#builtins) };
    });
  }

  /** Every reference in a rule with each rule that it can lead to. */
  #eachDependency(
    rule: WorkRule,
    visit: (found: {
      readonly ref: RefTerm;
      readonly selector: RefTerm;
      readonly hasVar: boolean;
      readonly at: number;
      readonly target: WorkRule;
    }) => void,
  ): void {
    let vars: ReturnType<typeof knownVars> | undefined;
    let knownAt = -1;
    let known: KnownValues = new Map<string, readonly Term[]>();
    const visitNode = (node: Node, at: number): void => {
      walk(node, (inner) => {
        if (inner.type !== "ref") return true;
        const hasVar = !inner.path.every(isConstant);
        if (!hasVar) {
          for (const target of this.#lookup.rules(inner)) visit({ ref: inner, selector: inner, hasVar, at, target });
          return true;
        }
        vars ??= knownVars(rule.body);
        if (knownAt !== at) {
          known = knownBefore(vars, at);
          knownAt = at;
        }
        const refs = known.size === 0 ? [inner] : unfolded(inner, known);
        const [only] = refs;
        const selector = refs.length === 1 && only !== undefined ? only : inner;
        for (const ref of refs) {
          for (const target of this.#lookup.rules(ref)) visit({ ref: inner, selector, hasVar, at, target });
        }
        return true;
      });
    };
    for (const [at, expr] of rule.body.entries()) visitNode(expr, at);
    visitNode(rule.head, rule.body.length);
  }
}

const NO_RULES: ReadonlySet<WorkRule> = new Set<WorkRule>();

function isInChain(start: WorkRule, rule: WorkRule): boolean {
  for (let link: WorkRule | undefined = start; link !== undefined; link = link.else) if (link === rule) return true;
  return false;
}

function compareRules(a: WorkRule, b: WorkRule): number {
  return compareLocations(a.source.location, b.source.location) || compareTerms(a.head.ref, b.head.ref);
}

/** The variables that may have a value before the expression at an index: those of the head and of expressions above. */
function varsBefore({ head, body }: WorkRule, index: number): ReadonlySet<string> {
  const vars = new Set<string>([head.name]);
  for (const arg of head.args) varsOfTerm(arg, {}, vars);
  if (head.key !== undefined) varsOfTerm(head.key, {}, vars);
  if (head.value !== undefined) varsOfTerm(head.value, {}, vars);
  for (const expr of body.slice(0, index)) varsOfExpr(expr, {}, vars);
  return vars;
}

/** How a reference leads to a rule: in any case, or only where some of its parts have the values of the rule's own. */
export interface Selection {
  readonly isStatic: boolean;
  /** The indices of these parts in the path. */
  readonly positions: readonly number[];
}

export function selection(ref: RefTerm, rule: RefTerm, bound: ReadonlySet<string>): Selection {
  const positions: number[] = [];
  for (let index = 0; index < Math.min(ref.path.length, rule.path.length); index += 1) {
    const part = ref.path[index];
    const wanted = rule.path[index];
    if (part === undefined || wanted === undefined || !isConstant(wanted)) continue;
    // A variable that nothing else uses goes through everything.
    if (part.type === "var" && !bound.has(part.name) && countOf(ref, part.name) === 1) continue;
    if (!isConstant(part)) positions.push(index);
    else if (compareTerms(part, wanted) !== 0) return { isStatic: false, positions };
  }
  return { isStatic: positions.length === 0, positions };
}

function countOf({ head, path }: RefTerm, name: string): number {
  return [head, ...path].filter((part) => part.type === "var" && part.name === name).length;
}
