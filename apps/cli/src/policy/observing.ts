import {
  Coverage,
  type Module,
  type ObservedEvent,
  type Observer,
  Profile,
  Trace,
  type TraceLine,
} from "@redoubt/rego";
import { UsageError } from "../arguments/usage-error.ts";
import type { ParsedArguments } from "../arguments/parse.ts";
import { coverage, evalFormat, explain, profile } from "../commands/policy-eval.ts";
import { coverageJson } from "./coverage-json.ts";
import { boxTable } from "./table.ts";
import { formatDuration } from "./test-report.ts";

/** How many lines a profile shows. */
const PROFILE_LINES = 10;

/** What `--coverage`, `--profile` and `--explain` ask of an evaluation. */
export class Observing {
  readonly #coverage: Coverage | undefined;
  readonly #profile: Profile | undefined;
  readonly #trace: Trace | undefined;
  readonly #mode: "notes" | "fails" | "full" | undefined;

  constructor(args: ParsedArguments) {
    const mode = args.get(explain) ?? "off";
    this.#mode = mode === "off" ? undefined : mode;
    if (this.#mode !== undefined && args.get(evalFormat) !== "pretty") {
      throw new UsageError("USAGE_FLAG_CONFLICT", "--explain tells its story in lines of text: give -f pretty, too");
    }
    this.#coverage = args.get(coverage) ? new Coverage() : undefined;
    this.#profile = args.get(profile) ? new Profile(() => process.hrtime.bigint()) : undefined;
    this.#trace = this.#mode === undefined ? undefined : new Trace();
  }

  /** Undefined where nothing is to be observed, which is quicker. */
  get observer(): Observer | undefined {
    const all: readonly (Observer | undefined)[] = [this.#coverage, this.#profile, this.#trace];
    const observers = all.filter((each) => each !== undefined);
    if (observers.length === 0) return undefined;
    return {
      observe: (event: ObservedEvent, node, locals) => {
        for (const each of observers) each.observe(event, node, locals);
      },
    };
  }

  /** Takes a note of `trace`. */
  note(text: string): void {
    this.#trace?.note(text);
  }

  /** Members for the JSON output, as OPA has them. */
  json(modules: readonly Module[]): object {
    return {
      ...(this.#profile === undefined ? {} : { profile: profileJson(this.#profile) }),
      ...(this.#coverage === undefined ? {} : { coverage: coverageJson(this.#coverage.report(modules)) }),
    };
  }

  /** What to print before the results. */
  textBefore(): string {
    if (this.#trace === undefined) return "";
    this.#trace.finish();
    return traceText(this.#trace.lines.filter(({ operation }) => this.#isShown(operation)));
  }

  /** What to print after the results. */
  textAfter(modules: readonly Module[]): string {
    const profileText = this.#profile === undefined ? "" : profileTable(this.#profile);
    if (this.#coverage === undefined) return profileText;
    const { coverage: percent } = this.#coverage.report(modules);
    return `${profileText}${boxTable({ rows: [["Overall Coverage", percent.toFixed(2)]] })}`;
  }

  #isShown(operation: TraceLine["operation"]): boolean {
    if (this.#mode === "full" || operation === "Enter") return true;
    return operation === (this.#mode === "notes" ? "Note" : "Fail");
  }
}

/** Lines with the place on the left, indented by depth. */
function traceText(lines: readonly TraceLine[]): string {
  const places = lines.map(({ location }) =>
    location === undefined ? "" : `${location.source.file || "query"}:${location.row}`,
  );
  const width = Math.max(0, ...places.map((place) => place.length));
  return lines
    .map(({ operation, depth, text }, index) => {
      const place = (places[index] ?? "").padEnd(width);
      return `${place}  ${"| ".repeat(depth)}${operation} ${text}\n`;
    })
    .join("");
}

function profileJson(measured: Profile): readonly object[] {
  return measured.report(PROFILE_LINES).map(({ location, nanoseconds, evaluations, redos, expressions }) => ({
    total_time_ns: Number(nanoseconds),
    num_eval: evaluations,
    num_redo: redos,
    num_gen_expr: expressions,
    location: { file: location.source.file, row: location.row, col: location.col },
  }));
}

function profileTable(measured: Profile): string {
  const rows = measured
    .report(PROFILE_LINES)
    .map(({ location, nanoseconds, evaluations, redos, expressions }) => [
      formatDuration(nanoseconds),
      String(evaluations),
      String(redos),
      String(expressions),
      `${location.source.file || "query"}:${location.row}`,
    ]);
  if (rows.length === 0) return "";
  return boxTable({ header: ["Time", "Num Eval", "Num Redo", "Num Gen Expr", "Location"], rows });
}
