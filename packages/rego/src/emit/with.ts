import type { Expr, RefTerm, Term, VarTerm, With } from "../syntax/ast.ts";
import { dottedName } from "../syntax/term-names.ts";
import { walkExprs, walkTerms } from "../syntax/walk.ts";
import type { Value } from "../values/value.ts";
import { constantOf } from "../plan/constants.ts";
import { FunctionWriter } from "./function-writer.ts";
import { writeReference } from "./references.ts";
import { writeValue } from "./values.ts";

/**
 * Writes an expression with modifiers. It is solved to the end with them in force; then its solutions are gone through
 * without them. Documents that were evaluated before are set aside meanwhile.
 */
export function writeWith(f: FunctionWriter, expr: Expr, write: () => void): void {
  const changes = expr.with.map((modifier) => writeChange(f, modifier));
  const saved = f.keep("save()");
  for (const change of changes) f.js.line(change);
  f.js.line("reset();");
  const outputs = newVariables(f, expr);
  let bound: readonly string[] = [];
  // Where order can be seen, so can how often there is a solution.
  const isCounted = outputs.length > 0 || f.scope.ordered;
  const solutions = f.fresh("s");
  f.js.line(isCounted ? `const ${solutions} = [];` : `let ${solutions} = false;`);
  f.nested({}, () => {
    f.js.open("try {");
    f.nested({ known: withoutDocuments(f.scope.known), modified: true }, () => {
      f.block(f.scope.ordered, (leave) => {
        write();
        if (!isCounted) {
          f.js.line(`${solutions} = true;`);
          f.js.line(leave);
        } else {
          bound = outputs.filter((name) => f.local(name) !== undefined);
          f.js.line(`${solutions}.push([${bound.map((name) => f.local(name)).join(", ")}]);`);
        }
      });
    });
  });
  f.js.line(`finally { restore(${saved}); }`);
  if (!isCounted) {
    f.require(solutions);
    return;
  }
  const i = f.fresh("i");
  f.loop(`for (let ${i} = 0; ${i} < ${solutions}.length; ${i} += 1)`);
  for (const [index, name] of bound.entries()) f.bind(name, f.keep(`${solutions}[${i}][${index}]`));
}

/** What has been found out about documents does not hold where they change. */
function withoutDocuments(known: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...known].filter(([key]) => !key.startsWith("input") && !key.startsWith("data")));
}

/** Evaluates what a modifier puts in the place of its target, and returns the statement that does so. */
function writeChange(f: FunctionWriter, { target, value }: With): string {
  const mocked = mockedFunction(f, target);
  if (mocked !== undefined) {
    const replacement = writeMock(f, value);
    return `K = R.withMock(K, ${JSON.stringify(mocked)}, ${replacement});`;
  }
  const js = writeValue(f, value);
  const { root, path } = documentTarget(target);
  const keys = f.program.constants.nameOf(path);
  return root === "input" ? `input = R.replaceAt(input, ${keys}, ${js});` : `T = R.withReplacement(T, ${keys}, ${js});`;
}

/** What a function is replaced with: a function, a value, or a document, which is evaluated for each call. */
function writeMock(f: FunctionWriter, value: Term): string {
  const call = f.program.functionOf(value);
  if (call !== undefined) return `{ call: ${call} }`;
  if (value.type !== "ref" || value.head.type !== "var" || f.local(value.head.name) !== undefined) {
    return `{ value: ${writeValue(f, value)} }`;
  }
  const document = new FunctionWriter(f.program, new Map(), true);
  document.js.open("{ evaluate: () => {");
  document.js.line(`return ${writeReference(document, value)};`);
  document.js.closeTo(0);
  return `${document.js.text()} }`;
}

/** The name of the function that a modifier replaces, if it does. */
function mockedFunction(f: FunctionWriter, target: RefTerm | VarTerm): string | undefined {
  if (target.type === "var") return target.name === "input" || target.name === "data" ? undefined : target.name;
  const isDocumentRoot = target.head.type === "var" && (target.head.name === "input" || target.head.name === "data");
  if (!isDocumentRoot) return dottedName(target);
  const document = f.program.documentAt(target);
  return document?.kind === "function" ? document.name : undefined;
}

/** The root and the constant path that a target names. */
export function documentTarget(target: RefTerm | VarTerm): {
  readonly root: string;
  readonly path: readonly Value[];
} {
  if (target.type === "var") return { root: target.name, path: [] };
  const root = target.head.type === "var" ? target.head.name : "";
  return { root, path: target.path.map((part) => constantOf(part) ?? null) };
}

/** The names that may get a value in an expression and be read after it. */
function newVariables(f: FunctionWriter, expr: Expr): readonly string[] {
  if (expr.negated || expr.type === "not" || expr.type === "every" || expr.type === "logical") return [];
  const inside = new Map<string, number>();
  const bindable = new Set<string>();
  const functions = functionNames(expr);
  const visit = (node: Expr | Term, closed: boolean): void => {
    walkTerms(node, (term: Term) => {
      if (functions.has(term)) return false;
      if (term.type === "var") {
        inside.set(term.name, (inside.get(term.name) ?? 0) + 1);
        if (!closed) bindable.add(term.name);
      }
      if (closed || !("body" in term)) return true;
      // A comprehension binds nothing outside of itself.
      visit(term, true);
      return false;
    });
  };
  visit(expr, false);
  return [...bindable].filter((name) => {
    const isLocal = name !== "input" && name !== "data" && f.local(name) === undefined;
    return isLocal && (f.occurrences.get(name) ?? 0) > (inside.get(name) ?? 0);
  });
}

/** The terms of an expression that name functions: operators, and what modifiers replace. */
function functionNames(expr: Expr): ReadonlySet<Term> {
  const names = new Set<Term>();
  walkExprs(expr, (inner) => {
    if (inner.type === "callExpr") names.add(inner.operator);
    for (const { target } of inner.with) names.add(target);
    return true;
  });
  return names;
}
