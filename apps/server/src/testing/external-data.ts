/** A policy that asks a provider, for tests. */
import type { ProviderPort } from "@redoubt/admission";
import type { JsonObject } from "@redoubt/kube";
import { createAuthority } from "../certificates/issue-certificate.ts";

export const OWNERS_ORIGIN = "https://owners.example";
const AUTHORITY = createAuthority("owners", { from: new Date("2026-01-01"), until: new Date("2036-01-01") });

/** Everything is refused with the name of its owner, which the provider says. */
export const OWNERS: readonly JsonObject[] = [
  {
    apiVersion: "externaldata.gatekeeper.sh/v1beta1",
    kind: "Provider",
    metadata: { name: "owners" },
    spec: { url: `${OWNERS_ORIGIN}/ask`, timeout: 1, caBundle: Buffer.from(AUTHORITY.cert).toString("base64") },
  },
  {
    apiVersion: "templates.gatekeeper.sh/v1",
    kind: "ConstraintTemplate",
    metadata: { name: "owned" },
    spec: {
      crd: { spec: { names: { kind: "Owned" } } },
      targets: [
        {
          target: "admission.k8s.gatekeeper.sh",
          rego: `package owned
violation[{"msg": msg}] {
  response := external_data({"provider": "owners", "keys": [input.review.object.metadata.name]})
  [_, owner] := response.responses[_]
  msg := sprintf("owned by %v", [owner])
}`,
        },
      ],
    },
  },
  { apiVersion: "constraints.gatekeeper.sh/v1beta1", kind: "Owned", metadata: { name: "owned" }, spec: {} },
];

/** Where nothing is to be asked. */
export const NO_PROVIDERS: ProviderPort = {
  find: () => undefined,
  ask: ({ name }) => Promise.resolve({ statusCode: 500, failure: `${name} is asked in a test without providers` }),
};
