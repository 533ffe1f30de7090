/** What a Provider's entry in `byPod` says more than others: when something changed (gatekeeper, pkg/controller/externaldata). */
import { type JsonObject, type JsonValue, listAt, stringAt } from "@redoubt/kube";

export interface ProviderStatusParts {
  /** Whether the provider can be asked. */
  readonly isActive: boolean;
  readonly messages: readonly string[];
  /** This pod's entry so far; of a provider that had the same name, none. */
  readonly earlier: JsonObject | undefined;
  readonly generation: number;
  readonly now: Date;
}

/** Times stay as they were while nothing changes, so that nothing is written again and again. */
export function providerStatus({ isActive, messages, earlier, generation, now }: ProviderStatusParts): JsonObject {
  const time = now.toISOString().replace(/\.\d+Z$/, "Z");
  const before = listAt(earlier, ["errors"]);
  const known = new Map(before.map((error) => [stringAt(error, ["message"]) ?? "", error]));
  const hasOtherErrors = messages.length !== before.length || messages.some((message) => !known.has(message));
  const errors = messages.map((message): JsonValue => ({
    type: "UpsertCache",
    message,
    retryable: true,
    errorTimestamp: stringAt(known.get(message), ["errorTimestamp"]) ?? time,
  }));
  const isTaken = earlier === undefined || hasOtherErrors || earlier["observedGeneration"] !== generation;
  const transition = hasOtherErrors ? time : stringAt(earlier, ["lastTransitionTime"]);
  const update = isTaken && isActive ? time : stringAt(earlier, ["lastCacheUpdateTime"]);
  return {
    ...(isActive ? { active: true } : {}),
    ...(errors.length === 0 ? {} : { errors }),
    ...(transition === undefined ? {} : { lastTransitionTime: transition }),
    ...(update === undefined ? {} : { lastCacheUpdateTime: update }),
  };
}
