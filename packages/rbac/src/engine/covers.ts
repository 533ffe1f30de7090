import type { PolicyRule } from "@redoubt/kube";
import { groupMatches, resourceEntryMatches, urlEntryMatches, verbMatches } from "./rule-matching.ts";

/** One group, resource, verb and at most one name; or one URL and verb. */
export type AtomicRule =
  | {
      readonly kind: "resource";
      readonly group: string;
      readonly resource: string;
      readonly verb: string;
      readonly name: string | undefined;
    }
  | { readonly kind: "url"; readonly url: string; readonly verb: string };

/**
 * Whether someone who holds `owner` may hand out `servant`, as the API server checks it before it accepts a role or a
 * binding (`k8s.io/component-helpers/auth/rbac/validation`): every atomic part of `servant` must lie within one rule of
 * `owner`. Entries are compared as they are written: no list of resources ever covers `*`.
 */
export function covers(
  owner: readonly PolicyRule[],
  servant: readonly PolicyRule[],
): { readonly covers: boolean; readonly missing: readonly AtomicRule[] } {
  const missing = servant.flatMap(atomsOf).filter((atom) => !owner.some((rule) => ruleCovers(rule, atom)));
  return { covers: missing.length === 0, missing };
}

/** A rule in its smallest parts, in the order that the API server takes them. */
export function atomsOf(rule: PolicyRule): readonly AtomicRule[] {
  const { apiGroups = [], resources = [], verbs = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const names = resourceNames.length === 0 ? [undefined] : resourceNames;
  const atoms: AtomicRule[] = [];
  for (const group of apiGroups)
    for (const resource of resources)
      for (const verb of verbs) for (const name of names) atoms.push({ kind: "resource", group, resource, verb, name });
  for (const url of nonResourceURLs) for (const verb of verbs) atoms.push({ kind: "url", url, verb });
  return atoms;
}

function ruleCovers(owner: PolicyRule, atom: AtomicRule): boolean {
  if (!verbMatches(owner, atom.verb)) return false;
  const names = owner.resourceNames ?? [];
  if (atom.kind === "url")
    return names.length === 0 && (owner.nonResourceURLs?.some((url) => urlEntryMatches(url, atom.url)) ?? false);
  const namesCover = names.length === 0 || (atom.name !== undefined && names.includes(atom.name));
  return (
    namesCover &&
    groupMatches(owner, atom.group) &&
    (owner.resources?.some((entry) => resourceEntryMatches(entry, atom.resource)) ?? false)
  );
}

/** A rule in the words of the API server's refusals. */
export function formatRule(rule: PolicyRule): string {
  const parts = [
    ["APIGroups", rule.apiGroups],
    ["Resources", rule.resources],
    ["NonResourceURLs", rule.nonResourceURLs],
    ["ResourceNames", rule.resourceNames],
    ["Verbs", rule.verbs],
  ] as const;
  const text = parts.flatMap(([label, values]) =>
    values === undefined || values.length === 0 ? [] : [`${label}:[${values.map(quoted).join(" ")}]`],
  );
  return `{${text.join(", ")}}`;
}

/** Go's %q, for the printable text that names are made of. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

/**
 * What the refusal lists for missing parts: those of one group, resource and at most one name joined by verb, in the
 * order of their text.
 */
export function describeMissing(missing: readonly AtomicRule[]): readonly string[] {
  const joined = new Map<string, PolicyRule>();
  const lines: string[] = [];
  for (const atom of missing) {
    if (atom.kind === "url") {
      lines.push(formatRule({ nonResourceURLs: [atom.url], verbs: [atom.verb] }));
      continue;
    }
    const key = JSON.stringify([atom.group, atom.resource, atom.name]);
    const known = joined.get(key);
    joined.set(key, {
      apiGroups: [atom.group],
      resources: [atom.resource],
      verbs: [...(known?.verbs ?? []), atom.verb],
      ...(atom.name === undefined ? {} : { resourceNames: [atom.name] }),
    });
  }
  lines.push(...[...joined.values()].map(formatRule));
  return [...new Set(lines)].sort();
}
