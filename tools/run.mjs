/** The repository's npm scripts: `node tools/run.mjs NAME [ARGS]`. Each installs first, so that it works in a fresh clone. */
import { fail, install, node, run } from "./bootstrap.mjs";
import { build } from "./build.mjs";

const SOURCE = ["--conditions=@redoubt/source", "--disable-warning=ExperimentalWarning"];
const tool = (name, ...args) => run(node(), [`node_modules/.bin/${name}`, ...args]);
const source = (file, ...args) => run(node(), [...SOURCE, file, ...args], { cwd: process.env.INIT_CWD });

/** Stops at the first step that fails, with its exit code. */
function all(...steps) {
  for (const step of steps) {
    const code = step();
    if (code !== 0) return code;
  }
  return 0;
}

const scripts = {
  build,
  typecheck: () => tool("tsc", "-b"),
  lint: () =>
    all(
      () => tool("oxlint", "--type-aware"),
      () => tool("oxfmt", "--check"),
    ),
  format: () => tool("oxfmt"),
  test: (...args) => all(build, scripts.lint, () => unitTests(args)),
  "test:cluster": (...args) => all(build, () => clusterTests(args)),
  "test:peers": (...args) => all(build, () => peerTests(args)),
  generate: () =>
    all(
      () => source("apps/cli/src/generate-reference.ts"),
      () => source("tools/generate-control-docs.ts"),
      () => source("testing/cluster/src/generate-attack-steps.ts"),
    ),
  conformance: (...args) => source(new URL("../testing/conformance/src/main.ts", import.meta.url).pathname, ...args),
  fuzz: (...args) => {
    const main = args.includes("--builtins") ? "builtin-fuzz-main.ts" : "rego-fuzz-main.ts";
    return source(new URL(`../testing/peers/src/${main}`, import.meta.url).pathname, ...args);
  },
  cluster: (...args) => source(new URL("../testing/cluster/src/main.ts", import.meta.url).pathname, ...args),
  bench: (...args) => source(new URL("../testing/bench/src/main.ts", import.meta.url).pathname, ...args),
};

/** All tests beside the sources, in one process; arguments are glob patterns to run fewer. */
function unitTests(patterns) {
  const files = patterns.length > 0 ? patterns : ["{packages,apps,testing}/*/src/**/*.test.ts", "tools/**/*.test.ts"];
  return run(node(), [
    ...SOURCE,
    "--test",
    "--test-isolation=none",
    "--test-reporter=./tools/test-reporter.mjs",
    ...files,
  ]);
}

/** Tests against the real tools, built with Go where they are not in the cache. */
function peerTests(patterns) {
  const files = patterns.length > 0 ? patterns : ["testing/peers/src/*.peer-test.ts"];
  return run(node(), [...SOURCE, "--test", "--test-reporter=./tools/test-reporter.mjs", ...files]);
}

/** Tests against a real Kubernetes: one file at a time, each in a process of its own, since a node is one to a machine. */
function clusterTests(patterns) {
  const files = patterns.length > 0 ? patterns : ["testing/cluster/src/*.cluster-test.ts"];
  return run(node(), [
    ...SOURCE,
    "--test",
    "--test-concurrency=1",
    "--test-reporter=./tools/test-reporter.mjs",
    ...files,
  ]);
}

const [name, ...args] = process.argv.slice(2);
const script = Object.hasOwn(scripts, name ?? "")
  ? scripts[name]
  : fail(`no script "${name}"; there are ${Object.keys(scripts).join(", ")}`);
install();
process.exit(script(...args));
