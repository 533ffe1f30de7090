/** `npm run fuzz -- [--programs N] [--seed N] [--first N] [--shrink N] [--wording]`: generated Rego programs through OPA and ours. */
import { parseArgs } from "node:util";
import { fuzz } from "./rego-fuzz/fuzz.ts";

const { values } = parseArgs({
  options: {
    programs: { type: "string", default: "20000" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 1_000_000)) },
    first: { type: "string", default: "0" },
    shrink: { type: "string", default: "20" },
    wording: { type: "boolean", default: false },
  },
});
const seed = Number(values.seed);
process.stdout.write(`seed ${seed}\n`);
const start = performance.now();
const found = await fuzz({
  seed,
  programs: Number(values.programs),
  first: Number(values.first),
  shrunk: Number(values.shrink),
  wording: values.wording,
  report: (line) => process.stdout.write(`${line}\n`),
});
if (found === undefined) {
  process.stderr.write("OPA cannot be had here: Go builds it\n");
  process.exitCode = 2;
} else {
  const seconds = Math.round((performance.now() - start) / 1000);
  process.stdout.write(
    `${JSON.stringify(found, null, 2)}\nseed ${seed}: ${found.different} differences, ${seconds} s\n`,
  );
  process.exitCode = found.different === 0 ? 0 : 1;
}
