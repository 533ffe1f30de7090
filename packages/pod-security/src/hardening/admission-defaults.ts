import type { ClusterSnapshot } from "@redoubt/kube";
import { parsePodSecurityConfiguration } from "../engine/admission-configuration.ts";
import { DEFAULT_POLICY, type NamespacePolicy } from "../engine/namespace-policy.ts";

const CONFIGURATION_KINDS: readonly (readonly [group: string, kind: string])[] = [
  ["pod-security.admission.config.k8s.io", "PodSecurityConfiguration"],
  ["apiserver.config.k8s.io", "AdmissionConfiguration"],
  ["apiserver.k8s.io", "AdmissionConfiguration"],
];

/** What applies in namespaces without labels: the API server's configuration if it was given, else nothing is enforced. */
export function admissionDefaults(snapshot: ClusterSnapshot): NamespacePolicy {
  for (const [group, kind] of CONFIGURATION_KINDS) {
    for (const { value } of snapshot.listUntyped(group, kind)) {
      const result = parsePodSecurityConfiguration(value);
      if (result?.ok === true) return result.configuration.defaults;
    }
  }
  return DEFAULT_POLICY;
}
