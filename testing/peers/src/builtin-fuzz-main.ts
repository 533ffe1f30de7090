/** `npm run fuzz -- --builtins [--calls N] [--seed N] [--first N] [--only NAME,...] [--shown N]`: generated calls through OPA and ours. */
import { parseArgs } from "node:util";
import { fuzzBuiltins } from "./builtin-fuzz/builtin-fuzz.ts";

const { values } = parseArgs({
  options: {
    builtins: { type: "boolean" },
    calls: { type: "string", default: "40000" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 1_000_000)) },
    first: { type: "string", default: "0" },
    only: { type: "string" },
    shown: { type: "string", default: "3" },
  },
});
const seed = Number(values.seed);
process.stdout.write(`seed ${seed}\n`);
const start = performance.now();
const found = await fuzzBuiltins({
  seed,
  calls: Number(values.calls),
  first: Number(values.first),
  ...(values.only !== undefined && { only: values.only.split(",") }),
  shown: Number(values.shown),
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
