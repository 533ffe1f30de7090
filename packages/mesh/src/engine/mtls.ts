import { stringAt } from "@redoubt/kube";
import { type MtlsMode, type PeerAuthenticationView, ROOT_NAMESPACE } from "../model/policies.ts";
import { type PodIdentity, labelsMatch } from "./policy-selection.ts";

/** The mTLS mode that holds, and the policy that says so; without a policy it is Istio's default. */
export interface EffectiveMtls {
  readonly mode: Exclude<MtlsMode, "UNSET">;
  readonly from: PeerAuthenticationView | undefined;
}

/**
 * The mode for connections to a pod, or to one of its container ports: mesh, then namespace, then workload, then port,
 * each overriding the one before unless it is UNSET; in one scope the oldest policy counts. Nothing set is PERMISSIVE.
 */
export function effectiveMtls(
  policies: readonly PeerAuthenticationView[],
  pod: PodIdentity,
  port?: number,
): EffectiveMtls {
  let effective = namespaceMtls(policies, pod.namespace);
  const workload = oldest(
    policies.filter(
      ({ namespace, selector }) =>
        namespace === pod.namespace && selector !== undefined && labelsMatch(selector, pod.labels),
    ),
  );
  effective = overridden(effective, workload, workload?.mode);
  const portMode = port === undefined ? undefined : workload?.portModes.get(String(port));
  return overridden(effective, workload, portMode);
}

/** The mode of a namespace, before any workload's own policy. */
export function namespaceMtls(policies: readonly PeerAuthenticationView[], namespace: string): EffectiveMtls {
  const wide = policies.filter(({ selector }) => selector === undefined);
  const mesh = oldest(wide.filter((policy) => policy.namespace === ROOT_NAMESPACE));
  const own = oldest(wide.filter((policy) => policy.namespace === namespace));
  const effective = overridden({ mode: "PERMISSIVE", from: undefined }, mesh, mesh?.mode);
  return overridden(effective, own, own?.mode);
}

/** The policy of a scope that Istio goes by. */
export function oldest(policies: readonly PeerAuthenticationView[]): PeerAuthenticationView | undefined {
  return policies.toSorted((left, right) => compare(createdAt(left), createdAt(right)))[0];
}

function createdAt({ object }: PeerAuthenticationView): string {
  // What is not created yet is youngest.
  return stringAt(object.value, ["metadata", "creationTimestamp"]) ?? "~";
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function overridden(
  inherited: EffectiveMtls,
  from: PeerAuthenticationView | undefined,
  mode: MtlsMode | undefined,
): EffectiveMtls {
  return mode === undefined || mode === "UNSET" ? inherited : { mode, from };
}
