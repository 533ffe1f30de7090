/** Every step that is taken on a real cluster, and the kinds of edges that cannot be, with the reason. */
import type { OwnEdgeKind } from "@redoubt/posture";
import type { AttackStep } from "./attack-step.ts";
import { CREDENTIAL_STEPS } from "./credential-steps.ts";
import { ESCAPE_STEPS } from "./escape-steps.ts";
import { GRANT_STEPS } from "./grant-steps.ts";
import { IDENTITY_STEPS } from "./identity-steps.ts";
import { NODE_STEPS } from "./node-steps.ts";
import { WORKLOAD_STEPS } from "./workload-steps.ts";

export const ATTACK_STEPS: readonly AttackStep[] = [
  ...GRANT_STEPS,
  ...CREDENTIAL_STEPS,
  ...WORKLOAD_STEPS,
  ...IDENTITY_STEPS,
  ...NODE_STEPS,
  ...ESCAPE_STEPS,
];

/** Ways of kinds that are taken otherwise, with the reason why not so too. */
export const NOT_TAKEN_SO: Readonly<Partial<Record<OwnEdgeKind, string>>> = {
  "exposed-service":
    "by a NodePort or LoadBalancer Service or an Ingress: no kube-proxy, cloud or ingress controller runs on a test machine, and what they lead to is the Pod that a hostPort leads to",
  "rewrite-admission":
    "by a MutatingAdmissionPolicy: Kubernetes 1.34, which is what runs, does not serve them unless told to",
  "privileged-container":
    "stopped by a user namespace of its own (hostUsers: false), as other escapes are: containerd knows them from 2.0 on, and Debian has 1.6",
};

export const NOT_TAKEN: Readonly<Partial<Record<OwnEdgeKind, string>>> = {
  "map-cloud-role":
    "only an EKS cluster reads aws-auth, and only with an AWS identity to map: neither can be had on a test machine",
  "kernel-module":
    "a module stays in the kernel of the machine that runs the tests, which is no harmless step; and that kernel need not have modules at all",
};
