import { type Artifact, type ClusterSnapshot, type ShellCommand, parseShell } from "@redoubt/kube";

/** One call of kubectl in a script. */
export interface KubectlCall {
  readonly line: number;
  readonly verb: string;
  /** Words after the verb that are neither options nor their values. */
  readonly arguments: readonly string[];
  readonly options: ReadonlySet<string>;
  /** Whether it says which namespace is meant: `-n`, `--namespace`, `-A`. */
  readonly namespaced: boolean;
  readonly command: ShellCommand;
}

/** A script that people follow when a workload is compromised. */
export interface Runbook {
  readonly artifact: Artifact;
  readonly commands: readonly ShellCommand[];
  readonly kubectl: readonly KubectlCall[];
}

const ABOUT_INCIDENTS =
  /incident|forensic|quarantin|compromis|\bcontainment\b|persistence|\bevidence\b|runbook|intrusion/i;
const RESPONSE_VERBS = new Set([
  "cordon",
  "drain",
  "label",
  "logs",
  "describe",
  "exec",
  "debug",
  "get",
  "delete",
  "scale",
  "annotate",
  "cp",
]);

/** Scripts that say they are about incidents, by name or text, and call kubectl to act on or look at a cluster. */
export function runbooksOf(snapshot: ClusterSnapshot): readonly Runbook[] {
  return snapshot.artifactsOf("shell").flatMap((artifact) => {
    if (!ABOUT_INCIDENTS.test(artifact.name) && !ABOUT_INCIDENTS.test(artifact.text)) return [];
    const commands = parseShell(artifact.text);
    const kubectl = commands.flatMap((command) => readKubectl(command) ?? []);
    return kubectl.some(({ verb }) => RESPONSE_VERBS.has(verb)) ? [{ artifact, commands, kubectl }] : [];
  });
}

const VALUED = new Set(
  `-n --namespace -o --output -l --selector -f --filename -c --container --context --kubeconfig --as --cluster --user -s --server --sort-by --tail --since --since-time
  --image --target --replicas --grace-period --timeout --field-selector --type -p --patch --profile`.split(/\s+/),
);

function readKubectl(command: ShellCommand): KubectlCall | undefined {
  const words = command.words.map(({ text }) => text);
  const start = words.findIndex((word) => word === "kubectl" || word.endsWith("/kubectl") || word === "oc");
  if (
    start < 0 ||
    words
      .slice(0, start)
      .some((word) => !["sudo", "time", "timeout", "exec"].includes(word) && !/^\d+[smh]?$/.test(word))
  )
    return undefined;
  const positionals: string[] = [];
  const options = new Set<string>();
  for (let index = start + 1; index < words.length; index++) {
    const word = words[index] ?? "";
    if (word === "--") break;
    if (!word.startsWith("-") || word === "-") {
      positionals.push(word);
      continue;
    }
    const name = word.split("=")[0] ?? "";
    options.add(name);
    const isPrevious = name === "-p" && positionals[0] === "logs";
    if (VALUED.has(word) && !isPrevious) index += 1;
  }
  const [verb = "", ...rest] = positionals;
  const namespaced = ["-n", "--namespace", "-A", "--all-namespaces"].some((option) => options.has(option));
  return { line: command.line, verb, arguments: rest, options, namespaced, command };
}

/** Whether the call is about a pod: `logs NAME`, `label pod NAME`, `describe pod/NAME`. */
export function isAboutPod({ verb, arguments: rest }: KubectlCall): boolean {
  if (["logs", "exec", "attach", "cp"].includes(verb)) return rest.length > 0;
  return (
    /^(?:pods?|po)(?:\/|$)/.test(rest[0] ?? "") &&
    ["label", "annotate", "describe", "delete", "get", "debug", "patch"].includes(verb)
  );
}
