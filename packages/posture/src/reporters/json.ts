import { reportDocument } from "./report-document.ts";
import { type Reporter, inChunks } from "./reporter.ts";
import { writeJson, writeYamlDocument } from "./structured.ts";

/** The report as data: docs/schema/report-v1.schema.json. */
export const json: Reporter = (report) => inChunks(writeJson(reportDocument(report)));

/** The same document as `json`, as YAML. */
export const yaml: Reporter = (report) => inChunks(writeYamlDocument(reportDocument(report)));
