import type { Expr, Import, Term } from "../syntax/ast.ts";
import type { RegoError } from "../syntax/error.ts";
import { formatImport, formatTerm } from "../syntax/print-term.ts";
import { walkExprs } from "../syntax/walk.ts";
import { isCallOf, rootDocument } from "./nodes.ts";
import { importName } from "./resolve-refs.ts";
import type { WorkModule } from "./work.ts";

// What v1 and strict mode forbid beyond v0.

/** Imports that go by the name of an earlier one. */
export function repeatedImports(imports: readonly Import[]): readonly RegoError[] {
  const known = new Map<string, Import>();
  return imports.flatMap((directive): RegoError[] => {
    const name = importName(directive);
    const before = known.get(name);
    if (before === undefined) {
      known.set(name, directive);
      return [];
    }
    const message = `import must not shadow ${formatImport(before)}`;
    return [{ code: "rego_compile_error", message, location: directive.location }];
  });
}

/** Rules, arguments and variables that are called `input` or `data`. */
export function shadowedRoots(module: WorkModule): readonly RegoError[] {
  const errors: RegoError[] = [];
  for (const { head, source } of module.rules) {
    const root = head.ref.head;
    if (root.type === "var" && isRootName(root.name)) {
      const message = `rules must not shadow ${root.name} (use a different rule name)`;
      errors.push({ code: "rego_compile_error", message, location: source.location });
    }
    for (const arg of head.args) {
      if (rootDocument(arg) === undefined) continue;
      const message = `args must not shadow ${formatTerm(arg)} (use a different variable name)`;
      errors.push({ code: "rego_compile_error", message, location: arg.location });
    }
  }
  return errors;
}

/** Assignments to `input` or `data`. */
export function assignedRoots(roots: Iterable<Term | Expr>): readonly RegoError[] {
  const errors: RegoError[] = [];
  for (const root of roots) {
    walkExprs(root, (expr) => {
      if (!isCallOf(expr, "assign")) return true;
      const [left] = expr.args;
      const name = left === undefined ? "" : formatTerm(left);
      if (isRootName(name)) {
        const message = `variables must not shadow ${name} (use a different variable name)`;
        errors.push({ code: "rego_compile_error", message, location: expr.location });
      }
      return true;
    });
  }
  return errors;
}

function isRootName(name: string): boolean {
  return name === "input" || name === "data";
}
