/** Bundles the command line: `node apps/cli/build.mjs`. Each command is a chunk of its own, loaded when it runs. */
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const folder = dirname(fileURLToPath(import.meta.url));
const outdir = join(folder, "dist");

await rm(join(outdir, "chunks"), { recursive: true, force: true });
await build({
  entryPoints: {
    redoubt: join(folder, "src/main.ts"),
    "webhook-worker": join(folder, "../server/src/workers/webhook-worker.ts"),
  },
  outdir,
  bundle: true,
  splitting: true,
  chunkNames: "chunks/[name]-[hash]",
  platform: "node",
  format: "esm",
  target: "node20.19",
  conditions: ["@redoubt/source"],
  sourcemap: process.argv.includes("--sourcemap"),
  legalComments: "linked",
  // CommonJS packages in the bundle call require() for Node's own modules.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module";\nconst require = __createRequire(import.meta.url);',
  },
  logLevel: "warning",
});
