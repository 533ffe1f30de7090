import type { Diagnostic } from "../diagnostic.ts";
import type { KnownKinds } from "../gen/types.ts";
import { type JsonObject, type JsonValue, type Path, isJsonObject, valueAt } from "../json.ts";
import type { Artifact, ArtifactType, KubeObject } from "../object.ts";
import { type DecodeProblem, decodeKind, decodeMetadata } from "../schema/decode.ts";
import { knownKind, presentApiVersion } from "../schema/kinds.ts";
import { type Scope, isConfiguration, needsName, scopeOf } from "../schema/scope.ts";
import { ClusterSnapshot, kindKey } from "../snapshot.ts";
import { type AliasBudget, type ParsedDocument, newAliasBudget, parseDocument } from "../yaml/construct.ts";
import type { Problem } from "../yaml/problem.ts";
import { artifactOfName, isTextArtifact, recognise } from "./recognise.ts";
import { type SourceFile, SourceOrigin } from "./source-file.ts";

const NO_STRINGS: Readonly<Record<string, string>> = Object.freeze({});

class LoadedObject implements KubeObject {
  readonly type = "object";
  readonly apiVersion: string;
  readonly kind: string;
  readonly group: string;
  readonly known: keyof KnownKinds | undefined;
  readonly name: string;
  /** Settled when all objects are known: a CustomResourceDefinition may come after its resources. */
  namespace: string;
  readonly value: JsonObject;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly origin: SourceOrigin;

  constructor(
    apiVersion: string,
    kind: string,
    known: keyof KnownKinds | undefined,
    value: JsonObject,
    origin: SourceOrigin,
  ) {
    const metadata = Object.hasOwn(value, "metadata") && isJsonObject(value["metadata"]) ? value["metadata"] : {};
    this.apiVersion = apiVersion;
    this.kind = kind;
    this.group = groupOf(apiVersion);
    this.known = known;
    this.name = stringOf(metadata, "name") || stringOf(metadata, "generateName");
    this.namespace = stringOf(metadata, "namespace");
    this.value = value;
    this.labels = stringsOf(metadata, "labels");
    this.annotations = stringsOf(metadata, "annotations");
    this.origin = origin;
  }
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash === -1 ? "" : apiVersion.slice(0, slash);
}

function stringOf(value: JsonObject, key: string): string {
  const found = Object.hasOwn(value, key) ? value[key] : undefined;
  return typeof found === "string" ? found : "";
}

function isStrings(value: JsonValue | undefined): value is Record<string, string> {
  if (!isJsonObject(value)) return false;
  for (const key in value) if (typeof value[key] !== "string") return false;
  return true;
}

function stringsOf(metadata: JsonObject, key: string): Readonly<Record<string, string>> {
  const found = Object.hasOwn(metadata, key) ? metadata[key] : undefined;
  return isStrings(found) ? found : NO_STRINGS;
}

/** Gathers what texts hold into one snapshot. A text that cannot be read becomes a diagnostic; the rest goes on. */
export class Collector {
  readonly #objects: LoadedObject[] = [];
  readonly #artifacts: Artifact[] = [];
  readonly #diagnostics: Diagnostic[] = [];
  readonly #budget: AliasBudget = newAliasBudget();

  /** Something that went wrong outside of any text. */
  report(diagnostic: Diagnostic): void {
    this.#diagnostics.push(diagnostic);
  }

