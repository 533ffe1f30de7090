import type { Control } from "@redoubt/control";
import { scriptSecrets } from "../engine/script-secrets.ts";

export const noSecretsInScripts: Control = {
  id: "SEC-021",
  title: "Scripts hold no literal secrets",
  layer: "application",
  item: "secrets-at-rest",
  severity: "high",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1552.001" },
    { framework: "OWASP-K8S", version: "2025", id: "K03" },
  ],
  rationale:
    "A literal in a script is readable by everyone who has the script; typed at a prompt it stays in the shell's history, and on a command line every process of the machine sees it.",
  remediation:
    "Read the value from a file that only you can read, from a password manager, or with read -rs; replace one that was published.",
  examples: {
    file: "seal.sh",
    failing: `echo -n 6f1ed002ab55 | kubectl create secret generic database --dry-run=client --from-file=password=/dev/stdin -o yaml | kubeseal -o yaml > sealed.yaml
`,
    passing: `kubectl create secret generic database --dry-run=client --from-file=password=./password -o yaml | kubeseal -o yaml > sealed.yaml
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const script of snapshot.artifactsOf("shell")) {
      const found = scriptSecrets(script.text);
      if (found.length === 0) report.pass(script);
      for (const { line, message } of found)
        report.fail(script, {
          message: `${message}: the secret is readable in this script and in shell histories`,
          path: ["line", line],
        });
    }
  },
};
