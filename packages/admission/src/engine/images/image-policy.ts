/** Which images containers may run: registries, tags, digests, and what a verifier says of signatures. */
import {
  type JsonObject,
  type Path,
  booleanAt,
  isJsonObject,
  listAt,
  objectAt,
  stringAt,
  stringsAt,
  valueAt,
} from "@redoubt/kube";
import type { Action, Violation } from "../../model/violation.ts";
import { type Match, type MatchTarget, matches, matchProblems, readMatch } from "../gatekeeper/match.ts";

export const IMAGE_POLICY_GROUP = "policy.redoubt.dev";

export interface ImagePolicy {
  readonly name: string;
  readonly match: Match | undefined;
  readonly action: Action;
  /** Globs over `registry/repository`; any where there are none. */
  readonly repositories: readonly string[];
  readonly deniedTags: readonly string[];
  readonly requireTag: boolean;
  readonly requireDigest: boolean;
  readonly verify: boolean;
}

/** Why an image must not run; nothing where it may. */
export type VerifyImage = (reference: string) => string | undefined;

export function readImagePolicy(value: JsonObject): ImagePolicy | string {
  const action = stringAt(value, ["spec", "enforcementAction"]) ?? "deny";
  if (action !== "deny" && action !== "warn" && action !== "dryrun") {
    return `spec.enforcementAction: ${JSON.stringify(action)} is not one of deny, warn, dryrun`;
  }
  const match = readMatch(objectAt(value, ["spec", "match"]));
  const [problem] = match === undefined ? [] : matchProblems(match);
  if (problem !== undefined) return problem;
  return {
    name: stringAt(value, ["metadata", "name"]) ?? "",
    match,
    action,
    repositories: stringsAt(value, ["spec", "repositories"]),
    deniedTags: stringsAt(value, ["spec", "deniedTags"]),
    requireTag: booleanAt(value, ["spec", "requireTag"]) ?? false,
    requireDigest: booleanAt(value, ["spec", "requireDigest"]) ?? false,
    verify: booleanAt(value, ["spec", "verify"]) ?? false,
  };
}

interface Reference {
  /** With the registry, and `library/` where Docker Hub means it. */
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

export function splitReference(image: string): Reference {
  const at = image.indexOf("@");
  const digest = at < 0 ? undefined : image.slice(at + 1);
  const named = at < 0 ? image : image.slice(0, at);
  const colon = named.lastIndexOf(":");
  const hasTag = colon > named.lastIndexOf("/");
  const name = hasTag ? named.slice(0, colon) : named;
  const tag = hasTag ? named.slice(colon + 1) : undefined;
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  const hasRegistry = /[.:]/.test(first) || first === "localhost";
  const registry = hasRegistry && first !== "index.docker.io" ? first : "docker.io";
  const path = hasRegistry ? name.slice(slash + 1) : name;
  const isOfficial = registry === "docker.io" && !path.includes("/");
  return { repository: `${registry}/${isOfficial ? "library/" : ""}${path}`, tag, digest };
}

/** Where each kind keeps its pod's spec. */
const POD_SPECS: ReadonlyMap<string, Path> = new Map([
  ["Pod", ["spec"]],
  ["PodTemplate", ["template", "spec"]],
  ["CronJob", ["spec", "jobTemplate", "spec", "template", "spec"]],
]);
const IN_TEMPLATE: Path = ["spec", "template", "spec"];
const LISTS = ["initContainers", "containers", "ephemeralContainers"] as const;

interface UsedImage {
  /** `container "NAME" runs`, `volume "NAME" mounts`. */
  readonly use: string;
  readonly image: string;
}

/** Of containers, and of volumes: what these mount can be run (KEP-4639). */
function imagesOf(object: JsonObject): readonly UsedImage[] {
  const kind = stringAt(object, ["kind"]) ?? "";
  const spec = valueAt(object, POD_SPECS.get(kind) ?? IN_TEMPLATE);
  const ofContainers = LISTS.flatMap((list) =>
    listAt(spec, [list])
      .filter(isJsonObject)
      .map((container) => ({
        use: `container ${JSON.stringify(stringAt(container, ["name"]) ?? "")} runs`,
        image: stringAt(container, ["image"]) ?? "",
      })),
  );
  const ofVolumes = listAt(spec, ["volumes"]).flatMap((volume) => {
    const mounted = objectAt(volume, ["image"]);
    if (mounted === undefined) return [];
    const use = `volume ${JSON.stringify(stringAt(volume, ["name"]) ?? "")} mounts`;
    return [{ use, image: stringAt(mounted, ["reference"]) ?? "" }];
  });
  return [...ofContainers, ...ofVolumes];
}

export function reviewImages(
  policy: ImagePolicy,
  target: MatchTarget,
  verify: VerifyImage | undefined,
): readonly Violation[] {
  const matched = matches(policy.match, target);
  const reference = { kind: "ImagePolicy", name: policy.name };
  if (typeof matched === "string") {
    return [{ policy: reference, action: policy.action, message: matched, isError: true }];
  }
  if (!matched) return [];
  return imagesOf(target.object).flatMap(({ use, image }) =>
    imageProblems(policy, image, verify).map(({ problem, isError }) => ({
      policy: reference,
      action: policy.action,
      message: `${use} ${JSON.stringify(image)}: ${problem}`,
      isError,
    })),
  );
}

function imageProblems(
  policy: ImagePolicy,
  image: string,
  verify: VerifyImage | undefined,
): readonly { readonly problem: string; readonly isError: boolean }[] {
  const { repository, tag, digest } = splitReference(image);
  const problems: string[] = [];
  if (policy.repositories.length > 0 && !policy.repositories.some((glob) => matchesRepository(glob, repository))) {
    problems.push(`${repository} is none of the repositories allowed: ${policy.repositories.join(", ")}`);
  }
  if (policy.requireDigest && digest === undefined) problems.push("it must be named by digest");
  if (policy.requireTag && tag === undefined && digest === undefined) problems.push("it must have a tag");
  const effective = tag ?? (digest === undefined ? "latest" : undefined);
  if (effective !== undefined && policy.deniedTags.includes(effective)) problems.push(`the tag ${effective} is denied`);
  const found = problems.map((problem) => ({ problem, isError: false }));
  if (!policy.verify) return found;
  if (verify === undefined) return [...found, { problem: "nothing is here to verify it", isError: true }];
  const refusal = verify(image);
  return refusal === undefined ? found : [...found, { problem: refusal, isError: false }];
}

/** `*` stands for what is within a path segment, `**` at the end for all below. A registry alone is for all of it. */
export function matchesRepository(glob: string, repository: string): boolean {
  const pattern = glob.endsWith("/") ? `${glob}**` : glob.includes("/") ? glob : `${glob}/**`;
  const wanted = pattern.split("/");
  const given = repository.split("/");
  const isOpen = wanted.at(-1) === "**";
  if (isOpen) wanted.pop();
  if (isOpen ? given.length <= wanted.length : given.length !== wanted.length) return false;
  return wanted.every((segment, index) => matchesSegment(segment, given[index] ?? ""));
}

/** Each part between stars is looked for after the one before it. */
function matchesSegment(glob: string, text: string): boolean {
  const [first = "", ...parts] = glob.split("*");
  if (parts.length === 0) return glob === text;
  const last = parts.pop() ?? "";
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false;
  let at = first.length;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > text.length - last.length) return false;
    at = found + part.length;
  }
  return true;
}
