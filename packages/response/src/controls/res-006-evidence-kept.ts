import type { Control } from "@redoubt/control";
import type { ShellCommand } from "@redoubt/kube";
import { runbooksOf } from "../model/runbook.ts";
import { SOUND_RUNBOOK } from "../model/runbook-example.ts";

export const evidenceKept: Control = {
  id: "RES-006",
  title: "Evidence is hashed and stored elsewhere",
  layer: "cluster",
  item: "incident-response",
  severity: "medium",
  references: [{ framework: "MITRE-ATTACK", version: "16", id: "T1070" }],
  rationale:
    "A file on somebody's laptop can be changed or lost without anyone noticing. A digest taken at once, and a copy that cannot be overwritten, make it evidence.",
  remediation: "Take sha256sum of every file, and copy files and sums to a store with object lock.",
  examples: {
    file: "incident-response.sh",
    failing: `#!/bin/bash
# Keep evidence
kubectl -n shop describe pod "$1" > evidence.log
`,
    passing: SOUND_RUNBOOK,
  },
  fixable: false,
  check(snapshot, report) {
    for (const { artifact, commands, kubectl } of runbooksOf(snapshot)) {
      const written = kubectl.find(
        ({ command }) =>
          command.redirects.some(
            ({ operator, target }) => /^1?>/.test(operator) && !/^\/dev\/|^&?\d$/.test(target.text),
          ) || feedsTee(command, commands),
      );
      if (written === undefined) continue;
      const missing = [
        ...(commands.some(takesDigest) ? [] : ["no digest is taken (sha256sum)"]),
        ...(commands.some(copiesAway) ? [] : ["no copy leaves this machine"]),
      ];
      if (missing.length === 0) report.pass(artifact);
      else
        report.fail(artifact, {
          message: `evidence is written to local files, and ${missing.join(" and ")}: nobody can show later that it was not changed`,
          path: ["line", written.line],
          severity: missing.length === 1 ? "low" : "medium",
        });
    }
  },
};

function feedsTee(command: ShellCommand, commands: readonly ShellCommand[]): boolean {
  return (
    command.connector === "|" &&
    commands.some(({ pipeline, words }) => pipeline === command.pipeline && words[0]?.text === "tee")
  );
}

function takesDigest({ words }: ShellCommand): boolean {
  const [tool = "", next = ""] = words.map(({ text }) => text.split("/").at(-1) ?? "");
  return (
    /^(?:sha(?:256|384|512)sum|shasum|b[23]sum|md5sum|hashdeep)$/.test(tool) ||
    (tool === "openssl" && next === "dgst") ||
    (tool === "gpg" && words.some(({ text }) => /sign/.test(text))) ||
    (tool === "cosign" && next.startsWith("sign"))
  );
}

function copiesAway({ words }: ShellCommand): boolean {
  const [tool = "", ...rest] = words.map(({ text }) => text);
  if (["scp", "rsync", "sftp", "rclone", "gsutil", "azcopy", "mc", "s3cmd"].includes(tool)) return true;
  if (tool === "aws") return rest[0] === "s3" || rest[0] === "s3api";
  if (tool === "gcloud" || tool === "az") return rest[0] === "storage";
  return tool === "curl" && rest.some((word) => /^(?:-T|--upload-file|-F|--form|--data-binary)/.test(word));
}
