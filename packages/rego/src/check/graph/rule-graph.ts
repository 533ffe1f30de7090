import type { BuiltinDeclaration } from "../../builtins/declaration.ts";
import type { Body, Head, Node, RefTerm } from "../../syntax/ast.ts";
import { compareTerms } from "../../syntax/compare-terms.ts";
import { compareLocations } from "../../syntax/location.ts";
import { walk } from "../../syntax/walk.ts";
import { isConstant } from "../constants.ts";
import { varsOfExpr, varsOfTerm } from "../vars.ts";
import { type WorkModule, type WorkRule, rulesOf } from "../work.ts";
import { type KnownValues, knownBefore, knownVars, unfolded } from "./known-values.ts";
import { type Origin, originsOf } from "./origins.ts";
import type { RuleLookup, Targets } from "./rule-lookup.ts";

/** A reference in a rule as it was when the graph was made: later stages rewrite the rule. */
interface RuleRef {
  readonly ref: RefTerm;
  /** With the one value that a variable is known to have in its place. */
  readonly selector: RefTerm;
  /** The index of its expression; that of the head is the length of the body. */
  readonly at: number;
  readonly targets: readonly Targets[];
}

interface RuleRefs {
  readonly head: Head;
  readonly body: Body;
  readonly refs: readonly RuleRef[];
}

/** A reference that may lead to a rule only through a variable in it. */
export interface DynamicRef {
  /** As it stands in the rule. */
  readonly ref: RefTerm;
  readonly selector: RefTerm;
  /** The variables that can have a value when the reference is evaluated. */
  readonly bound: ReadonlySet<string>;
  readonly origins: ReadonlyMap<string, Origin>;
}

/** Which rules depend on which others. */
export class RuleGraph {
  readonly #rules = new Map<WorkRule, RuleRefs>();
  readonly #lookup: RuleLookup;
  readonly #builtins: ReadonlyMap<string, BuiltinDeclaration>;
  #users: ReadonlyMap<WorkRule, ReadonlySet<Targets>> | undefined;
  #referring: ReadonlyMap<Targets, readonly WorkRule[]> = new Map<Targets, readonly WorkRule[]>();

  constructor(modules: readonly WorkModule[], lookup: RuleLookup, builtins: ReadonlyMap<string, BuiltinDeclaration>) {
    this.#lookup = lookup;
    this.#builtins = builtins;
    for (const module of modules) for (const rule of rulesOf(module)) this.#rules.set(rule, this.#refsOf(rule));
  }

