import { plain } from "../text/plain.ts";
import type { Graph, GraphFormat } from "./graph.ts";
import { graphSvg } from "./graph-svg.ts";
import { lookOf } from "./node-look.ts";

/** A graph in one of the formats that people draw with. Names in it may be hostile: each format escapes them. */
export function renderGraph(graph: Graph, format: GraphFormat): string {
  switch (format) {
    case "dot":
      return dot(graph);
    case "mermaid":
      return mermaid(graph);
    case "svg":
      return graphSvg(graph);
    case "json":
      return `${JSON.stringify(graph, undefined, 2)}\n`;
  }
}

/** Graphviz. */
function dot({ title, nodes, edges }: Graph): string {
  const quoted = (text: string): string =>
    `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
  const lines = [
    `digraph ${quoted(title)} {`,
    "  rankdir=LR;",
    '  node [shape=box, style="rounded,filled", fontname="sans-serif"];',
    '  edge [fontname="sans-serif", fontsize=10];',
    ...nodes.map(
      ({ id, label, kind }) => `  ${quoted(id)} [label=${quoted(label)}, fillcolor=${quoted(lookOf(kind).fill)}];`,
    ),
    ...edges.map(({ from, to, label }) => `  ${quoted(from)} -> ${quoted(to)} [label=${quoted(label)}];`),
    "}",
  ];
  return `${lines.join("\n")}\n`;
}

/** Mermaid: ids are numbers; texts are HTML to it, with entities of its own that start with `#`. */
function mermaid({ nodes, edges }: Graph): string {
  const numbers = new Map(nodes.map(({ id }, index) => [id, `n${index}`]));
  const quoted = (text: string): string => `"${text.split("\n").map(mermaidText).join("<br>")}"`;
  const kinds = [...new Set(nodes.map(({ kind }) => kind))];
  const lines = [
    "flowchart LR",
    ...nodes.map(({ id, label, kind }) => `  ${numbers.get(id) ?? ""}[${quoted(label)}]:::${className(kind)}`),
    ...edges.map(
      ({ from, to, label }) => `  ${numbers.get(from) ?? ""} -->|${quoted(label)}| ${numbers.get(to) ?? ""}`,
    ),
    ...kinds.map(
      (kind) => `  classDef ${className(kind)} fill:${lookOf(kind).fill},stroke:${lookOf(kind).stroke},color:#111`,
    ),
  ];
  return `${lines.join("\n")}\n`;
}

const MERMAID_ENTITIES: Readonly<Record<string, string>> = {
  "#": "#35;",
  "&": "#amp;",
  "<": "#lt;",
  ">": "#gt;",
  '"': "#quot;",
};

function mermaidText(text: string): string {
  return plain(text).replaceAll(/[#&<>"]/g, (character) => MERMAID_ENTITIES[character] ?? "");
}

function className(kind: string): string {
  return `k${kind.replaceAll(/[^A-Za-z]/g, "")}`;
}
