import { characterCount } from "@redoubt/rego";

// Tables with box-drawing lines, as OPA prints results.

export interface BoxTable {
  readonly header?: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Columns as wide as their widest cell; headers are centred, cells start on the left. */
export function boxTable({ header, rows }: BoxTable): string {
  const all = header === undefined ? rows : [header, ...rows];
  const columns = Math.max(...all.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...all.map((row) => characterCount(row[column] ?? ""))),
  );
  const rule = (left: string, middle: string, right: string): string =>
    `${left}${widths.map((width) => "─".repeat(width + 2)).join(middle)}${right}`;
  const line = (cells: readonly string[], pad: (text: string, width: number) => string): string =>
    `│${widths.map((width, column) => ` ${pad(cells[column] ?? "", width)} `).join("│")}│`;
  return [
    rule("┌", "┬", "┐"),
    ...(header === undefined ? [] : [line(header, centred), rule("├", "┼", "┤")]),
    ...rows.map((row) => line(row, leftAligned)),
    rule("└", "┴", "┘"),
    "",
  ].join("\n");
}

function leftAligned(text: string, width: number): string {
  return text + " ".repeat(width - characterCount(text));
}

function centred(text: string, width: number): string {
  const space = width - characterCount(text);
  const left = Math.floor(space / 2);
  return " ".repeat(left) + text + " ".repeat(space - left);
}
