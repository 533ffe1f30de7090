import { type Flag, booleanFlag } from "../arguments/flag.ts";
import type { Command } from "../command.ts";
import { quiet } from "../flags/gate.ts";
import { globalFlags } from "../flags/global.ts";
import { identityFlags } from "../flags/identity.ts";
import { inputFlags } from "../flags/input.ts";
import { liveFlags } from "../flags/live.ts";
import { type OutputFlags, outputFlags } from "../flags/output.ts";
import { requestFlags } from "../flags/request.ts";
import { incompleteCode, usageCode } from "./exit-codes.ts";

const sources: readonly Flag<unknown>[] = [...inputFlags, ...liveFlags, quiet];

const question: NonNullable<Command["argument"]> = {
  placeholder: "VERB RESOURCE [NAME]",
  required: false,
  repeatable: true,
};

export const list: Flag<boolean> = booleanFlag({
  name: "list",
  description: "everything that the identity may do in the namespace",
});

export const canIOutput: OutputFlags<"table" | "json"> = outputFlags(["table", "json"], "table");

export const rbacCanI: Command = {
  path: ["rbac", "can-i"],
  summary: "Whether somebody may do something, and which rule says so",
  description:
    "Answers as the API server's RBAC authorizer would, with the rule, the binding and their lines. RESOURCE is written as rules write it: " +
    "pods/log, deployments.apps, or a path such as /healthz. Files that leave out what every API server creates (cluster-admin, edit, system:...) are completed with it. " +
    "The namespace asked about is -n, or default.",
  argument: question,
  flags: [...sources, ...identityFlags, ...requestFlags, list, ...canIOutput.flags, ...globalFlags],
  examples: [
    { does: "by manifests", line: "redoubt rbac can-i create pods -n shop --user jane -f rbac/" },
    {
      does: "of a service account in the running cluster",
      line: "redoubt rbac can-i get secrets db -n shop --service-account shop:api --live",
    },
    { does: "everything in a namespace", line: "redoubt rbac can-i --list -n shop --user jane -f rbac/" },
  ],
  success: "yes",
  exitCodes: [
    { code: 1, means: "no" },
    usageCode,
    { code: 3, means: "no rule was found, but not everything could be read" },
  ],
  load: async () => (await import("../actions/rbac-can-i.ts")).runRbacCanI,
};

export const whoCanOutput: OutputFlags<"table" | "json"> = outputFlags(["table", "json"], "table");

export const rbacWhoCan: Command = {
  path: ["rbac", "who-can"],
  summary: "Everybody who may do something",
  description:
    "Lists the users, groups and service accounts that bindings let do it, each with the rule and the binding. Members of system:masters may do " +
    "everything and are known to certificates only, not to RBAC.",
  argument: question,
  flags: [...sources, ...requestFlags, ...whoCanOutput.flags, ...globalFlags],
  examples: [
    { does: "who reads the secrets of a namespace", line: "redoubt rbac who-can get secrets -n shop --live" },
    {
      does: "who may run commands in pods anywhere",
      line: "redoubt rbac who-can create pods/exec --cluster-wide -R -f .",
    },
  ],
  success: "somebody can",
  exitCodes: [{ code: 1, means: "nobody can" }, usageCode, incompleteCode],
  load: async () => (await import("../actions/rbac-who-can.ts")).runRbacWhoCan,
};

export const subjectsOutput: OutputFlags<"table" | "json"> = outputFlags(["table", "json"], "table");

export const rbacSubjects: Command = {
  path: ["rbac", "subjects"],
  summary: "Every user, group and service account with rights, and what they open",
  description:
    "Lists the subjects of all bindings with their roles, where they hold, and which of their rights lead further than they look.",
  flags: [...sources, ...subjectsOutput.flags, ...globalFlags],
  examples: [{ does: "of a cluster", line: "redoubt rbac subjects --live" }],
  success: "listed",
  exitCodes: [usageCode, incompleteCode],
  load: async () => (await import("../actions/rbac-subjects.ts")).runRbacSubjects,
};

export const rolesOfOutput: OutputFlags<"table" | "json"> = outputFlags(["table", "json"], "table");

export const rbacRolesOf: Command = {
  path: ["rbac", "roles-of"],
  summary: "The roles that somebody holds, by which bindings",
  description:
    "Lists every binding that names the identity or one of its groups, those that every service account and every authenticated user is in included.",
  flags: [...sources, ...identityFlags, ...rolesOfOutput.flags, ...globalFlags],
  examples: [{ does: "of a service account", line: "redoubt rbac roles-of --service-account shop:api --live" }],
  success: "it holds a role",
  exitCodes: [{ code: 1, means: "it holds none" }, usageCode, incompleteCode],
  load: async () => (await import("../actions/rbac-roles-of.ts")).runRbacRolesOf,
};

export const diffOutput: OutputFlags<"table" | "json"> = outputFlags(["table", "json"], "table");

export const rbacDiff: Command = {
  path: ["rbac", "diff"],
  summary: "Who gained and who lost which rights between two states",
  description:
    "Compares what each subject may do, not how it is written: a role that was split or renamed is no difference. BEFORE and AFTER are files or folders; " +
    "with --live or --snapshot the cluster is AFTER.",
  argument: { placeholder: "BEFORE [AFTER]", required: true, repeatable: true, completion: "file" },
  flags: [...sources, ...diffOutput.flags, ...globalFlags],
  examples: [
    { does: "of two folders", line: "redoubt rbac diff main/rbac branch/rbac" },
    { does: "what the cluster grants beyond the manifests", line: "redoubt rbac diff rbac/ --live" },
  ],
  success: "nobody gained a right",
  exitCodes: [{ code: 1, means: "somebody gained a right" }, usageCode, incompleteCode],
  load: async () => (await import("../actions/rbac-diff.ts")).runRbacDiff,
};

export const rbacGraphOutput: OutputFlags<"dot" | "mermaid" | "svg" | "json"> = outputFlags(
  ["dot", "mermaid", "svg", "json"],
  "dot",
);

export const rbacGraph: Command = {
  path: ["rbac", "graph"],
  summary: "Subjects, bindings and roles as a picture",
  description:
    "Draws who holds which role through which binding, and what each role opens; of one identity where one is named. What every API server creates is left out.",
  flags: [...sources, ...identityFlags, ...rbacGraphOutput.flags, ...globalFlags],
  examples: [
    { does: "with Graphviz", line: "redoubt rbac graph -f rbac/ | dot -Tpng -o rbac.png" },
    {
      does: "of one service account, for a page",
      line: "redoubt rbac graph --service-account shop:api --live -o svg --output-file api.svg",
    },
  ],
  success: "drawn",
  exitCodes: [usageCode, incompleteCode],
  load: async () => (await import("../actions/rbac-graph.ts")).runRbacGraph,
};
