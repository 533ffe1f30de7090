/** Writes docs/controls.md from the catalogue. `node tools/run.mjs generate` runs it; a test says when it is stale. */
import { writeFileSync } from "node:fs";
import { controlDocs, controlDocsFile } from "./control-docs.ts";

writeFileSync(controlDocsFile, controlDocs());
