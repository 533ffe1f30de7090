/** What measuring something many times gave. */
export interface Measurement {
  readonly iterations: number;
  readonly nanoseconds: bigint;
  /** Nanoseconds of single runs, in ascending order; of very many runs a sample. */
  readonly samples: readonly number[];
}

/** More say nothing more about the spread. */
const MAX_SAMPLES = 100_000;

/** Runs something as often as it takes to fill some milliseconds, after it has had a tenth of them to warm up. */
export function measure(run: () => void, milliseconds: number): Measurement {
  const enough = BigInt(Math.round(milliseconds * 1e6));
  repeat(run, enough / 10n);
  return repeat(run, enough);
}

function repeat(run: () => void, enough: bigint): Measurement {
  const samples: number[] = [];
  const start = process.hrtime.bigint();
  let last = start;
  let iterations = 0;
  while (iterations === 0 || last - start < enough) {
    run();
    const now = process.hrtime.bigint();
    if (samples.length < MAX_SAMPLES) samples.push(Number(now - last));
    iterations += 1;
    last = now;
  }
  return { iterations, nanoseconds: last - start, samples: samples.sort((a, b) => a - b) };
}

/** The value below which a share of the samples lies. */
export function percentile({ samples }: Measurement, share: number): number {
  return samples[Math.min(samples.length - 1, Math.floor(samples.length * share))] ?? 0;
}

export function perOperation({ nanoseconds, iterations }: Measurement): number {
  return Number(nanoseconds) / iterations;
}

/** As Go's benchmarks print a number: whole from a hundred up, below that with three digits that count. */
export function formatFigure(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || size >= 99.95) return value.toFixed(0);
  return value.toFixed(size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 3);
}
