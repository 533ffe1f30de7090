import { type Flag, choiceFlag, listFlag, numberFlag, textFlag } from "../arguments/flag.ts";
import type { Command } from "../command.ts";
import { quiet } from "../flags/gate.ts";
import { globalFlags } from "../flags/global.ts";
import { identityFlags } from "../flags/identity.ts";
import { inputFlags } from "../flags/input.ts";
import { liveFlags } from "../flags/live.ts";
import { type OutputFlags, outputFlags } from "../flags/output.ts";
import { usageCode } from "./exit-codes.ts";

export const auditLog: Flag<readonly string[]> = listFlag({
  name: "audit-log",
  placeholder: "FILE",
  completion: "file",
  description: "audit log of the API server, one event a line; .gz is unpacked, - is standard input; repeatable",
});

export const width: Flag<"names" | "resources" | "verbs" | undefined> = choiceFlag({
  name: "width",
  placeholder: "WIDTH",
  choices: ["names", "resources", "verbs"],
  description:
    "how wide rules are: names (only the objects that were used), resources (all objects, only the used verbs; default), verbs (all verbs of reading or writing where one was used)",
});

export const clusterFrom: Flag<number | undefined> = numberFlag({
  name: "cluster-from",
  placeholder: "N",
  min: 1,
  max: 100_000,
  description: "grant in the whole cluster what was used in at least N namespaces (default: never)",
});

export const roleName: Flag<string | undefined> = textFlag({
  name: "role-name",
  placeholder: "NAME",
  description: "name of the generated objects (default: least- and the subject's name)",
});

export const generateOutput: OutputFlags<"yaml" | "json"> = outputFlags(["yaml", "json"], "yaml");

export const rbacGenerate: Command = {
  path: ["rbac", "generate"],
  summary: "The least roles for what somebody really did, from an audit log",
  description:
    "Reads an audit log of any size and prints the Roles, ClusterRoles and bindings that allow what the subject did and no more, " +
    "then reads it again and holds each event against them. Requests that were refused are listed, not granted. " +
    "With -f, --live or --snapshot, rights that the subject holds and never used are listed too.",
  flags: [
    auditLog,
    ...identityFlags,
    width,
    clusterFrom,
    roleName,
    ...inputFlags,
    ...liveFlags.filter(({ name }) => name !== auditLog.name),
    quiet,
    ...generateOutput.flags,
    ...globalFlags,
  ],
  examples: [
    { does: "for a controller", line: "redoubt rbac generate --audit-log audit.log --service-account shop:operator" },
    {
      does: "what it holds now and never used",
      line: "redoubt rbac generate --audit-log audit.log --service-account shop:operator -f rbac/ -o json",
    },
  ],
  success: "printed, and every event is allowed by it",
  exitCodes: [
    { code: 1, means: "the log has no event of the subject" },
    usageCode,
    { code: 3, means: "lines of the log, or manifests, could not be read" },
  ],
  load: async () => (await import("../actions/rbac-generate.ts")).runRbacGenerate,
};
