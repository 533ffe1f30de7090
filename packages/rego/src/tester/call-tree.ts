import { isSameDocument } from "../explain/trace.ts";
import type { ObservedEvent, Observer } from "../runtime/observer.ts";
import type { Body, Expr, Rule } from "../syntax/ast.ts";
import { walkExprs } from "../syntax/walk.ts";
import type { Value } from "../values/value.ts";

/** The variables that had a value, by their names in the checked policy. */
export type Locals = Readonly<Record<string, Value>>;

/** One expression in the attempt that got furthest. */
export interface Step {
  readonly expr: Expr;
  readonly locals: Locals;
  readonly passed: boolean;
}

/** One definition that was tried. */
export interface Frame {
  readonly rule: Rule;
  /** What was tried while one of its expressions was. */
  readonly children: readonly Frame[];
  /** The expression of the definition around it that asked for it. */
  readonly during: Expr | undefined;
  readonly succeeded: boolean;
  /** The attempt in hand, in the order of evaluation. */
  readonly attempt: readonly Step[];
  /** Whether that one had a solution. */
  readonly held: boolean;
  /** Of the attempts before that had none, the one that got furthest. */
  readonly failed: readonly Step[];
}

interface OpenFrame extends Frame {
  readonly children: OpenFrame[];
  succeeded: boolean;
  attempt: readonly Step[];
  held: boolean;
  failed: readonly Step[];
}

/** Of all attempts that had no solution, the one that got furthest. */
export function furthestFailure({ attempt, held, failed }: Frame): readonly Step[] {
  return !held && reach(attempt) > reach(failed) ? attempt : failed;
}

function endAttempt(frame: OpenFrame): void {
  frame.failed = furthestFailure(frame);
  frame.held = false;
}

function positionOf(step: Step | undefined, { body }: Rule): number {
  return step === undefined ? -1 : body.indexOf(step.expr);
}

/** No test has more to show; what comes after is not kept. */
const MAX_FRAMES = 10_000;

/**
 * Makes a tree of the definitions that an evaluation tries from what an observer is told. Rules never call themselves, so that
 * a definition of a document that is open already means that its earlier definition is done with.
 */
export class CallTree implements Observer {
  readonly roots: Frame[] = [];
  readonly #stack: OpenFrame[] = [];
  readonly #owners = new Map<Expr, Rule>();
  #count = 0;

  observe(event: ObservedEvent, node: Expr | Rule, locals: Locals): void {
    if (node.type === "rule") {
      if (event === "enter") this.#enter(node);
      else this.#exit(node);
      return;
    }
    const owner = this.#owners.get(node);
    if (owner === undefined) return;
    const frame = this.#backTo(owner);
    if (frame === undefined) return;
    const at = owner.body.indexOf(node);
    // What is inside a nested body says too little by itself.
    if (at === -1) return;
    const last = frame.attempt.at(-1);
    const goesOn = last?.expr === node ? event === "pass" && !last.passed : positionOf(last, owner) < at;
    if (!goesOn) endAttempt(frame);
    const before = frame.attempt.filter(({ expr }) => owner.body.indexOf(expr) < at);
    frame.attempt = [...before, { expr: node, locals, passed: event === "pass" }];
  }

  #enter(rule: Rule): void {
    if (!this.#owners.has(firstOf(rule.body))) this.#own(rule);
    const open = this.#stack.findIndex((frame) => isSameDocument(frame.rule, rule));
    if (open !== -1) this.#stack.length = open;
    if (this.#count >= MAX_FRAMES) return;
    this.#count += 1;
    const parent = this.#stack.at(-1);
    const during = parent?.attempt.at(-1)?.expr;
    const frame: OpenFrame = { rule, children: [], during, succeeded: false, attempt: [], held: false, failed: [] };
    if (parent === undefined) this.roots.push(frame);
    else parent.children.push(frame);
    this.#stack.push(frame);
  }

  #exit(rule: Rule): void {
    const frame = this.#backTo(rule);
    if (frame === undefined) return;
    frame.succeeded = true;
    frame.held = true;
  }

  #own(rule: Rule): void {
    for (const expr of rule.body) {
      walkExprs(expr, (inner) => {
        this.#owners.set(inner, rule);
        return true;
      });
    }
  }

  /** Leaves what is above a rule; undefined where it is not open any more. */
  #backTo(rule: Rule): OpenFrame | undefined {
    const at = this.#stack.findLastIndex((frame) => frame.rule === rule);
    if (at === -1) return undefined;
    this.#stack.length = at + 1;
    return this.#stack[at];
  }
}

/** How far an attempt got: an expression that holds counts more than one that was only tried. */
function reach(steps: readonly Step[]): number {
  const last = steps.at(-1);
  return last === undefined ? 0 : steps.length * 2 + (last.passed ? 1 : 0);
}

function firstOf([first]: Body): Expr {
  if (first === undefined) throw new RangeError("a body is never empty");
  return first;
}
