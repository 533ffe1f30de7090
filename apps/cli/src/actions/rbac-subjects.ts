import { describeResource } from "@redoubt/kube";
import { type AccessIndex, type SubjectKey, describeSubjectKey, openedBy } from "@redoubt/rbac";
import type { Action } from "../command.ts";
import { subjectsOutput } from "../commands/rbac.ts";
import { EXIT } from "../exit-code.ts";
import { plain } from "../terminal/plain.ts";
import { formatTable } from "../terminal/table.ts";
import { writeOutput } from "../terminal/write-output.ts";
import { readAccess } from "./read-access.ts";

interface SubjectSummary {
  readonly subject: string;
  /** Namespaces; the empty text is the whole cluster. */
  readonly scopes: readonly string[];
  readonly roles: readonly string[];
  readonly opens: readonly string[];
}

export const runRbacSubjects: Action = async (invocation) => {
  const { args, host } = invocation;
  const targets = subjectsOutput.targets(args);
  const { index, incomplete } = await readAccess(invocation);
  const subjects = index.subjects.map((subject) => summary(index, subject));
  for (const { format, file } of targets) {
    const rows = subjects.map(({ subject, scopes, roles, opens }) => ({
      cells: [subject, scopes.map((scope) => scope || "whole cluster").join(", "), roles.join(", "), opens.join(", ")],
    }));
    const text =
      format === "json"
        ? `${JSON.stringify({ subjects }, undefined, 2)}\n`
        : plain(formatTable(["SUBJECT", "IN", "ROLES", "OPENS"], rows, (header) => header));
    await writeOutput(host, file, text);
  }
  return incomplete ? EXIT.incomplete : EXIT.clean;
};

function summary(index: AccessIndex, subject: SubjectKey): SubjectSummary {
  const scopes = ["", ...index.namespacesOf(subject)].filter((scope) => index.grantsOf(subject, scope).length > 0);
  const roles = scopes.flatMap((scope) =>
    index.grantsOf(subject, scope).flatMap(({ binding }) => index.roleOf(binding) ?? []),
  );
  const opens = roles.flatMap((role) =>
    index.rulesOf(role).flatMap((rule) => openedBy(rule, role.kind).map((each) => each.opens)),
  );
  return {
    subject: describeSubjectKey(subject),
    scopes,
    roles: [...new Set(roles.map(({ object }) => describeResource(object)))],
    opens: [...new Set(opens)],
  };
}
