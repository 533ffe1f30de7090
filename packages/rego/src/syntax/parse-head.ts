import type { Head, RefTerm, Term } from "./ast.ts";
import type { Cursor } from "./cursor.ts";
import type { Location } from "./location.ts";
import { parseInfix } from "./parse-infix.ts";
import type { Draft } from "./parse-literal.ts";
import { finishHeadName } from "./parse-ref.ts";
import { parseVar } from "./parse-term.ts";
import { formatTerm } from "./print-term.ts";
import { Kind } from "./token.ts";

/** The head of a rule up to its body: name, arguments, key and value. What the body's form says about it is still to come. */
export function parseHead(p: Cursor, isDefault: boolean): Draft<Head> | undefined {
  const index = p.index;
  const name = finishHeadName(p, parseVar(p));
  if (name === undefined) {
    p.unexpected("expected rule head name");
    return undefined;
  }
  const isCall = name.type === "call";
  const ref = refOf(isCall ? name.operator : name);
  if (ref === undefined) return undefined;
  if (isCall && ref.head.type !== "var") {
    p.unexpected(`rule head ref ${formatTerm(ref)} invalid`);
    return undefined;
  }
  const head = headOf(ref, p.since(index));
  if (isCall) head.args = name.args;
  // The name of the rule, as messages write it.
  const written = formatTerm(ref);

  switch (p.kind) {
    case Kind.contains:
      if (isCall) {
        p.unexpected(
          `the contains keyword can only be used with multi-value rule definitions (e.g., ${written} contains <VALUE> { ... })`,
        );
      }
      p.advance();
      head.usesContains = true;
      head.key = parseInfix(p);
      if (head.key === undefined) {
        p.unexpected(`expected rule key term (e.g., ${written} contains <VALUE> { ... })`);
      }
      head.location = p.since(index);
      return head;
    case Kind.unify:
      p.advance();
      head.value = parseInfix(p);
      if (head.value === undefined) {
        p.unexpected(`expected rule value term (e.g., ${written}[<nil>] = <VALUE> { ... })`);
      }
      break;
    case Kind.assign:
      p.advance();
      head.assign = true;
      head.value = parseInfix(p);
      if (head.value === undefined) p.unexpected(expectedValue(written, head, isDefault));
      break;
    default:
  }
  head.location = p.since(index);
  if (head.value === undefined && (ref.path.length !== 1 || head.args.length > 0)) {
    head.generatedValue = true;
    head.value = trueTerm({ ...head.location });
  }
  return head;
}

function expectedValue(name: string, head: Head, isDefault: boolean): string {
  if (head.args.length > 0) return `expected function value term (e.g., ${name}(...) := <VALUE> { ... })`;
  if (isDefault) return `expected default rule value term (e.g., default ${name} := <VALUE>)`;
  return `expected rule value term (e.g., ${name} := <VALUE> { ... })`;
}

function refOf(term: Term): RefTerm | undefined {
  if (term.type === "var") return { type: "ref", head: term, path: [], location: term.location };
  return term.type === "ref" ? term : undefined;
}

/** A head that has only a name; one without a path is also called by it. */
export function headOf(ref: RefTerm, location: Location): Draft<Head> {
  return {
    type: "head",
    ref,
    name: ref.path.length === 0 && ref.head.type === "var" ? ref.head.name : "",
    args: [],
    key: undefined,
    value: undefined,
    assign: false,
    generatedValue: false,
    usesContains: false,
    usesIf: false,
    location,
  };
}

export function trueTerm(location: Location): Term {
  return { type: "boolean", value: true, location };
}
