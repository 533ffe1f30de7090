/** Writes docs/controls.md and docs/cis.md from the catalogue. `node tools/run.mjs generate` runs it; tests say when they are stale. */
import { writeFileSync } from "node:fs";
import { cisDocs, cisDocsFile } from "./cis-docs.ts";
import { controlDocs, controlDocsFile } from "./control-docs.ts";

writeFileSync(controlDocsFile, controlDocs());
writeFileSync(cisDocsFile, cisDocs());
