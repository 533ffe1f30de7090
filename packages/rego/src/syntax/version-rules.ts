import type { Rule } from "./ast.ts";
import type { RegoError } from "./error.ts";
import { KEYWORDS } from "./token.ts";

/** What v1 asks of a rule that v0 does not. */
export interface VersionRules {
  /** `if` before bodies, `contains` for partial sets, a value or a body. Formatting for v1 supplies the first two. */
  readonly requireKeywords: boolean;
}

/** Reports where a rule, or one of its `else`, is not as v1 wants it. */
export function checkV1Rule(first: Rule, { requireKeywords }: VersionRules = { requireKeywords: true }): RegoError[] {
  const errors: RegoError[] = [];
  for (let rule: Rule | undefined = first; rule !== undefined; rule = rule.else) {
    const { head, location } = rule;
    const report = (message: string): void => {
      errors.push({ code: "rego_parse_error", message, location });
    };
    const noun = head.args.length > 0 ? "function" : "rule";
    if (head.ref.path.length === 0 && KEYWORDS.v1.includes(head.name)) {
      report(`${head.name} keyword cannot be used for rule name`);
    }
    if (!requireKeywords) continue;
    if (rule.generatedBody && !rule.default && head.generatedValue)
      report(`${noun} must have value assignment and/or body declaration`);
    if (!rule.generatedBody && !rule.default && !head.usesIf) report(`\`if\` keyword is required before ${noun} body`);
    if (head.value === undefined && !head.usesContains) report("`contains` keyword is required for partial set rules");
  }
  return errors;
}
