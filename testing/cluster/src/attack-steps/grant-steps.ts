/** Who holds a role: by a binding, by a group, by being nobody; and the role that allows everything. */
import { ApiClient } from "../api-client.ts";
import { rule } from "../attack-lab.ts";
import { type AttackStep, answered, secretOf } from "./attack-step.ts";
import { namesOf, secretNamed } from "./secrets.ts";

const LIST_SECRETS = [rule("list", "secrets")];
const KUBE_SYSTEM_SECRETS = "/api/v1/namespaces/kube-system/secrets";

export const GRANT_STEPS: readonly AttackStep[] = [
  {
    name: "role",
    kinds: ["holds-role"],
    does: "lists Secrets, as the role that is bound to it allows",
    mitigation: "the binding names somebody else",
    setup: (mitigated) => ({
      rights: LIST_SECRETS,
      ...(mitigated ? { subject: { kind: "User", name: "somebody-else" } } : {}),
    }),
    stage: ({ lab }) => lab.make("secrets", secretNamed("loot")),
    walk: ["holds-role", "list-secrets", "use-power"],
    to: secretOf("loot"),
    attempt: async ({ lab }) => answered(await lab.attacker.get(lab.path("secrets")), namesOf),
    gets: () => "loot",
    refusal: /^403 .*cannot list resource "secrets"/,
  },
  {
    name: "group",
    kinds: ["member-of"],
    does: "lists Secrets, as the role that is bound to the group of its namespace's ServiceAccounts allows",
    mitigation: "the binding names the group of another namespace",
    setup: (mitigated, namespace) => ({
      rights: LIST_SECRETS,
      subject: { kind: "Group", name: `system:serviceaccounts:${mitigated ? "elsewhere" : namespace}` },
    }),
    stage: ({ lab }) => lab.make("secrets", secretNamed("loot")),
    walk: ["member-of", "holds-role", "list-secrets", "use-power"],
    to: secretOf("loot"),
    attempt: async ({ lab }) => answered(await lab.attacker.get(lab.path("secrets")), namesOf),
    gets: () => "loot",
    refusal: /^403 .*cannot list resource "secrets"/,
  },
  {
    name: "anonymous",
    kinds: ["anonymous-access"],
    does: "lists Secrets without any credentials, where a role is bound to system:anonymous",
    mitigation: "the binding names somebody else",
    setup: (mitigated) => ({
      rights: LIST_SECRETS,
      subject: { kind: "User", name: mitigated ? "somebody-else" : "system:anonymous" },
    }),
    stage: ({ lab }) => lab.make("secrets", secretNamed("loot")),
    from: () => "outside",
    walk: ["anonymous-access", "holds-role", "list-secrets", "use-power"],
    to: secretOf("loot"),
    attempt: async ({ lab }) => {
      const nobody = new ApiClient({ url: lab.plane.url, ca: lab.plane.ca.certificate });
      const answer = await nobody.get(lab.path("secrets"));
      nobody.close();
      return answered(answer, namesOf);
    },
    gets: () => "loot",
    refusal: /^403 .*"system:anonymous" cannot list resource "secrets"/,
  },
  {
    name: "everything",
    kinds: ["all-rights"],
    does: "reads the Secrets of kube-system, as a rule that allows everything lets it",
    mitigation: "the rule allows every verb, but on ConfigMaps only",
    setup: (mitigated) => ({ clusterRights: [rule("*", mitigated ? "configmaps" : "*", mitigated ? "" : "*")] }),
    walk: ["holds-role", "all-rights"],
    to: () => "cluster-admin",
    attempt: async ({ lab }) => answered(await lab.attacker.get(KUBE_SYSTEM_SECRETS), () => "read"),
    gets: () => "read",
    refusal: /^403 .*cannot list resource "secrets"/,
  },
];
