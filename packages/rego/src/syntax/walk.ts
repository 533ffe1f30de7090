import type { Expr, Node, Term } from "./ast.ts";

/**
 * Visits a node and then all nodes in it, in the order of the text but for objects and sets. `visit` returns false to leave out
 * what is inside. The path of a rule's head is not visited, as its parts that matter are its key.
 */
export function walk(node: Node, visit: (node: Node) => boolean | undefined): void {
  if (visit(node) === false) return;
  eachChild(node, (child) => walk(child, visit));
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
  const children: Node[] = [];
  eachChild(node, (child) => children.push(child));
  return children;
}

type Visit = (child: Node) => void;

/** Calls `visit` for each node right inside a node, without a list of them: compilation walks over everything often. */
function eachChild(node: Node, visit: Visit): void {
  if (isTerm(node)) {
    eachInTerm(node, visit);
    return;
  }
  if (isExpr(node)) {
    eachInExpr(node, visit);
    node.with.forEach(visit);
    return;
  }
  switch (node.type) {
    case "module":
      visit(node.package);
      for (const list of [node.imports, node.rules, node.annotations, node.comments]) list.forEach(visit);
      return;
    case "package":
    case "import":
      visit(node.path);
      return;
    case "rule":
      visit(node.head);
      node.body.forEach(visit);
      visitPresent(node.else, visit);
      return;
    case "head":
      node.args.forEach(visit);
      visitPresent(node.key, visit);
      visitPresent(node.value, visit);
      return;
    case "with":
      visit(node.target);
      visit(node.value);
      return;
    case "comment":
    case "annotations":
      return;
  }
}

function eachInExpr(expr: Expr, visit: Visit): void {
  switch (expr.type) {
    case "termExpr":
      visit(expr.term);
      return;
    case "callExpr":
      visit(expr.operator);
      expr.args.forEach(visit);
      return;
    case "some":
      expr.vars.forEach(visit);
      return;
    case "someIn":
      visitPresent(expr.key, visit);
      visit(expr.value);
      visit(expr.domain);
      return;
    case "every":
      visitPresent(expr.key, visit);
      visit(expr.value);
      visit(expr.domain);
      expr.body.forEach(visit);
      return;
    case "not":
      expr.body.forEach(visit);
      return;
    case "logical":
      expr.left.forEach(visit);
      expr.right.forEach(visit);
      return;
  }
}

function eachInTerm(term: Term, visit: Visit): void {
  switch (term.type) {
    case "ref":
      visit(term.head);
      term.path.forEach(visit);
      return;
    case "array":
    case "set":
      term.items.forEach(visit);
      return;
    case "object":
      for (const { key, value } of term.entries) {
        visit(key);
        visit(value);
      }
      return;
    case "arrayComprehension":
    case "setComprehension":
      visit(term.term);
      term.body.forEach(visit);
      return;
    case "objectComprehension":
      visit(term.key);
      visit(term.value);
      term.body.forEach(visit);
      return;
    case "call":
      visit(term.operator);
      term.args.forEach(visit);
      return;
    case "templateString":
      term.parts.forEach(visit);
      return;
    default:
      return;
  }
}

function visitPresent(node: Node | undefined, visit: Visit): void {
  if (node !== undefined) visit(node);
}
