/** `npm start`: installs, builds, and runs the main job. `npm start -- scan PATH` passes its arguments on. */
import { join } from "node:path";
import { fail, install, node, root, run } from "./bootstrap.mjs";
import { build } from "./build.mjs";

install();
if (build() !== 0) fail("the build failed");

const redoubt = (args, cwd) => run(node(), [join(root, "apps/cli/dist/redoubt.js"), ...args], { cwd });

const given = process.argv.slice(2);
if (given.length > 0) process.exit(redoubt(given, process.env.INIT_CWD ?? root));

const code = redoubt(["scan", "-R", "examples/guide/insecure"], root);
// Findings are what this example is for; anything else is a fault.
if (code !== 0 && code !== 1) process.exit(code);
process.stdout.write(`
That is the guide's application as it is often shipped. Next:

  ./redoubt fix -R examples/guide/insecure       what Redoubt would change, as a diff
  ./redoubt scan -R examples/guide/hardened      the same application, hardened
  ./redoubt explain POD-001                      one control in full
  npm start -- scan PATH                         your own manifests
`);
