/** A query over a policy and its data, evaluated for each of some inputs: the same for every engine. */
export interface Workload {
  readonly name: string;
  readonly modules: readonly PolicyModule[];
  readonly data: JsonObject;
  /** A reference to a rule, whose value is the output. */
  readonly query: string;
  readonly inputs: readonly unknown[];
  /** The same policy as JavaScript: the output for the input with a number. */
  readonly handWritten?: (index: number) => unknown;
  /** Engines whose messages are in words of their own, so that only the number of items in their outputs is the same. */
  readonly ownWords?: readonly string[];
}

export interface PolicyModule {
  readonly name: string;
  readonly version: "v0" | "v1";
  readonly text: string;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** What is the same for two outputs that are equal as far as JSON goes: sets are arrays there, in any order. */
export function fingerprint(output: unknown): string {
  if (Array.isArray(output)) return `[${output.map(fingerprint).toSorted().join(",")}]`;
  if (typeof output !== "object" || output === null) return JSON.stringify(output) ?? "undefined";
  const entries = Object.entries(output).map(([key, value]) => `${JSON.stringify(key)}:${fingerprint(value)}`);
  return `{${entries.toSorted().join(",")}}`;
}
