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
import { MACROS } from "./syntax/macro.ts";
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

const FUNCTIONS: readonly (readonly FunctionDeclaration[])[] = [
  STANDARD_FUNCTIONS,
  URL_FUNCTIONS,
  REGEX_FUNCTIONS,
  KUBERNETES_LIST_FUNCTIONS,
  AUTHORIZER_FUNCTIONS,
  OPTIONAL_FUNCTIONS,
  QUANTITY_FUNCTIONS,
  STRING_FUNCTIONS,
  SET_FUNCTIONS,
  IP_FUNCTIONS,
  CIDR_FUNCTIONS,
  FORMAT_FUNCTIONS,
  COMPREHENSION_FUNCTIONS,
  SEMVER_FUNCTIONS,
  LIST_FUNCTIONS,
];

const TYPE_NAMES: ReadonlyMap<string, Type> = new Map([
  ...STANDARD_TYPES,
  ["net.IP", IP],
  ["net.CIDR", CIDR],
  ["optional_type", opaqueType("optional_type", paramType("V"))],
]);

const PLAIN_FUNCTIONS = mergeFunctions(FUNCTIONS);
const MUTATION_FUNCTIONS = mergeFunctions([...FUNCTIONS, JSON_PATCH_FUNCTIONS]);

/** Kubernetes' CEL environment of 1.34. */
export class Environment {
  readonly #declarations: Declarations;

  constructor({ variables, message, jsonPatch = false }: EnvironmentOptions) {
    this.#declarations = {
      functions: jsonPatch ? MUTATION_FUNCTIONS : PLAIN_FUNCTIONS,
      variables: new Map(Object.entries(variables)),
      typeNames: TYPE_NAMES,
      message: message ?? (() => undefined),
    };
  }

  /** Compiles an expression that must give one of `results`; any result will do where that is empty. Never throws for what the text holds. */
  compile(text: string, results: readonly Type[] = []): Compilation {
    const parsed = parse(text, MACROS);
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
