import type { Control } from "@redoubt/control";
import { nameOf } from "../hardening/container-name.ts";
import { attack, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, judgeContainers } from "../hardening/judge.ts";

/** `curl ... | sh` and the like in what the container starts. */
export const downloadedCode: Control = {
  id: "POD-067",
  title: "Containers do not run what they download",
  layer: "application",
  item: "image-scanning",
  severity: "medium",
  references: [nsa("Kubernetes Pod security"), attack("T1105"), attack("T1059.004"), owasp("K01")],
  rationale:
    "A script piped from the network into a shell was never scanned, signed or pinned: whoever controls the server, or the name, runs code in the cluster at the next restart.",
  remediation: "Put the program into the image, and let scanning and signing see it.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
      command: [sh, -c, "curl -sSL https://example.com/install.sh | sh && exec web"]
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
      command: [sh, -c, "exec web"]
`,
  },
  fixable: false,
  check: (snapshot, report) =>
    judgeContainers(snapshot, report, (view) => {
      const { command, args } = view.container;
      if (command === undefined && args === undefined) return "pass";
      for (const field of ["command", "args"] as const) {
        const words = view.container[field];
        const index = words === undefined ? -1 : words.findIndex(runsDownload);
        if (index >= 0) {
          return failure([...view.path, field, index], `${nameOf(view)} pipes a download into a shell when it starts`);
        }
      }
      return "pass";
    }),
};

const DOWNLOAD_TO_SHELL =
  /\b(?:curl|wget)\b[^|;&\n]{0,512}\|\s{0,8}(?:sudo\s{1,8})?(?:\/\w{1,16}){0,3}\/?(?:ba|da|z|a)?sh\b/;
const SHELL_OF_DOWNLOAD = /\b(?:ba|da|z|a)?sh\s{1,8}(?:-c\s{1,8})?["']?(?:<\(|\$\()\s{0,8}(?:curl|wget)\b/;

function runsDownload(word: string): boolean {
  if (word.length < 10 || word.length > 65_536) return false;
  return DOWNLOAD_TO_SHELL.test(word) || SHELL_OF_DOWNLOAD.test(word);
}