  /** What a rule depends on, in groups that other rules share. */
  targets(rule: WorkRule): readonly Targets[] {
    return (this.#rules.get(rule)?.refs ?? []).flatMap(({ targets }) => targets);
  }

  /** The rules given and all that depend on them, by one step or more. */
  withDependents(rules: Iterable<WorkRule>): ReadonlySet<WorkRule> {
    const users = this.#usersOfRules();
    const found = new Set(rules);
    const done = new Set<Targets>();
    for (const rule of found) {
      for (const group of users.get(rule) ?? []) {
        if (done.has(group)) continue;
        done.add(group);
        for (const referring of this.#referring.get(group) ?? []) found.add(referring);
      }
    }
    return found;
  }

  #usersOfRules(): ReadonlyMap<WorkRule, ReadonlySet<Targets>> {
    if (this.#users !== undefined) return this.#users;
    const users = new Map<WorkRule, Set<Targets>>();
    const referring = new Map<Targets, WorkRule[]>();
    for (const rule of this.#rules.keys()) {
      for (const group of this.targets(rule)) {
        const known = referring.get(group);
        if (known !== undefined) {
          known.push(rule);
          continue;
        }
        referring.set(group, [rule]);
        for (const target of group.keys()) {
          const groups = users.get(target);
          if (groups === undefined) users.set(target, new Set([group]));
          else groups.add(group);
        }
      }
    }
    this.#users = users;
    this.#referring = referring;
    return users;
  }

  /** The rules with those first that others depend on, else in the order of their places. For graphs without cycles. */
  sorted(): readonly WorkRule[] {
    const byPlace = [...this.#rules.keys()].sort(compareRules);
    const places = new Map(byPlace.map((rule, index) => [rule, index]));
    const sorted: WorkRule[] = [];
    const done = new Set<WorkRule>();
    const exhausted = new Set<Targets>();
    const waitsOf = (rule: WorkRule): WorkRule[] => {
      const waits = new Set<WorkRule>();
      for (const group of this.targets(rule)) {
        if (exhausted.has(group)) continue;
        for (const target of group.keys()) if (!done.has(target)) waits.add(target);
      }
      return [...waits].sort((a, b) => (places.get(b) ?? 0) - (places.get(a) ?? 0));
    };
    for (const start of byPlace) {
      // The rules on the way from the start, each with those that it still waits for, the next last.
      const path: { readonly rule: WorkRule; readonly waits: WorkRule[] }[] = [];
      const enter = (rule: WorkRule): void => {
        if (done.has(rule)) return;
        done.add(rule);
        path.push({ rule, waits: waitsOf(rule) });
      };
      enter(start);
      for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
        const next = top.waits.pop();
        if (next !== undefined) {
          enter(next);
        } else {
          sorted.push(top.rule);
          path.pop();
          for (const group of this.targets(top.rule)) exhausted.add(group);
        }
      }
    }
    return sorted;
  }

  /** The reference that may make one rule depend on another; undefined where another does so in any case. */
  dynamicCause(from: WorkRule, to: WorkRule): DynamicRef | undefined {
    const found = this.#rules.get(from);
    if (found === undefined) return undefined;
    let cause: DynamicRef | undefined;
    for (const { ref, selector, at, targets } of found.refs) {
      for (const group of targets) {
        const start = group.get(to);
        if (start === undefined) continue;
        const bound = varsBefore(found, at);
        const isVariable = !ref.path.every(isConstant);
        if (!isVariable || selection(selector, this.#lookup.refOf(start), bound).isStatic) return undefined;
        cause ??= { ref, selector, bound, origins: originsOf(found, at, selector, this.#builtins) };
      }
    }
    return cause;
  }

  /** Every reference in a rule to others. */
  #refsOf({ head, body }: WorkRule): RuleRefs {
    const refs: RuleRef[] = [];
    let vars: ReturnType<typeof knownVars> | undefined;
    let known: KnownValues = NOTHING_KNOWN;
    let knownAt = -1;
    const visitNode = (node: Node, at: number): void => {
      walk(node, (inner) => {
        if (inner.type !== "ref" || !isDataRef(inner)) return true;
        let selectors: readonly RefTerm[] = [inner];
        if (!inner.path.every(isConstant)) {
          vars ??= knownVars(body);
          if (knownAt !== at && vars.length > 0) known = knownBefore(vars, at);
          knownAt = at;
          if (known.size > 0) selectors = unfolded(inner, known);
        }
        const targets = selectors.map((ref) => this.#lookup.targets(ref)).filter(({ size }) => size > 0);
        const [only] = selectors;
        const selector = selectors.length === 1 && only !== undefined ? only : inner;
        if (targets.length > 0) refs.push({ ref: inner, selector, at, targets });
        return true;
      });
    };
    for (const [at, expr] of body.entries()) visitNode(expr, at);
    visitNode(head, body.length);
    return { head, body, refs };
  }
}

const NOTHING_KNOWN: KnownValues = new Map();

function isDataRef({ head }: RefTerm): boolean {
  return head.type === "var" && head.name === "data";
}

function compareRules(a: WorkRule, b: WorkRule): number {
  return compareLocations(a.source.location, b.source.location) || compareTerms(a.head.ref, b.head.ref);
}

/** The variables that may have a value before the expression at an index: those of the head and of expressions above. */
function varsBefore({ head, body }: RuleRefs, index: number): ReadonlySet<string> {
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
