/** The built command line as replicas of a real cluster's webhook: its logs and exit codes, its signals, who leads when one of them dies. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:https";
import { type Server, type Socket, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { gunzipSync } from "node:zlib";
import { type JsonObject, isJsonObject, listAt, numberAt, stringAt } from "@redoubt/kube";
import type { ApiClient, ApiResponse } from "./api-client.ts";
import { ControlPlane } from "./control-plane.ts";
import { freePorts } from "./free-port.ts";
import { MAIN } from "./redoubt-run.ts";
import { ACCOUNT, SYSTEM, grantServerRights } from "./server-account.ts";

const TEMPLATES = "/apis/templates.gatekeeper.sh/v1/constrainttemplates";
const CONSTRAINTS = "/apis/constraints.gatekeeper.sh/v1beta1/ownedmap";
const VALIDATING = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/redoubt";
const LEASE = `/apis/coordination.k8s.io/v1/namespaces/${SYSTEM}/leases/redoubt`;
const PROGRESS = `/api/v1/namespaces/${SYSTEM}/configmaps/redoubt-audit`;
const CA = `/api/v1/namespaces/${SYSTEM}/secrets/redoubt-ca`;
const MAPS = "/api/v1/namespaces/team/configmaps";
/** With one object a page and a pause after each, enough for an audit of more than ten seconds. */
const MAP_COUNT = 200;
const TIMEOUT_MS = 60_000;

const TEMPLATE: JsonObject = {
  apiVersion: "templates.gatekeeper.sh/v1",
  kind: "ConstraintTemplate",
  metadata: { name: "ownedmap" },
  spec: {
    crd: { spec: { names: { kind: "OwnedMap" } } },
    targets: [
      {
        target: "admission.k8s.gatekeeper.sh",
        rego: 'package ownedmap\nviolation[{"msg": "no owner"}] { not input.review.object.metadata.labels.owner }',
      },
    ],
  },
};
const CONSTRAINT: JsonObject = {
  apiVersion: "constraints.gatekeeper.sh/v1beta1",
  kind: "OwnedMap",
  metadata: { name: "owned" },
  spec: { match: { kinds: [{ apiGroups: [""], kinds: ["ConfigMap"] }], namespaces: ["team"] } },
};
/** A policy of the files: ConfigMaps may not have this name. */
const denyNamed = (name: string): string => `apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: { name: deniedname }
spec:
  crd: { spec: { names: { kind: DeniedName } } }
  targets:
    - target: admission.k8s.gatekeeper.sh
      rego: |
        package deniedname
        violation[{"msg": "not ${name}"}] { input.review.object.metadata.name == "${name}" }
---
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: DeniedName
metadata: { name: denied }
spec: { match: { kinds: [{ apiGroups: [""], kinds: [ConfigMap] }] } }
`;

/** A process of `redoubt serve`. */
class Replica {
  readonly name: string;
  readonly port: number;
  readonly #child: ChildProcess;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  stdout = "";
  stderr = "";

  constructor(name: string, port: number, args: readonly string[]) {
    this.name = name;
    this.port = port;
    this.#child = spawn(process.execPath, [MAIN, "serve", "--port", String(port), ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, POD_NAME: name, POD_NAMESPACE: SYSTEM },
    });
    this.#child.stdout?.on("data", (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.#child.stderr?.on("data", (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.exited = new Promise((resolve) => {
      this.#child.on("close", (code, signal) => resolve({ code, signal }));
    });
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  signal(name: "SIGTERM" | "SIGHUP" | "SIGKILL"): void {
    this.#child.kill(name);
  }

  /** Each line of the log, which must be JSON. */
  get lines(): readonly JsonObject[] {
    const whole = this.stderr.slice(0, this.stderr.lastIndexOf("\n") + 1);
    return whole
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => {
        const value: unknown = JSON.parse(line);
        assert.ok(isJsonObject(value), line);
        return value;
      });
  }

  says(message: string): boolean {
    return this.lines.some((line) => line["message"] === message);
  }
}

