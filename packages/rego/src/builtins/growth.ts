import type { BuiltinContext } from "./builtin.ts";
import { BuiltinError } from "./errors.ts";

/** JavaScript has no longer texts. */
const maxTextLength = 2 ** 29 - 24;

/** To be told before a text of a length is made; throws where the budget, or the language, does not allow it. */
export function chargeText(context: BuiltinContext, length: number): void {
  if (length > 1024) context.charge(length / 16);
  if (length > maxTextLength) throw new BuiltinError(`a text of ${length} characters is too long`);
}

/** Does what follows nested structure by calls; one that is nested too deep for them is the builtin's failure. */
export function withinStack<T>(action: () => T, message: string): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof RangeError && /call stack/i.test(error.message)) throw new BuiltinError(message);
    throw error;
  }
}
