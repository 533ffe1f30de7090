import type { ObservedEvent, Observer } from "../runtime/observer.ts";
import type { Expr, Rule } from "../syntax/ast.ts";
import { type Location, textOf } from "../syntax/location.ts";
import { formatTerm } from "../syntax/print-term.ts";
import { walkExprs } from "../syntax/walk.ts";

/** One line of what happened, `depth` definitions deep. */
export interface TraceLine {
  readonly operation: "Enter" | "Eval" | "Fail" | "Exit" | "Redo" | "Note";
  readonly depth: number;
  readonly text: string;
  readonly location: Location | undefined;
}

interface Frame {
  readonly rule: Rule | undefined;
  /** The expression that has been tried and not held yet. */
  pending: Expr | undefined;
}

/** More than anybody reads. */
const MAX_LINES = 100_000;

/** Writes down what an evaluation does, in order. What compiling added to a policy is left out. */
export class Trace implements Observer {
  readonly lines: TraceLine[] = [];
  readonly #stack: Frame[] = [{ rule: undefined, pending: undefined }];
  readonly #owners = new Map<Expr, Rule>();

  observe(event: ObservedEvent, node: Expr | Rule): void {
    if (node.type === "rule") {
      if (event === "enter") this.#enter(node);
      else this.#exit(node);
      return;
    }
    const frame = this.#backTo(this.#owners.get(node));
    if (frame === undefined || !isShown(node)) return;
    if (event === "pass") {
      if (frame.pending === node) {
        frame.pending = undefined;
      } else {
        this.#settle(frame);
        this.#add("Redo", node);
      }
      return;
    }
    this.#settle(frame);
    frame.pending = node;
    this.#add("Eval", node);
  }

  /** A note of `trace`. */
  note(text: string): void {
    this.#push("Note", JSON.stringify(text), this.#stack.at(-1)?.pending?.location);
  }

  /** Says that nothing more comes. */
  finish(): void {
    this.#unwind(0);
  }

  #enter(rule: Rule): void {
    if (!this.#owners.has(rule.body[0] ?? missing())) {
      for (const expr of rule.body) {
        walkExprs(expr, (inner) => {
          this.#owners.set(inner, rule);
          return true;
        });
      }
    }
    const open = this.#stack.findIndex((frame) => frame.rule !== undefined && isSameDocument(frame.rule, rule));
    if (open !== -1) this.#unwind(open);
    this.#stack.push({ rule, pending: undefined });
    this.#push("Enter", nameOf(rule), rule.location);
  }

  #exit(rule: Rule): void {
    const frame = this.#backTo(rule);
    if (frame !== undefined) this.#push("Exit", nameOf(rule), rule.location);
  }

  #backTo(rule: Rule | undefined): Frame | undefined {
    const at = this.#stack.findLastIndex((frame) => frame.rule === rule);
    if (at !== -1) this.#unwind(at + 1);
    return this.#stack[at];
  }

  /** Leaves what is open, down to some frames; what was tried in them in vain has failed. */
  #unwind(length: number): void {
    while (this.#stack.length > length) {
      const frame = this.#stack.at(-1);
      if (frame !== undefined) this.#settle(frame);
      this.#stack.pop();
    }
  }

  #settle(frame: Frame): void {
    if (frame.pending !== undefined) this.#add("Fail", frame.pending);
    frame.pending = undefined;
  }

  #add(operation: TraceLine["operation"], expr: Expr): void {
    this.#push(operation, textOf(expr.location).replaceAll(/\s*\n\s*/g, " "), expr.location);
  }

  #push(operation: TraceLine["operation"], text: string, location: Location | undefined): void {
    if (this.lines.length >= MAX_LINES) return;
    this.lines.push({ operation, depth: Math.max(this.#stack.length - 1, 0), text, location });
  }
}

/** What compiling added is not, but for calls of functions that it took out of expressions. */
function isShown(expr: Expr): boolean {
  if (!expr.generated) return true;
  if (expr.type !== "callExpr") return false;
  const { head } = expr.operator;
  return head.type === "var" && head.name === "data";
}

function missing(): never {
  throw new RangeError("a body is never empty");
}

function nameOf({ head }: Rule): string {
  return formatTerm(head.ref);
}

/** Rules never call themselves: an open definition of the same document is one that is done with. */
export function isSameDocument(a: Rule, b: Rule): boolean {
  return a === b || (a.head.ref.location.source === b.head.ref.location.source && constantName(a) === constantName(b));
}

function constantName({ head: { ref } }: Rule): string {
  const constant: string[] = [];
  for (const part of ref.path) {
    if (part.type !== "string") break;
    constant.push(part.value);
  }
  return JSON.stringify([ref.head.type === "var" ? ref.head.name : "", constant]);
}