/** Whether a replica says that it is ready; as a kubelet asks, which trusts any certificate. */
function isReady(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = get(`https://127.0.0.1:${port}/readyz`, { rejectUnauthorized: false, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    probe.setTimeout(1000, () => probe.destroy());
    probe.on("error", () => resolve(false));
  });
}

/** Leads connections to ready replicas in turn, as a Service does. */
class Balancer {
  readonly #ports: readonly number[];
  readonly #server: Server;
  readonly #probing: NodeJS.Timeout;
  #ready: readonly number[] = [];
  #next = 0;

  constructor(port: number, ports: readonly number[]) {
    this.#ports = ports;
    this.#server = createServer((client) => this.#lead(client)).listen(port, "127.0.0.1");
    this.#probing = setInterval(() => void this.#probe(), 100);
  }

  stop(): void {
    clearInterval(this.#probing);
    this.#server.close();
  }

  async #probe(): Promise<void> {
    const ready = await Promise.all(this.#ports.map(isReady));
    this.#ready = this.#ports.filter((_, index) => ready[index] === true);
  }

  #lead(client: Socket): void {
    this.#next += 1;
    const port = this.#ready[this.#next % this.#ready.length];
    if (port === undefined) {
      client.destroy();
      return;
    }
    const target = connect(port, "127.0.0.1");
    for (const [one, other] of [
      [client, target],
      [target, client],
    ] as const) {
      one.on("error", () => other.destroySoon());
      one.pipe(other);
    }
  }
}

