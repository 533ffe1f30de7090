/** A set of validations as the API server evaluates them: match conditions first, then each validation with its message. */
import { BOOL, NULL, STRING } from "@redoubt/cel";
import type { Expression, ExpressionCompiler, ExpressionScope, NamedExpression } from "./expressions.ts";
import {
  type Bindings,
  BudgetSpent,
  MATCH_CONDITIONS_BUDGET,
  type Outcome,
  Pass,
  POLICY_BUDGET,
} from "./evaluation.ts";

export type FailurePolicy = "Fail" | "Ignore";

export interface ValidationSource {
  readonly expression: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: string;
}

export interface ValidatorSource {
  readonly variables: readonly { readonly name: string; readonly expression: string }[];
  readonly matchConditions: readonly { readonly name: string; readonly expression: string }[];
  readonly validations: readonly ValidationSource[];
  readonly auditAnnotations: readonly { readonly key: string; readonly valueExpression: string }[];
  readonly failurePolicy: FailurePolicy;
  readonly hasParams: boolean;
}

interface Validation {
  readonly source: ValidationSource;
  readonly expression: Expression;
  readonly messageExpression: Expression | undefined;
}

/** What one validation came to. */
export interface ValidationResult {
  /** Of the validation in its policy; -1 for what concerns the policy as a whole. */
  readonly index: number;
  readonly kind: "deny" | "error";
  readonly message: string;
  readonly reason: string | undefined;
}

export interface ValidatorResult {
  /** Whether the match conditions held. */
  readonly matched: boolean;
  /** Refusals; with `failurePolicy: Ignore` errors are left out. */
  readonly failures: readonly ValidationResult[];
  readonly auditAnnotations: Readonly<Record<string, string>>;
  /** Why audit annotations could not be made, which refuses a request whatever violations lead to. */
  readonly annotationFailures: readonly string[];
}

const NOTHING = { failures: [], auditAnnotations: {}, annotationFailures: [] } as const;

/** The API server's limit for what a messageExpression gives, in bytes. */
const MAX_MESSAGE = 5 * 1024;
const MAX_ANNOTATION = 10 * 1024;

/** What one expression may cost in the API server. */
const EXPRESSION_BUDGET = 1_000_000;

export class Validator {
  readonly #variables: readonly NamedExpression[];
  readonly #conditions: readonly Expression[];
  readonly #validations: readonly Validation[];
  readonly #annotations: readonly { readonly key: string; readonly expression: Expression }[];
  readonly #failClosed: boolean;

