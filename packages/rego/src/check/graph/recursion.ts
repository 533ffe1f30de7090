import type { BuiltinDeclaration, TypeDeclaration } from "../../builtins/declaration.ts";
import type { RefTerm, Term } from "../../syntax/ast.ts";
import { compareTerms } from "../../syntax/compare-terms.ts";
import type { RegoError } from "../../syntax/error.ts";
import { formatTerm } from "../../syntax/print-term.ts";
import { displayName, formatWritten, writtenRef } from "../display.ts";
import { isScalar } from "../nodes.ts";
import { type TreeNode, walkTree } from "../rule-tree.ts";
import { type WorkRule, refOfRule } from "../work.ts";
import { membersOf } from "./known-values.ts";
import type { Origin } from "./origins.ts";
import type { Targets } from "./rule-lookup.ts";
import { type DynamicRef, type RuleGraph, selection } from "./rule-graph.ts";

/** How many conditions an error spells out, and how many values of a collection. */
const CONDITION_LIMIT = 2;
const MEMBER_LIMIT = 5;

/** What finding recursion has to know. */
export interface RecursionContext {
  readonly graph: RuleGraph;
  readonly builtins: ReadonlyMap<string, BuiltinDeclaration>;
  readonly written: ReadonlyMap<string, string>;
}

/** An error for each rule that depends on itself. */
export function* recursionErrors(tree: TreeNode<WorkRule>, context: RecursionContext): Generator<RegoError> {
  const cyclic = rulesInCycles(tree, context.graph);
  for (const rule of chainsIn(tree)) if (cyclic.has(rule)) yield recursionError(rule, context);
}

/** The rules of a tree in order, and those that follow `else`. */
function chainsIn(tree: TreeNode<WorkRule>): readonly WorkRule[] {
  const found: WorkRule[] = [];
  walkTree(tree, ({ rules }) => {
    for (const rule of rules) {
      for (let link: WorkRule | undefined = rule; link !== undefined; link = link.else) found.push(link);
    }
    return true;
  });
  return found;
}

/** The rules that lie on a cycle, by Tarjan's algorithm without recursion. The ways go through groups of targets, which rules share. */
function rulesInCycles(tree: TreeNode<WorkRule>, graph: RuleGraph): ReadonlySet<WorkRule> {
  const cyclic = new Set<WorkRule>();
  const indices = new Map<Step, number>();
  const lows = new Map<Step, number>();
  const open = new Set<Step>();
  const stack: Step[] = [];
  const lower = (step: Step, to: number | undefined): void => {
    lows.set(step, Math.min(lows.get(step) ?? Infinity, to ?? Infinity));
  };
  const nextOf = (step: Step): Iterator<Step> => (isTargets(step) ? step.keys() : graph.targets(step).values());
  const visit = (start: Step): void => {
    const path: { readonly step: Step; readonly rest: Iterator<Step> }[] = [];
    const enter = (step: Step): void => {
      indices.set(step, indices.size);
      lower(step, indices.get(step));
      stack.push(step);
      open.add(step);
      path.push({ step, rest: nextOf(step) });
    };
    enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { step, rest } = top;
      const next = rest.next();
      if (next.done !== true) {
        if (!indices.has(next.value)) enter(next.value);
        else if (open.has(next.value)) lower(step, indices.get(next.value));
        continue;
      }
      path.pop();
      const above = path.at(-1);
      if (above !== undefined) lower(above.step, lows.get(step));
      if (lows.get(step) !== indices.get(step)) continue;
      const component = stack.splice(stack.lastIndexOf(step));
      for (const member of component) {
        open.delete(member);
        if (component.length > 1 && !isTargets(member)) cyclic.add(member);
      }
    }
  };
  for (const rule of chainsIn(tree)) if (!indices.has(rule)) visit(rule);
  return cyclic;
}

/** A rule, or what one of its references leads to. */
type Step = WorkRule | Targets;

function isTargets(step: Step): step is Targets {
  return "keys" in step;
}

function recursionError(rule: WorkRule, context: RecursionContext): RegoError {
  const { graph, written } = context;
  const isCertain = (from: WorkRule, to: WorkRule): boolean => graph.dynamicCause(from, to) === undefined;
  let path = cycleFrom(rule, graph, () => true);
  let verb = "is";
  let cause = "";
  if (!path.every((step, index) => index === 0 || isCertain(path[index - 1] ?? step, step))) {
    const certain = cycleFrom(rule, graph, isCertain);
    if (certain.length > 0) {
      path = certain;
    } else {
      verb = "may be";
      cause = causeOf(path, context);
    }
  }
  const name = formatRule(rule, written);
  const steps = path.map((step) => formatRule(step, written)).join(" -> ");
  return {
    code: "rego_recursion_error",
    message: `rule ${name} ${verb} recursive: ${steps}${cause}`,
    location: rule.source.location,
  };
}

