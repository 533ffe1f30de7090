import { type ClusterSnapshot, type Path, type Resource, type ShellCommand, parseShell } from "@redoubt/kube";
import { readGithubWorkflow } from "./github.ts";
import { readGitlabPipeline } from "./gitlab.ts";

/** A command that a script or a pipeline runs. */
export interface PlacedCommand {
  readonly resource: Resource;
  readonly path: Path;
  readonly words: readonly string[];
  readonly command: ShellCommand;
}

/** Every command of every script and pipeline. */
export function commandsOf(snapshot: ClusterSnapshot): readonly PlacedCommand[] {
  const scripts = snapshot
    .artifactsOf("shell")
    .flatMap((resource) => placed(resource, resource.text, (command) => ["line", command.line]));
  const gitlab = snapshot
    .artifactsOf("gitlab-ci")
    .flatMap((resource) =>
      readGitlabPipeline(resource).jobs.flatMap(({ script }) =>
        script.flatMap(({ text, path }) => placed(resource, text, () => path)),
      ),
    );
  const github = snapshot
    .artifactsOf("github-workflow")
    .flatMap((resource) =>
      readGithubWorkflow(resource).jobs.flatMap(({ steps }) =>
        steps.flatMap(({ run, path }) => (run === undefined ? [] : placed(resource, run, () => [...path, "run"]))),
      ),
    );
  return [...scripts, ...gitlab, ...github];
}

function placed(resource: Resource, text: string, pathOf: (command: ShellCommand) => Path): readonly PlacedCommand[] {
  return parseShell(text).map((command) => ({
    resource,
    path: pathOf(command),
    words: command.words.map((word) => word.text),
    command,
  }));
}

/** The value of `--name value`, `--name=value`; undefined where it is not given. */
export function optionValue(words: readonly string[], ...names: readonly string[]): string | undefined {
  for (const [index, word] of words.entries()) {
    if (names.includes(word)) return words[index + 1] ?? "";
    const name = names.find((candidate) => candidate.startsWith("--") && word.startsWith(`${candidate}=`));
    if (name !== undefined) return word.slice(name.length + 1);
  }
  return undefined;
}

/** Words that are neither options nor, as far as `valued` says, their values. */
export function positionals(words: readonly string[], valued: ReadonlySet<string>): readonly string[] {
  const found: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? "";
    if (!word.startsWith("-") || word === "-") found.push(word);
    else if (valued.has(word)) index += 1;
  }
  return found;
}
