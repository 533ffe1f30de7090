import { describeSubjectKey, whoCan } from "@redoubt/rbac";
import { describeResource } from "@redoubt/kube";
import type { Action } from "../command.ts";
import { whoCanOutput } from "../commands/rbac.ts";
import { EXIT } from "../exit-code.ts";
import { describeRequest, readRequest } from "./read-request.ts";
import { plain } from "../terminal/plain.ts";
import { formatTable } from "../terminal/table.ts";
import { writeOutput } from "../terminal/write-output.ts";
import { accessPlace, grantDocument, ruleOrigin } from "./rbac-text.ts";
import { readAccess } from "./read-access.ts";

export const runRbacWhoCan: Action = async (invocation) => {
  const { args, host } = invocation;
  const request = readRequest(args);
  const targets = whoCanOutput.targets(args);
  const { index, incomplete } = await readAccess(invocation);
  const holders = whoCan(index, request);
  for (const { format, file } of targets) {
    if (format === "json") {
      const document = { request, holders: holders.map(({ by }) => grantDocument(index, by)) };
      await writeOutput(host, file, `${JSON.stringify(document, undefined, 2)}\n`);
      continue;
    }
    const rows = holders.map(({ subject, by }) => {
      const { role, from, rule, place } = ruleOrigin(index, by);
      return {
        cells: [
          describeSubjectKey(subject),
          by.binding.namespace === "" ? "whole cluster" : by.binding.namespace,
          `${describeResource(by.binding.object)} > ${from ?? role} rule ${rule}`,
          [...new Set([accessPlace(by.binding.object, ["subjects", by.subject.index]), place])].join(" > "),
        ],
      };
    });
    const table =
      rows.length === 0
        ? `nobody can ${describeRequest(request)}\n`
        : formatTable(["SUBJECT", "IN", "BY", "PLACE"], rows, (text) => text);
    await writeOutput(host, file, plain(table));
  }
  if (incomplete) return EXIT.incomplete;
  return holders.length > 0 ? EXIT.clean : EXIT.findings;
};
