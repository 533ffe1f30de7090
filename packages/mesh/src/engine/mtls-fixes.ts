import type { Fix } from "@redoubt/control";
import type { PeerAuthenticationView } from "../model/policies.ts";
import { freeName } from "./free-name.ts";

const CAUTION = "Clients without a sidecar, health checks of load balancers among them, can no longer connect.";

/** Requires mTLS where the policy is responsible for the mode. */
export function makeStrict(policy: PeerAuthenticationView): Fix {
  return {
    description: `Set the mode of PeerAuthentication ${policy.name} to STRICT.`,
    edits: [{ op: "set", path: ["spec", "mtls", "mode"], value: "STRICT" }],
    caution: CAUTION,
  };
}

/** Requires mTLS in a namespace that has no mode of its own: a policy of the namespace without one is not older than this. */
export function addStrict(namespace: string, policies: readonly PeerAuthenticationView[]): Fix {
  return {
    description: `Add a PeerAuthentication that requires mTLS in namespace ${namespace}.`,
    edits: [],
    adds: [
      {
        apiVersion: "security.istio.io/v1",
        kind: "PeerAuthentication",
        metadata: { name: freeName("default", namespace, policies), namespace },
        spec: { mtls: { mode: "STRICT" } },
      },
    ],
    caution: CAUTION,
  };
}
