/** A node that runs pods, and that leaves nothing behind. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import { DEVICE_PLUGIN_SOCKET } from "./node-cleanup.ts";
import { TEST_IMAGE, startClusterWithNode, whyNoNode } from "./node.ts";
import { isRunning } from "./process-identity.ts";

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
