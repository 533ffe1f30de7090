import type { Control } from "@redoubt/control";
import { parseShell, pipelineOf } from "@redoubt/kube";
import { type DockerInstruction, readDockerfile } from "../model/dockerfile.ts";

export const noUnverifiedDownloads: Control = {
  id: "IMG-020",
  title: "Images are built from verified downloads",
  layer: "container",
  item: "image-scanning",
  severity: "medium",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1195.002" },
    { framework: "OWASP-K8S", version: "2025", id: "K07" },
  ],
  rationale:
    "What a URL serves can change between two builds, and a script that is piped into a shell runs whatever came, even half of it.",
  remediation: "Download a fixed version, check its sha256 (ADD --checksum=sha256:..., sha256sum -c), then run it.",
  examples: {
    file: "Dockerfile",
    failing: `FROM alpine:3.20
RUN curl -sSL https://get.example.com/install.sh | sh
USER 65532
`,
    passing: `FROM alpine:3.20
ADD --checksum=sha256:4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945 https://get.example.com/tool-1.4.2.tar.gz /tmp/
USER 65532
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const artifact of snapshot.artifactsOf("dockerfile")) {
      const instructions = readDockerfile(artifact.text);
      const found = instructions.flatMap((instruction) => {
        const message = unverified(instruction);
        return message === undefined ? [] : [{ message, path: ["line", instruction.line] }];
      });
      if (instructions.length > 0 && found.length === 0) report.pass(artifact);
      for (const failure of found) report.fail(artifact, failure);
    }
  },
};

function unverified({ name, rest }: DockerInstruction): string | undefined {
  if (name === "ADD") {
    const url = rest.split(/\s+/).find((word) => /^https?:\/\//.test(word));
    return url === undefined || rest.includes("--checksum=")
      ? undefined
      : `ADD takes ${url} without a checksum, so its content can change`;
  }
  if (name !== "RUN") return undefined;
  const commands = parseShell(rest);
  for (const command of commands) {
    const [tool = ""] = command.words.map(({ text }) => text);
    if (!["curl", "wget"].includes(tool)) continue;
    const after = pipelineOf(commands, command).slice(1);
    const shell = after.find(({ words }) =>
      /^(?:sudo|(?:ba|z|da|a)?sh|python3?|perl|node)$/.test(words[0]?.text ?? ""),
    );
    if (shell !== undefined)
      return `RUN pipes what ${tool} downloads into ${shell.words[0]?.text ?? ""}, unseen and unverified`;
  }
  return undefined;
}
