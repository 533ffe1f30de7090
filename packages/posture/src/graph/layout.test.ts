import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Graph } from "./graph.ts";
import { type Box, type Layout, layOut } from "./layout.ts";

function graphOf(...edges: readonly string[]): Graph {
  const pairs = edges.map((edge) => edge.split(" "));
  const nodes = [...new Set(pairs.flat())].map((id) => ({ id, label: id, kind: "role" }));
  return { title: "t", nodes, edges: pairs.map(([from = "", to = ""]) => ({ from, to, label: `${from}-${to}` })) };
}

const sizes = {
  node: () => ({ width: 100, height: 26 }),
  label: () => ({ width: 60, height: 16 }),
};

function boxOf({ boxes }: Layout, id: string): Box {
  const box = boxes.find(({ node }) => node.id === id);
  assert.ok(box);
  return box;
}

/** Boxes and the room of labels, as rectangles. */
function rectangles({ boxes, routes }: Layout): readonly Omit<Box, "node">[] {
  const labels = routes.map(({ label: [x, y] }) => ({ x, y: y - 16, width: 60, height: 16 }));
  return [...boxes, ...labels];
}

const GRAPHS: readonly (readonly [string, Graph])[] = [
  ["a chain", graphOf("a b", "b c", "c d")],
  ["a short way beside a long one", graphOf("a b", "b c", "c d", "a d")],
  ["ways that part and meet", graphOf("a b", "a c", "a d", "b e", "c e", "d e", "e f", "a f")],
  ["a ring", graphOf("a b", "b c", "c a")],
  ["two parts", graphOf("a b", "c d", "c e")],
  ["edges twice", graphOf("a b", "a b", "b a")],
];

suite("a layout", () => {
  for (const [name, graph] of GRAPHS) {
    test(`of ${name} lets nothing overlap, and nothing lie outside`, () => {
      const layout = layOut(graph, sizes);
      const all = rectangles(layout);
      for (const [at, one] of all.entries()) {
        assert.ok(one.x >= 0 && one.y >= 0);
        assert.ok(one.x + one.width <= layout.width && one.y + one.height <= layout.height);
        for (const other of all.slice(at + 1)) {
          const apart =
            one.x + one.width <= other.x ||
            other.x + other.width <= one.x ||
            one.y + one.height <= other.y ||
            other.y + other.height <= one.y;
          assert.ok(apart, `${JSON.stringify(one)} and ${JSON.stringify(other)}`);
        }
      }
    });
    test(`of ${name} has each edge end at its nodes`, () => {
      const layout = layOut(graph, sizes);
      for (const { edge, points } of layout.routes)
        for (const [id, point] of [
          [edge.from, points.at(0)],
          [edge.to, points.at(-1)],
        ] as const) {
          const { x, y, width, height } = boxOf(layout, id);
          assert.ok(point !== undefined && [x, x + width].includes(point[0]));
          assert.equal(point[1], y + height / 2);
        }
    });
  }
  test("leads from left to right, also where a shorter way is", () => {
    const layout = layOut(graphOf("a b", "b c", "c d", "a d"), sizes);
    const lefts = ["a", "b", "c", "d"].map((id) => boxOf(layout, id).x);
    assert.deepEqual(
      lefts,
      lefts.toSorted((left, right) => left - right),
    );
  });
  test("leaves out an edge to itself, and edges of nodes that are not there", () => {
    const graph = graphOf("a a", "a b");
    const layout = layOut({ ...graph, edges: [...graph.edges, { from: "a", to: "nobody", label: "" }] }, sizes);
    assert.equal(layout.routes.length, 1);
  });
  test("of nothing is empty", () => {
    assert.deepEqual(layOut({ title: "", nodes: [], edges: [] }, sizes).boxes, []);
  });
  test("is as deep as the graph is", () => {
    const deep = Array.from({ length: 5000 }, (_, at) => `n${at} n${at + 1}`);
    assert.equal(layOut(graphOf(...deep), sizes).boxes.length, 5001);
  });
});
