/**
 * Places a directed graph in columns from left to right, as Sugiyama's method does: each node right of all that lead to it, rings
 * opened where they close; edges, by way of a point in each column that they pass, and their labels are given room of their own; the
 * order within columns follows the neighbours, and so does the height as far as nothing overlaps.
 */
import type { Graph, GraphEdge, GraphNode } from "./graph.ts";

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Box extends Size {
  readonly node: GraphNode;
  readonly x: number;
  readonly y: number;
}

/** An edge as it is drawn: through these points, from its start to its end, with its label above the line from `label` on. */
export interface Route {
  readonly edge: GraphEdge;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly label: readonly [x: number, y: number];
}

export interface Layout extends Size {
  readonly boxes: readonly Box[];
  readonly routes: readonly Route[];
}

export interface Sizes {
  readonly node: (node: GraphNode) => Size;
  readonly label: (edge: GraphEdge) => Size;
}

const MARGIN = 10;
const COLUMN_GAP = 24;
const ROW_GAP = 14;
const SWEEPS = 8;

/** What takes room in a column: a node, the label of an edge, or an edge that passes. */
interface Cell extends Size {
  readonly column: number;
  readonly before: Cell[];
  readonly after: Cell[];
  row: number;
  /** Of its middle. */
  y: number;
}

/** The same for the same graph. An edge to its own node is left out, and one of a node that is not there. */
export function layOut(graph: Graph, sizes: Sizes): Layout {
  const columnOf = columnsOf(graph);
  const cells = new Map<string, Cell>();
  const columns: Cell[][] = [];
  const add = (column: number, size: Size): Cell => {
    const members = (columns[column] ??= []);
    const cell: Cell = { ...size, column, before: [], after: [], row: members.length, y: 0 };
    members.push(cell);
    return cell;
  };
  for (const node of graph.nodes) cells.set(node.id, add(2 * columnOf(node.id), sizes.node(node)));
  const chains = graph.edges.flatMap((edge) => {
    const [from, to] = [cells.get(edge.from), cells.get(edge.to)];
    if (from === undefined || to === undefined || from === to) return [];
    const [first, last] = from.column < to.column ? [from, to] : [to, from];
    return [{ edge, turned: first !== from, cells: chainBetween(first, last, sizes.label(edge), add) }];
  });
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) sortRows(columns, sweep % 2 === 0);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) alignRows(columns, sweep % 2 === 0);
  const { lefts, widths, top, bottom } = extentOf(columns);
  const leftOf = ({ column }: Cell): number => lefts[column] ?? 0;
  return {
    width: leftAfter(lefts, widths) - COLUMN_GAP + MARGIN,
    height: bottom - top + 2 * MARGIN,
    boxes: graph.nodes.flatMap((node) => {
      const cell = cells.get(node.id);
      if (cell === undefined) return [];
      const { width, height, y } = cell;
      return [{ node, x: leftOf(cell), y: y - height / 2 - top + MARGIN, width, height }];
    }),
    routes: chains.map(({ edge, turned, cells: [first, label, ...rest] }) => {
      const middle = (cell: Cell): number => cell.y - top + MARGIN;
      const under = middle(label) + label.height / 2;
      const points = [first, label, ...rest].flatMap((cell, at, all): (readonly [number, number])[] => {
        if (at === 0) return [[leftOf(cell) + cell.width, middle(cell)]];
        if (at === all.length - 1) return [[leftOf(cell), middle(cell)]];
        const y = cell === label ? under : middle(cell);
        return [
          [leftOf(cell), y],
          [leftOf(cell) + (widths[cell.column] ?? 0), y],
        ];
      });
      return { edge, points: turned ? points.toReversed() : points, label: [leftOf(label), under] };
    }),
  };
}

/** Joins two cells by one for the label and one for each column after that. */
function chainBetween(
  first: Cell,
  last: Cell,
  label: Size,
  add: (column: number, size: Size) => Cell,
): readonly [first: Cell, label: Cell, ...rest: Cell[]] {
  const labelled = add(first.column + 1, label);
  const passing: Cell[] = [];
  for (let column = first.column + 2; column < last.column; column += 1)
    passing.push(add(column, { width: 0, height: 0 }));
  const chain: readonly [Cell, Cell, ...Cell[]] = [first, labelled, ...passing, last];
  for (const [at, cell] of chain.entries()) {
    const next = chain[at + 1];
    if (next === undefined) continue;
    cell.after.push(next);
    next.before.push(cell);
  }
  return chain;
}

