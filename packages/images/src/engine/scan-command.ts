import { type ShellCommand, parseShell } from "@redoubt/kube";
import { optionValue } from "../model/commands.ts";

/** One run of an image scanner. */
export interface ScanRun {
  readonly tool: string;
  /** Why findings do not fail the command, or undefined where they do. */
  readonly cannotFail: string | undefined;
  /** What it leaves out that matters, or undefined. */
  readonly narrow: string | undefined;
}

interface Scanner {
  readonly tool: string;
  readonly isScan: (words: readonly string[]) => boolean;
  readonly cannotFail: (words: readonly string[], variables: ReadonlyMap<string, string>) => string | undefined;
  /** The lowest severity that counts, lower-case; undefined where all do. */
  readonly threshold: (words: readonly string[]) => readonly string[] | undefined;
}

const TRIVY_TARGETS = new Set(["image", "i", "fs", "filesystem", "rootfs", "sbom", "vm"]);

const SCANNERS: readonly Scanner[] = [
  {
    tool: "trivy",
    isScan: ([tool, ...rest]) => baseName(tool) === "trivy" && rest.some((word) => TRIVY_TARGETS.has(word)),
    cannotFail(words, variables) {
      const code = optionValue(words, "--exit-code") ?? variables.get("TRIVY_EXIT_CODE");
      if (code === undefined)
        return optionValue(words, "--config", "-c") === undefined
          ? "without --exit-code trivy ends with 0 whatever it finds"
          : undefined;
      return code === "0" ? "--exit-code 0 makes trivy succeed whatever it finds" : undefined;
    },
    threshold: (words) => optionValue(words, "--severity", "-s")?.toLowerCase().split(","),
  },
  {
    tool: "grype",
    isScan: ([tool, ...rest]) =>
      baseName(tool) === "grype" &&
      !["db", "version", "config", "completion", "explain"].includes(rest[0] ?? "") &&
      rest.length > 0,
    cannotFail: (words, variables) =>
      optionValue(words, "--fail-on", "-f") === undefined &&
      !variables.has("GRYPE_FAIL_ON_SEVERITY") &&
      optionValue(words, "--config", "-c") === undefined
        ? "without --fail-on grype ends with 0 whatever it finds"
        : undefined,
    threshold: (words) => atLeast(optionValue(words, "--fail-on", "-f")),
  },
  {
    tool: "snyk",
    isScan: ([tool, ...rest]) => baseName(tool) === "snyk" && rest.includes("container") && rest.includes("test"),
    cannotFail: () => undefined,
    threshold: (words) => atLeast(optionValue(words, "--severity-threshold")),
  },
  {
    tool: "docker scout",
    isScan: ([tool, ...rest]) =>
      baseName(tool) === "docker" && rest[0] === "scout" && ["cves", "quickview"].includes(rest[1] ?? ""),
    cannotFail: (words) =>
      words.includes("--exit-code") || words.includes("-e")
        ? undefined
        : "without --exit-code docker scout ends with 0 whatever it finds",
    threshold: (words) => optionValue(words, "--only-severity")?.toLowerCase().split(","),
  },
  {
    tool: "anchorectl",
    isScan: ([tool, ...rest]) =>
      baseName(tool) === "anchorectl" && (rest.includes("check") || rest.includes("vulnerabilities")),
    cannotFail: (words) =>
      words.includes("--fail-based-on-results") || words.includes("-f")
        ? undefined
        : "without --fail-based-on-results anchorectl ends with 0 whatever it finds",
    threshold: () => undefined,
  },
  {
    tool: "clair",
    isScan: ([tool]) => ["clair-scanner", "clairctl"].includes(baseName(tool)),
    cannotFail: () => undefined,
    threshold: () => undefined,
  },
  {
    tool: "osv-scanner",
    isScan: ([tool, ...rest]) => baseName(tool) === "osv-scanner" && rest.includes("image"),
    cannotFail: () => undefined,
    threshold: () => undefined,
  },
  {
    tool: "redoubt",
    isScan: ([tool, ...rest]) => baseName(tool) === "redoubt" && rest[0] === "image" && rest[1] === "scan",
    cannotFail: (words) =>
      optionValue(words, "--fail-on") === "none"
        ? "--fail-on none makes the scan succeed whatever it finds"
        : undefined,
    threshold: () => undefined,
  },
];

/** The image scans that a script runs, with what comes of their exit codes. `variables` are those of the job. */
export function scanRuns(script: string, variables: ReadonlyMap<string, string>): readonly ScanRun[] {
  const commands = parseShell(script);
  return commands.flatMap((command, index) => {
    const words = command.words.map(({ text }) => text);
    const start = words.findIndex((word) => !["sudo", "time", "env", "exec"].includes(word) && !/^\w+=/.test(word));
    const own = start < 0 ? [] : words.slice(start);
    const inImage = dockerRun(own);
    const scanner = SCANNERS.find(({ isScan }) => isScan(inImage));
    if (scanner === undefined) return [];
    const local = new Map([...variables, ...command.assignments.map(({ name, value }) => [name, value.text] as const)]);
    return [
      {
        tool: scanner.tool,
        cannotFail: swallowed(command, commands[index + 1]) ?? scanner.cannotFail(inImage, local),
        narrow: narrowness(scanner, inImage),
      },
    ];
  });
}

/** `docker run ... aquasec/trivy image x` runs trivy. */
function dockerRun(words: readonly string[]): readonly string[] {
  if (!["docker", "podman", "nerdctl"].includes(baseName(words[0])) || !words.includes("run")) return words;
  const image = words.findIndex((word) => /(?:^|\/)(?:trivy|grype)(?:[:@]|$)/.test(word));
  if (image < 0) return words;
  const tool = /(?:^|\/)(trivy|grype)(?:[:@]|$)/.exec(words[image] ?? "")?.[1] ?? "";
  return [tool, ...words.slice(image + 1)];
}

/** What follows a command and throws its exit code away. */
function swallowed(command: ShellCommand, next: ShellCommand | undefined): string | undefined {
  if (command.connector === "&") return "it runs in the background, where its exit code is lost";
  if (command.connector !== "||" || next === undefined) return undefined;
  const [first = "", second] = next.words.map(({ text }) => text);
  if (["true", ":", "echo", "printf"].includes(first) || (first === "exit" && second === "0"))
    return `"|| ${[first, second].filter((word) => word !== undefined).join(" ")}" after it turns every failure into a success`;
  return undefined;
}

function narrowness(scanner: Scanner, words: readonly string[]): string | undefined {
  const counted = scanner.threshold(words);
  if (counted !== undefined && !counted.includes("high") && counted.includes("critical"))
    return "only critical vulnerabilities count: high ones, most of those exploited, pass";
  if (
    counted !== undefined &&
    counted.length > 0 &&
    !counted.includes("critical") &&
    !counted.some((item) => /[$*]/.test(item))
  )
    return `only ${counted.join(", ")} vulnerabilities count: critical ones pass`;
  return undefined;
}

function atLeast(severity: string | undefined): readonly string[] | undefined {
  if (severity === undefined) return undefined;
  const order = ["negligible", "low", "medium", "high", "critical"];
  const index = order.indexOf(severity.toLowerCase());
  return index < 0 ? undefined : order.slice(index);
}

function baseName(word: string | undefined): string {
  return word?.split("/").at(-1) ?? "";
}
