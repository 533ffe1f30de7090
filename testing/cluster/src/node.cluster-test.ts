/** A node that runs pods, and clusters that leave nothing behind, not even when who started them is killed. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import { DEVICE_PLUGIN_SOCKET } from "./node-cleanup.ts";
import { TEST_IMAGE, startClusterWithNode, whyNoNode } from "./node.ts";
import { isRunning } from "./process-identity.ts";
import { listRecords, sweep } from "./state.ts";

test(
  "a pod runs, its log can be read, and stopping leaves no process, mount, namespace, cgroup or folder",
  { skip: whyNoNode() ?? false },
  async () => {
    const cluster = await startClusterWithNode();
    const { plane } = cluster;
    const { folder, processes, networkNamespace = "" } = plane.state.record;
    try {
      const pods = "/api/v1/namespaces/default/pods";
      const created = await plane.admin.post(pods, {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "hello" },
        spec: {
          restartPolicy: "Never",
          containers: [
            { name: "hello", image: TEST_IMAGE, imagePullPolicy: "Never", command: ["echo", "hello from the node"] },
          ],
        },
      });
      assert.equal(created.status, 201);
      let phase = "";
      for (let attempt = 0; attempt < 300 && phase !== "Succeeded"; attempt += 1) {
        const { body } = await plane.admin.get(`${pods}/hello`);
        phase = String(Object(Object(body).status).phase);
        await sleep(100);
      }
      assert.equal(phase, "Succeeded");
      const log = await plane.admin.get(`${pods}/hello/log`);
      assert.equal(log.body, "hello from the node\n");
    } finally {
      await cluster.stop();
    }
    assert.deepEqual(processes.filter(isRunning), []);
    assert.equal(existsSync(folder), false);
    assert.equal(existsSync(DEVICE_PLUGIN_SOCKET), false);
    assert.equal(readFileSync("/proc/self/mountinfo", "utf8").includes(folder), false);
    assert.equal(existsSync(`/run/netns/${networkNamespace}`), false);
    assert.deepEqual(
      readdirSync("/sys/fs/cgroup").filter((controller) =>
        existsSync(`/sys/fs/cgroup/${controller}/${networkNamespace}`),
      ),
      [],
    );
  },
);

test("what a killed process left of its control plane is swept away, and what others run is not", async () => {
  const library = new URL("./control-plane.ts", import.meta.url).href;
  const program = `const { ControlPlane } = await import(${JSON.stringify(library)});
    console.log((await ControlPlane.start()).folder);
    setInterval(() => {}, 1000);`;
  const flags = ["--conditions=@redoubt/source", "--disable-warning=ExperimentalWarning", "--input-type=module"];
  const owner = spawn(process.execPath, [...flags, "--eval", program], { stdio: ["ignore", "pipe", "inherit"] });
  const [printed] = await once(owner.stdout, "data");
  const folder = String(printed).trim();
  const record = listRecords().find((one) => one.folder === folder);
  assert.deepEqual(
    record?.processes.map(({ name }) => name),
    ["etcd", "kube-apiserver"],
  );
  await sweep();
  assert.ok(record.processes.every(isRunning), "its owner lives");
  const ended = once(owner, "exit");
  owner.kill("SIGKILL");
  await ended;
  await sweep();
  assert.deepEqual(record.processes.filter(isRunning), []);
  assert.equal(existsSync(folder), false);
});
