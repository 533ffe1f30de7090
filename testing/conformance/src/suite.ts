/** What became of one case of a suite. */
export type CaseResult =
  | { readonly name: string; readonly outcome: "passed" }
  /** `message` says what was expected and what came instead, or why the case could not be run. */
  | { readonly name: string; readonly outcome: "failed" | "skipped"; readonly message: string };

/** Cases of one kind, held against one of our engines. */
export interface Suite {
  readonly name: string;
  /**
   * Judges every case in a folder, in a stable order. A case of a shape the suite does not know is a failure; `skipped` is
   * for what needs something absent by design. Nothing is yielded for files that hold no cases.
   */
  run(directory: string): AsyncIterable<CaseResult>;
}

export function passed(name: string): CaseResult {
  return { name, outcome: "passed" };
}

export function failed(name: string, message: string): CaseResult {
  return { name, outcome: "failed", message };
}

export function skipped(name: string, message: string): CaseResult {
  return { name, outcome: "skipped", message };
}
