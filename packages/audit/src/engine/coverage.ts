import type { GroupResources, PolicyRule } from "../model/policy.ts";
import { pathMatches } from "./evaluate.ts";

/**
 * Whether every request that `later` matches is matched by `earlier` too, so that `later` never decides when it comes after.
 * Sound, not complete: a rule that only several earlier rules together cover is not recognised.
 */
export function ruleCovers(earlier: PolicyRule, later: PolicyRule): boolean {
  return (
    listCovers(earlier.users, later.users) &&
    listCovers(earlier.userGroups, later.userGroups) &&
    listCovers(earlier.verbs, later.verbs) &&
    targetCovers(earlier, later)
  );
}

/** An empty list matches anything; otherwise the narrower list must name something and nothing else. */
function listCovers(wide: readonly string[], narrow: readonly string[]): boolean {
  return wide.length === 0 || (narrow.length > 0 && narrow.every((item) => wide.includes(item)));
}

function targetCovers(earlier: PolicyRule, later: PolicyRule): boolean {
  const earlierIsResource = earlier.namespaces.length > 0 || earlier.resources.length > 0;
  if (!earlierIsResource && earlier.nonResourceURLs.length === 0) return true;
  const laterIsResource = later.namespaces.length > 0 || later.resources.length > 0;
  if (earlierIsResource !== laterIsResource) return false;
  if (!earlierIsResource)
    return (
      later.nonResourceURLs.length > 0 &&
      later.nonResourceURLs.every((url) => earlier.nonResourceURLs.some((spec) => pathMatches(url, spec)))
    );
  if (!listCovers(earlier.namespaces, later.namespaces)) return false;
  if (earlier.resources.length === 0) return true;
  const entries = later.resources.length > 0 ? later.resources : [EVERYTHING];
  return entries.every((entry) => entryCovered(entry, earlier.resources));
}

const EVERYTHING: GroupResources = { group: "*", resources: [], resourceNames: [] };

function entryCovered(narrow: GroupResources, wide: readonly GroupResources[]): boolean {
  const wanted = narrow.resources.length > 0 ? narrow.resources : ["*"];
  // Without resources the API server does not look at resourceNames.
  const names = narrow.resources.length > 0 ? narrow.resourceNames : [];
  return wanted.every((resource) =>
    wide.some(
      (entry) =>
        (entry.group === "*" || entry.group === narrow.group) &&
        (entry.resources.length === 0 ||
          (listCovers(entry.resourceNames, names) &&
            entry.resources.some((pattern) => resourceCovers(pattern, resource)))),
    ),
  );
}

function resourceCovers(pattern: string, resource: string): boolean {
  if (pattern === resource || pattern === "*") return true;
  const [name = "", subresource] = resource.split("/");
  if (name === "*") return false;
  if (pattern === `${name}/*`) return true;
  return subresource !== undefined && subresource !== "*" && pattern === `*/${subresource}`;
}
