/** Rules without some verbs on some resources: exactly the rest of what they allowed, as far as a rule can say it. */
import { type JsonObject, type PolicyRule, isJsonObject, objectAt, stringsAt } from "@redoubt/kube";
import type { Remedy, RuleTarget } from "./attack-graph.ts";

const ORDINARY_VERBS = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];

type Narrowing = Extract<Remedy, { kind: "narrow-rule" }>;

/** Whether the rule names its groups and resources one by one, so that only verbs must go; otherwise the rule itself must. */
export function verbsGoAway({ role, rule }: Pick<Narrowing, "role" | "rule">): boolean {
  const { apiGroups, resources } = ruleAt(role.value, rule);
  return [...apiGroups, ...resources].every((entry) => !entry.includes("*"));
}

/** The role's value with its rules narrowed by all of these remedies that are about rules. */
export function narrowRules(value: JsonObject, remedies: readonly Remedy[]): JsonObject {
  const narrowings = remedies.filter((remedy): remedy is Narrowing => remedy.kind === "narrow-rule");
  const rules = value["rules"];
  if (narrowings.length === 0 || !Array.isArray(rules)) return value;
  const byRule = Map.groupBy(narrowings, ({ rule }) => rule);
  return {
    ...value,
    rules: rules.flatMap((rule, at) => {
      const own = byRule.get(at);
      return own === undefined || !isJsonObject(rule)
        ? [rule]
        : narrowed(
            ruleAt(value, at),
            own.flatMap(({ targets }) => targets),
          );
    }),
  };
}

type FullRule = Readonly<
  Record<"apiGroups" | "resources" | "verbs" | "resourceNames" | "nonResourceURLs", readonly string[]>
>;

function ruleAt(value: object, at: number): FullRule {
  const rule = objectAt(value, ["rules", at]);
  const texts = (field: keyof PolicyRule): readonly string[] => stringsAt(rule, [field]);
  return {
    apiGroups: texts("apiGroups"),
    resources: texts("resources"),
    verbs: texts("verbs"),
    resourceNames: texts("resourceNames"),
    nonResourceURLs: texts("nonResourceURLs"),
  };
}

/** Resources of one group that keep the same verbs stay together. */
function narrowed(rule: FullRule, targets: readonly RuleTarget[]): JsonObject[] {
  const { apiGroups, resources, verbs, resourceNames, nonResourceURLs } = rule;
  const kept: JsonObject[] =
    nonResourceURLs.length === 0 ? [] : [{ nonResourceURLs: [...nonResourceURLs], verbs: [...verbs] }];
  if ([...apiGroups, ...resources].some((entry) => entry.includes("*"))) return kept;
  const given = verbs.includes("*") ? ORDINARY_VERBS : verbs;
  const cells = apiGroups.flatMap((group) =>
    resources.map((resource) => {
      const gone = new Set(
        targets
          .filter((target) => target.group === group && target.resource === resource)
          .flatMap((target) => target.verbs),
      );
      const touched = given.some((verb) => gone.has(verb));
      return { group, resource, verbs: touched ? given.filter((verb) => !gone.has(verb)) : verbs };
    }),
  );
  const alike = Map.groupBy(
    cells.filter((cell) => cell.verbs.length > 0),
    ({ group, verbs: left }) => JSON.stringify([group, left]),
  );
  const byResources = Map.groupBy(alike.values(), (members) =>
    JSON.stringify([members.map(({ resource }) => resource), members[0]?.verbs]),
  );
  for (const members of byResources.values()) {
    const [first = []] = members;
    kept.push({
      apiGroups: members.flatMap(([cell]) => (cell === undefined ? [] : [cell.group])),
      resources: first.map(({ resource }) => resource),
      verbs: [...(first[0]?.verbs ?? [])],
      ...(resourceNames.length === 0 ? {} : { resourceNames: [...resourceNames] }),
    });
  }
  return kept;
}
