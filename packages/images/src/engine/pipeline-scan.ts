import {
  type Artifact,
  type ClusterSnapshot,
  type Edit,
  type Path,
  booleanAt,
  isJsonObject,
  listAt,
  objectAt,
  parseShell,
  stringAt,
} from "@redoubt/kube";
import { type GithubStep, readGithubWorkflow } from "../model/github.ts";
import { type GitlabJob, readGitlabPipeline } from "../model/gitlab.ts";
import { type ScanRun, scanRuns } from "./scan-command.ts";

/** An image scan in a pipeline. */
export interface PipelineScan {
  readonly artifact: Artifact;
  /** The job or step, as messages name it. */
  readonly where: string;
  readonly tool: string;
  /** Why its findings cannot stop the pipeline; undefined where they do. */
  readonly cannotFail: { readonly reason: string; readonly path: Path; readonly edits?: readonly Edit[] } | undefined;
  readonly narrow: { readonly reason: string; readonly path: Path } | undefined;
  /** Why it does not always run, or undefined. */
  readonly skipped: { readonly reason: string; readonly path: Path } | undefined;
}

export function pipelinesOf(snapshot: ClusterSnapshot): readonly Artifact[] {
  return [...snapshot.artifactsOf("gitlab-ci"), ...snapshot.artifactsOf("github-workflow")];
}

/** Every image scan of a pipeline. */
export function scansOf(artifact: Artifact): readonly PipelineScan[] {
  return artifact.artifact === "gitlab-ci" ? gitlabScans(artifact) : githubScans(artifact);
}

function gitlabScans(artifact: Artifact): readonly PipelineScan[] {
  const pipeline = readGitlabPipeline(artifact);
  const jobs = pipeline.jobs.flatMap((job) => {
    const runs = job.script.flatMap((item) =>
      scanRuns(item.text, variablesOf(job)).map((run) => ({ run, path: item.path })),
    );
    const best = runs.find(({ run }) => run.cannotFail === undefined) ?? runs[0];
    if (best === undefined) return [];
    return [scan(artifact, `job ${job.name}`, best.run, best.path, ignoredByJob(job), gitlabSkipped(job))];
  });
  const template = pipeline.includes.find((name) => /container-scanning/i.test(name));
  if (template === undefined) return jobs;
  const override = pipeline.jobs.find(({ name }) => name === "container_scanning");
  return [
    ...jobs,
    {
      artifact,
      where: `include ${template}`,
      tool: "GitLab container scanning",
      cannotFail: {
        reason:
          "GitLab's container_scanning job reports and is allowed to fail: a merge request approval policy must stop what it finds",
        path: override?.path ?? ["include"],
      },
      narrow: undefined,
      skipped: undefined,
    },
  ];
}

function scan(
  artifact: Artifact,
  where: string,
  run: ScanRun,
  path: Path,
  ignored: PipelineScan["cannotFail"],
  skipped: PipelineScan["skipped"],
): PipelineScan {
  const inCommand = run.cannotFail === undefined ? undefined : { reason: run.cannotFail, path };
  return {
    artifact,
    where,
    tool: run.tool,
    cannotFail: ignored ?? inCommand,
    narrow: run.narrow === undefined ? undefined : { reason: run.narrow, path },
    skipped,
  };
}

function variablesOf(job: GitlabJob): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(objectAt(job.merged, ["variables"]) ?? {}).flatMap(([name, value]) => {
      const own = isJsonObject(value) ? value["value"] : value;
      return typeof own === "string" || typeof own === "number" ? [[name, String(own)] as const] : [];
    }),
  );
}

function ignoredByJob(job: GitlabJob): PipelineScan["cannotFail"] {
  const path = [...job.path, "allow_failure"];
  const allowed = job.merged["allow_failure"];
  if (allowed === true)
    return {
      reason: "allow_failure: true lets the pipeline go on whatever the scan finds",
      path,
      edits: [{ op: "set", path, value: false }],
    };
  if (isJsonObject(allowed)) {
    const codes = Array.isArray(allowed["exit_codes"]) ? allowed["exit_codes"] : [allowed["exit_codes"]];
    if (codes.includes(1))
      return { reason: "allow_failure.exit_codes has 1, the code of a scan that found something", path };
  }
  const rules = listAt(job.merged, ["rules"]);
  const running = rules.filter((rule) => stringAt(rule, ["when"]) !== "never");
  if (running.length > 0 && running.every((rule) => booleanAt(rule, ["allow_failure"]) === true))
    return { reason: "every rule of the job has allow_failure: true", path: [...job.path, "rules"] };
  return undefined;
}

function gitlabSkipped(job: GitlabJob): PipelineScan["skipped"] {
  if (stringAt(job.merged, ["when"]) === "manual")
    return {
      reason: "when: manual: the scan runs only when somebody starts it, and nothing waits for it",
      path: [...job.path, "when"],
    };
  if (stringAt(job.merged, ["when"]) === "never")
    return { reason: "when: never: the scan does not run", path: [...job.path, "when"] };
  const rules = listAt(job.merged, ["rules"]);
  const modes = rules.map((rule) => stringAt(rule, ["when"]) ?? "on_success");
  if (rules.length > 0 && modes.every((mode) => mode === "manual" || mode === "never"))
    return { reason: "every rule of the job is manual or never", path: [...job.path, "rules"] };
  const only = job.merged["only"];
  const refs = Array.isArray(only) ? only : listAt(only, ["refs"]);
  if (
    refs.length > 0 &&
    refs.every((ref) => typeof ref === "string" && ["schedules", "web", "api", "triggers", "tags"].includes(ref))
  )
    return {
      reason: `only: ${refs.filter((ref) => typeof ref === "string").join(", ")}: commits and merge requests are not scanned`,
      path: [...job.path, "only"],
    };
  return undefined;
}

