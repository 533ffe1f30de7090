import { type Flag, booleanFlag, choiceFlag, listFlag, numberFlag } from "../arguments/flag.ts";
import type { Command } from "../command.ts";
import { quiet } from "../flags/gate.ts";
import { globalFlags } from "../flags/global.ts";
import { inputFlags } from "../flags/input.ts";
import { liveFlags } from "../flags/live.ts";
import { type OutputFlags, outputFlags } from "../flags/output.ts";
import { incompleteCode, usageCode } from "./exit-codes.ts";
import { pathArgument } from "./path-argument.ts";

export const from: Flag<readonly string[]> = listFlag({
  name: "from",
  placeholder: "START",
  completion: ["outside", "workload", "identity"],
  description:
    'where attacks start: outside, workload (any), identity (any that a binding names), namespace/NAME (its workloads), or one by name, such as "User jane" or "Deployment shop/web"; repeatable (default: the first three)',
});

export const to: Flag<readonly string[]> = listFlag({
  name: "to",
  placeholder: "GOAL",
  completion: ["cluster-admin", "node", "secret"],
  description:
    'where they end: cluster-admin, node (root on any), secret (any), or one by name, such as "Secret shop/db" or "Node worker-1"; repeatable (default: the first three)',
});

export const cut: Flag<boolean> = booleanFlag({
  name: "cut",
  description: "also the cheapest set of changes after which no path is left, proved by searching again",
});

export const by: Flag<"likely" | "short" | undefined> = choiceFlag({
  name: "by",
  placeholder: "ORDER",
  choices: ["likely", "short"],
  description: "which path of each start is the best: the likeliest (default) or the shortest",
});

export const limit: Flag<number | undefined> = numberFlag({
  name: "limit",
  placeholder: "N",
  min: 1,
  max: 1_000_000,
  description: "how many paths to show (default 20); JSON has all",
});

export const pathsOutput: OutputFlags<"table" | "json" | "dot" | "mermaid" | "svg" | "html"> = outputFlags(
  ["table", "json", "dot", "mermaid", "svg", "html"],
  "table",
);

export const paths: Command = {
  path: ["paths"],
  summary: "Attack paths, each step with its proof, and the smallest cut",
  description:
    "Joins RBAC, workloads, nodes, Secrets and exposure into paths from where an attacker may be to cluster-admin, root on a node or a Secret. " +
    "Each step names the objects and fields that it rests on; steps that Pod Security or a missing token stops are listed with what stops them. " +
    "Whoever a binding gives the goal itself is an administrator, not a path.",
  argument: pathArgument,
  flags: [...inputFlags, ...liveFlags, quiet, from, to, by, limit, cut, ...pathsOutput.flags, ...globalFlags],
  examples: [
    { does: "of manifests", line: "redoubt paths -R deploy/" },
    { does: "of a cluster, and what to change", line: "redoubt paths --live --cut" },
    {
      does: "from one workload to cluster-admin",
      line: 'redoubt paths --live --from "Deployment shop/web" --to cluster-admin',
    },
    { does: "as a page", line: "redoubt paths -R . -o html --output-file paths.html" },
  ],
  success: "there is no path",
  exitCodes: [{ code: 1, means: "there is a path" }, usageCode, incompleteCode],
  load: async () => (await import("../actions/paths.ts")).runPaths,
};
