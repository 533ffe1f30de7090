import type { Fix } from "@redoubt/control";
import type { AuthorizationPolicyView } from "../model/policies.ts";
import { freeName } from "./free-name.ts";

/** Denies in a namespace whatever no other policy allows. */
export function addAllowNothing(namespace: string, policies: readonly AuthorizationPolicyView[]): Fix {
  return {
    description: `Add an AuthorizationPolicy that allows nothing in namespace ${namespace} unless another policy does.`,
    edits: [],
    adds: [
      {
        apiVersion: "security.istio.io/v1",
        kind: "AuthorizationPolicy",
        metadata: { name: freeName("allow-nothing", namespace, policies), namespace },
        spec: {},
      },
    ],
    caution: "Requests that no other ALLOW policy permits are refused: add a policy for each caller that is meant.",
  };
}
