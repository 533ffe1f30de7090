import {
  type Artifact,
  type JsonObject,
  type Path,
  isJsonObject,
  listAt,
  objectAt,
  stringAt,
  stringsAt,
} from "@redoubt/kube";

/** A line, or block, of a job's script, and where it stands. */
export interface ScriptItem {
  readonly text: string;
  readonly path: Path;
}

/** A GitLab CI job with what `extends`, `default` and the global keywords give it. */
export interface GitlabJob {
  readonly name: string;
  readonly path: Path;
  readonly stage: string;
  readonly image: { readonly name: string; readonly path: Path } | undefined;
  readonly services: readonly { readonly name: string; readonly path: Path }[];
  readonly script: readonly ScriptItem[];
  /** The job as written, over those that it extends. */
  readonly merged: JsonObject;
}

export interface GitlabPipeline {
  readonly artifact: Artifact;
  readonly stages: readonly string[];
  readonly jobs: readonly GitlabJob[];
  /** What `include` names: templates, components, files. */
  readonly includes: readonly string[];
}

const GLOBAL = new Set(
  "default include stages variables workflow image services cache before_script after_script spec types".split(" "),
);
const DEFAULT_STAGES = [".pre", "build", "test", "deploy", ".post"];

export function readGitlabPipeline(artifact: Artifact): GitlabPipeline {
  const root = isJsonObject(artifact.value) ? artifact.value : {};
  const declared = stringsAt(root, ["stages"]);
  const jobs = Object.entries(root).flatMap(([name, value]) =>
    GLOBAL.has(name) || name.startsWith(".") || !isJsonObject(value) ? [] : [readJob(root, name, value)],
  );
  return {
    artifact,
    stages: declared.length === 0 ? DEFAULT_STAGES : [".pre", ...declared, ".post"],
    jobs,
    includes: includesOf(root),
  };
}

function readJob(root: JsonObject, name: string, value: JsonObject): GitlabJob {
  const owners = ancestry(root, name, value);
  const merged: JsonObject = Object.assign({}, ...owners.toReversed().map(({ value: owner }) => owner));
  const global = [
    { path: ["default"] satisfies Path, value: objectAt(root, ["default"]) ?? {} },
    { path: [] satisfies Path, value: root },
  ];
  const places = [...owners, ...global];
  const imageOwner = places.find(({ value: owner }) => Object.hasOwn(owner, "image"));
  const serviceOwner = places.find(({ value: owner }) => Object.hasOwn(owner, "services"));
  return {
    name,
    path: [name],
    stage: stringAt(merged, ["stage"]) ?? "test",
    image: imageOwner === undefined ? undefined : imageAt(imageOwner.value["image"], [...imageOwner.path, "image"]),
    services: listAt(serviceOwner?.value, ["services"]).flatMap((service, index) => {
      const found = imageAt(service, [...(serviceOwner?.path ?? []), "services", index]);
      return found === undefined ? [] : [found];
    }),
    script: ["before_script", "script", "after_script"].flatMap((section) => {
      const owner = places.find(({ value: candidate }) => Object.hasOwn(candidate, section));
      return owner === undefined ? [] : scriptItems(owner.value[section], [...owner.path, section]);
    }),
    merged,
  };
}

interface Owner {
  readonly path: Path;
  readonly value: JsonObject;
}

/** The job itself, then what it extends, nearest first; GitLab allows eleven levels. */
function ancestry(root: JsonObject, name: string, value: JsonObject, depth = 0): readonly Owner[] {
  const own = { path: [name], value };
  if (depth > 11) return [own];
  const parents = typeof value["extends"] === "string" ? [value["extends"]] : stringsAt(value, ["extends"]);
  return [
    own,
    ...parents.toReversed().flatMap((parent) => {
      const found = Object.hasOwn(root, parent) ? root[parent] : undefined;
      return isJsonObject(found) ? ancestry(root, parent, found, depth + 1) : [];
    }),
  ];
}

function imageAt(value: unknown, path: Path): { name: string; path: Path } | undefined {
  if (typeof value === "string") return { name: value, path };
  const name = stringAt(value, ["name"]);
  return name === undefined ? undefined : { name, path: [...path, "name"] };
}

function scriptItems(value: unknown, path: Path): readonly ScriptItem[] {
  if (typeof value === "string") return [{ text: value, path }];
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown, index) => scriptItems(item, [...path, index]));
}

function includesOf(root: JsonObject): readonly string[] {
  const { include } = root;
  const items: readonly unknown[] = Array.isArray(include) ? include : [include];
  return items.flatMap((item) => {
    if (typeof item === "string") return [item];
    return isJsonObject(item)
      ? ["template", "component", "project", "local", "remote", "file"].flatMap((key) => stringAt(item, [key]) ?? [])
      : [];
  });
}
