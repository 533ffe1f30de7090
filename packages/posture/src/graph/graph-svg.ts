import { escapeHtml } from "../reporters/html-escape.ts";
import type { Graph, GraphEdge, GraphNode } from "./graph.ts";
import { type Box, type Route, type Size, layOut } from "./layout.ts";
import { lookOf } from "./node-look.ts";

const CHARACTER = 7.2;
const SMALL_CHARACTER = 5.6;
const LINE = 16;
const PADDING = 10;
const EDGE_TEXT = 60;

/** A picture without any script or reference to elsewhere: edges lead from left to right. */
export function graphSvg(graph: Graph): string {
  const { boxes, routes, width, height } = layOut(graph, { node: nodeSize, label: labelSize });
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${round(width)}" height="${round(height)}" viewBox="0 0 ${round(width)} ${round(height)}" font-family="sans-serif" font-size="12" role="img">`,
    `<title>${escapeHtml(graph.title)}</title>`,
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#475569"/></marker></defs>',
    ...routes.map(edgeSvg),
    ...boxes.map(boxSvg),
    "</svg>",
  ];
  return `${parts.join("\n")}\n`;
}

function nodeSize({ label }: GraphNode): Size {
  const lines = label.split("\n");
  return {
    width: Math.max(...lines.map((line) => line.length)) * CHARACTER + 2 * PADDING,
    height: lines.length * LINE + PADDING,
  };
}

function labelSize(edge: GraphEdge): Size {
  return { width: shownLabel(edge).length * SMALL_CHARACTER, height: LINE };
}

function shownLabel({ label }: GraphEdge): string {
  return label.length > EDGE_TEXT ? `${label.slice(0, EDGE_TEXT - 1)}…` : label;
}

function boxSvg({ node, x, y, width, height }: Box): string {
  const { fill, stroke } = lookOf(node.kind);
  const text = node.label
    .split("\n")
    .map(
      (line, index) =>
        `<text x="${round(x + PADDING)}" y="${round(y + LINE * (index + 1))}" fill="#111">${escapeHtml(line)}</text>`,
    )
    .join("");
  return `<g><rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="6" fill="${fill}" stroke="${stroke}"/>${text}</g>`;
}

/** A line through the points, level at each of them. */
function edgeSvg({ edge, points: [start, ...rest], label: [x, y] }: Route): string {
  let [lastX, lastY] = start ?? [0, 0];
  let line = `M${round(lastX)} ${round(lastY)}`;
  for (const [nextX, nextY] of rest) {
    const middle = (lastX + nextX) / 2;
    line +=
      lastY === nextY
        ? `H${round(nextX)}`
        : `C${round(middle)} ${round(lastY)} ${round(middle)} ${round(nextY)} ${round(nextX)} ${round(nextY)}`;
    [lastX, lastY] = [nextX, nextY];
  }
  return (
    `<g><title>${escapeHtml(edge.label)}</title><path d="${line}" fill="none" stroke="#475569" marker-end="url(#arrow)"/>` +
    `<text x="${round(x)}" y="${round(y - 4)}" font-size="10" fill="#334155">${escapeHtml(shownLabel(edge))}</text></g>`
  );
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