/** The length of the longest way to a node over edges that close no ring. */
function columnsOf({ nodes, edges }: Graph): (id: string) => number {
  const next = Map.groupBy(edges, ({ from }) => from);
  const order: string[] = [];
  const state = new Map<string, "open" | "done">();
  const forward = new Map<string, string[]>();
  // Without recursion: a graph may be as deep as it has nodes.
  for (const { id: root } of nodes) {
    const stack: { readonly id: string; at: number }[] = state.has(root) ? [] : [{ id: root, at: 0 }];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      state.set(top.id, "open");
      const edge = next.get(top.id)?.[top.at];
      top.at += 1;
      if (edge === undefined) {
        state.set(top.id, "done");
        order.push(top.id);
        stack.pop();
      } else if (state.get(edge.to) !== "open") {
        const targets = forward.get(top.id);
        if (targets === undefined) forward.set(top.id, [edge.to]);
        else targets.push(edge.to);
        if (!state.has(edge.to)) stack.push({ id: edge.to, at: 0 });
      }
    }
  }
  const columns = new Map<string, number>();
  for (const id of order.toReversed()) {
    const column = columns.get(id) ?? 0;
    for (const to of forward.get(id) ?? []) columns.set(to, Math.max(columns.get(to) ?? 0, column + 1));
  }
  return (id) => columns.get(id) ?? 0;
}

/** Puts each column in the order of the mean row of its neighbours on one side. */
function sortRows(columns: readonly Cell[][], rightward: boolean): void {
  for (const members of rightward ? columns : columns.toReversed()) {
    const wanted = new Map(
      members.map((cell) => [cell, mean((rightward ? cell.before : cell.after).map(({ row }) => row)) ?? cell.row]),
    );
    members.sort((left, right) => (wanted.get(left) ?? 0) - (wanted.get(right) ?? 0) || left.row - right.row);
    for (const [row, cell] of members.entries()) cell.row = row;
  }
}

/** Moves each cell towards the mean height of its neighbours on one side, as near as the order and the gaps allow. */
function alignRows(columns: readonly (readonly Cell[])[], rightward: boolean): void {
  for (const members of rightward ? columns : columns.toReversed()) {
    const offsets: number[] = [];
    let filled = 0;
    for (const { height } of members) {
      offsets.push(filled + height / 2);
      filled += height + ROW_GAP;
    }
    const wanted = members.map(
      (cell, at) => (mean((rightward ? cell.before : cell.after).map(({ y }) => y)) ?? cell.y) - (offsets[at] ?? 0),
    );
    const fitted = nondecreasing(wanted);
    for (const [at, cell] of members.entries()) cell.y = (fitted[at] ?? 0) + (offsets[at] ?? 0);
  }
}

/** The nondecreasing numbers that are nearest to those given (least squares): neighbours that are out of order share their mean. */
function nondecreasing(values: readonly number[]): readonly number[] {
  const blocks: { readonly sum: number; readonly count: number }[] = [];
  for (const value of values) {
    let block = { sum: value, count: 1 };
    for (
      let last = blocks.at(-1);
      last !== undefined && last.sum / last.count > block.sum / block.count;
      last = blocks.at(-1)
    ) {
      block = { sum: last.sum + block.sum, count: last.count + block.count };
      blocks.pop();
    }
    blocks.push(block);
  }
  return blocks.flatMap(({ sum, count }) => Array.from({ length: count }, () => sum / count));
}

/** Where each column starts and how wide it is, and how far all of them reach up and down. */
function extentOf(columns: readonly (readonly Cell[])[]): {
  readonly lefts: readonly number[];
  readonly widths: readonly number[];
  readonly top: number;
  readonly bottom: number;
} {
  const lefts: number[] = [];
  const widths: number[] = [];
  let [top, bottom] = [Infinity, -Infinity];
  for (const members of columns) {
    let widest = 0;
    for (const { width, height, y } of members) {
      widest = Math.max(widest, width);
      top = Math.min(top, y - height / 2);
      bottom = Math.max(bottom, y + height / 2);
    }
    lefts.push(leftAfter(lefts, widths));
    widths.push(widest);
  }
  return columns.length === 0 ? { lefts, widths, top: 0, bottom: 0 } : { lefts, widths, top, bottom };
}

function leftAfter(lefts: readonly number[], widths: readonly number[]): number {
  const [left, width] = [lefts.at(-1), widths.at(-1)];
  return left === undefined || width === undefined ? MARGIN : left + width + COLUMN_GAP;
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}
