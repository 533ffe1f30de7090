import type { BuiltinDeclaration } from "../builtins/declaration.ts";
import type { Value } from "../values/value.ts";
import { declarations, features, futureKeywords } from "../builtins/gen/capabilities.ts";

/** What a policy may use. */
export interface Capabilities {
  readonly builtins: readonly BuiltinDeclaration[];
  /** `rego_v1`, `template_strings` and the like. */
  readonly features: readonly string[];
  readonly futureKeywords: readonly string[];
  /** Hosts that schemas may be fetched from; undefined is any. */
  readonly allowNet?: readonly string[];
}

/** Everything that OPA 1.22.2 has. */
export const allCapabilities: Capabilities = { builtins: declarations, features, futureKeywords };

export interface CheckOptions {
  /** What the policy may use. Default: everything. */
  readonly capabilities?: Capabilities;
  /** Whether unused variables, unused imports and the like are errors. */
  readonly strict?: boolean;
  /** Whether `print` is kept; else its calls are taken out. */
  readonly enablePrint?: boolean;
  /** After how many errors to stop; 0 is never. Default: 10. */
  readonly errorLimit?: number;
  /** Builtins that are errors to call. */
  readonly unsafeBuiltins?: ReadonlySet<string>;
  /**
   * JSON schemas by the names that METADATA gives them, `schema.x`; `schema` alone is that of the input. Rules are checked
   * with them. Default: none, and what METADATA says of schemas does not count.
   */
  readonly schemas?: ReadonlyMap<string, Value>;
  /** Whether the data has something at a path, which no rule may define then. */
  readonly pathExists?: (path: readonly string[]) => boolean;
}
