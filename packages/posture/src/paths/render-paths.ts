import { renderGraph } from "../graph/graph-text.ts";
import type { PathCut } from "./cut.ts";
import type { PathReport } from "./find-paths.ts";
import { cutDocument, pathDocument, stoppedDocument } from "./path-document.ts";
import { pathGraph } from "./path-graph.ts";
import { pathHtml } from "./path-html.ts";
import { pathText } from "./path-text.ts";

export const PATH_FORMATS = ["table", "json", "dot", "mermaid", "svg", "html"] as const;
export type PathFormat = (typeof PATH_FORMATS)[number];

/** The report in one format. All but JSON show `limit` paths. */
export function renderPaths(report: PathReport, format: PathFormat, limit: number, cut?: PathCut): string {
  switch (format) {
    case "table":
      return pathText(report, limit, cut);
    case "html":
      return pathHtml(report, limit, cut);
    case "json": {
      const document = {
        starts: report.starts,
        paths: report.paths.map((path) => pathDocument(report.graph, path)),
        stopped: stoppedDocument(report),
        ...(cut === undefined ? {} : { cut: cutDocument(report.graph, cut) }),
      };
      return `${JSON.stringify(document, undefined, 2)}\n`;
    }
    case "dot":
    case "mermaid":
    case "svg":
      return renderGraph(pathGraph(report, limit), format);
  }
}
