import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { get } from "node:https";
import { join } from "node:path";
import { type TestContext, suite, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { scratchFolder } from "./testing/scratch-folder.ts";

const shim = fileURLToPath(new URL("../bin/redoubt.js", import.meta.url));
const isBuilt = existsSync(fileURLToPath(new URL("../dist/webhook-worker.js", import.meta.url)));
const skip = !isBuilt
  ? "not built: npm run build"
  : existsSync("/proc/self/task")
    ? false
    : "processes are looked up in /proc";

interface Serving {
  readonly process: ChildProcess;
  readonly port: number;
  readonly authority: string;
  readonly workers: readonly number[];
}

/** The built command line as a process, once it is ready. */
async function serving(context: TestContext): Promise<Serving> {
  const folder = scratchFolder(context, { "policies/none.rego": "package none\n" });
  const bundle = join(folder, "ca.crt");
  const words = ["serve", "-p", join(folder, "policies"), "--port", "0", "--workers", "2", "--ca-bundle-file", bundle];
  const child = spawn(process.execPath, [shim, ...words, "--drain-delay", "1ms"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  context.after(() => child.kill("SIGKILL"));
  let said = "";
  const ready = Promise.withResolvers<number>();
  child.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString();
    const port = /"the admission webhook is ready".*"port":(\d+)/.exec(said)?.[1];
    if (port !== undefined) ready.resolve(Number(port));
  });
  child.on("exit", () => ready.reject(new Error(said)));
  const port = await ready.promise;
  const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim().split(" ");
  return { process: child, port, authority: readFileSync(bundle, "utf8"), workers: children.map(Number) };
}

function status({ port, authority }: Serving): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, path: "/readyz", ca: authority, servername: "localhost", agent: false };
    get(options, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on("error", reject);
  });
}

async function gone(pids: readonly number[]): Promise<void> {
  const end = performance.now() + 20_000;
  while (pids.some((pid) => existsSync(`/proc/${pid}`))) {
    assert.ok(performance.now() < end, "a worker process is still there");
    await delay(20);
  }
}

suite("redoubt serve as processes", { skip }, () => {
  test("SIGTERM ends all of them in order, with exit code 0", async (context) => {
    const server = await serving(context);
    assert.equal(server.workers.length, 2);
    assert.equal(await status(server), 200);
    server.process.kill("SIGTERM");
    const [code] = await once(server.process, "exit");
    assert.equal(code, 0);
    await gone(server.workers);
  });

  test("workers end with a leader that is killed", async (context) => {
    const server = await serving(context);
    server.process.kill("SIGKILL");
    await gone(server.workers);
    await assert.rejects(status(server));
  });
});
