/** What expressions are compiled against: Kubernetes' libraries, and the variables and message types that a host adds. */
import { check, type Checked } from "./check/checker.ts";
import { mergeFunctions, type Declarations, type FunctionDeclaration, type MessageType } from "./check/declarations.ts";
import { literalProblems } from "./check/literals.ts";
import { AUTHORIZER_FUNCTIONS } from "./library/authorizer.ts";
import { COMPREHENSION_FUNCTIONS } from "./library/comprehensions.ts";
import { FORMAT_FUNCTIONS } from "./library/format.ts";
import { JSON_PATCH_FUNCTIONS } from "./library/json-patch.ts";
import { KUBERNETES_LIST_FUNCTIONS, LIST_FUNCTIONS } from "./library/lists.ts";
import { CIDR, CIDR_FUNCTIONS, IP, IP_FUNCTIONS } from "./library/networks.ts";
import { OPTIONAL_FUNCTIONS } from "./library/optional.ts";
import { QUANTITY_FUNCTIONS } from "./library/quantity.ts";
import { REGEX_FUNCTIONS } from "./library/regex.ts";
import { SEMVER_FUNCTIONS } from "./library/semver.ts";
import { SET_FUNCTIONS } from "./library/sets.ts";
import { STANDARD_FUNCTIONS, STANDARD_TYPES } from "./library/standard.ts";
import { STRING_FUNCTIONS } from "./library/strings.ts";
import { URL_FUNCTIONS } from "./library/urls.ts";
import { plan, PlanError } from "./plan/planner.ts";
import { Program } from "./program.ts";
import { MACROS, type Macros } from "./syntax/macro.ts";
import { parse } from "./syntax/parser.ts";
import { formatIssues, type Issue } from "./syntax/source.ts";
import { isExactType, opaqueType, paramType, typeText, type Type } from "./types/type.ts";

export interface EnvironmentOptions {
  /** Variables by name; a name may hold dots. */
  readonly variables: Readonly<Record<string, Type>>;
  /** Message types by name, looked up when an expression names one. */
  readonly message?: (name: string) => MessageType | undefined;
  /** `jsonpatch.escapeKey`, which only mutations have. */
  readonly jsonPatch?: boolean;
  /**
   * The release of Kubernetes, as the 33 of 1.33, whose libraries expressions may use; of those before 1.28 there is no telling. An API
   * server takes in new expressions what the release before it knows too. Default: all that 1.34 knows.
   */
  readonly release?: number;
}

/** An expression that compiles, or why it does not, in the API server's words. */
export type Compilation =
  | { readonly kind: "program"; readonly program: Program; readonly type: Type }
  | {
      readonly kind: "error";
      readonly message: string;
      /** Where in the expression; empty for errors about it as a whole. */
      readonly issues: readonly Issue[];
    };

const SELECTORS: ReadonlySet<string> = new Set(["fieldSelector", "labelSelector"]);
const FORMATTING: ReadonlySet<string> = new Set(["format", "strings.quote"]);

/** Libraries by the release that has them first (k8s.io/apiserver, pkg/cel/environment/base.go). */
const LIBRARIES: readonly { readonly since: number; readonly functions: readonly FunctionDeclaration[] }[] = [
  { since: 0, functions: STANDARD_FUNCTIONS },
  { since: 0, functions: URL_FUNCTIONS },
  { since: 0, functions: REGEX_FUNCTIONS },
  { since: 0, functions: KUBERNETES_LIST_FUNCTIONS },
  { since: 27, functions: AUTHORIZER_FUNCTIONS.filter(({ name }) => !SELECTORS.has(name)) },
  { since: 31, functions: AUTHORIZER_FUNCTIONS.filter(({ name }) => SELECTORS.has(name)) },
  { since: 28, functions: OPTIONAL_FUNCTIONS },
  { since: 28, functions: QUANTITY_FUNCTIONS },
  { since: 0, functions: STRING_FUNCTIONS.filter(({ name }) => !FORMATTING.has(name)) },
  { since: 29, functions: STRING_FUNCTIONS.filter(({ name }) => FORMATTING.has(name)) },
  { since: 29, functions: SET_FUNCTIONS },
  { since: 30, functions: IP_FUNCTIONS },
  { since: 30, functions: CIDR_FUNCTIONS },
  { since: 31, functions: FORMAT_FUNCTIONS },
  { since: 32, functions: COMPREHENSION_FUNCTIONS },
  { since: 33, functions: SEMVER_FUNCTIONS },
  { since: 34, functions: LIST_FUNCTIONS },
];

