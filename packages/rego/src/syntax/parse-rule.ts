import type { Body, Head, Rule, Term } from "./ast.ts";
import { copyAt } from "./copy-at.ts";
import type { Cursor } from "./cursor.ts";
import { checkDefaultArgs, checkDefaultValue } from "./default-rule.ts";
import { isGround } from "./ground.ts";
import { rejectKeywordName } from "./keyword-names.ts";
import type { Location } from "./location.ts";
import { parseHead, trueTerm } from "./parse-head.ts";
import { parseInfix } from "./parse-infix.ts";
import { type Draft, parseBody, parseLiteral, plain } from "./parse-literal.ts";
import { isWildcard } from "./term-names.ts";
import { Kind } from "./token.ts";

/** A rule, or the several that `p { ... } { ... }` is. Undefined without an error where no rule stands here. */
export function parseRules(p: Cursor): Rule[] | undefined {
  const index = p.index;
  const begin = p.here();
  p.takeReferableKeyword();
  const isDefault = p.kind === Kind.default;
  if (isDefault) {
    p.advance();
    p.takeReferableKeyword();
  }
  if (p.kind !== Kind.identifier) {
    if (isDefault) rejectKeywordName(p, true);
    return undefined;
  }
  const head = parseHead(p, isDefault);
  if (head === undefined) return undefined;
  if (isDefault) return parseDefault(p, head, begin);
  if (!settleHead(head, p.kind === Kind.if)) return undefined;

  const body = parseRuleBody(p, head);
  if (body === undefined) return undefined;
  if (body === "none") return [ruleOf(head, trueBody(begin), head.location, { generatedBody: true })];

  const rule = ruleOf(head, body, begin, {});
  if (p.kind === Kind.else && !p.takeReferableKeyword()) {
    if (!mayHaveElse(p, head)) return undefined;
    rule.else = parseElseChain(p, head);
    if (rule.else === undefined) return undefined;
  }
  rule.location = p.since(index);
  return p.kind === Kind.leftBrace ? parseMoreBodies(p, rule) : [rule];
}

function parseDefault(p: Cursor, head: Draft<Head>, location: Location): Rule[] | undefined {
  if (!checkDefaultValue(p, head, location)) return undefined;
  if (head.args.length > 0 && !checkDefaultArgs(p, head, location)) return undefined;
  return [ruleOf(head, trueBody(location), location, { default: true, generatedBody: true })];
}

function ruleOf(
  head: Head,
  body: Body,
  location: Location,
  flags: { readonly default?: boolean; readonly generatedBody?: boolean },
): Draft<Rule> {
  return {
    type: "rule",
    default: flags.default ?? false,
    head,
    body,
    generatedBody: flags.generatedBody ?? false,
    else: undefined,
    annotations: [],
    location,
  };
}

function trueBody(location: Location): Body {
  return [{ type: "termExpr", term: trueTerm(location), ...plain(location), generated: true }];
}

/** Decides what `p[x]` defines, which depends on whether `if` follows. Whether the head can be one. */
function settleHead(head: Draft<Head>, hasIf: boolean): boolean {
  const { ref } = head;
  const [part, ...more] = ref.path;
  const isPair = part !== undefined && more.length === 0 && head.args.length === 0;
  if (hasIf && !head.usesContains && part !== undefined && more.length === 0) {
    if (isPair && (!isGround(part) || part.type === "ref")) head.key = part;
    if (head.value === undefined) {
      head.generatedValue = true;
      head.value = trueTerm(head.location);
    } else {
      if (ref.head.type !== "var") return false;
      head.name = ref.head.name;
    }
  }
  if (!hasIf && !head.usesContains && isPair) {
    if (ref.head.type !== "var") return false;
    head.name = ref.head.name;
    head.key = part;
    if (head.value === undefined) head.ref = { ...ref, path: [] };
  }
  return true;
}

/** The body, `"none"` where a multi-value rule needs none. */
function parseRuleBody(p: Cursor, head: Draft<Head>): Body | "none" | undefined {
  if (p.kind === Kind.if) {
    head.usesIf = true;
    p.advance();
    return parseIfBody(p);
  }
  if (p.kind === Kind.leftBrace) return parseBraces(p);
  return head.usesContains ? "none" : undefined;
}

function parseBraces(p: Cursor): Body | undefined {
  p.advance();
  const body = parseBody(p, Kind.rightBrace);
  if (body !== undefined) p.advance();
  return body;
}