  /** Reads a text for what its name and content say it is. */
  addSource(source: SourceFile, as?: ArtifactType): void {
    const named = as ?? artifactOfName(nameOf(source) ?? "");
    if (isTextArtifact(named) || (named === undefined && source.text.startsWith("#!"))) {
      this.#addArtifact(named ?? "shell", undefined, source.text, new SourceOrigin(source, -1, []));
      return;
    }
    source.documents.forEach((slice, index) => {
      if (slice.badSeparator !== undefined) {
        const { start, end } = slice.badSeparator;
        this.#problem(source, 0, {
          code: "KUBE_BAD_SEPARATOR",
          severity: "error",
          message: "only a comment may follow `---` on its line: kubectl refuses the file",
          start,
          end,
          hint: "begin the document on the next line",
        });
      }
      const text = source.text.slice(slice.start, slice.end);
      const parsed = parseDocument(text, this.#budget);
      for (const problem of parsed.problems) this.#problem(source, slice.start, withTemplateHint(problem, text));
      if (parsed.value === undefined || parsed.value === null) return;
      this.#reportIgnored(source, slice.start, parsed);
      this.#addDocument(source, index, text, parsed.value, as);
    });
  }

  #reportIgnored(source: SourceFile, start: number, { ignoredFrom }: ParsedDocument): void {
    if (ignoredFrom === undefined) return;
    this.#problem(source, start, {
      code: "KUBE_IGNORED_CONTENT",
      severity: "warning",
      message: "kubectl ignores what follows `...` up to the next `---`",
      start: ignoredFrom,
      end: ignoredFrom + 1,
      hint: "separate documents with `---`",
    });
  }

  #addDocument(source: SourceFile, index: number, text: string, value: JsonValue, as: ArtifactType | undefined): void {
    const origin = new SourceOrigin(source, index, []);
    const recognised =
      as === undefined ? recognise(value, nameOf(source)) : ({ type: "artifact", artifact: as } as const);
    switch (recognised.type) {
      case "object":
      case "list":
        this.#addValue(recognised.value, origin, recognised.type, recognised.apiVersion, recognised.kind);
        return;
      case "artifact": {
        const isWorkflow = recognised.artifact === "github-workflow";
        const parsed = isWorkflow ? parseDocument(text, this.#budget, "core").value : value;
        this.#addArtifact(recognised.artifact, parsed ?? value, text, origin);
        return;
      }
      case "problem":
        this.#at(origin, recognised.path, { ...recognised, severity: "error" });
    }
  }

  #addArtifact(artifact: ArtifactType, value: JsonValue | undefined, text: string, origin: SourceOrigin): void {
    this.#artifacts.push({ type: "artifact", artifact, value, text, origin, name: origin.file });
  }

  #addValue(value: JsonObject, origin: SourceOrigin, type: "object" | "list", apiVersion: string, kind: string): void {
    if (type === "list") this.#addList(value, origin, apiVersion, kind);
    else this.#addObject(value, origin, apiVersion, kind);
  }

  #addList(list: JsonObject, origin: SourceOrigin, apiVersion: string, kind: string): void {
    const items = Object.hasOwn(list, "items") ? list["items"] : undefined;
    if (items === undefined || items === null) return;
    if (!Array.isArray(items)) {
      this.#at(origin, ["items"], {
        code: "KUBE_BAD_LIST",
        severity: "error",
        message: `items of a ${kind} must be a list`,
      });
      return;
    }
    items.forEach((item, index) => {
      const itemOrigin = new SourceOrigin(origin.source, origin.document, [...origin.base, "items", index]);
      if (!isJsonObject(item)) {
        this.#at(itemOrigin, [], {
          code: "KUBE_BAD_LIST",
          severity: "error",
          message: `item ${index} of a ${kind} is not an object`,
        });
        return;
      }
      // The API server leaves the type out of the items of typed lists.
      if (kind !== "List" && !Object.hasOwn(item, "kind") && !Object.hasOwn(item, "apiVersion")) {
        item["apiVersion"] = apiVersion;
        item["kind"] = kind.slice(0, -"List".length);
      }
      const recognised = recognise(item, undefined);
      if (recognised.type === "object" || recognised.type === "list")
        this.#addValue(recognised.value, itemOrigin, recognised.type, recognised.apiVersion, recognised.kind);
      else if (recognised.type === "problem")
        this.#at(itemOrigin, recognised.path, { ...recognised, severity: "error" });
      else
        this.#at(itemOrigin, [], {
          code: "KUBE_MISSING_KIND",
          severity: "error",
          message: `item ${index} of a ${kind} has no kind and apiVersion`,
        });
    });
  }

  #addObject(value: JsonObject, origin: SourceOrigin, apiVersion: string, kind: string): void {
    const group = groupOf(apiVersion);
    const version = apiVersion.slice(apiVersion.lastIndexOf("/") + 1);
    const known = knownKind(group, version, kind);
    const problems =
      known === undefined ? this.#decodeUnknown(value, group, kind) : decodeKind(value, known.known, known.exact);
    let refused = false;
    for (const problem of problems) {
      this.#at(origin, problem.path, { ...problem, message: `${kind} ${problem.message}` });
      if (problem.severity === "error") refused = true;
    }
    if (refused) return;
    const object = new LoadedObject(apiVersion, kind, known?.known, value, origin);
    this.#checkIdentity(object, known?.unserved === true);
    this.#objects.push(object);
  }

  /** Custom resources have their metadata decoded like all objects; configuration files have none. */
  #decodeUnknown(value: JsonObject, group: string, kind: string): readonly DecodeProblem[] {
    const metadata = Object.hasOwn(value, "metadata") ? value["metadata"] : undefined;
    if (metadata === undefined || isConfiguration(group, kind)) return [];
    if (metadata === null) {
      delete value["metadata"];
      return [];
    }
    if (isJsonObject(metadata)) return decodeMetadata(metadata);
    return [{ code: "KUBE_DECODE", severity: "error", path: ["metadata"], message: "metadata: expected object" }];
  }

  #checkIdentity(object: LoadedObject, unserved: boolean): void {
    const { apiVersion, group, kind } = object;
    if (unserved)
      this.#at(object.origin, ["apiVersion"], {
        code: "KUBE_UNKNOWN_VERSION",
        severity: "warning",
        message: `no Kubernetes release serves ${kind} as ${apiVersion}`,
        hint: `read as ${presentApiVersion(kind) ?? apiVersion}`,
      });
    const present =
      object.known === undefined && (group === "" || group === "apps" || group === "batch")
        ? presentApiVersion(kind)
        : undefined;
    if (present !== undefined)
      this.#at(object.origin, ["apiVersion"], {
        code: "KUBE_UNKNOWN_KIND",
        severity: "error",
        message: `${apiVersion} has no kind ${kind}`,
        hint: `use apiVersion: ${present}`,
      });
    if (object.name === "" && needsName(group, kind))
      this.#at(object.origin, ["metadata"], {
        code: "KUBE_MISSING_NAME",
        severity: "error",
        message: `${kind} has no metadata.name: the API server refuses it`,
      });
  }

  #at(origin: SourceOrigin, path: Path, problem: Pick<Diagnostic, "code" | "severity" | "message" | "hint">): void {
    const { code, severity, message, hint } = problem;
    const region = origin.rendered === undefined ? { region: origin.locate(path) } : {};
    this.#diagnostics.push({
      code,
      severity,
      message,
      file: origin.file,
      ...region,
      ...(hint === undefined ? {} : { hint }),
    });
  }

  #problem(source: SourceFile, documentStart: number, problem: Problem): void {
    const { code, severity, hint, earlier } = problem;
    const rendered = source.rendered !== undefined;
    const message =
      earlier === undefined || rendered
        ? problem.message
        : `${problem.message} (first on line ${source.position(documentStart + earlier).line})`;
    const region = rendered
      ? {}
      : { region: source.region(documentStart + problem.start, documentStart + problem.end) };
    this.#diagnostics.push({
      code,
      severity,
      message,
      file: source.file,
      ...region,
      ...(hint === undefined ? {} : { hint }),
    });
  }

  /** The snapshot of all that was added. `namespace` is given to namespaced objects that name none. */
  snapshot(namespace: string): ClusterSnapshot {
    const defined = definedScopes(this.#objects);
    for (const object of this.#objects) {
      const scope = scopeOf(object.group, object.kind) ?? defined.get(kindKey(object.group, object.kind));
      if (scope === "Cluster") object.namespace = "";
      else if (scope === "Namespaced" && object.namespace === "") object.namespace = namespace;
    }
    return new ClusterSnapshot({ objects: this.#objects, artifacts: this.#artifacts, diagnostics: this.#diagnostics });
  }
}

/** What the CustomResourceDefinitions among the objects say of their kinds' scope. */
function definedScopes(objects: readonly LoadedObject[]): ReadonlyMap<string, Scope> {
  const scopes = new Map<string, Scope>();
  for (const { group, kind, value } of objects) {
    if (group !== "apiextensions.k8s.io" || kind !== "CustomResourceDefinition") continue;
    const definedGroup = valueAt(value, ["spec", "group"]);
    const definedKind = valueAt(value, ["spec", "names", "kind"]);
    const scope = valueAt(value, ["spec", "scope"]);
    if (
      typeof definedGroup === "string" &&
      typeof definedKind === "string" &&
      (scope === "Cluster" || scope === "Namespaced")
    )
      scopes.set(kindKey(definedGroup, definedKind), scope);
  }
  return scopes;
}

/** The name that tells what a text is; what a tool printed has none of its own. */
function nameOf(source: SourceFile): string | undefined {
  return source.rendered === undefined ? source.file : undefined;
}

function withTemplateHint(problem: Problem, text: string): Problem {
  if (problem.severity !== "error" || problem.hint !== undefined || !/\{\{-?\s*[.$\w"(]/.test(text)) return problem;
  return { ...problem, hint: "this looks like a template: render it first, or give the folder of its chart" };
}
