import type { LabelSelector, LabelSelectorRequirement } from "@redoubt/kube";

/**
 * Why no set of labels can match a selector, as a clause; undefined when some can. Requirements on one key are
 * weighed against each other: what `matchLabels`, `In` and `Exists` ask for against what `NotIn` and `DoesNotExist` forbid.
 */
export function contradiction(selector: LabelSelector): string | undefined {
  const requirements: LabelSelectorRequirement[] = [
    ...Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({ key, operator: "In", values: [value] })),
    ...(selector.matchExpressions ?? []),
  ];
  for (const [key, ofKey] of Map.groupBy(requirements, (requirement) => requirement.key ?? "")) {
    const reason = contradictionOfKey(key, ofKey);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function contradictionOfKey(key: string, requirements: readonly LabelSelectorRequirement[]): string | undefined {
  const absent = requirements.some(({ operator }) => operator === "DoesNotExist");
  const present = requirements.some(({ operator }) => operator === "In" || operator === "Exists");
  if (absent && present) return `label ${key} is required and forbidden at once`;
  let allowed: ReadonlySet<string> | undefined;
  for (const { operator, values = [] } of requirements) {
    if (operator !== "In") continue;
    const before = allowed;
    allowed = new Set(before === undefined ? values : values.filter((value) => before.has(value)));
  }
  if (allowed === undefined) return undefined;
  const forbidden = new Set(requirements.flatMap(({ operator, values = [] }) => (operator === "NotIn" ? values : [])));
  return [...allowed].every((value) => forbidden.has(value))
    ? `no value of label ${key} satisfies every requirement`
    : undefined;
}
