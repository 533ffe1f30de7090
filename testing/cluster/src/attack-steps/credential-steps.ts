/** How Secrets and tokens are come by. */
import { stringAt } from "@redoubt/kube";
import { type AttackLab, TOKEN, rule } from "../attack-lab.ts";
import { type AttackStep, type Outcome, answered, asWhom, podOf, printed, secretOf, victimOf } from "./attack-step.ts";
import { secretNamed, tokenSecretNamed, valueOf, writtenToken } from "./secrets.ts";

/** Tokens that an attacker took from a Secret before it was deleted. */
const taken = new WeakMap<AttackLab, string>();

export const CREDENTIAL_STEPS: readonly AttackStep[] = [
  {
    name: "list-secrets",
    kinds: ["list-secrets"],
    does: "lists the Secrets of a namespace with their values",
    mitigation: "no right to list them",
    setup: (mitigated) => ({ rights: [rule(mitigated ? "create" : "list", "secrets")] }),
    stage: ({ lab }) => lab.make("secrets", secretNamed("loot")),
    walk: ["holds-role", "list-secrets", "use-power"],
    to: secretOf("loot"),
    attempt: async ({ lab }) =>
      answered(await lab.attacker.get(lab.path("secrets?fieldSelector=metadata.name=loot")), (body) =>
        valueOf(Object(body).items?.[0], "word"),
      ),
    gets: () => "open sesame",
    refusal: /^403 .*cannot list resource "secrets"/,
  },
  {
    name: "get-secret",
    kinds: ["get-secret"],
    does: "gets a Secret whose name it knows",
    mitigation: "the rule names another Secret",
    setup: (mitigated) => ({ rights: [rule("get", "secrets", "", mitigated ? ["own"] : [])] }),
    stage: ({ lab }) => lab.make("secrets", secretNamed("loot")),
    walk: ["holds-role", "get-secret", "use-power"],
    to: secretOf("loot"),
    attempt: async ({ lab }) =>
      answered(await lab.attacker.get(lab.path("secrets/loot")), (body) => valueOf(body, "word")),
    gets: () => "open sesame",
    refusal: /^403 .*cannot get resource "secrets"/,
  },
  {
    name: "secret-token",
    kinds: ["secret-token"],
    does: "authenticates with the token that a Secret holds",
    mitigation: "the Secret is deleted: the token that was taken from it before is void",
    setup: () => ({ rights: [rule("get", "secrets")] }),
    stage: async ({ lab, mitigated }) => {
      await lab.make("secrets", tokenSecretNamed("old"));
      const token = await writtenToken(lab, "old");
      if (!mitigated) return;
      taken.set(lab, token);
      await lab.plane.admin.delete(lab.path("secrets/old"));
      // The API server remembers for some seconds that a token was good.
      await lab.until(async () => (await lab.whoIs(token)) === "");
    },
    walk: ["holds-role", "get-secret", "use-power", "secret-token"],
    to: victimOf,
    attempt: async ({ lab }) => {
      const { body } = await lab.attacker.get(lab.path("secrets/old"));
      return asWhom(lab, taken.get(lab) ?? valueOf(body, "token"));
    },
    gets: ({ lab }) => lab.victim,
    refusal: /^no token: eyJ/,
  },
  {
    name: "token-secret",
    kinds: ["token-secret"],
    does: "creates a Secret that a controller fills with the victim's token, and reads it",
    mitigation: "no right to read Secrets",
    setup: (mitigated) => ({ rights: [rule(mitigated ? "create" : "create get", "secrets")] }),
    walk: ["holds-role", "token-secret", "use-power"],
    to: victimOf,
    attempt: async ({ lab }) => {
      await lab.attacker.post(lab.path("secrets"), tokenSecretNamed("mine"));
      await writtenToken(lab, "mine");
      const answer = await lab.attacker.get(lab.path("secrets/mine"));
      return answer.status === 200 ? asWhom(lab, valueOf(answer.body, "token")) : answered(answer, () => "");
    },
    gets: ({ lab }) => lab.victim,
    refusal: /^403 .*cannot get resource "secrets"/,
  },
  {
    name: "request-token",
    kinds: ["request-token"],
    does: "requests a token of the victim",
    mitigation: "no right to create serviceaccounts/token",
    setup: (mitigated) => ({ rights: [rule("create", mitigated ? "serviceaccounts" : "serviceaccounts/token")] }),
    walk: ["holds-role", "request-token", "use-power"],
    to: victimOf,
    attempt: async ({ lab }): Promise<Outcome> => {
      const answer = await lab.attacker.post(lab.path("serviceaccounts/victim/token"), { spec: {} });
      return answer.status === 201
        ? asWhom(lab, stringAt(answer.body, ["status", "token"]) ?? "")
        : answered(answer, () => "");
    },
    gets: ({ lab }) => lab.victim,
    refusal: /^403 .*cannot create resource "serviceaccounts\/token"/,
  },
  {
    name: "mounted-secret",
    kinds: ["mounted-secret"],
    does: "finds a Secret in the environment of its container",
    mitigation: "the container is not given the Secret",
    setup: () => ({}),
    stage: async ({ lab, mitigated }) => {
      await lab.make("secrets", secretNamed("loot"));
      const word = { name: "WORD", valueFrom: { secretKeyRef: { name: "loot", key: "word" } } };
      await lab.start("app", "echo ${WORD:-refused: no such variable}", {}, { env: mitigated ? [] : [word] });
    },
    from: podOf("app"),
    walk: ["mounted-secret"],
    to: secretOf("loot"),
    attempt: ({ lab }) => printed(lab, "app"),
    gets: () => "open sesame",
    refusal: /no such variable/,
  },
  {
    name: "account-token",
    kinds: ["account-token"],
    does: "authenticates with the token that is mounted into its container",
    mitigation: "automountServiceAccountToken: false",
    setup: () => ({}),
    stage: ({ lab, mitigated }) =>
      lab.start("app", `cat ${TOKEN} 2>&1 || echo refused`, {
        serviceAccountName: "victim",
        automountServiceAccountToken: !mitigated,
      }),
    from: podOf("app"),
    walk: ["account-token"],
    to: victimOf,
    attempt: async ({ lab }) => {
      const outcome = await printed(lab, "app");
      return "got" in outcome ? asWhom(lab, outcome.got) : outcome;
    },
    gets: ({ lab }) => lab.victim,
    refusal: /No such file or directory/,
    stoppedBy: /automountServiceAccountToken: false/,
  },
];
