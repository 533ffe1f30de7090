/** Writes docs/attack-steps.md. `node tools/run.mjs generate` runs it. */
import { writeFileSync } from "node:fs";
import { stepsPage, stepsPageFile } from "./attack-steps/steps-page.ts";

writeFileSync(stepsPageFile, stepsPage());
