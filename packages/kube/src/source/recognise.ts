import { type JsonObject, type JsonValue, isJsonObject } from "../json.ts";
import type { ArtifactType } from "../object.ts";

/** What a file's name alone tells; undefined where the content must. */
export function artifactOfName(file: string): ArtifactType | undefined {
  const segments = file.replaceAll("\\", "/").split("/");
  const name = segments.at(-1) ?? "";
  if (name.endsWith(".rego")) return "rego";
  if (name.endsWith(".sh") || name.endsWith(".bash")) return "shell";
  if (/^(?:Docker|Container)file(?:\..+)?$/.test(name) || name.toLowerCase().endsWith(".dockerfile"))
    return "dockerfile";
  if (/^(?:.*\.)?\.?gitlab-ci\.ya?ml$/.test(name)) return "gitlab-ci";
  if (/\.ya?ml$/.test(name) && segments.at(-2) === "workflows" && segments.at(-3) === ".github")
    return "github-workflow";
  if (/^kustomization\.ya?ml$/.test(name) || name === "Kustomization") return "kustomization";
  return undefined;
}

/** Artifacts that are text to us, not YAML. */
export function isTextArtifact(type: ArtifactType | undefined): boolean {
  return type === "rego" || type === "shell" || type === "dockerfile";
}

/** Files of JavaScript tools, which have JSON's name but may hold comments, and are never manifests. */
const TOOL_FILE = /(?:^|[\\/])(?:package(?:-lock)?|[jt]sconfig(?:\.[^\\/]+)?)\.json$/;

/** Whether a folder's file is worth reading: what `kubectl -f DIR` reads, and the artifacts known by name. */
export function isReadInFolders(file: string): boolean {
  return (/\.(?:ya?ml|json)$/.test(file) && !TOOL_FILE.test(file)) || artifactOfName(file) !== undefined;
}

export type Recognised =
  | { readonly type: "object"; readonly apiVersion: string; readonly kind: string; readonly value: JsonObject }
  | { readonly type: "list"; readonly apiVersion: string; readonly kind: string; readonly value: JsonObject }
  | { readonly type: "artifact"; readonly artifact: ArtifactType }
  | { readonly type: "problem"; readonly code: string; readonly message: string; readonly path: readonly string[] };

/** What a parsed document is. `file` is its name where it has one. */
export function recognise(value: JsonValue, file: string | undefined): Recognised {
  const named = file === undefined ? undefined : artifactOfName(file);
  if (named !== undefined) return { type: "artifact", artifact: named };
  if (Array.isArray(value)) return { type: "artifact", artifact: isFalcoRules(value) ? "falco-rules" : "unrecognised" };
  if (!isJsonObject(value))
    return {
      type: "problem",
      code: "KUBE_NOT_AN_OBJECT",
      message: "the document is a single scalar, not an object",
      path: [],
    };
  return recogniseMapping(value, file);
}

function recogniseMapping(value: JsonObject, file: string | undefined): Recognised {
  const apiVersion = own(value, "apiVersion");
  const kind = own(value, "kind");
  if (isFilled(apiVersion) && isFilled(kind)) {
    const isList = kind.endsWith("List") && (apiVersion === "v1" || kind !== "List") && isListOfItems(value, kind);
    return { type: isList ? "list" : "object", apiVersion, kind, value };
  }
  const fromContent = artifactOfContent(value, file);
  if (fromContent !== undefined) return { type: "artifact", artifact: fromContent };
  if (apiVersion === undefined && kind === undefined) return { type: "artifact", artifact: "unrecognised" };
  const [code, field] = isFilled(apiVersion)
    ? ["KUBE_MISSING_KIND", "kind"]
    : ["KUBE_MISSING_API_VERSION", "apiVersion"];
  const given = field === "kind" ? kind : apiVersion;
  const what = given === undefined || given === null ? "is not set" : given === "" ? "is empty" : "is not a string";
  if (code === "KUBE_MISSING_API_VERSION" && apiVersion === undefined && !looksLikeObject(value))
    return { type: "artifact", artifact: "unrecognised" };
  return { type: "problem", code, message: `${field} ${what}`, path: given === undefined ? [] : [field] };
}

function own(value: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

function isFilled(value: JsonValue | undefined): value is string {
  return typeof value === "string" && value !== "";
}

/** A `kind` alone is a common key elsewhere; with metadata or a spec beside it, it is an object that lost its apiVersion. */
function looksLikeObject(value: JsonObject): boolean {
  return ["metadata", "spec", "items", "data", "rules"].some((key) => Object.hasOwn(value, key));
}

/** `List`, or a kind such as `PodList` that has items and, as lists do, no spec or name of its own. */
function isListOfItems(value: JsonObject, kind: string): boolean {
  if (kind === "List") return true;
  if (!Object.hasOwn(value, "items") || Object.hasOwn(value, "spec")) return false;
  const metadata = own(value, "metadata");
  return !isJsonObject(metadata) || !Object.hasOwn(metadata, "name");
}

const FALCO_KEYS = ["rule", "macro", "list", "required_engine_version", "required_plugin_versions"];

function isFalcoRules(items: readonly JsonValue[]): boolean {
  return items.some((item) => isJsonObject(item) && FALCO_KEYS.some((key) => Object.hasOwn(item, key)));
}

function artifactOfContent(value: JsonObject, file: string | undefined): ArtifactType | undefined {
  const name = file?.replaceAll("\\", "/").split("/").at(-1) ?? "";
  if (/^Chart\.(?:yaml|lock)$/.test(name)) return "unrecognised";
  if (/^values(?:[-.].+)?\.ya?ml$/.test(name)) return "helm-values";
  const jobs = own(value, "jobs");
  // `on:` is a boolean key to kubectl's YAML.
  if (
    (Object.hasOwn(value, "true") || Object.hasOwn(value, "on")) &&
    isJsonObject(jobs) &&
    hasMember(jobs, ["steps", "uses"])
  )
    return "github-workflow";
  if (
    hasMember(value, ["script", "trigger"]) &&
    (Object.hasOwn(value, "stages") || hasMember(value, ["stage", "image"]))
  )
    return "gitlab-ci";
  return undefined;
}

function hasMember(value: JsonObject, keys: readonly string[]): boolean {
  return Object.values(value).some((member) => isJsonObject(member) && keys.some((key) => Object.hasOwn(member, key)));
}