/** Actions that scan an image, and how their inputs decide the outcome. */
const ACTIONS: Readonly<
  Record<
    string,
    (step: GithubStep) => { readonly reason: string; readonly path: Path; readonly edits?: readonly Edit[] } | undefined
  >
> = {
  "aquasecurity/trivy-action": (step) =>
    needsInput(step, "exit-code", "1", ["0"], "trivy-action succeeds whatever it finds"),
  "docker/scout-action": (step) =>
    needsInput(step, "exit-code", "true", ["false"], "scout-action succeeds whatever it finds"),
  "anchore/scan-action": (step) =>
    inputOf(step, "fail-build") === "false"
      ? {
          reason: "fail-build: false makes scan-action succeed whatever it finds",
          path: [...step.path, "with", "fail-build"],
        }
      : undefined,
  "snyk/actions/docker": () => undefined,
  "azure/container-scan": () => undefined,
};

function needsInput(
  step: GithubStep,
  input: string,
  wanted: string,
  off: readonly string[],
  effect: string,
): PipelineScan["cannotFail"] {
  const value = inputOf(step, input);
  const path = [...step.path, "with", input];
  if (value !== undefined && !off.includes(value)) return undefined;
  const scansConfiguration = inputOf(step, "scan-type") === "config";
  if (scansConfiguration) return undefined;
  return {
    reason: `${value === undefined ? `without the input ${input}` : `with ${input}: ${value}`} ${effect}`,
    path: value === undefined ? step.path : path,
    edits: [{ op: "set", path, value: wanted }],
  };
}

function inputOf(step: GithubStep, name: string): string | undefined {
  const value = objectAt(step.value, ["with"])?.[name];
  return value === undefined || value === null || typeof value === "object" ? undefined : String(value);
}

function githubScans(artifact: Artifact): readonly PipelineScan[] {
  const { jobs } = readGithubWorkflow(artifact);
  return jobs.flatMap((job) =>
    job.steps.flatMap((step) => {
      const where = `job ${job.name}, step ${stringAt(step.value, ["name"]) ?? step.uses ?? String(step.path.at(-1))}`;
      const ignored = joined(continues(step.value, step.path), continues(job.value, job.path));
      const condition = step.value["if"] ?? job.value["if"];
      const skipped =
        condition === false || condition === "false"
          ? { reason: "if: false: the scan does not run", path: [...step.path, "if"] }
          : undefined;
      const action = (step.uses ?? "").split("@")[0]?.toLowerCase() ?? "";
      const judge = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
      if (judge !== undefined) {
        const severities = inputOf(step, "severity")
          ?.toLowerCase()
          .split(",")
          .map((item) => item.trim());
        const narrow =
          severities !== undefined && severities.includes("critical") && !severities.includes("high")
            ? {
                reason: "only critical vulnerabilities count: high ones, most of those exploited, pass",
                path: [...step.path, "with", "severity"],
              }
            : undefined;
        return [{ artifact, where, tool: action, cannotFail: joined(ignored, judge(step)), narrow, skipped }];
      }
      const runs = step.run === undefined ? [] : scanRuns(step.run, new Map());
      const best = runs.find((run) => run.cannotFail === undefined) ?? runs[0];
      return best === undefined ? [] : [scan(artifact, where, best, [...step.path, "run"], ignored, skipped)];
    }),
  );
}

/** The first reason, with the edits of both: taking one away alone would leave the other. */
function joined(first: PipelineScan["cannotFail"], second: PipelineScan["cannotFail"]): PipelineScan["cannotFail"] {
  if (first === undefined || second === undefined) return first ?? second;
  return { ...first, edits: [...(first.edits ?? []), ...(second.edits ?? [])] };
}

function continues(value: unknown, path: Path): PipelineScan["cannotFail"] {
  if (booleanAt(value, ["continue-on-error"]) !== true) return undefined;
  const at = [...path, "continue-on-error"];
  return {
    reason: "continue-on-error: true lets the workflow go on whatever the scan finds",
    path: at,
    edits: [{ op: "set", path: at, value: false }],
  };
}

/** Where a pipeline builds an image; undefined where it does not. */
export function buildOf(artifact: Artifact): Path | undefined {
  if (artifact.artifact === "gitlab-ci")
    return readGitlabPipeline(artifact).jobs.find(({ script }) => script.some(({ text }) => buildsImage(text)))?.path;
  for (const { steps } of readGithubWorkflow(artifact).jobs) {
    const step = steps.find(
      ({ uses, run }) =>
        /^docker\/(?:build-push|bake)-action@/.test(uses ?? "") || (run !== undefined && buildsImage(run)),
    );
    if (step !== undefined) return step.path;
  }
  return undefined;
}

function buildsImage(script: string): boolean {
  return parseShell(script).some(({ words }) => {
    const [tool = "", ...rest] = words.map(({ text }) => text);
    const name = tool.split("/").at(-1) ?? "";
    if (["docker", "podman", "nerdctl", "buildah"].includes(name))
      return rest[0] === "build" || rest[0] === "bud" || (rest[0] === "buildx" && rest[1] === "build");
    return (
      ["executor", "kaniko", "jib", "ko"].includes(name) &&
      (name !== "ko" || rest[0] === "build") &&
      (name !== "executor" || tool.includes("kaniko"))
    );
  });
}
