/** `npm run cluster -- up [--node] | down | kubeconfig`: a real Kubernetes on this machine, in temporary folders. */
import { join } from "node:path";
import { RedoubtError } from "@redoubt/kube";
import { ControlPlane } from "./control-plane.ts";
import { NODE_NAME, TEST_IMAGE, startClusterWithNode } from "./node.ts";
import { isRunning } from "./process-identity.ts";
import { type ClusterRecord, listRecords, removeCluster, sweep } from "./state.ts";

const USAGE = `usage: npm run cluster -- COMMAND

  up           etcd and kube-apiserver, kube-controller-manager, kube-scheduler
  up --node    the same and one node that runs pods (root; containerd, runc)
  kubeconfig   print the path of the running cluster's kubeconfig
  down         stop it and remove everything it left
`;

/** Clusters that `up` brought up and that still run. */
function standing(): readonly ClusterRecord[] {
  return listRecords().filter((record) => record.owner === undefined && record.processes.some(isRunning));
}

const kubeconfigOf = (record: ClusterRecord): string => join(record.folder, "admin.kubeconfig");

async function up(withNode: boolean): Promise<number> {
  await sweep();
  const [running] = standing();
  if (running !== undefined) {
    process.stderr.write(
      `a cluster is up already: KUBECONFIG=${kubeconfigOf(running)} (\`npm run cluster -- down\` ends it)\n`,
    );
    return 1;
  }
  const started = performance.now();
  const plane = withNode
    ? (await startClusterWithNode({ stays: true })).plane
    : await ControlPlane.start({ stays: true, controllers: true });
  if (withNode) await runPod(plane);
  process.stderr.write(`ready after ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  process.stdout.write(`export KUBECONFIG=${plane.kubeconfig}\n`);
  plane.admin.close();
  return 0;
}

/** Proves that the node runs pods: one that stays, in namespace default. */
async function runPod(plane: ControlPlane): Promise<void> {
  const pods = "/api/v1/namespaces/default/pods";
  await plane.admin.post(pods, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "hello" },
    spec: {
      containers: [{ name: "hello", image: TEST_IMAGE, imagePullPolicy: "Never", command: ["sleep", "infinity"] }],
    },
  });
  const kubelet = plane.state.record.processes.find(({ name }) => name === "kubelet");
  if (kubelet === undefined) throw new RedoubtError("CLUSTER_START", "the kubelet is not among the started processes");
  await plane.waitFor(kubelet, async () => {
    const { body } = await plane.admin.get(`${pods}/hello`);
    return Object(Object(body).status).phase === "Running";
  });
  process.stderr.write(`node ${NODE_NAME} is Ready, pod default/hello is Running\n`);
}

async function down(): Promise<number> {
  await sweep();
  for (const record of standing()) await removeCluster(record);
  return 0;
}

function kubeconfig(): number {
  const [record] = standing();
  if (record === undefined) {
    process.stderr.write("no cluster is up\n");
    return 1;
  }
  process.stdout.write(`${kubeconfigOf(record)}\n`);
  return 0;
}

async function main(command: string | undefined, options: readonly string[]): Promise<number> {
  if (command === "up" && options.every((option) => option === "--node")) return up(options.length > 0);
  if (command === "down" && options.length === 0) return down();
  if (command === "kubeconfig" && options.length === 0) return kubeconfig();
  process.stderr.write(USAGE);
  return 2;
}

try {
  process.exitCode = await main(process.argv[2], process.argv.slice(3));
} catch (error) {
  if (!(error instanceof RedoubtError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = 2;
}
