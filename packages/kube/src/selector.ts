import type { LabelSelector, LabelSelectorRequirement } from "./gen/types.ts";
import { labelKeyProblems, labelValueProblems } from "./label-syntax.ts";

type Labels = Readonly<Record<string, string>>;

/**
 * Whether a selector matches labels, as metav1.LabelSelectorAsSelector has it: an absent selector matches nothing, an empty one
 * everything, all terms must hold. `NotIn` and `DoesNotExist` hold where the key is absent. A selector that the API server would
 * refuse (`labelSelectorProblems` says why) matches nothing.
 */
export function matchesLabelSelector(selector: LabelSelector | undefined, labels: Labels): boolean {
  if (selector === undefined) return false;
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    if (labelOf(labels, key) !== value) return false;
  }
  return (selector.matchExpressions ?? []).every((requirement) => meets(requirement, labels) === true);
}

/** Undefined for a requirement that is not valid. */
function meets({ key, operator, values }: LabelSelectorRequirement, labels: Labels): boolean | undefined {
  if (key === undefined) return undefined;
  const value = labelOf(labels, key);
  const count = values?.length ?? 0;
  switch (operator) {
    case "In":
      return count === 0 ? undefined : value !== undefined && values?.includes(value) === true;
    case "NotIn":
      return count === 0 ? undefined : value === undefined || values?.includes(value) !== true;
    case "Exists":
      return count > 0 ? undefined : value !== undefined;
    case "DoesNotExist":
      return count > 0 ? undefined : value === undefined;
    case undefined:
    default:
      return undefined;
  }
}

/** Own labels only: `constructor` is no label that every object carries. */
function labelOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

/** What the API server refuses about a selector (ValidateLabelSelector), each with its field; empty when nothing. */
export function labelSelectorProblems(
  selector: LabelSelector,
): { readonly path: readonly (string | number)[]; readonly message: string }[] {
  const problems: { path: (string | number)[]; message: string }[] = [];
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    const path = ["matchLabels", key];
    for (const message of labelKeyProblems(key)) problems.push({ path, message });
    for (const message of labelValueProblems(value)) problems.push({ path, message });
  }
  for (const [index, { key = "", operator = "", values = [] }] of (selector.matchExpressions ?? []).entries()) {
    const at = (field: string): (string | number)[] => ["matchExpressions", index, field];
    if (operator === "In" || operator === "NotIn") {
      if (values.length === 0)
        problems.push({ path: at("values"), message: "must be specified when `operator` is 'In' or 'NotIn'" });
    } else if (operator === "Exists" || operator === "DoesNotExist") {
      if (values.length > 0)
        problems.push({
          path: at("values"),
          message: "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
        });
    } else {
      problems.push({ path: at("operator"), message: `"${operator}" is not a valid label selector operator` });
    }
    for (const message of labelKeyProblems(key)) problems.push({ path: at("key"), message });
    for (const value of values)
      for (const message of labelValueProblems(value)) problems.push({ path: at("values"), message });
  }
  return problems;
}
