import { type Artifact, type JsonObject, type Path, isJsonObject, listAt, objectAt, stringAt } from "@redoubt/kube";

export interface GithubStep {
  readonly path: Path;
  readonly value: JsonObject;
  readonly uses: string | undefined;
  readonly run: string | undefined;
}

export interface GithubJob {
  readonly name: string;
  readonly path: Path;
  readonly value: JsonObject;
  readonly steps: readonly GithubStep[];
}

export interface GithubWorkflow {
  readonly artifact: Artifact;
  readonly value: JsonObject;
  /** The events that start it. */
  readonly triggers: readonly string[];
  readonly jobs: readonly GithubJob[];
}

export function readGithubWorkflow(artifact: Artifact): GithubWorkflow {
  const value = isJsonObject(artifact.value) ? artifact.value : {};
  const jobs = Object.entries(objectAt(value, ["jobs"]) ?? {}).flatMap(([name, job]) => {
    if (!isJsonObject(job)) return [];
    const path: Path = ["jobs", name];
    const steps = listAt(job, ["steps"]).flatMap((step, index) =>
      isJsonObject(step)
        ? [
            {
              path: [...path, "steps", index],
              value: step,
              uses: stringAt(step, ["uses"]),
              run: stringAt(step, ["run"]),
            },
          ]
        : [],
    );
    return [{ name, path, value: job, steps }];
  });
  return { artifact, value, triggers: triggersOf(value), jobs };
}

/** YAML 1.1 readers take the key `on` for true. */
function triggersOf(value: JsonObject): readonly string[] {
  const on = value["on"] ?? value["true"];
  if (typeof on === "string") return [on];
  if (Array.isArray(on)) return on.filter((item) => typeof item === "string");
  return isJsonObject(on) ? Object.keys(on) : [];
}
