import type { Control } from "@redoubt/control";
import { type Path, isJsonObject, listAt } from "@redoubt/kube";
import { auditPoliciesOf } from "../model/given.ts";

const POLICY_FIELDS = ["apiVersion", "kind", "metadata", "rules", "omitStages", "omitManagedFields"];
const RULE_FIELDS = [
  "level",
  "users",
  "userGroups",
  "verbs",
  "resources",
  "namespaces",
  "nonResourceURLs",
  "omitStages",
  "omitManagedFields",
];
const RESOURCE_FIELDS = ["group", "resources", "resourceNames"];

export const policyFieldsKnown: Control = {
  id: "AUD-009",
  title: "Audit policies hold no misspelt fields",
  layer: "cluster",
  item: "audit-logging",
  severity: "high",
  references: [{ framework: "CIS", version: "1.11", id: "3.2.1" }],
  rationale:
    "The API server loads a policy with unknown fields and only warns. A misspelt condition is no condition: the rule becomes wider, and may drop or record far more than it says.",
  remediation: "Correct the field's name.",
  examples: {
    failing: `apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: None
  resource:
  - resources: [events]
- level: Metadata
`,
    passing: `apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: None
  resources:
  - resources: [events]
- level: Metadata
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const { object } of auditPoliciesOf(snapshot)) {
      const unknown = [
        ...unknownKeys(object.value, [], POLICY_FIELDS),
        ...listAt(object.value, ["rules"]).flatMap((rule, index) => [
          ...unknownKeys(rule, ["rules", index], RULE_FIELDS),
          ...listAt(rule, ["resources"]).flatMap((entry, position) =>
            unknownKeys(entry, ["rules", index, "resources", position], RESOURCE_FIELDS),
          ),
        ]),
      ];
      if (unknown.length === 0) report.pass(object);
      for (const { path, key, known } of unknown) {
        const meant = known.find((field) => looksLike(field, key));
        const effect =
          known === RULE_FIELDS
            ? "the API server ignores it, so this rule matches more than it says"
            : "the API server ignores it";
        report.fail(object, {
          message: `field ${JSON.stringify(key)} does not exist here${meant === undefined ? "" : ` (did you mean ${JSON.stringify(meant)}?)`}: ${effect}`,
          path: [...path, key],
          severity: known === POLICY_FIELDS ? "medium" : "high",
        });
      }
    }
  },
};

function unknownKeys(
  value: unknown,
  path: Path,
  known: readonly string[],
): readonly { path: Path; key: string; known: readonly string[] }[] {
  if (!isJsonObject(value)) return [];
  return Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) => ({ path, key, known }));
}

/** The same letters up to case, a plural s, or one letter more, less or changed. */
function looksLike(field: string, written: string): boolean {
  const [a, b] = [field.toLowerCase().replace(/s$/, ""), written.toLowerCase().replace(/s$/, "")];
  if (a === b) return true;
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  const rest = (text: string, skip: number): string => text.slice(start + skip);
  return rest(a, 1) === rest(b, 1) || rest(a, 1) === rest(b, 0) || rest(a, 0) === rest(b, 1);
}
