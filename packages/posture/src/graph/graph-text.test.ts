import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type Graph, GRAPH_FORMATS } from "./graph.ts";
import { renderGraph } from "./graph-text.ts";

const HOSTILE = `"]; evil --> x |<script>alert(1)</script>\\`;
const graph: Graph = {
  title: HOSTILE,
  nodes: [
    { id: "a", label: `User\n${HOSTILE}`, kind: "user" },
    { id: "b", label: "b", kind: HOSTILE },
    { id: "c", label: "c", kind: "goal" },
  ],
  edges: [
    { from: "a", to: "b", label: HOSTILE },
    { from: "b", to: "c", label: "then" },
    { from: "c", to: "b", label: "and back" },
  ],
};

suite("graphs", () => {
  test("are the same text every time", () => {
    for (const format of GRAPH_FORMATS) assert.equal(renderGraph(graph, format), renderGraph(graph, format));
  });
  test("do not let a name out of its quotes in DOT", () => {
    for (const line of renderGraph(graph, "dot").split("\n")) {
      const outside = line.replaceAll(/"(?:[^"\\]|\\.)*"/g, "");
      assert.doesNotMatch(outside, /evil|script/);
    }
  });
  test("escape markup in Mermaid and SVG", () => {
    assert.doesNotMatch(renderGraph(graph, "mermaid"), /<script|"\]; evil/);
    assert.doesNotMatch(renderGraph(graph, "svg"), /<script/);
  });
  test("are drawn where everything is one ring", () => {
    const ring = { ...graph, nodes: graph.nodes.slice(1), edges: graph.edges.slice(1) };
    assert.match(renderGraph(ring, "svg"), /and back/);
  });
});
