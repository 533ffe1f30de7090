import type { RegoSource } from "@redoubt/admission";
import type { JsonObject } from "@redoubt/kube";

/** Something that a source could not read, or that is not in force. */
export interface SourceProblem {
  /** What is to blame as its author names it: a file, or `ConfigMap policies/team`. */
  readonly place: string;
  readonly message: string;
}

/** Everything that a source holds at one time. */
export interface PolicyContents {
  /** Policies, templates, constraints and what configures them; other objects are left aside. */
  readonly objects: readonly JsonObject[];
  /** Modules of Rego that decide of themselves. */
  readonly rego: readonly RegoSource[];
  /** Documents beside these modules. */
  readonly data?: JsonObject;
  readonly problems: readonly SourceProblem[];
}

/** One place that policies come from: files, ConfigMaps, Gatekeeper's kinds of a cluster. */
export interface PolicySource {
  /** As logs and problems name it. */
  readonly name: string;
  /**
   * Hands over everything the source holds, and again whenever that changes, until `signal` is aborted. Resolves once the first
   * contents are handed over; rejects where that cannot be. What goes wrong later is in the `problems` of the next contents, and what
   * can no longer be read stays as it was last read.
   */
  start(signal: AbortSignal, changed: (contents: PolicyContents) => void): Promise<void>;
}
