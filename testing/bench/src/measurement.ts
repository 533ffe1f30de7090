/** One comparison, as `npm run bench -- NAME --json` lists them. `ratio` is ours / peer. */
export interface Comparison {
  readonly name: string;
  readonly ours: number;
  readonly peer: number;
  readonly unit: string;
  readonly ratio: number;
}

export interface Benchmark {
  readonly name: string;
  /** What is compared with what, for the page in testing/bench. */
  readonly about: string;
  /** `args` are those after its name. */
  run(args?: readonly string[]): Promise<readonly Comparison[]>;
}

export function compare(name: string, ours: number, peer: number, unit: string): Comparison {
  return { name, ours: round(ours), peer: round(peer), unit, ratio: round(ours / peer) };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