suite("replicas of the built command line", () => {
  let plane: ControlPlane;
  let admin: ApiClient;
  let folder: string;
  let front: number;
  let service: Balancer;
  let kubeconfig: string;
  let common: readonly string[];
  const ports = new Map<string, number>();
  const replicas: Replica[] = [];

  const created = async (path: string, object: JsonObject): Promise<void> => {
    const answer = await admin.post(path, object);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
  };
  const start = (name: string): Replica => {
    const replica = new Replica(name, ports.get(name) ?? 0, common);
    replicas.push(replica);
    return replica;
  };
  async function eventually(what: string, check: () => Promise<boolean> | boolean): Promise<void> {
    const deadline = Date.now() + TIMEOUT_MS;
    while (!(await check())) {
      if (Date.now() > deadline) {
        const logs = replicas.map(({ name, stderr }) => `${name}:\n${stderr.split("\n").slice(-12).join("\n")}`);
        assert.fail(`not in time: ${what}\n${logs.join("\n")}`);
      }
      await sleep(100);
    }
  }
  const leader = async (): Promise<string> => stringAt((await admin.get(LEASE)).body, ["spec", "holderIdentity"]) ?? "";
  const podsOf = async (path: string): Promise<readonly (string | undefined)[]> =>
    listAt((await admin.get(path)).body, ["status", "byPod"]).map((entry) => stringAt(entry, ["id"]));
  const dryRun = (name: string, labels: JsonObject = {}): Promise<ApiResponse> =>
    admin.post(`${MAPS}?dryRun=All`, { metadata: { name, labels } });
  const messageOf = ({ body }: ApiResponse): string => stringAt(body, ["message"]) ?? "";
  const auditedAt = async (): Promise<string | undefined> =>
    stringAt((await admin.get(`${CONSTRAINTS}/owned`)).body, ["status", "auditTimestamp"]);
  /** When the audit that is under way was begun, once what it has seen is written down. */
  const underWay = async (): Promise<string | undefined> => {
    const packed = stringAt((await admin.get(PROGRESS)).body, ["binaryData", "progress.json.gz"]);
    if (packed === undefined) return undefined;
    const progress: unknown = JSON.parse(gunzipSync(Buffer.from(packed, "base64")).toString("utf8"));
    return stringAt(progress, ["startedAt"])?.replace(/\.\d+Z$/, "Z");
  };

  before(async () => {
    plane = await ControlPlane.start();
    admin = plane.admin;
    folder = mkdtempSync(join(tmpdir(), "redoubt-serve-"));
    for (const name of [SYSTEM, "team"]) {
      await created("/api/v1/namespaces", { metadata: { name } });
      await created(`/api/v1/namespaces/${name}/serviceaccounts`, { metadata: { name: "default" } });
    }
    await grantServerRights(created);
    for (const name of ["replica-a", "replica-b"]) {
      const spec = { containers: [{ name: "redoubt", image: "redoubt" }] };
      await created(`/api/v1/namespaces/${SYSTEM}/pods`, { metadata: { name }, spec });
    }
    for (let number = 0; number < MAP_COUNT; number++) await created(MAPS, { metadata: { name: `map-${number}` } });
    const [shared = 0, a = 0, b = 0] = await freePorts(3);
    front = shared;
    ports.set("replica-a", a);
    ports.set("replica-b", b);
    service = new Balancer(front, [a, b]);
    kubeconfig = await plane.writeKubeconfig("redoubt", ACCOUNT);
    writeFileSync(join(folder, "names.yaml"), denyNamed("first"));
    common = [
      `--cluster --install-crds --kubeconfig=${kubeconfig} --policies=${folder}`,
      `--register-url=https://127.0.0.1:${front} --server-name=127.0.0.1`,
      `--protected-namespace=${SYSTEM} --exempt-namespace=kube-system`,
      "--audit-interval=200ms --audit-chunk=1 --drain-delay=1s",
    ].flatMap((flags) => flags.split(" "));
    start("replica-a");
    start("replica-b");
    await eventually("the webhook is registered", async () => (await admin.get(VALIDATING)).status === 200);
    await created(TEMPLATES, TEMPLATE);
    await eventually("the kind is served", async () => (await admin.get(CONSTRAINTS)).status === 200);
    await created(CONSTRAINTS, CONSTRAINT);
  });
  after(async () => {
    for (const replica of replicas) if (replica.isRunning) replica.signal("SIGKILL");
    await Promise.all(replicas.map(({ exited }) => exited));
    service.stop();
    rmSync(folder, { recursive: true, force: true });
    await plane.stop();
  });

  const replicaNamed = (name: string): Replica => {
    const found = replicas.findLast((replica) => replica.name === name);
    assert.ok(found !== undefined, `no replica ${name}`);
    return found;
  };

  const auditsOf = (name: string): readonly JsonObject[] =>
    replicaNamed(name).lines.filter((line) => line["message"] === "an audit has ended");

  test("both say in status that a policy is in force, both answer, and one of them leads", async () => {
    const both = ["replica-a", "replica-b"];
    for (const path of [`${TEMPLATES}/ownedmap`, `${CONSTRAINTS}/owned`]) {
      await eventually(`${path} has both`, async () => (await podsOf(path)).join() === both.join());
    }
    const told = "the two replicas refuse";
    await eventually(told, async () => /\[owned\] no owner/.test(messageOf(await dryRun("new"))));
    assert.match(messageOf(await dryRun("first", { owner: "x" })), /not first/);
    assert.equal((await dryRun("new", { owner: "x" })).status, 201);
    assert.ok(both.includes(await leader()));
    assert.equal(replicas.filter((replica) => replica.says("this replica leads")).length, 1);
  });

  test("both have certificates of the authority that the Secret holds and the API server trusts", async () => {
    const bundle = stringAt((await admin.get(VALIDATING)).body, ["webhooks", 0, "clientConfig", "caBundle"]) ?? "";
    const ca = Buffer.from(bundle, "base64").toString("utf8");
    for (const port of ports.values()) {
      const socket = connectTls({ host: "127.0.0.1", port, ca });
      await new Promise<void>((resolve, reject) => {
        socket.once("secureConnect", resolve);
        socket.once("error", reject);
      });
      assert.equal(socket.authorized, true);
      socket.destroy();
    }
  });

  test("SIGHUP reads policies again", async () => {
    writeFileSync(join(folder, "names.yaml"), denyNamed("second"));
    for (const replica of replicas) replica.signal("SIGHUP");
    await eventually("the new policy is in force", async () =>
      /not second/.test(messageOf(await dryRun("second", { owner: "x" }))),
    );
    await eventually("the old one is not", async () => (await dryRun("first", { owner: "x" })).status === 201);
    assert.ok(replicas.every(({ isRunning }) => isRunning));
  });

  test("when the leader is killed the other leads, and goes on with the audit where it was", async () => {
    const first = await leader();
    const authority = stringAt((await admin.get(CA)).body, ["metadata", "uid"]);
    await eventually("an audit has ended", async () => (await auditedAt()) !== undefined);
    const earlier = await auditedAt();
    let begun: string | undefined;
    await eventually("the next one is under way", async () => {
      begun = await underWay();
      return begun !== undefined && begun !== earlier;
    });
    const whole = auditsOf(first).at(-1);
    replicaNamed(first).signal("SIGKILL");
    assert.deepEqual(await replicaNamed(first).exited, { code: null, signal: "SIGKILL" });
    await eventually("the other answers", async () => /\[owned\] no owner/.test(messageOf(await dryRun("new"))));
    const other = first === "replica-a" ? "replica-b" : "replica-a";
    await eventually("the other leads", async () => (await leader()) === other);
    await eventually("the audit has ended", async () => (await auditedAt()) === begun);
    const { body } = await admin.get(`${CONSTRAINTS}/owned`);
    assert.equal(numberAt(body, ["status", "totalViolations"]), MAP_COUNT);
    await eventually("that is logged", () => auditsOf(other).length > 0);
    const [rest] = auditsOf(other);
    assert.ok((numberAt(rest, ["objects"]) ?? 0) >= MAP_COUNT);
    assert.ok((numberAt(rest, ["milliseconds"]) ?? 0) < (numberAt(whole, ["milliseconds"]) ?? 0), "it began anew");
    assert.equal(stringAt((await admin.get(CA)).body, ["metadata", "uid"]), authority);
    start(first);
    await eventually("it is back", () => replicaNamed(first).says("the admission webhook is ready"));
  });

  test("a leader that is told to end answers everything, exits with 0, and leaves the lease at once", async () => {
    const first = await leader();
    const ending = replicaNamed(first);
    const answers: string[] = [];
    const ended = new AbortController();
    const asking = Array.from({ length: 4 }, async () => {
      while (!ended.signal.aborted) {
        const answer = await dryRun("new", { owner: "x" });
        answers.push(`${answer.status} ${messageOf(answer)}`);
      }
    });
    await sleep(300);
    const told = performance.now();
    ending.signal("SIGTERM");
    assert.deepEqual(await ending.exited, { code: 0, signal: null });
    await eventually("another leads", async () => ![first, ""].includes(await leader()));
    assert.ok(performance.now() - told < 12_000, "the lease was not left, but ran out");
    ended.abort();
    await Promise.all(asking);
    assert.deepEqual([...new Set(answers)], ["201 "]);
    assert.ok(ending.says("the admission webhook has ended"));
  });

  test("what is logged is JSON on standard error, and standard output has nothing", () => {
    for (const { lines, stdout } of replicas) {
      assert.ok(lines.length > 0);
      for (const line of lines) assert.deepEqual(Object.keys(line).slice(0, 3), ["time", "level", "message"]);
      assert.equal(stdout, "");
    }
    const forbidden = replicas.flatMap(({ lines }) =>
      lines.filter((line) => /is forbidden/.test(JSON.stringify(line))),
    );
    assert.deepEqual(forbidden, []);
  });

  test("a policy file that is wrong, and a port that is taken, end it with exit code 2 and the reason", async () => {
    const broken = join(folder, "broken");
    writeFileSync(broken, "{");
    const wrong = new Replica("replica-c", 0, ["--policies", broken]);
    assert.deepEqual(await wrong.exited, { code: 2, signal: null });
    assert.match(wrong.stderr, /error SERVER_POLICIES: /);
    const taken = new Replica("replica-c", front, ["--policies", join(folder, "names.yaml")]);
    assert.deepEqual(await taken.exited, { code: 2, signal: null });
    assert.match(taken.stderr, /EADDRINUSE|in use/);
  });
});
