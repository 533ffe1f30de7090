/** The match block of Gatekeeper's constraints, mutators and expansions (pkg/mutation/match). */
import {
  type JsonObject,
  type LabelSelector,
  labelSelectorProblems,
  matchesLabelSelector,
  isJsonObject,
  listAt,
  objectAt,
  stringAt,
  stringsAt,
} from "@redoubt/kube";
import { isNamespaceKind, kindOf } from "../../model/admission-request.ts";
import { matchFormProblems } from "./match-form.ts";

export type Source = "Original" | "Generated";

export interface Match {
  readonly kinds: readonly { readonly apiGroups: readonly string[]; readonly kinds: readonly string[] }[];
  readonly scope: string;
  readonly namespaces: readonly string[];
  readonly excludedNamespaces: readonly string[];
  readonly labelSelector: LabelSelector | undefined;
  readonly namespaceSelector: LabelSelector | undefined;
  readonly name: string;
  readonly source: string;
  /** What is of another type than it must be: such a block matches nothing well. */
  readonly malformed: readonly string[];
}

export interface MatchTarget {
  readonly object: JsonObject;
  /** The namespace that the object is in, where it is known. */
  readonly namespace: JsonObject | undefined;
  readonly source: Source;
  /** What match blocks ask of the object, where it is held against many of them: `factsOf`. */
  readonly facts?: MatchFacts;
}

interface MatchFacts {
  readonly group: string;
  readonly kind: string;
  readonly isNamespace: boolean;
  /** The namespace that globs are held against: a Namespace's own name, else where the object is; undefined for cluster-scoped ones. */
  readonly namespaceName: string | undefined;
  readonly isNamespaced: boolean;
}

export function factsOf({ object, namespace }: MatchTarget): MatchFacts {
  const identity = kindOf(object);
  const isNamespace = isNamespaceKind(identity);
  const own = stringAt(object, ["metadata", "namespace"]) ?? "";
  const around =
    namespace === undefined ? (own === "" ? undefined : own) : (stringAt(namespace, ["metadata", "name"]) ?? "");
  return {
    group: identity.group,
    kind: identity.kind,
    isNamespace,
    namespaceName: isNamespace ? (stringAt(object, ["metadata", "name"]) ?? "") : around,
    isNamespaced: own !== "" || namespace !== undefined,
  };
}

/** Reads a match block; undefined where there is none, which matches everything. */
export function readMatch(value: unknown): Match | undefined {
  if (!isJsonObject(value)) return undefined;
  return {
    kinds: listAt(value, ["kinds"]).map((entry) => ({
      apiGroups: stringsAt(entry, ["apiGroups"]),
      kinds: stringsAt(entry, ["kinds"]),
    })),
    scope: stringAt(value, ["scope"]) ?? "",
    namespaces: stringsAt(value, ["namespaces"]),
    excludedNamespaces: stringsAt(value, ["excludedNamespaces"]),
    labelSelector: objectAt(value, ["labelSelector"]),
    namespaceSelector: objectAt(value, ["namespaceSelector"]),
    name: stringAt(value, ["name"]) ?? "",
    source: stringAt(value, ["source"]) ?? "",
    malformed: matchFormProblems(value),
  };
}

/** What in a match block Gatekeeper refuses. */
export function matchProblems({ labelSelector, namespaceSelector, malformed }: Match): readonly string[] {
  if (malformed.length > 0) return malformed;
  return [labelSelector, namespaceSelector].flatMap((selector) =>
    selector === undefined
      ? []
      : labelSelectorProblems(selector).map(({ path, message }) => `spec.labelSelector.${path.join(".")}: ${message}`),
  );
}

/** Whether the block matches; a string where that cannot be told, which Gatekeeper takes as a violation. */
export function matches(match: Match | undefined, target: MatchTarget): boolean | string {
  if (match === undefined) return true;
  const facts = target.facts ?? factsOf(target);
  if (!kindsMatch(match, facts) || !scopeMatches(match, facts)) return false;
  const { namespaceName } = facts;
  if (match.namespaces.length > 0 && namespaceName !== undefined && !anyGlob(match.namespaces, namespaceName))
    return false;
  if (
    match.excludedNamespaces.length > 0 &&
    namespaceName !== undefined &&
    anyGlob(match.excludedNamespaces, namespaceName)
  ) {
    return false;
  }
  if (match.labelSelector !== undefined && !matchesLabelSelector(match.labelSelector, labelsOf(target.object)))
    return false;
  const selected = namespaceSelectorMatches(match, target, facts);
  if (selected !== true) return selected;
  if (!nameMatches(match.name, target.object)) return false;
  return sourceMatches(match.source, target);
}

function kindsMatch({ kinds }: Match, { group, kind }: MatchFacts): boolean {
  if (kinds.length === 0) return true;
  return kinds.some((entry) => holds(entry.kinds, kind) && holds(entry.apiGroups, group));
}

function holds(list: readonly string[], item: string): boolean {
  return list.length === 0 || list.includes("*") || list.includes(item);
}

function scopeMatches({ scope }: Match, { isNamespace, isNamespaced }: MatchFacts): boolean {
  if (scope === "Cluster") return isNamespace || !isNamespaced;
  return scope !== "Namespaced" || (!isNamespace && isNamespaced);
}

function anyGlob(globs: readonly string[], text: string): boolean {
  return globs.some((glob) => matchesGlob(glob, text));
}

/** A `*` may stand at the beginning, at the end, or at both. */
export function matchesGlob(glob: string, text: string): boolean {
  const starts = glob.startsWith("*");
  const ends = glob.endsWith("*");
  if (starts && ends) return text.includes(glob.replace(/^\*/, "").replace(/\*$/, ""));
  if (starts) return text.endsWith(glob.slice(1));
  return ends ? text.startsWith(glob.slice(0, -1)) : glob === text;
}

function namespaceSelectorMatches(
  { namespaceSelector }: Match,
  { object, namespace }: MatchTarget,
  { isNamespace }: MatchFacts,
): boolean | string {
  if (namespaceSelector === undefined) return true;
  if (isNamespace) return matchesLabelSelector(namespaceSelector, labelsOf(object));
  if (namespace !== undefined) return matchesLabelSelector(namespaceSelector, labelsOf(namespace));
  if ((stringAt(object, ["metadata", "namespace"]) ?? "") === "") return true;
  return "failed to run Match criteria: namespace selector for namespace-scoped object but missing Namespace";
}

function nameMatches(name: string, object: JsonObject): boolean {
  if (name === "" || matchesGlob(name, stringAt(object, ["metadata", "name"]) ?? "")) return true;
  return name.endsWith("*") && matchesGlob(name, stringAt(object, ["metadata", "generateName"]) ?? "");
}

function sourceMatches(wanted: string, { source }: MatchTarget): boolean | string {
  if (wanted === "" || wanted === "All") return true;
  if (wanted !== "Original" && wanted !== "Generated")
    return `failed to run Match criteria: invalid source field ${JSON.stringify(wanted)}`;
  return wanted === source;
}

export function labelsOf(object: unknown): Readonly<Record<string, string>> {
  const labels = objectAt(object, ["metadata", "labels"]) ?? {};
  const strings: [string, string][] = [];
  for (const [key, value] of Object.entries(labels)) if (typeof value === "string") strings.push([key, value]);
  return Object.fromEntries(strings);
}