/** A way from a rule back to itself, depth first. */
function cycleFrom(
  start: WorkRule,
  graph: RuleGraph,
  follows: (from: WorkRule, to: WorkRule) => boolean,
): readonly WorkRule[] {
  if (graph.targets(start).some((group) => group.has(start)) && follows(start, start)) return [start, start];
  const visited = new Set<WorkRule>([start]);
  const path: WorkRule[] = [start];
  const pending: Iterator<WorkRule>[] = [targetsOf(start, graph)];
  for (let rest = pending.at(-1); rest !== undefined; rest = pending.at(-1)) {
    const from = path.at(-1) ?? start;
    const next = rest.next();
    if (next.done === true) {
      pending.pop();
      path.pop();
      continue;
    }
    const to = next.value;
    if (to !== start && visited.has(to)) continue;
    if (!follows(from, to)) continue;
    if (to === start) return [...path, start];
    visited.add(to);
    path.push(to);
    pending.push(targetsOf(to, graph));
  }
  return [];
}

function* targetsOf(rule: WorkRule, graph: RuleGraph): Generator<WorkRule> {
  for (const group of graph.targets(rule)) yield* group.keys();
}

function formatRule(rule: WorkRule, written: ReadonlyMap<string, string>): string {
  return formatWritten(refOfRule(rule), written);
}

interface Condition {
  /** The index of the part in the path. */
  readonly position: number;
  readonly term: Term;
  readonly value: Term;
}

/** What makes the first step of a cycle that may not be taken: the reference, and the values that it would need. */
function causeOf(path: readonly WorkRule[], { graph, builtins, written }: RecursionContext): string {
  for (const [index, target] of path.entries()) {
    const from = path[index - 1];
    const edge = from && graph.dynamicCause(from, target);
    if (from === undefined || edge === undefined) continue;
    const targetRef = refOfRule(target);
    const ref = writtenRef({ ...edge.ref, path: edge.ref.path.slice(0, targetRef.path.length) }, written);
    const place = index > 1 ? ` in ${formatRule(from, written)}` : "";
    const name = formatRule(target, written);
    const conditions = conditionsOf(ref, edge, targetRef);
    if (
      conditions === undefined ||
      conditions.length === 0 ||
      conditions.length > CONDITION_LIMIT ||
      conditions.some((condition) => cannotHold(condition, edge, builtins))
    ) {
      return ` (${formatTerm(ref)}${place} could refer to ${name})`;
    }
    const texts = conditions.map((condition) => {
      const note = noteOf(condition, edge, formatRule(from, written), written);
      return `${formatTerm(condition.term)} is ${formatTerm(condition.value)}${note === "" ? "" : ` (${note})`}`;
    });
    return ` (${formatTerm(ref)}${place} refers to ${name} if ${texts.join(" and ")})`;
  }
  return "";
}

/** The values that parts of a reference need; undefined where one would need two. */
function conditionsOf(ref: RefTerm, edge: DynamicRef, target: RefTerm): readonly Condition[] | undefined {
  const conditions: Condition[] = [];
  for (const position of selection(edge.selector, target, edge.bound).positions) {
    const term = ref.path[position];
    const value = target.path[position];
    if (term === undefined || value === undefined) continue;
    const known = conditions.find((condition) => compareTerms(condition.term, term) === 0);
    if (known === undefined) conditions.push({ position, term, value });
    else if (compareTerms(known.value, value) !== 0) return undefined;
  }
  return conditions;
}

function originAt({ ref, origins }: DynamicRef, position: number): Origin | undefined {
  const part = ref.path[position];
  return part?.type === "var" ? origins.get(part.name) : undefined;
}

/** Whether a variable cannot have the value: its collection does not have it, or its builtin gives no such. */
function cannotHold(
  { position, value }: Condition,
  edge: DynamicRef,
  builtins: ReadonlyMap<string, BuiltinDeclaration>,
): boolean {
  const origin = originAt(edge, position);
  if (origin?.kind === "collection") {
    return !(membersOf(origin.collection) ?? []).some((member) => compareTerms(member, value) === 0);
  }
  const result = origin?.kind === "builtin" ? builtins.get(origin.name)?.result : undefined;
  return result !== undefined && isScalar(value) && !admits(result, value.type);
}

function admits(declared: TypeDeclaration, kind: string): boolean {
  if (declared.type !== "any") return declared.type === kind;
  return declared.of === undefined || declared.of.length === 0 || declared.of.some(({ type }) => type === kind);
}

/** Where a part gets its value from. */
function noteOf(
  { position, term }: Condition,
  edge: DynamicRef,
  rule: string,
  written: ReadonlyMap<string, string>,
): string {
  const part = edge.ref.path[position];
  if (part?.type === "ref") {
    return part.head.type === "var" && part.head.name === "data" ? "rule values aren't known at compile time" : "";
  }
  const origin = originAt(edge, position);
  const name = term.type === "var" ? displayName(term.name) : formatTerm(term);
  switch (origin?.kind) {
    case "input":
      return `${name} comes from ${formatWritten(origin.ref, written)}`;
    case "rule":
      return `${name} comes from rule ${formatTerm(origin.ref)}, whose value isn't known at compile time`;
    case "collection": {
      const count = membersOf(origin.collection)?.length ?? 0;
      return `${name} is one of ${count > MEMBER_LIMIT ? `${count} values` : formatTerm(origin.collection)}`;
    }
    case "builtin":
      return `${name} is computed by ${origin.name}`;
    case "headKey":
      return `${name} is a key of ${rule}`;
    case "headArg":
      return `${name} is an argument of ${rule}`;
    case undefined:
      return "";
  }
}
