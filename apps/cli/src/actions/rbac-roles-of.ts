import { describeResource } from "@redoubt/kube";
import { describeSubjectKey, subjectKeysOf } from "@redoubt/rbac";
import type { Action } from "../command.ts";
import { rolesOfOutput } from "../commands/rbac.ts";
import { EXIT } from "../exit-code.ts";
import { requiredIdentity } from "./read-identity.ts";
import { plain } from "../terminal/plain.ts";
import { formatTable } from "../terminal/table.ts";
import { writeOutput } from "../terminal/write-output.ts";
import { accessPlace } from "./rbac-text.ts";
import { readAccess } from "./read-access.ts";

export const runRbacRolesOf: Action = async (invocation) => {
  const { args, host } = invocation;
  const identity = requiredIdentity(args);
  const targets = rolesOfOutput.targets(args);
  const { index, incomplete } = await readAccess(invocation);
  const held = subjectKeysOf(identity).flatMap((key) =>
    ["", ...index.namespacesOf(key)].flatMap((scope) =>
      index.grantsOf(key, scope).map(({ binding, subject }) => {
        const role = index.roleOf(binding);
        return {
          as: describeSubjectKey(key),
          namespace: scope,
          role:
            role === undefined
              ? `${binding.roleRef.kind} ${binding.roleRef.name} (does not exist)`
              : describeResource(role.object),
          binding: describeResource(binding.object),
          place: accessPlace(binding.object, ["subjects", subject.index]),
        };
      }),
    ),
  );
  for (const { format, file } of targets) {
    const rows = held.map(({ as, namespace, role, binding, place }) => ({
      cells: [role, namespace || "whole cluster", as, binding, place],
    }));
    const text =
      format === "json"
        ? `${JSON.stringify({ identity, roles: held }, undefined, 2)}\n`
        : plain(formatTable(["ROLE", "IN", "AS", "BINDING", "PLACE"], rows, (header) => header));
    await writeOutput(host, file, text);
  }
  if (incomplete) return EXIT.incomplete;
  return held.length > 0 ? EXIT.clean : EXIT.findings;
};