  constructor(source: ValidatorSource, compiler: ExpressionCompiler, hasAuthorizer: boolean) {
    const scope: ExpressionScope = { hasParams: source.hasParams, hasAuthorizer };
    // The API server takes no variables of a policy in its match conditions; those of a template are there already.
    const early = { ...scope, hasVariables: compiler.variables.length > 0 };
    this.#conditions = source.matchConditions.map(({ expression }) => compiler.compile(expression, [BOOL], early));
    for (const { name, expression } of source.variables) compiler.addVariable(name, expression, scope);
    this.#variables = compiler.variables;
    this.#validations = source.validations.map((validation) => ({
      source: validation,
      expression: compiler.compile(validation.expression, [BOOL], scope),
      messageExpression:
        validation.messageExpression === undefined || validation.messageExpression === ""
          ? undefined
          : compiler.compile(validation.messageExpression, [STRING], { ...scope, hasAuthorizer: false }),
    }));
    this.#annotations = source.auditAnnotations.map(({ key, valueExpression }) => ({
      key,
      expression: compiler.compile(valueExpression, [STRING, NULL], scope),
    }));
    this.#failClosed = source.failurePolicy === "Fail";
  }

  /** All expressions, for those who want to know what does not compile. */
  get expressions(): readonly Expression[] {
    return [
      ...this.#variables,
      ...this.#conditions,
      ...this.#validations.flatMap(({ expression, messageExpression }) =>
        messageExpression === undefined ? [expression] : [expression, messageExpression],
      ),
      ...this.#annotations.map(({ expression }) => expression),
    ];
  }

  validate(bindings: Bindings, budget: number = POLICY_BUDGET): ValidatorResult {
    const matching = this.#match(bindings);
    if (typeof matching === "string") return { ...NOTHING, matched: true, failures: this.#errors(0, matching) };
    if (!matching) return { ...NOTHING, matched: false };
    try {
      const pass = new Pass(bindings, this.#variables, budget);
      const outcomes = this.#validations.map(({ expression }) => pass.evaluate(expression));
      const messages = this.#messages(bindings, pass.budget, outcomes);
      const failures = outcomes.flatMap((outcome, index) => this.#failure(index, outcome, messages));
      const annotations = this.#annotate(bindings, budget);
      return {
        matched: true,
        failures,
        auditAnnotations: annotations.values,
        annotationFailures: this.#failClosed ? annotations.failures : [],
      };
    } catch (error) {
      if (!(error instanceof BudgetSpent)) throw error;
      return { ...NOTHING, matched: true, failures: this.#errors(0, error.message) };
    }
  }

  /** Whether all conditions hold; a message where that could not be told and counts as a refusal. */
  #match(bindings: Bindings): boolean | string {
    if (this.#conditions.length === 0) return true;
    return matchConditions(
      new Pass({ ...bindings, namespace: undefined }, this.#variables, MATCH_CONDITIONS_BUDGET),
      this.#conditions,
      this.#failClosed,
    );
  }

  #errors(index: number, message: string): readonly ValidationResult[] {
    return this.#failClosed ? [{ index, kind: "error", message, reason: undefined }] : [];
  }

  #failure(index: number, outcome: Outcome, messages: readonly string[] | BudgetSpent): readonly ValidationResult[] {
    if (outcome.kind === "error") return this.#errors(index, outcome.message);
    if (messages instanceof BudgetSpent) return this.#errors(index, `failed messageExpression: ${messages.message}`);
    const validation = this.#validations[index];
    if (outcome.value === true || validation === undefined) return [];
    const { message = "", expression, reason = "Invalid" } = validation.source;
    const texts = [messages[index] ?? "", message.trim(), `failed expression: ${expression.trim()}`];
    return [{ index, kind: "deny", message: texts.find((text) => text !== "") ?? "", reason }];
  }

  /** What message expressions give, by the validation's index; the empty text where one gives nothing of use. */
  #messages(bindings: Bindings, budget: number, outcomes: readonly Outcome[]): readonly string[] | BudgetSpent {
    // Where nothing is refused nobody sees them: they are evaluated only if together they could spend what is left.
    const isNeeded = outcomes.some((outcome) => outcome.kind === "value" && outcome.value !== true);
    const count = this.#validations.filter(({ messageExpression }) => messageExpression !== undefined).length;
    if (count === 0 || (!isNeeded && (count + this.#variables.length) * EXPRESSION_BUDGET <= budget)) return [];
    const pass = new Pass({ ...bindings, authorize: undefined }, this.#variables, budget);
    try {
      return this.#validations.map(({ messageExpression }) => {
        const outcome = messageExpression === undefined ? undefined : pass.evaluate(messageExpression);
        const text = outcome?.kind === "value" && typeof outcome.value === "string" ? outcome.value.trim() : "";
        return text.includes("\n") || Buffer.byteLength(text) > MAX_MESSAGE ? "" : text;
      });
    } catch (error) {
      if (!(error instanceof BudgetSpent)) throw error;
      return error;
    }
  }

  #annotate(
    bindings: Bindings,
    budget: number,
  ): { readonly failures: readonly string[]; readonly values: Readonly<Record<string, string>> } {
    if (this.#annotations.length === 0) return { failures: [], values: {} };
    const pass = new Pass({ ...bindings, authorize: undefined }, this.#variables, budget);
    const failures: string[] = [];
    const values: [string, string][] = [];
    for (const { key, expression } of this.#annotations) {
      const outcome = pass.evaluate(expression);
      if (outcome.kind === "error") failures.push(outcome.message);
      else if (typeof outcome.value === "string" && outcome.value.trim() !== "") {
        values.push([key, cutToBytes(outcome.value.trim(), MAX_ANNOTATION)]);
      }
    }
    return { failures, values: Object.fromEntries(values) };
  }
}

/** The beginning of a text, of so many bytes at most. */
function cutToBytes(text: string, bytes: number): string {
  return Buffer.byteLength(text) <= bytes ? text : Buffer.from(text).subarray(0, bytes).toString();
}

/** Whether all conditions hold: one that is false decides, whatever errors others have. A message where an error fails closed. */
export function matchConditions(pass: Pass, conditions: readonly Expression[], failClosed: boolean): boolean | string {
  const errors: string[] = [];
  try {
    for (const outcome of conditions.map((condition) => pass.evaluate(condition))) {
      if (outcome.kind === "error") errors.push(outcome.message);
      else if (outcome.value === false) return false;
    }
  } catch (error) {
    if (!(error instanceof BudgetSpent)) throw error;
    return failClosed ? error.message : false;
  }
  const [first] = errors;
  if (first === undefined) return true;
  if (!failClosed) return false;
  return errors.length === 1 ? first : `[${errors.join(", ")}]`;
}
