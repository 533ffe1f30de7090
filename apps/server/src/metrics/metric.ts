/**
 * Metrics in Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/). Of our own, because a webhook observes a
 * histogram for each policy of each request: a series is looked up once and then costs an addition.
 */

/** The values of a metric's labels, in the order of their names. */
type LabelValues = readonly string[];

/** What a registry writes of one metric. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  values(): MetricValues;
  samples(values: MetricValues): Iterable<string>;
}

/** Series by their labels as they are written. Of the same series in two processes, these numbers are added. */
export type MetricValues = ReadonlyMap<string, readonly number[]>;

export interface Series {
  add(value: number): void;
  set(value: number): void;
}

class SeriesMap<S> {
  readonly #labels: readonly string[];
  readonly #series = new Map<string, S>();
  /** The same by the values alone, which each request looks up. */
  readonly #known = new Map<string, S>();
  readonly #create: () => S;

  constructor(labels: readonly string[], create: () => S) {
    this.#labels = labels;
    this.#create = create;
  }

  at(values: LabelValues): S {
    const joined = values.join("\0");
    let known = this.#known.get(joined);
    if (known === undefined) {
      known = this.#make(values);
      this.#known.set(joined, known);
    }
    return known;
  }

  #make(values: LabelValues): S {
    const key = this.#labels.map((label, index) => `${label}="${escape(values[index] ?? "")}"`).join(",");
    const series = this.#create();
    this.#series.set(key, series);
    return series;
  }

  clear(): void {
    this.#series.clear();
    this.#known.clear();
  }

  entries(): Iterable<[string, S]> {
    return this.#series.entries();
  }
}

function escape(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}

function braced(labels: string): string {
  return labels === "" ? "" : `{${labels}}`;
}

class NumberSeries implements Series {
  value = 0;

  add(value: number): void {
    this.value += value;
  }

  set(value: number): void {
    this.value = value;
  }
}

/** A counter or a gauge. */
export class NumberMetric implements Metric {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge";
  readonly #series: SeriesMap<NumberSeries>;

  constructor(type: "counter" | "gauge", name: string, help: string, labels: readonly string[]) {
    this.type = type;
    this.name = name;
    this.help = help;
    this.#series = new SeriesMap(labels, () => new NumberSeries());
  }

  at(...values: LabelValues): Series {
    return this.#series.at(values);
  }

  /** Forgets all series. */
  clear(): void {
    this.#series.clear();
  }

  values(): MetricValues {
    return new Map(Array.from(this.#series.entries(), ([labels, { value }]) => [labels, [value]]));
  }

  *samples(values: MetricValues): Iterable<string> {
    for (const [labels, [value]] of values) yield `${this.name}${braced(labels)} ${value}`;
  }
}

/** Seconds, from a tenth of a millisecond to ten seconds. */
const SECONDS: readonly number[] = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 2.5, 10,
];

export class HistogramSeries {
  readonly counts: Float64Array = new Float64Array(SECONDS.length + 1);
  sum = 0;

  /** One observation, in seconds. */
  observe(seconds: number): void {
    let bucket = 0;
    while (bucket < SECONDS.length && seconds > (SECONDS[bucket] ?? 0)) bucket++;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.sum += seconds;
  }
}

/** How long something takes, in seconds. */
export class Histogram implements Metric {
  readonly name: string;
  readonly help: string;
  readonly type = "histogram";
  readonly #series: SeriesMap<HistogramSeries>;

  constructor(name: string, help: string, labels: readonly string[]) {
    this.name = name;
    this.help = help;
    this.#series = new SeriesMap(labels, () => new HistogramSeries());
  }

  at(...values: LabelValues): HistogramSeries {
    return this.#series.at(values);
  }

  /** Forgets all series. */
  clear(): void {
    this.#series.clear();
  }

  /** Of each series its counts, and then its sum. */
  values(): MetricValues {
    return new Map(Array.from(this.#series.entries(), ([labels, { counts, sum }]) => [labels, [...counts, sum]]));
  }

  *samples(values: MetricValues): Iterable<string> {
    for (const [labels, numbers] of values) {
      const others = labels === "" ? "" : `${labels},`;
      const sum = numbers.at(-1);
      let total = 0;
      for (const [index, count] of numbers.slice(0, -1).entries()) {
        total += count;
        yield `${this.name}_bucket{${others}le="${SECONDS[index] ?? "+Inf"}"} ${total}`;
      }
      yield `${this.name}_sum${braced(labels)} ${sum}`;
      yield `${this.name}_count${braced(labels)} ${total}`;
    }
  }
}

export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** By the metrics' names. */
export type MetricsSnapshot = ReadonlyMap<string, MetricValues>;

export function snapshotOf(metrics: Iterable<Metric>): MetricsSnapshot {
  return new Map(Array.from(metrics, (metric) => [metric.name, metric.values()]));
}

/** Writes metrics as they are here and in the other processes together. */
export function writeMetrics(metrics: Iterable<Metric>, others: readonly MetricsSnapshot[] = []): string {
  const lines: string[] = [];
  for (const metric of metrics) {
    const help = metric.help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
    const values = added([metric.values(), ...others.flatMap((other) => other.get(metric.name) ?? [])]);
    lines.push(`# HELP ${metric.name} ${help}`, `# TYPE ${metric.name} ${metric.type}`, ...metric.samples(values));
  }
  return `${lines.join("\n")}\n`;
}

function added(all: readonly MetricValues[]): MetricValues {
  const [first, ...others] = all;
  const sums = new Map(first);
  for (const values of others) {
    for (const [labels, numbers] of values) {
      const before = sums.get(labels);
      sums.set(labels, before === undefined ? numbers : before.map((number, index) => number + (numbers[index] ?? 0)));
    }
  }
  return sums;
}
