import type { CoverageRange, CoverageReport, FileCoverage } from "@redoubt/rego";

/** A coverage report as OPA's JSON has it. */
export function coverageJson({ files, coveredLines, notCoveredLines, coverage }: CoverageReport): object {
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    files: Object.fromEntries(sorted.map(([file, report]) => [file, fileJson(report)])),
    covered_lines: coveredLines,
    not_covered_lines: notCoveredLines,
    coverage,
  };
}

function fileJson({ covered, notCovered, coveredLines, notCoveredLines, coverage }: FileCoverage): object {
  return {
    ...(covered.length === 0 ? {} : { covered: covered.map(rangeJson) }),
    ...(notCovered.length === 0 ? {} : { not_covered: notCovered.map(rangeJson) }),
    ...(coveredLines === 0 ? {} : { covered_lines: coveredLines }),
    ...(notCoveredLines === 0 ? {} : { not_covered_lines: notCoveredLines }),
    ...(coverage === 0 ? {} : { coverage }),
  };
}

function rangeJson({ start, end }: CoverageRange): object {
  return { start: { ...start }, end: { ...end } };
}

/** `FILE:3`, `FILE:5-7`: the lines that nothing used. */
export function uncoveredLines({ files }: CoverageReport): string[] {
  return [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([file, { notCovered }]) => spansOf(notCovered).map((span) => `${file}:${span}`));
}

/** The lines of some ranges: `3`, `5-7`. */
export function spansOf(ranges: readonly CoverageRange[]): readonly string[] {
  const rows = new Set<number>();
  for (const { start, end } of ranges) for (let row = start.row; row <= end.row; row += 1) rows.add(row);
  const spans: [number, number][] = [];
  for (const row of [...rows].sort((a, b) => a - b)) {
    const last = spans.at(-1);
    if (last !== undefined && last[1] === row - 1) last[1] = row;
    else spans.push([row, row]);
  }
  return spans.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`));
}
