import { ROOT_NAMESPACE } from "../model/policies.ts";

/** The pods that a policy can hold for. */
export interface PodIdentity {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

interface Scoped {
  readonly namespace: string;
  readonly selector: Readonly<Record<string, string>> | undefined;
  readonly attached: boolean;
}

/** Whether every label of a selector is on a pod; without a selector, always. */
export function labelsMatch(
  selector: Readonly<Record<string, string>> | undefined,
  labels: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(selector ?? {}).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
}

/** Whether two policies can hold for the same pod, as far as their selectors tell. */
export function mayOverlap(left: Scoped, right: Scoped): boolean {
  const sameScope =
    left.namespace === right.namespace || left.namespace === ROOT_NAMESPACE || right.namespace === ROOT_NAMESPACE;
  if (!sameScope || left.attached !== right.attached) return false;
  const { selector = {} } = right;
  return Object.entries(left.selector ?? {}).every(
    ([key, value]) => !Object.hasOwn(selector, key) || selector[key] === value,
  );
}
