import type { CallExpr, Expr, Term } from "../../syntax/ast.ts";
import { compareLocations } from "../../syntax/location.ts";
import { dottedName } from "../../syntax/term-names.ts";
import { walkExprs } from "../../syntax/walk.ts";
import { bind } from "../head-terms.ts";
import type { NameSource } from "../names.ts";
import { appended, bodyMap, equation, mapItems } from "../nodes.ts";
import { type WorkRule, mapRule } from "../work.ts";
import type { AnnotationSet } from "./annotation-set.ts";
import { annotationTerm, chainTerm } from "./annotation-term.ts";

const CHAIN = "rego.metadata.chain";
const RULE = "rego.metadata.rule";

/** The first calls in a rule, and in those that follow its `else`, that ask for METADATA. */
interface MetadataCalls {
  readonly chain: CallExpr | undefined;
  readonly rule: CallExpr | undefined;
}

export function metadataCalls(rule: WorkRule): MetadataCalls {
  let chain: CallExpr | undefined;
  let own: CallExpr | undefined;
  for (let link: WorkRule | undefined = rule; link !== undefined; link = link.else) {
    for (const root of [link.head, ...link.body]) {
      walkExprs(root, (expr) => {
        if (isCallTo(expr, CHAIN)) chain ??= expr;
        else if (isCallTo(expr, RULE)) own ??= expr;
        return true;
      });
    }
  }
  return { chain, rule: own };
}

function isCallTo(expr: Expr, name: string): expr is CallExpr {
  return expr.type === "callExpr" && dottedName(expr.operator) === name;
}

/** Puts what `rego.metadata` functions give into a rule that calls them, in place of the calls. */
export function inlineMetadata(
  rule: WorkRule,
  { chain, rule: own }: MetadataCalls,
  annotations: AnnotationSet,
  names: NameSource,
): void {
  const before: Expr[] = [];
  const values = new Map<string, Term>();
  if (chain !== undefined) {
    const { name, expr } = bind(chainTerm(annotations.chain(rule), chain.location), names);
    before.push(expr);
    values.set(CHAIN, name);
  }
  if (own !== undefined) {
    const [first] = [...annotations.ofRule(rule)].sort((a, b) => compareLocations(a.location, b.location));
    const { name, expr } = bind(annotationTerm(first, own.location), names);
    before.push(expr);
    values.set(RULE, name);
  }
  rule.body = appended(before, rule.body);
  mapRule(
    rule,
    bodyMap((body) => mapItems(body, (expr) => replaced(expr, values))),
  );
}

function replaced(expr: Expr, values: ReadonlyMap<string, Term>): Expr {
  const value = expr.type === "callExpr" ? values.get(dottedName(expr.operator) ?? "") : undefined;
  if (expr.type !== "callExpr" || value === undefined) return expr;
  const { location } = expr;
  const [output] = expr.args;
  if (output !== undefined) return { ...equation(output, value, location), generated: true };
  return { type: "termExpr", term: value, with: [], negated: false, generated: true, location };
}
