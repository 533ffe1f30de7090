/** Asks who can do what of a generated cluster, everybody and everything, then for its attack paths. A process of its own, run by rbac.ts. */
import { parseSnapshot } from "@redoubt/kube";
import { findPaths } from "@redoubt/posture";
import { accessIndex, accessMatrix, builtInGroups, matrixQuestions, resourcesOf } from "@redoubt/rbac";
import { generatedAccess } from "./generated-access.ts";

const factor = Number(process.argv[2] ?? 1);
const { snapshot } = parseSnapshot(generatedAccess(factor), "generated");
const begun = performance.now();
const index = accessIndex(snapshot);
const resources = builtInGroups.flatMap((group) => resourcesOf(group).map((resource) => [group, resource] as const));
const matrix = accessMatrix(index, matrixQuestions(index, resources));
const asked = performance.now();
const { graph, paths } = findPaths(snapshot);
const found = performance.now();
process.stdout.write(
  `${JSON.stringify({
    matrixSeconds: (asked - begun) / 1000,
    pathSeconds: (found - asked) / 1000,
    peakBytes: process.resourceUsage().maxRSS * 1024,
    subjects: index.subjects.length,
    allowed: matrix.size,
    edges: graph.edges.length,
    paths: paths.length,
  })}\n`,
);
