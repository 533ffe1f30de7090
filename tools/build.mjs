/** Type-checks the whole repository and bundles the command line. */
import { node, run } from "./bootstrap.mjs";

export function build() {
  return run(node(), ["node_modules/.bin/tsc", "-b"]) || run(node(), ["apps/cli/build.mjs"]);
}
