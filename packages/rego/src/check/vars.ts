import type { Body, CallTerm, Expr, RefTerm, Term, With } from "../syntax/ast.ts";
import type { Arity } from "./arity.ts";
import { unsafeOperandVars } from "./safety/operand-vars.ts";

/** Which variables to leave out. */
export interface VarChoice {
  /** The heads of references. */
  readonly skipRefHeads?: boolean;
  /** The names of called functions. */
  readonly skipOperators?: boolean;
  readonly skipObjectKeys?: boolean;
  /** What is inside comprehensions, template strings, `every`, `not`, `and` and `or`. */
  readonly skipClosures?: boolean;
  readonly skipSets?: boolean;
  readonly skipTemplates?: boolean;
  /** Where closures are skipped: adds what operands without braces take from around them. */
  readonly operands?: Arity;
}

/** What the safety check regards. */
export const SAFETY: VarChoice = { skipOperators: true, skipClosures: true };
/** What a pattern binds. */
export const PATTERN: VarChoice = { skipRefHeads: true, skipObjectKeys: true, skipClosures: true };

export function varsOfTerm(term: Term, choice: VarChoice = {}, into: Set<string> = new Set<string>()): Set<string> {
  addTerm(term, choice, into);
  return into;
}

export function varsOfBody(body: Body, choice: VarChoice = {}, into: Set<string> = new Set<string>()): Set<string> {
  for (const expr of body) addExpr(expr, choice, into);
  return into;
}

export function varsOfExpr(expr: Expr, choice: VarChoice = {}, into: Set<string> = new Set<string>()): Set<string> {
  addExpr(expr, choice, into);
  return into;
}

export function varsOfWith(modifier: With, choice: VarChoice = {}, into: Set<string> = new Set<string>()): Set<string> {
  addWith(modifier, choice, into);
  return into;
}

function addTerm(term: Term, choice: VarChoice, into: Set<string>): void {
  switch (term.type) {
    case "null":
    case "boolean":
    case "number":
    case "string":
      return;
    case "var":
      into.add(term.name);
      return;
    case "ref":
      addRef(term, choice, into);
      return;
    case "set":
      if (choice.skipSets === true) return;
      for (const item of term.items) addTerm(item, choice, into);
      return;
    case "array":
      for (const item of term.items) addTerm(item, choice, into);
      return;
    case "object":
      for (const { key, value } of term.entries) {
        if (choice.skipObjectKeys !== true) addTerm(key, choice, into);
        addTerm(value, choice, into);
      }
      return;
    case "call":
      addCall(term, choice, into);
      return;
    case "arrayComprehension":
    case "setComprehension":
      if (choice.skipClosures === true) return;
      addTerm(term.term, choice, into);
      varsOfBody(term.body, choice, into);
      return;
    case "objectComprehension":
      if (choice.skipClosures === true) return;
      addTerm(term.key, choice, into);
      addTerm(term.value, choice, into);
      varsOfBody(term.body, choice, into);
      return;
    case "templateString":
      if (choice.skipClosures === true || choice.skipTemplates === true) return;
      for (const part of term.parts) if ("with" in part) addExpr(part, choice, into);
  }
}

function addRef({ head, path }: RefTerm, choice: VarChoice, into: Set<string>): void {
  if (choice.skipRefHeads !== true) addTerm(head, choice, into);
  for (const part of path) addTerm(part, choice, into);
}

function addCall({ operator, args }: Pick<CallTerm, "operator" | "args">, choice: VarChoice, into: Set<string>): void {
  if (choice.skipOperators === true) for (const part of operator.path) addTerm(part, choice, into);
  else addRef(operator, choice, into);
  for (const arg of args) addTerm(arg, choice, into);
}

function addExpr(expr: Expr, choice: VarChoice, into: Set<string>): void {
  switch (expr.type) {
    case "termExpr":
      addTerm(expr.term, choice, into);
      break;
    case "callExpr":
      addCall(expr, choice, into);
      break;
    case "some":
      for (const { name } of expr.vars) into.add(name);
      break;
    case "someIn":
      if (expr.key !== undefined) addTerm(expr.key, choice, into);
      addTerm(expr.value, choice, into);
      addTerm(expr.domain, choice, into);
      break;
    case "every":
      if (choice.skipClosures === true) {
        addTerm(expr.domain, choice, into);
        return;
      }
      if (expr.key !== undefined) into.add(expr.key.name);
      into.add(expr.value.name);
      addTerm(expr.domain, choice, into);
      varsOfBody(expr.body, choice, into);
      break;
    case "not":
      addOperand(expr.body, expr.explicitBody, choice, into);
      break;
    case "logical":
      addOperand(expr.left, expr.explicitLeft, choice, into);
      addOperand(expr.right, expr.explicitRight, choice, into);
  }
  for (const modifier of expr.with) addWith(modifier, choice, into);
}

function addOperand(body: Body, explicit: boolean, choice: VarChoice, into: Set<string>): void {
  if (choice.operands !== undefined) {
    if (!explicit) for (const name of unsafeOperandVars(body, choice.operands)) into.add(name);
  } else if (choice.skipClosures !== true) {
    varsOfBody(body, choice, into);
  }
}

function addWith({ target, value }: With, choice: VarChoice, into: Set<string>): void {
  if (choice.skipOperators !== true) {
    addTerm(target, choice, into);
    addTerm(value, choice, into);
    return;
  }
  // A modifier can name functions, so that the heads of its references do not count.
  if (target.type === "ref") for (const part of target.path) addTerm(part, choice, into);
  if (value.type === "ref") for (const part of value.path) addTerm(part, choice, into);
  else addTerm(value, choice, into);
}

/** Names that can be asked for: a set, or several seen as one. */
export interface Names {
  has(name: string): boolean;
}

/** Whether every name is in a set. */
export function isSubset(names: Iterable<string>, of: Names): boolean {
  for (const name of names) if (!of.has(name)) return false;
  return true;
}

/** The names that are not in a set. */
export function without(names: Iterable<string>, of: Names): Set<string> {
  const rest = new Set<string>();
  for (const name of names) if (!of.has(name)) rest.add(name);
  return rest;
}

export function addAll(into: Set<string>, names: Iterable<string>): void {
  for (const name of names) into.add(name);
}

/** The documents that every body knows. */
export const ROOTS: ReadonlySet<string> = new Set(["input", "data"]);
