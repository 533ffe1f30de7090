import { type Flag, booleanFlag, listFlag } from "../arguments/flag.ts";
import type { Command } from "../command.ts";
import { exceptions } from "../flags/gate.ts";
import { globalFlags } from "../flags/global.ts";
import { filename, namespace, recursive } from "../flags/input.ts";
import { control, skipControl } from "../flags/selection.ts";
import { incompleteCode, usageCode } from "./exit-codes.ts";
import { pathArgument } from "./path-argument.ts";

export const diff: Flag<boolean> = booleanFlag({
  name: "diff",
  description: "print what would change as a unified diff (the default)",
});

export const write: Flag<boolean> = booleanFlag({ name: "write", description: "change the files" });

export const auditLog: Flag<readonly string[]> = listFlag({
  name: "audit-log",
  placeholder: "FILE",
  completion: "file",
  description:
    "audit log of the API server (.gz is unpacked): takes rights out of roles that none of their holders used (RBAC-041); repeatable",
});

export const fix: Command = {
  path: ["fix"],
  summary: "Apply the fixes that are safe, keeping comments and layout",
  description:
    "Edits the files of findings that carry a fix, keeping comments, order, quoting and indentation, and judges the result again. " +
    "An edit that cannot keep them is refused and listed with its reason. Accepted findings (--exceptions, annotations) are left alone. The diff goes to standard output, the summary to standard error.",
  argument: pathArgument,
  flags: [filename, recursive, namespace, diff, write, auditLog, control, skipControl, exceptions, ...globalFlags],
  examples: [
    { does: "see what would change", line: "redoubt fix -R deploy/" },
    { does: "change the files", line: "redoubt fix -R deploy/ --write" },
    { does: "one control only", line: "redoubt fix deploy.yaml --control POD-024 --write" },
    {
      does: "narrow roles to what was used",
      line: "redoubt fix -R rbac/ --audit-log audit.log --control RBAC-041 --write",
    },
    { does: "as a patch", line: "redoubt fix -R deploy/ | git apply" },
  ],
  success: "nothing to fix; with --write, nothing fixable is left",
  exitCodes: [
    { code: 1, means: "--diff: something would change, as kubectl diff has it; with either: some fix was refused" },
    usageCode,
    incompleteCode,
  ],
  load: async () => (await import("../actions/fix.ts")).runFix,
};
