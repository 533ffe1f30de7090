import { isSubset, varsOfExpr, varsOfTerm } from "../check/vars.ts";
import type { Head, Module, Rule, Term } from "../syntax/ast.ts";
import { formatTerm } from "../syntax/print-term.ts";

/** A rule that is a test, by its name: `test_x`; `todo_test_x` is one that is left out for now. */
export interface FoundTest {
  readonly module: Module;
  readonly rule: Rule;
  /** `data.authz_test` */
  readonly package: string;
  /** `test_post_allowed`; where a module has several of one name, the second is `test_post_allowed#01`. */
  readonly name: string;
  /** What to ask for its result. */
  readonly query: string;
  readonly skipped: boolean;
  /** Whether each of its keys is a case of its own: `test_x[note] if { ... }`. */
  readonly hasCases: boolean;
}

const PREFIXES = ["test_", "todo_test_"] as const;

/**
 * The tests of some modules, and the modules with a name of its own for each and with calls that tell of each case, as OPA's test
 * runner has them.
 */
export function findTests(modules: readonly Module[]): {
  readonly tests: readonly FoundTest[];
  readonly modules: readonly Module[];
} {
  const counts = new Map<string, number>();
  const tests: FoundTest[] = [];
  const prepared = modules.map((module) => {
    const rules = module.rules.map((rule) => {
      const name = testNameOf(rule.head);
      if (name === undefined) return rule;
      const named = withOwnName(rule, name, module, counts);
      const path = [...packagePath(module), ...named.path];
      const tail = named.rule.head.ref.path.slice(named.path.length - 1);
      const hasCases = tail.some(({ type }) => type !== "string") && !rule.default;
      tests.push({
        module,
        rule,
        package: formatTerm(module.package.path),
        name: formatTerm(refTo(named.rule.head, named.path.length)),
        query: `data${path.map((part) => `[${JSON.stringify(part)}]`).join("")}`,
        skipped: name.last.startsWith("todo_"),
        hasCases,
      });
      return hasCases ? tellingCases(named.rule, named.path.length - 1) : named.rule;
    });
    return { ...module, rules };
  });
  return { tests, modules: prepared };
}

interface TestName {
  /** The names up to the one that makes it a test. */
  readonly path: readonly [string, ...string[]];
  readonly last: string;
}

function testNameOf({ ref }: Head): TestName | undefined {
  if (ref.head.type !== "var") return undefined;
  const parts: [string, ...string[]] = [ref.head.name];
  for (const next of [undefined, ...ref.path]) {
    if (next !== undefined) {
      if (next.type !== "string") return undefined;
      parts.push(next.value);
    }
    const last = parts.at(-1) ?? "";
    if (PREFIXES.some((prefix) => last.startsWith(prefix))) return { path: parts, last };
  }
  return undefined;
}

function packagePath(module: Module): readonly string[] {
  return module.package.path.path.flatMap((part) => (part.type === "string" ? [part.value] : []));
}

/** The rule, under another name where the package has a test of that name already. */
function withOwnName(
  rule: Rule,
  { path, last }: TestName,
  module: Module,
  counts: Map<string, number>,
): { readonly rule: Rule; readonly path: readonly string[] } {
  const key = JSON.stringify([packagePath(module), path]);
  const count = counts.get(key) ?? 0;
  counts.set(key, count + 1);
  if (count === 0 || last.startsWith("todo_")) return { rule, path };
  const name = `${last}#${String(count).padStart(2, "0")}`;
  const renamed = [...path.slice(0, -1), name];
  return { rule: rename(rule, renamed), path: renamed };
}

function rename(rule: Rule, path: readonly string[]): Rule {
  const { ref } = rule.head;
  const [first = "", ...rest] = path;
  const head: Head = {
    ...rule.head,
    name: ref.path.length === 0 || rule.head.name !== "" ? first : "",
    ref: {
      ...ref,
      head: { type: "var", name: first, location: ref.head.location },
      path: [
        ...rest.map((value): Term => ({ type: "string", value, location: ref.location })),
        ...ref.path.slice(rest.length),
      ],
    },
  };
  return { ...rule, head, else: rule.else && rename(rule.else, path) };
}

function refTo({ ref }: Head, length: number): Term {
  return length === 1 ? ref.head : { ...ref, path: ref.path.slice(0, length - 1) };
}

/** The rule with a call, as early as can be, that tells which case is tried. */
function tellingCases(rule: Rule, nameLength: number): Rule {
  const keys = rule.head.ref.path.slice(nameLength);
  const { location } = rule.head;
  const builtin: Term = { type: "var", name: "internal", location };
  const call: Rule["body"][number] = {
    type: "callExpr",
    operator: {
      type: "ref",
      head: builtin,
      path: [{ type: "string", value: "test_case", location }],
      location,
    },
    args: [{ type: "array", items: keys, location }],
    with: [],
    negated: false,
    generated: false,
    location,
  };
  const vars = new Set(keys.flatMap((key) => [...varsOfTerm(key)]));
  let at = 0;
  const seen = new Set<string>();
  while (at < rule.body.length && !isSubset(vars, seen)) {
    const expr = rule.body[at];
    if (expr !== undefined && !expr.negated) varsOfExpr(expr, {}, seen);
    at += 1;
  }
  return { ...rule, body: [...rule.body.slice(0, at), call, ...rule.body.slice(at)] };
}