const MACROS_SINCE: readonly { readonly since: number; readonly names: RegExp }[] = [
  { since: 32, names: /^(?:(?:all|exists|exists_one|existsOne)\/3|transform\w+\/\d)\/member$/ },
  { since: 34, names: /^sortBy\// },
];

const LATEST = 34;

function functionsOf(release: number): readonly (readonly FunctionDeclaration[])[] {
  return LIBRARIES.filter(({ since }) => since <= release).map(({ functions }) => functions);
}

function macrosOf(release: number): Macros {
  const later = MACROS_SINCE.filter(({ since }) => since > release);
  return new Map([...MACROS].filter(([key]) => !later.some(({ names }) => names.test(key))));
}

interface Release {
  readonly plain: ReadonlyMap<string, FunctionDeclaration>;
  readonly mutation: ReadonlyMap<string, FunctionDeclaration>;
  readonly macros: Macros;
}

const releases = new Map<number, Release>();

function releaseOf(number: number): Release {
  const known = releases.get(number);
  if (known !== undefined) return known;
  const functions = functionsOf(number);
  const release: Release = {
    plain: mergeFunctions(functions),
    mutation: mergeFunctions([...functions, JSON_PATCH_FUNCTIONS]),
    macros: macrosOf(number),
  };
  releases.set(number, release);
  return release;
}

const TYPE_NAMES: ReadonlyMap<string, Type> = new Map([
  ...STANDARD_TYPES,
  ["net.IP", IP],
  ["net.CIDR", CIDR],
  ["optional_type", opaqueType("optional_type", paramType("V"))],
]);

/** Kubernetes' CEL environment of 1.34. */
export class Environment {
  readonly #declarations: Declarations;
  readonly #macros: Macros;

  constructor({ variables, message, jsonPatch = false, release = LATEST }: EnvironmentOptions) {
    const { plain, mutation, macros } = releaseOf(Math.min(Math.max(release, 28), LATEST));
    this.#macros = macros;
    this.#declarations = {
      functions: jsonPatch ? mutation : plain,
      variables: new Map(Object.entries(variables)),
      typeNames: TYPE_NAMES,
      message: message ?? (() => undefined),
    };
  }

  /** Compiles an expression that must give one of `results`; any result will do where that is empty. Never throws for what the text holds. */
  compile(text: string, results: readonly Type[] = []): Compilation {
    const parsed = parse(text, this.#macros);
    const fail = (issues: readonly Issue[]): Compilation => ({
      kind: "error",
      message: `compilation failed: ${formatIssues(parsed.source, issues)}`,
      issues,
    });
    if (parsed.issues.length > 0) return fail(parsed.issues);
    const { checked, issues } = check(parsed, this.#declarations);
    if (issues.length > 0) return fail(issues);
    const problems = literalProblems(checked).map(({ at, message }) => ({
      message,
      ...parsed.source.position(parsed.offsets.get(at) ?? 0),
    }));
    if (problems.length > 0) return fail(problems);
    const { type } = checked;
    if (results.length > 0 && !results.some((result) => isExactType(type, result))) {
      return { kind: "error", message: wrongResult(results, type), issues: [] };
    }
    return this.#program(text, checked);
  }

  #program(text: string, checked: Checked): Compilation {
    try {
      return { kind: "program", program: new Program(text, plan(checked, this.#declarations)), type: checked.type };
    } catch (error) {
      if (!(error instanceof PlanError)) throw error;
      return { kind: "error", message: `program instantiation failed: ${error.message}`, issues: [] };
    }
  }
}

function wrongResult(results: readonly Type[], type: Type): string {
  const [only] = results;
  if (results.length === 1 && only !== undefined) return `must evaluate to ${typeText(only)} but got ${typeText(type)}`;
  return `must evaluate to one of [${results.map(typeText).join(" ")}] but got ${typeText(type)}`;
}
