import { escapeHtml } from "../reporters/html-escape.ts";
import type { Graph, GraphNode } from "./graph.ts";
import { lookOf } from "./node-look.ts";

const CHARACTER = 7.2;
const LINE = 16;
const PADDING = 10;
const COLUMN_GAP = 150;
const ROW_GAP = 18;
const EDGE_TEXT = 42;

interface Box {
  readonly node: GraphNode;
  readonly lines: readonly string[];
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A picture without any script or reference to elsewhere: columns by distance from where edges start. */
export function graphSvg(graph: Graph): string {
  const boxes = layOut(graph);
  const width = Math.max(200, ...[...boxes.values()].map((box) => box.x + box.width + PADDING));
  const height = Math.max(60, ...[...boxes.values()].map((box) => box.y + box.height + PADDING));
  const edges = graph.edges.flatMap(({ from, to, label }) => {
    const start = boxes.get(from);
    const end = boxes.get(to);
    return start === undefined || end === undefined ? [] : [edgeSvg(start, end, label)];
  });
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${round(width)}" height="${round(height)}" viewBox="0 0 ${round(width)} ${round(height)}" font-family="sans-serif" font-size="12" role="img">`,
    `<title>${escapeHtml(graph.title)}</title>`,
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#475569"/></marker></defs>',
    ...edges,
    ...[...boxes.values()].map(boxSvg),
    "</svg>",
  ];
  return `${parts.join("\n")}\n`;
}

function layOut({ nodes, edges }: Graph): ReadonlyMap<string, Box> {
  const columns = Map.groupBy(nodes, columnsOf(nodes, edges));
  const boxes = new Map<string, Box>();
  let x = PADDING;
  for (const [, members] of [...columns].sort(([left], [right]) => left - right)) {
    let y = PADDING;
    let widest = 0;
    for (const node of members) {
      const lines = node.label.split("\n");
      const width = Math.max(...lines.map((line) => line.length)) * CHARACTER + 2 * PADDING;
      const height = lines.length * LINE + PADDING;
      boxes.set(node.id, { node, lines, x, y, width, height });
      widest = Math.max(widest, width);
      y += height + ROW_GAP;
    }
    x += widest + COLUMN_GAP;
  }
  return boxes;
}

/** The column of each node: how many edges away it is from the nodes that none leads to, by the shortest way. */
function columnsOf(nodes: Graph["nodes"], edges: Graph["edges"]): (node: GraphNode) => number {
  const targets = new Set(edges.map(({ to }) => to));
  const next = Map.groupBy(edges, ({ from }) => from);
  const columns = new Map<string, number>();
  const starts = nodes.filter(({ id }) => !targets.has(id)).map(({ id }) => id);
  // Nodes of a ring that nothing leads into start one of their own.
  for (const start of [...starts, ...nodes.map(({ id }) => id)]) {
    if (columns.has(start)) continue;
    let wave = [start];
    for (let column = 0; wave.length > 0; column += 1) {
      const reached = wave.filter((id) => !columns.has(id) || (columns.get(id) ?? 0) > column);
      for (const id of reached) columns.set(id, column);
      wave = reached.flatMap((id) => (next.get(id) ?? []).map(({ to }) => to)).filter((id) => !columns.has(id));
    }
  }
  return ({ id }) => columns.get(id) ?? 0;
}

function boxSvg({ node, lines, x, y, width, height }: Box): string {
  const { fill, stroke } = lookOf(node.kind);
  const text = lines
    .map(
      (line, index) =>
        `<text x="${round(x + PADDING)}" y="${round(y + LINE * (index + 1))}" fill="#111">${escapeHtml(line)}</text>`,
    )
    .join("");
  return `<g><rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="6" fill="${fill}" stroke="${stroke}"/>${text}</g>`;
}

function edgeSvg(start: Box, end: Box, label: string): string {
  const [x1, y1] = [start.x + start.width, start.y + start.height / 2];
  const [x2, y2] = [end.x, end.y + end.height / 2];
  const bend = Math.max(40, Math.abs(x2 - x1) / 2);
  const shown = label.length > EDGE_TEXT ? `${label.slice(0, EDGE_TEXT - 1)}…` : label;
  return (
    `<g><title>${escapeHtml(label)}</title><path d="M${round(x1)} ${round(y1)}C${round(x1 + bend)} ${round(y1)} ${round(x2 - bend)} ${round(y2)} ${round(x2)} ${round(y2)}" fill="none" stroke="#475569" marker-end="url(#arrow)"/>` +
    `<text x="${round((x1 + x2) / 2)}" y="${round((y1 + y2) / 2 - 4)}" text-anchor="middle" font-size="10" fill="#334155">${escapeHtml(shown)}</text></g>`
  );
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
