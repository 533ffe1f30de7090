import type { Body, Expr, Head, Module, Node, Rule, Term } from "./ast.ts";

/**
 * Visits a node and then all nodes in it, in the order of the text but for objects and sets. `visit` returns false to leave out
 * what is inside. The path of a rule's head is not visited, as its parts that matter are its key.
 */
export function walk(node: Node, visit: (node: Node) => boolean | undefined): void {
  if (visit(node) === false) return;
  for (const child of childrenOf(node)) walk(child, visit);
}

/** Visits every term in a node, the node included. `visit` returns false to leave out what is inside a term. */
export function walkTerms(node: Node, visit: (term: Term) => boolean | undefined): void {
  walk(node, (child) => (isTerm(child) ? visit(child) : true));
}

/** Visits every expression in a node, those of nested bodies too. */
export function walkExprs(node: Node, visit: (expr: Expr) => boolean | undefined): void {
  walk(node, (child) => (isExpr(child) ? visit(child) : true));
}

export function isExpr(node: Node): node is Expr {
  return "negated" in node;
}

export function isTerm(node: Node): node is Term {
  switch (node.type) {
    case "null":
    case "boolean":
    case "number":
    case "string":
    case "templateString":
    case "var":
    case "ref":
    case "array":
    case "object":
    case "set":
    case "arrayComprehension":
    case "setComprehension":
    case "objectComprehension":
    case "call":
      return true;
    default:
      return false;
  }
}

/** The nodes right inside a node. */
export function childrenOf(node: Node): readonly Node[] {
  if (isTerm(node)) return childrenOfTerm(node);
  if (isExpr(node)) return [...childrenOfExpr(node), ...node.with];
  switch (node.type) {
    case "module":
      return childrenOfModule(node);
    case "package":
    case "import":
      return [node.path];
    case "rule":
      return childrenOfRule(node);
    case "head":
      return childrenOfHead(node);
    case "with":
      return [node.target, node.value];
    case "comment":
    case "annotations":
      return [];
  }
}

function childrenOfModule(module: Module): readonly Node[] {
  return [module.package, ...module.imports, ...module.rules, ...module.annotations, ...module.comments];
}

function childrenOfRule({ head, body, else: next }: Rule): readonly Node[] {
  return [head, ...body, ...present(next)];
}

function childrenOfHead({ args, key, value }: Head): readonly Node[] {
  return [...args, ...present(key), ...present(value)];
}

function childrenOfExpr(expr: Expr): readonly Node[] {
  switch (expr.type) {
    case "termExpr":
      return [expr.term];
    case "callExpr":
      return [expr.operator, ...expr.args];
    case "some":
      return expr.vars;
    case "someIn":
      return [...present(expr.key), expr.value, expr.domain];
    case "every":
      return [...present(expr.key), expr.value, expr.domain, ...expr.body];
    case "not":
      return expr.body;
    case "logical":
      return [...expr.left, ...expr.right];
  }
}

function childrenOfTerm(term: Term): readonly Node[] {
  switch (term.type) {
    case "ref":
      return [term.head, ...term.path];
    case "array":
    case "set":
      return term.items;
    case "object":
      return term.entries.flatMap(({ key, value }) => [key, value]);
    case "arrayComprehension":
    case "setComprehension":
      return inComprehension(term.body, term.term);
    case "objectComprehension":
      return inComprehension(term.body, term.key, term.value);
    case "call":
      return [term.operator, ...term.args];
    case "templateString":
      return term.parts;
    default:
      return [];
  }
}

function inComprehension(body: Body, ...terms: readonly Term[]): readonly Node[] {
  return [...terms, ...body];
}

function present<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}
