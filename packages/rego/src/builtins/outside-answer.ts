import type { Value } from "../values/value.ts";
import type { BuiltinContext } from "./builtin.ts";
import { BuiltinError, HaltError, PendingAnswer } from "./errors.ts";

/**
 * What the host answers to a question, asked once in an evaluation. Throws a `PendingAnswer` where that takes time, and a
 * `BuiltinError` where the host fails.
 */
export function outsideAnswer(context: BuiltinContext, question: string, ask: () => Value | Promise<Value>): Value {
  const known = context.memo.get(question);
  if (known !== undefined) return known;
  const failureKey = `${question} failed`;
  const failure = context.memo.get(failureKey);
  if (typeof failure === "string") throw new BuiltinError(failure);
  const answer = attempt(ask);
  if (!(answer instanceof Promise)) {
    context.memo.set(question, answer);
    return answer;
  }
  throw new PendingAnswer(
    answer.then(
      (value) => {
        context.memo.set(question, value);
      },
      (error: unknown) => {
        context.memo.set(failureKey, messageOf(error));
      },
    ),
  );
}

function attempt(ask: () => Value | Promise<Value>): Value | Promise<Value> {
  try {
    return ask();
  } catch (error) {
    if (error instanceof HaltError || error instanceof BuiltinError) throw error;
    throw new BuiltinError(messageOf(error));
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
