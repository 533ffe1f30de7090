import type { RefTerm, Term } from "../../syntax/ast.ts";
import type { BuiltinDeclaration } from "../../builtins/declaration.ts";
import { dottedName } from "../../syntax/term-names.ts";
import { isConstant } from "../constants.ts";
import { equationOf } from "../nodes.ts";
import type { WorkRule } from "../work.ts";

/** Where a variable gets its value from. */
export type Origin =
  | { readonly kind: "input" | "rule"; readonly ref: RefTerm }
  | { readonly kind: "collection"; readonly collection: Term }
  | { readonly kind: "builtin"; readonly name: string }
  | { readonly kind: "headKey" | "headArg" };

/** Where the variables of a reference, in the expression at an index, get their values: the head, or expressions before it. */
export function originsOf(
  { head, body }: Pick<WorkRule, "head" | "body">,
  index: number,
  ref: RefTerm,
  builtins: ReadonlyMap<string, BuiltinDeclaration>,
): ReadonlyMap<string, Origin> {
  const bindings = new Map<string, Term>();
  const outputs = new Map<string, string>();
  for (const expr of body.slice(0, index)) {
    if (expr.negated || expr.with.length > 0) continue;
    const sides = equationOf(expr);
    if (sides !== undefined) {
      const [left, right] = sides;
      if (left.type === "var" && !bindings.has(left.name)) bindings.set(left.name, right);
      if (right.type === "var" && !bindings.has(right.name)) bindings.set(right.name, left);
    } else if (expr.type === "callExpr") {
      const name = dottedName(expr.operator) ?? "";
      const builtin = builtins.get(name);
      const output = expr.args.at(-1);
      if (builtin !== undefined && expr.args.length === builtin.args.length + 1 && output?.type === "var") {
        outputs.set(output.name, name);
      }
    }
  }
  const inHead = new Map<string, Origin>();
  const keys = head.key === undefined ? head.ref.path : [...head.ref.path, head.key];
  for (const key of keys) if (key.type === "var") inHead.set(key.name, { kind: "headKey" });
  for (const arg of head.args) if (arg.type === "var") inHead.set(arg.name, { kind: "headArg" });

  const resolve = (name: string, depth: number): Origin | undefined => {
    if (depth > body.length) return undefined;
    const builtin = outputs.get(name);
    if (builtin !== undefined) return { kind: "builtin", name: builtin };
    const term = bindings.get(name);
    if (term?.type === "var") return resolve(term.name, depth + 1);
    return (term?.type === "ref" ? originOfRef(term, bindings, depth) : undefined) ?? inHead.get(name);
  };
  const origins = new Map<string, Origin>();
  for (const part of ref.path) {
    const origin = part.type === "var" ? resolve(part.name, 0) : undefined;
    if (part.type === "var" && origin !== undefined) origins.set(part.name, origin);
  }
  return origins;
}

function originOfRef(ref: RefTerm, bindings: ReadonlyMap<string, Term>, depth: number): Origin | undefined {
  const root = ref.head.type === "var" ? ref.head.name : undefined;
  // Of a place among others the whole is shown.
  const end = ref.path.findIndex((part) => !isConstant(part));
  const prefix = end < 0 ? ref : { ...ref, path: ref.path.slice(0, end) };
  if (root === "input") return { kind: "input", ref: prefix };
  if (root === "data") return { kind: "rule", ref: prefix };
  const [part] = ref.path;
  if (part === undefined || ref.path.length > 1 || isConstant(part)) return undefined;
  const collection = constantCollection(ref.head, bindings, depth);
  return collection && { kind: "collection", collection };
}

function constantCollection(term: Term, bindings: ReadonlyMap<string, Term>, from: number): Term | undefined {
  let current = term;
  for (let depth = from; depth <= bindings.size && current.type === "var"; depth += 1) {
    const next = bindings.get(current.name);
    if (next === undefined) return undefined;
    current = next;
  }
  const isCollection = current.type === "array" || current.type === "set" || current.type === "object";
  return isCollection && isConstant(current) ? current : undefined;
}
