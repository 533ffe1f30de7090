/** The floor for any scanner: js-yaml alone over a folder of files. A process of its own, run by scan.ts. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "js-yaml";

const folder = process.argv[2] ?? ".";
let documents = 0;
for (const name of readdirSync(folder)) documents += loadAll(readFileSync(join(folder, name), "utf8")).length;
process.stdout.write(`${documents}\n`);
