export interface Row {
  readonly cells: readonly string[];
  /** Colours the first cell. */
  readonly paint?: (text: string) => string;
  /** A line of its own under the row. */
  readonly below?: string | undefined;
}

/** Columns as wide as their widest cell, two spaces apart; the last one is not padded. */
export function formatTable(
  header: readonly string[],
  rows: readonly Row[],
  paintHeader: (text: string) => string,
): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map(({ cells }) => cells[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string[] =>
    cells.map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd((widths[column] ?? 0) + 2)));
  const lines = [paintHeader(line(header).join(""))];
  for (const { cells, paint, below } of rows) {
    const [first = "", ...rest] = line(cells);
    lines.push(`${paint === undefined ? first : paint(first)}${rest.join("")}`);
    if (below !== undefined) lines.push(`  ${below}`);
  }
  return `${lines.join("\n")}\n`;
}
