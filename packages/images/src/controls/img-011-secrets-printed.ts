import type { Control } from "@redoubt/control";
import type { Resource } from "@redoubt/kube";
import { type PlacedCommand, commandsOf } from "../model/commands.ts";

const SECRET_NAME =
  /(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CREDENTIALS?|KUBE_?CONFIG)(?:_|$)/i;
const NOT_SECRET = /(?:_FILE|_PATH|_NAME|_URL|_ID|_USER|_DIR)$/i;

export const secretsNotPrinted: Control = {
  id: "IMG-011",
  title: "Pipelines do not print their secrets",
  layer: "container",
  item: "image-scanning",
  severity: "high",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1552.001" },
    { framework: "OWASP-K8S", version: "2025", id: "K03" },
  ],
  rationale:
    "Job logs are read by many, kept for long, and masking catches only the exact value, not its base64 or a part of it.",
  remediation:
    "Remove set -x where secrets are used, and the command that prints; pass secrets by file or standard input.",
  examples: {
    file: ".gitlab-ci.yml",
    failing: `deploy:
  script:
  - echo $REGISTRY_TOKEN
  - docker login -u ci --password-stdin registry.example.com < token
`,
    passing: `deploy:
  script:
  - echo "$REGISTRY_TOKEN" | docker login -u ci --password-stdin registry.example.com
`,
  },
  fixable: false,
  check(snapshot, report) {
    const byResource = new Map<Resource, PlacedCommand[]>();
    for (const placed of commandsOf(snapshot)) {
      if (placed.resource.type !== "artifact" || placed.resource.artifact === "shell") continue;
      byResource.set(placed.resource, [...(byResource.get(placed.resource) ?? []), placed]);
    }
    for (const [resource, commands] of byResource) {
      const printed = commands.flatMap((placed) => {
        const message = printsSecret(placed, commands);
        return message === undefined ? [] : [{ message, path: placed.path }];
      });
      if (printed.length === 0) report.pass(resource);
      for (const failure of printed) report.fail(resource, failure);
    }
  },
};

function secretsUsed({ command }: PlacedCommand): readonly string[] {
  return [...command.words, ...command.assignments.map(({ value }) => value)]
    .flatMap(({ expansions }) => expansions.map(({ name }) => name))
    .filter((name) => SECRET_NAME.test(name) && !NOT_SECRET.test(name));
}

function printsSecret(placed: PlacedCommand, all: readonly PlacedCommand[]): string | undefined {
  const { words, command } = placed;
  const [tool = "", ...rest] = words;
  const toLog = command.connector !== "|" && !command.redirects.some(({ operator }) => /^(?:1|&)?>/.test(operator));
  const used = secretsUsed(placed);
  if (["echo", "printf"].includes(tool) && used.length > 0 && toLog && !isInSubstitution(placed, all))
    return `${tool} prints $${used[0] ?? ""} to the job's log`;
  if ((tool === "env" || tool === "printenv") && rest.every((word) => word.startsWith("-")) && toLog)
    return `${tool} prints every variable, secrets among them, to the job's log`;
  const traces =
    (tool === "set" && rest.some((word) => /^-[a-z]*x/.test(word) || word === "xtrace")) ||
    (/^(?:ba)?sh$/.test(tool) && rest.some((word) => /^-[a-z]*x/.test(word)));
  if (!traces) return undefined;
  const later = all.slice(all.indexOf(placed) + 1).find((other) => secretsUsed(other).length > 0);
  return later === undefined
    ? undefined
    : `${words.slice(0, 2).join(" ")} prints every command with its values, $${secretsUsed(later)[0] ?? ""} among them`;
}

/** `x=$(echo $TOKEN)` and `cmd "$(echo $TOKEN)"` print nothing: some other command's word holds it. */
function isInSubstitution({ command }: PlacedCommand, all: readonly PlacedCommand[]): boolean {
  const written = command.words.map(({ raw }) => raw).join(" ");
  return all.some(({ command: other }) =>
    [...other.words, ...other.assignments.map(({ value }) => value)].some(
      ({ substitutes, raw }) => substitutes && raw.includes(written),
    ),
  );
}
