import type { LabelSelector, Path } from "@redoubt/kube";
import type { PolicyView } from "../model/policy.ts";
import { selectsEverything } from "./policy-selection.ts";

/** `pods with app=web`, `every pod`. */
export function describeSelector(selector: LabelSelector): string {
  return selectsEverything(selector) ? "every pod" : `pods with ${requirements(selector)}`;
}

/** `namespaces with team=a`, `namespace shop` when it is selected by name, `every namespace`. */
export function describeNamespaces(selector: LabelSelector): string {
  if (selectsEverything(selector)) return "every namespace";
  const labels = Object.entries(selector.matchLabels ?? {});
  const [only] = labels;
  if (labels.length === 1 && only?.[0] === "kubernetes.io/metadata.name" && selector.matchExpressions === undefined) {
    return `namespace ${only[1]}`;
  }
  return `namespaces with ${requirements(selector)}`;
}

function requirements(selector: LabelSelector): string {
  const equal = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const expressions = (selector.matchExpressions ?? []).map(({ key = "", operator = "", values = [] }) => {
    if (operator === "Exists") return key;
    if (operator === "DoesNotExist") return `!${key}`;
    return `${key} ${operator === "In" ? "in" : operator === "NotIn" ? "notin" : operator} (${values.join(", ")})`;
  });
  return [...equal, ...expressions].join(", ");
}

/** Every label selector of a policy, with its path. */
export function selectorsOf(policy: PolicyView): readonly { readonly selector: LabelSelector; readonly path: Path }[] {
  const peers = policy.written.flatMap((rule) =>
    rule.peers.flatMap(({ podSelector, namespaceSelector }, index) => [
      ...(podSelector === undefined
        ? []
        : [{ selector: podSelector, path: [...rule.peersPath, index, "podSelector"] }]),
      ...(namespaceSelector === undefined
        ? []
        : [{ selector: namespaceSelector, path: [...rule.peersPath, index, "namespaceSelector"] }]),
    ]),
  );
  return [{ selector: policy.podSelector, path: ["spec", "podSelector"] }, ...peers];
}
