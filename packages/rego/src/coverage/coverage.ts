import type { ObservedEvent, Observer } from "../runtime/observer.ts";
import type { Expr, Module, Rule } from "../syntax/ast.ts";
import type { Location } from "../syntax/location.ts";
import { walkExprs } from "../syntax/walk.ts";
import { characterCount } from "../values/utf8.ts";

export interface Position {
  readonly row: number;
  readonly col: number;
}

/** A stretch of a file, from the first character of a rule's head or an expression to its last. */
export interface CoverageRange {
  readonly start: Position;
  readonly end: Position;
}

export interface FileCoverage {
  readonly covered: readonly CoverageRange[];
  readonly notCovered: readonly CoverageRange[];
  /** Lines that a range of that kind is on. */
  readonly coveredLines: number;
  readonly notCoveredLines: number;
  /** Percent of those lines. */
  readonly coverage: number;
}

export interface CoverageReport {
  readonly files: ReadonlyMap<string, FileCoverage>;
  readonly coveredLines: number;
  readonly notCoveredLines: number;
  readonly coverage: number;
}

/** Takes note of what evaluations use: rules that have a result, and expressions that are tried, as OPA counts them. */
export class Coverage implements Observer {
  readonly #covered = new Map<string, Map<string, CoverageRange>>();

  observe(event: ObservedEvent, node: Expr | Rule): void {
    if (node.type === "rule") {
      if (event === "exit") this.#add(node.head.location);
    } else if (event === "eval") {
      this.#add(node.location);
    }
  }

  #add(location: Location): void {
    const { file } = location.source;
    if (file === "") return;
    let ranges = this.#covered.get(file);
    if (ranges === undefined) this.#covered.set(file, (ranges = new Map()));
    const range = rangeOf(location);
    ranges.set(keyOf(range), range);
  }

  /** What was used of some modules, and what was not. */
  report(modules: readonly Module[]): CoverageReport {
    const files = new Map<string, FileCoverage>();
    for (const module of modules) {
      const { file } = module.location.source;
      const covered = [...(this.#covered.get(file)?.values() ?? [])].sort(compareRanges);
      const left = new Map<string, CoverageRange>();
      for (const location of relevantPlaces(module)) {
        const range = rangeOf(location);
        if (!covered.some((each) => contains(each, range))) left.set(keyOf(range), range);
      }
      const notCovered = [...left.values()].sort(compareRanges);
      files.set(file, { covered, notCovered, ...totals(linesOf(covered), linesOf(notCovered)) });
    }
    let [coveredLines, notCoveredLines] = [0, 0];
    for (const each of files.values()) {
      coveredLines += each.coveredLines;
      notCoveredLines += each.notCoveredLines;
    }
    return { files, ...totals(coveredLines, notCoveredLines) };
  }
}

function totals(
  coveredLines: number,
  notCoveredLines: number,
): Pick<FileCoverage, "coveredLines" | "notCoveredLines" | "coverage"> {
  const all = coveredLines + notCoveredLines;
  return { coveredLines, notCoveredLines, coverage: all === 0 ? 0 : (100 * coveredLines) / all };
}

/** Heads of rules and expressions; `some x` declares and is never evaluated. */
function relevantPlaces(module: Module): readonly Location[] {
  const places: Location[] = [];
  for (const rule of module.rules) {
    for (let each: Rule | undefined = rule; each !== undefined; each = each.else) places.push(each.head.location);
  }
  walkExprs(module, (expr) => {
    if (expr.type !== "some" && expr.type !== "someIn") places.push(expr.location);
    return true;
  });
  return places;
}

/** Rows and columns count from 1; the end is the last character, both in code points. */
function rangeOf({ source, row, col, offset, end }: Location): CoverageRange {
  const text = source.text.slice(offset, end);
  const lastLine = text.lastIndexOf("\n");
  const start = { row, col };
  if (lastLine === -1) return { start, end: { row, col: col + characterCount(text) } };
  const rows = text.split("\n").length - 1;
  return { start, end: { row: row + rows, col: characterCount(text.slice(lastLine + 1)) + 1 } };
}

function keyOf({ start, end }: CoverageRange): string {
  return `${start.row}:${start.col}-${end.row}:${end.col}`;
}

function comparePositions(a: Position, b: Position): number {
  return a.row - b.row || a.col - b.col;
}

function compareRanges(a: CoverageRange, b: CoverageRange): number {
  return comparePositions(a.start, b.start) || comparePositions(a.end, b.end);
}

function contains(outer: CoverageRange, inner: CoverageRange): boolean {
  return comparePositions(outer.start, inner.start) <= 0 && comparePositions(outer.end, inner.end) >= 0;
}

function linesOf(ranges: readonly CoverageRange[]): number {
  const rows = new Set<number>();
  for (const { start, end } of ranges) for (let row = start.row; row <= end.row; row += 1) rows.add(row);
  return rows.size;
}
