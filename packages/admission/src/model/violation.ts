import type { JsonValue } from "@redoubt/kube";

/** What a violation leads to: a refusal, a warning to the client, or an entry in reports only. */
export type Action = "deny" | "warn" | "dryrun";

/** The policy that a result comes from, by its own kind and name. */
export interface PolicyReference {
  readonly kind: string;
  readonly name: string;
  /** What put the policy to work: a binding's name. */
  readonly binding?: string;
}

/** One thing that a policy holds against a request. */
export interface Violation {
  readonly policy: PolicyReference;
  readonly action: Action;
  readonly message: string;
  /** What the policy says besides the message. */
  readonly details?: JsonValue;
  /** The HTTP reason of a refusal: `Invalid` or `Forbidden`; policies of the API server's own kind have one. */
  readonly reason?: string;
  /** The policy could not be evaluated, and fails closed. */
  readonly isError: boolean;
  /** The API server's own failure over what a policy made: it is told without the policy's name. */
  readonly isFatal?: boolean;
}
