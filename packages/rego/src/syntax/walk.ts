import type { Expr, Node, Term } from "./ast.ts";

/**
 * Visits a node and then all nodes in it, in the order of the text but for objects and sets. `visit` returns false to leave out
 * what is inside. The path of a rule's head is not visited, as its parts that matter are its key.
 */
export function walk(node: Node, visit: (node: Node) => boolean | undefined): void {
  const enter = (child: Node): void => {
    if (visit(child) !== false) eachChild(child, enter);
  };
  enter(node);
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
  switch (node.type) {
    case "null":
    case "boolean":
    case "number":
    case "string":
    case "var":
    case "comment":
    case "annotations":
      return;
    case "ref":
      visit(node.head);
      for (const part of node.path) visit(part);
      return;
    case "array":
    case "set":
      for (const item of node.items) visit(item);
      return;
    case "object":
      for (const { key, value } of node.entries) {
        visit(key);
        visit(value);
      }
      return;
    case "arrayComprehension":
    case "setComprehension":
      visit(node.term);
      for (const expr of node.body) visit(expr);
      return;
    case "objectComprehension":
      visit(node.key);
      visit(node.value);
      for (const expr of node.body) visit(expr);
      return;
    case "call":
      visit(node.operator);
      for (const arg of node.args) visit(arg);
      return;
    case "templateString":
      for (const part of node.parts) visit(part);
      return;
    case "termExpr":
    case "callExpr":
    case "some":
    case "someIn":
    case "every":
    case "not":
    case "logical":
      eachInExpr(node, visit);
      for (const modifier of node.with) visit(modifier);
      return;
    case "with":
      visit(node.target);
      visit(node.value);
      return;
    case "rule":
      visit(node.head);
      for (const expr of node.body) visit(expr);
      visitPresent(node.else, visit);
      return;
    case "head":
      for (const arg of node.args) visit(arg);
      visitPresent(node.key, visit);
      visitPresent(node.value, visit);
      return;
    case "package":
    case "import":
      visit(node.path);
      return;
    case "module":
      visit(node.package);
      for (const list of [node.imports, node.rules, node.annotations, node.comments]) list.forEach(visit);
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
      for (const arg of expr.args) visit(arg);
      return;
    case "some":
      for (const name of expr.vars) visit(name);
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
      for (const inner of expr.body) visit(inner);
      return;
    case "not":
      for (const inner of expr.body) visit(inner);
      return;
    case "logical":
      for (const inner of expr.left) visit(inner);
      for (const inner of expr.right) visit(inner);
      return;
  }
}

function visitPresent(node: Node | undefined, visit: Visit): void {
  if (node !== undefined) visit(node);
}
