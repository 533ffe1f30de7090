import type { RefTerm } from "../syntax/ast.ts";

/** How many operands a function takes; undefined for what is no function. */
export type Arity = (operator: RefTerm) => number | undefined;
