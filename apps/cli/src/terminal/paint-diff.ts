import { createColors } from "picocolors";
import { plain } from "./plain.ts";

/** For a terminal only: what the text quotes could otherwise move its cursor. */
export function paintDiff(text: string): string {
  const { bold, cyan, green, red } = createColors(true);
  const paintLine = (line: string): string => {
    if (line.startsWith("---") || line.startsWith("+++")) return bold(line);
    if (line.startsWith("@@")) return cyan(line);
    if (line.startsWith("+")) return green(line);
    return line.startsWith("-") ? red(line) : line;
  };
  return text
    .split("\n")
    .map((line) => (line === "" ? line : paintLine(plain(line))))
    .join("\n");
}
