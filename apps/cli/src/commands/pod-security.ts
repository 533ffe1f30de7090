import { type Flag, choiceFlag, textFlag } from "../arguments/flag.ts";
import type { Command } from "../command.ts";
import { globalFlags } from "../flags/global.ts";
import { inputFlags } from "../flags/input.ts";
import { liveFlags } from "../flags/live.ts";
import { type OutputFlags, outputFlags } from "../flags/output.ts";
import { incompleteCode, usageCode } from "./exit-codes.ts";
import { pathArgument } from "./path-argument.ts";

export const level: Flag<"privileged" | "baseline" | "restricted" | undefined> = choiceFlag({
  name: "level",
  placeholder: "LEVEL",
  choices: ["privileged", "baseline", "restricted"],
  description: "judge by this level (default: what the namespace's labels enforce, else the strictest level met)",
});

export const version: Flag<string | undefined> = textFlag({
  name: "version",
  placeholder: "VERSION",
  description: "of the standards: v1.0 and up, or latest (default: the namespace's label, else latest)",
  completion: ["latest"],
});

export const podSecurityCheckOutput: OutputFlags<"table" | "json"> = outputFlags(["table", "json"], "table");

export const podSecurityCheck: Command = {
  path: ["pod-security", "check"],
  summary: "Judge pods by the Pod Security Standards, in the API server's words",
  description:
    "Says of every pod and workload what the API server would. Namespaces among the input are judged by their enforce labels; " +
    "without labels and without --level, each one is told the strictest level it meets and what keeps it from the next.",
  argument: pathArgument,
  flags: [...inputFlags, ...liveFlags, level, version, ...podSecurityCheckOutput.flags, ...globalFlags],
  examples: [
    { does: "which level each workload meets", line: "redoubt pod-security check -R deploy/" },
    {
      does: "what a namespace that enforces restricted would refuse",
      line: "redoubt pod-security check deploy.yaml --level restricted",
    },
    {
      does: "by the standards of one version",
      line: "redoubt pod-security check deploy.yaml --level restricted --version v1.34",
    },
    { does: "what runs in a cluster", line: "redoubt pod-security check --live" },
  ],
  success: "nothing is violated",
  exitCodes: [
    { code: 1, means: "something violates --level or its namespace's enforce label" },
    usageCode,
    incompleteCode,
  ],
  load: async () => (await import("../actions/pod-security-check.ts")).runPodSecurityCheck,
};

export const podSecurityMigrateOutput: OutputFlags<"table" | "yaml" | "json"> = outputFlags(
  ["table", "yaml", "json"],
  "table",
);

export const podSecurityMigrate: Command = {
  path: ["pod-security", "migrate"],
  summary: "From PodSecurityPolicy to Pod Security Standards, losing nothing",
  description:
    "For each PodSecurityPolicy: the tightest standard it fits, what it enforced beyond that level with a ValidatingAdmissionPolicy that keeps it, " +
    "which of its defaults must move into the workloads, and the labels for each namespace. RBAC bindings among the input decide which workloads it covered.",
  argument: pathArgument,
  flags: [...inputFlags, version, ...podSecurityMigrateOutput.flags, ...globalFlags],
  examples: [
    { does: "the plan", line: "redoubt pod-security migrate policies/ rbac/ deploy/" },
    {
      does: "the objects that carry it out",
      line: "redoubt pod-security migrate -R . -o yaml | kubectl apply --dry-run=server -f -",
    },
  ],
  success: "a plan was made",
  exitCodes: [usageCode, incompleteCode],
  load: async () => (await import("../actions/pod-security-migrate.ts")).runPodSecurityMigrate,
};