/** After `if` stands one expression or a body in braces. A set is never meant: it is always true. */
function parseIfBody(p: Cursor): Body | undefined {
  const mark = p.mark();
  const braced = p.kind === Kind.leftBrace;
  const expr = parseLiteral(p);
  const isSet = braced && expr?.type === "termExpr" && expr.term.type === "set";
  if (expr !== undefined && !isSet) return [expr];
  if (!braced) return undefined;
  p.reset(mark);
  return parseBraces(p);
}

function mayHaveElse(p: Cursor, head: Head): boolean {
  const fault = !head.ref.path.every(isGround)
    ? "rules with variables in head"
    : head.key !== undefined
      ? "multi-value rules"
      : undefined;
  if (fault !== undefined) p.error(p.here(), `else keyword cannot be used on ${fault}`);
  return fault === undefined;
}

interface ElseLink {
  readonly rule: Draft<Rule>;
  /** The place of the rule, and of all that shares it, whose text is to go on to the end of the chain. */
  readonly location: Draft<Location>;
}

/** `else` after `else`, from the first: each is inside the one before it. */
function parseElseChain(p: Cursor, head: Head): Rule | undefined {
  const links: ElseLink[] = [];
  let depth = 0;
  let link: ElseLink | undefined;
  do {
    link = undefined;
    if (!p.enter()) break;
    depth += 1;
    link = parseElse(p, head);
    if (link !== undefined) links.push(link);
  } while (link?.rule.generatedBody === false && p.kind === Kind.else);
  p.leave(depth);
  if (link === undefined) return undefined;
  return links.reduceRight<Rule | undefined>((next, { rule, location }) => {
    rule.else = next;
    location.end = p.lastEnd;
    return rule;
  }, undefined);
}

function parseElse(p: Cursor, original: Head): ElseLink | undefined {
  const index = p.index;
  const location: Draft<Location> = p.here();
  const head: Draft<Head> = {
    ...original,
    args: freshWildcards(p, original.args),
    generatedValue: false,
    usesContains: false,
    usesIf: false,
    location: p.here(),
  };
  p.advance();
  switch (p.kind) {
    case Kind.leftBrace:
    case Kind.if:
      head.generatedValue = true;
      head.value = trueTerm({ ...location });
      break;
    case Kind.assign:
    case Kind.unify:
      head.assign = p.kind === Kind.assign;
      p.advance();
      head.value = parseInfix(p);
      if (head.value === undefined) return undefined;
      head.location = p.since(index);
      break;
    default:
      p.unexpected("expected else value term or rule body");
      return undefined;
  }
  if (p.kind !== Kind.if && p.kind !== Kind.leftBrace) {
    return { rule: ruleOf(head, trueBody(location), location, { generatedBody: true }), location };
  }
  if (p.kind === Kind.if) {
    head.usesIf = true;
    p.advance();
  }
  const body = parseElseBody(p, location);
  return body && { rule: ruleOf(head, body, location, {}), location };
}

function parseElseBody(p: Cursor, location: Location): Body | undefined {
  if (p.kind === Kind.leftBrace) return parseBraces(p);
  if (p.kind === Kind.eof) {
    p.unexpected("rule body expected");
    return undefined;
  }
  const expr = parseLiteral(p);
  // OPA gives a lone expression, with all that is in it, the place of its `else`.
  return expr && [copyAt(expr, location)];
}

/** `_` as an argument is another variable in each definition. */
function freshWildcards(p: Cursor, args: readonly Term[]): Term[] {
  return args.map((arg) => (arg.type === "var" && isWildcard(arg.name) ? { ...arg, name: p.nextWildcard() } : arg));
}

/** The bodies after the first of `p { ... } { ... }`: rules with the same head, at the place of their body. */
function parseMoreBodies(p: Cursor, rule: Rule): Rule[] | undefined {
  const rules = [rule];
  while (p.kind === Kind.leftBrace) {
    if (rule.else !== undefined) {
      p.error(p.here(), "expected else keyword");
      return undefined;
    }
    const index = p.index;
    const body = parseBraces(p);
    if (body === undefined) return undefined;
    const location = p.since(index);
    const copy = copyAt<Head>({ ...rule.head, args: freshWildcards(p, rule.head.args) }, location);
    // The name stays where it was written.
    const head = { ...copy, ref: rule.head.ref };
    rules.push(ruleOf(head, body, location, {}));
  }
  return rules;
}
