/** Lines of unchanged text around a change, as `diff -u` shows. */
const CONTEXT = 3;

/** Beyond this many differing lines the search for the shortest difference gives way to replacing the whole stretch. */
const MAX_DIFFERENCES = 1000;

export interface Change {
  /** Line indexes in the old and the new text; `end` exclusive. */
  readonly oldStart: number;
  readonly oldEnd: number;
  readonly newStart: number;
  readonly newEnd: number;
}

/**
 * The difference of two texts of a file in unified format, which `patch` and `git apply` take; empty when there is none.
 * Lines end at `\n`, so that a carriage return is part of its line.
 */
export function unifiedDiff(oldText: string, newText: string, file: string): string {
  if (oldText === newText) return "";
  const oldLines = linesOf(oldText);
  const newLines = linesOf(newText);
  const hunks = hunksOf(changesOf(oldLines, newLines), oldLines.length);
  const output = [`--- a/${file}\n`, `+++ b/${file}\n`];
  for (const hunk of hunks) output.push(...hunkLines(hunk, oldLines, newLines));
  return output.join("");
}

/** Lines with their line breaks; only the last may have none. */
export function linesOf(text: string): string[] {
  const lines = text.split("\n");
  const last = lines.pop() ?? "";
  const whole = lines.map((line) => `${line}\n`);
  return last === "" ? whole : [...whole, last];
}

/** The shortest script of changes from one list of lines, or of other pieces of text, to another, by Myers' greedy algorithm. */
export function changesOf(oldLines: readonly string[], newLines: readonly string[]): Change[] {
  let start = 0;
  while (start < oldLines.length && start < newLines.length && oldLines[start] === newLines[start]) start++;
  let oldEnd = oldLines.length;
  let newEnd = newLines.length;
  while (oldEnd > start && newEnd > start && oldLines[oldEnd - 1] === newLines[newEnd - 1]) {
    oldEnd--;
    newEnd--;
  }
  const path = shortestPath(oldLines.slice(start, oldEnd), newLines.slice(start, newEnd));
  if (path === undefined) return [{ oldStart: start, oldEnd, newStart: start, newEnd }];
  const changes: Change[] = [];
  for (const { x, y, insert } of path) {
    const oldAt = start + x;
    const newAt = start + y;
    const last = changes.at(-1);
    const step = insert ? { oldEnd: oldAt, newEnd: newAt + 1 } : { oldEnd: oldAt + 1, newEnd: newAt };
    if (last !== undefined && last.oldEnd === oldAt && last.newEnd === newAt) {
      changes[changes.length - 1] = { ...last, ...step };
    } else {
      changes.push({ oldStart: oldAt, newStart: newAt, ...step });
    }
  }
  return changes;
}

interface Move {
  readonly x: number;
  readonly y: number;
  readonly insert: boolean;
}

/** The insertions and deletions in order; undefined when there are too many. */
function shortestPath(oldLines: readonly string[], newLines: readonly string[]): Move[] | undefined {
  const furthest = new Map<number, number>([[1, 0]]);
  const trace: Map<number, number>[] = [];
  const limit = Math.min(oldLines.length + newLines.length, MAX_DIFFERENCES);
  for (let depth = 0; depth <= limit; depth++) {
    trace.push(new Map(furthest));
    for (let diagonal = -depth; diagonal <= depth; diagonal += 2) {
      let x = stepsDown(furthest, diagonal, depth) ? at(furthest, diagonal + 1) : at(furthest, diagonal - 1) + 1;
      while (x < oldLines.length && x - diagonal < newLines.length && oldLines[x] === newLines[x - diagonal]) x++;
      furthest.set(diagonal, x);
      if (x >= oldLines.length && x - diagonal >= newLines.length)
        return backtrack(trace, oldLines.length, newLines.length);
    }
  }
  return undefined;
}

/** Whether the furthest path on a diagonal comes by an insertion. */
function stepsDown(furthest: ReadonlyMap<number, number>, diagonal: number, depth: number): boolean {
  return diagonal === -depth || (diagonal !== depth && at(furthest, diagonal - 1) < at(furthest, diagonal + 1));
}

function at(furthest: ReadonlyMap<number, number>, diagonal: number): number {
  return furthest.get(diagonal) ?? -1;
}

function backtrack(trace: readonly ReadonlyMap<number, number>[], oldLength: number, newLength: number): Move[] {
  const moves: Move[] = [];
  let x = oldLength;
  let y = newLength;
  for (let depth = trace.length - 1; depth > 0; depth--) {
    const furthest = trace[depth];
    if (furthest === undefined) break;
    const diagonal = x - y;
    const insert = stepsDown(furthest, diagonal, depth);
    const previous = insert ? diagonal + 1 : diagonal - 1;
    x = at(furthest, previous);
    y = x - previous;
    moves.push({ x, y, insert });
  }
  return moves.toReversed();
}

/** Changes that share their context lines, together. */
function hunksOf(changes: readonly Change[], oldLength: number): Change[][] {
  const hunks: Change[][] = [];
  for (const change of changes) {
    const last = hunks.at(-1)?.at(-1);
    if (last !== undefined && Math.min(last.oldEnd + CONTEXT, oldLength) >= change.oldStart - CONTEXT)
      hunks.at(-1)?.push(change);
    else hunks.push([change]);
  }
  return hunks;
}

function hunkLines(hunk: readonly Change[], oldLines: readonly string[], newLines: readonly string[]): string[] {
  const [first] = hunk;
  const last = hunk.at(-1);
  if (first === undefined || last === undefined) return [];
  const before = Math.min(CONTEXT, first.oldStart);
  const after = Math.min(CONTEXT, oldLines.length - last.oldEnd);
  const oldRange = range(first.oldStart - before, last.oldEnd + after);
  const newRange = range(first.newStart - before, last.newEnd + after);
  const output = [`@@ -${oldRange} +${newRange} @@\n`];
  let position = first.oldStart - before;
  for (const change of hunk) {
    output.push(...marked(" ", oldLines.slice(position, change.oldStart)));
    output.push(...marked("-", oldLines.slice(change.oldStart, change.oldEnd)));
    output.push(...marked("+", newLines.slice(change.newStart, change.newEnd)));
    position = change.oldEnd;
  }
  output.push(...marked(" ", oldLines.slice(position, last.oldEnd + after)));
  return output;
}

function range(start: number, end: number): string {
  const length = end - start;
  // An empty range names the line before it.
  if (length === 0) return `${start},0`;
  return length === 1 ? `${start + 1}` : `${start + 1},${length}`;
}

function marked(mark: string, lines: readonly string[]): string[] {
  return lines.map((line) => (line.endsWith("\n") ? mark + line : `${mark}${line}\n\\ No newline at end of file\n`));
}
