/** `redoubt scan --live` and its kin against a real API server: a large cluster, few rights, and a server that misbehaves. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { ControlPlane } from "./control-plane.ts";
import { type JsonReport, type Run, redoubt, reportOf } from "./redoubt-run.ts";

const NAMESPACES = 500;
const PODS = 5000;
const ROLES = 1000;
const MEMORY_KB = 600 * 1024;
const AT_ONCE = 16;

/** At most a few requests at once. */
async function eachAtOnce<T>(items: Iterable<T>, work: (item: T) => Promise<unknown>): Promise<void> {
  const queue = items[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function keysOf(run: Run): readonly string[] {
  return reportOf(run).findings.map(
    ({ control, verdict, message }) => `${control} ${verdict} ${message.replaceAll(/ at \d{4}-[\dT:.-]+Z/g, "")}`,
  );
}

/** Every object was read, and every pod was judged. */
function assertAllSeen({ coverage, findings }: JsonReport): void {
  assert.ok(coverage.objects >= PODS + NAMESPACES + 2 * ROLES, `${coverage.objects} objects`);
  const privileged = findings.filter(({ control, verdict }) => control === "POD-001" && verdict === "fail");
  assert.equal(privileged.length, PODS / 500);
}

function policy(name: string, ingress: readonly object[]): object {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name, namespace: "team-2" },
    spec: { podSelector: {}, ingress },
  };
}

suite("a live scan", () => {
  let plane: ControlPlane;
  const folder = mkdtempSync(join(tmpdir(), "redoubt-live-"));
  const create = async (path: string, body: object): Promise<void> => {
    const { status, body: answer } = await plane.admin.post(path, body);
    assert.ok(status === 201 || status === 409, JSON.stringify(answer));
  };

  before(async () => {
    plane = await ControlPlane.start({
      auditPolicy: {
        apiVersion: "audit.k8s.io/v1",
        kind: "Policy",
        omitStages: ["RequestReceived"],
        rules: [{ level: "Metadata", verbs: ["list"], users: ["redoubt-admin"] }, { level: "None" }],
      },
      auditLog: true,
    });
    await eachAtOnce(numbers(NAMESPACES), (index) =>
      create("/api/v1/namespaces", { metadata: { name: `team-${index}` } }),
    );
    await eachAtOnce(numbers(PODS), (index) =>
      create(`/api/v1/namespaces/team-${index % NAMESPACES}/pods`, {
        metadata: { name: `pod-${index}`, labels: { app: `app-${index % 7}` } },
        spec: {
          containers: [
            {
              name: "app",
              image: `registry.example/app:${index % 9}`,
              securityContext: { privileged: index % 500 === 0 },
            },
          ],
        },
      }),
    );
    await eachAtOnce(numbers(ROLES), async (index) => {
      const namespace = `team-${index % NAMESPACES}`;
      const name = `reader-${index}`;
      const root = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
      const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] }];
      await create(`${root}/roles`, { metadata: { name }, rules });
      await create(`${root}/rolebindings`, {
        metadata: { name },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
        subjects: [{ kind: "ServiceAccount", name: "default", namespace }],
      });
    });
    await create("/api/v1/namespaces/team-0/secrets", {
      metadata: { name: "database" },
      stringData: { password: "hunter2-of-the-cluster" },
    });
    await create("/api/v1/namespaces/team-0/secrets", {
      metadata: { name: "login" },
      type: "kubernetes.io/basic-auth",
      stringData: { username: "team-0" },
    });
    await create("/api/v1/namespaces/team-0/serviceaccounts", { metadata: { name: "ci" } });
    await create("/api/v1/namespaces/team-0/secrets", {
      metadata: { name: "ci-token", annotations: { "kubernetes.io/service-account.name": "ci" } },
      type: "kubernetes.io/service-account-token",
    });
  });
  after(async () => {
    await plane.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test(`reads ${PODS} pods in ${NAMESPACES} namespaces in few lists and little memory, and prints its rate`, async (context) => {
    const run = await redoubt("scan", "--live", "--kubeconfig", plane.kubeconfig, "-o", "json");
    const report = reportOf(run);
    assert.equal(run.code, 1, run.stderr);
    assertAllSeen(report);
    const [rate = ""] = /cluster redoubt: .*/.exec(run.stderr) ?? [];
    assert.match(rate, /\d+ objects read in [\d.]+ s \(\d+ objects a second, \d+ requests\)/);
    assert.ok(run.peak > 0 && run.peak < MEMORY_KB, `${run.peak} KiB`);
    context.diagnostic(`${rate}; at most ${Math.round(run.peak / 1024)} MiB`);

    const lists = readFileSync(plane.auditLogPath, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line): string => String(Object(Object(JSON.parse(line)).objectRef).resource));
    const calls = Map.groupBy(lists, (resource) => resource);
    for (const [resource, made] of calls)
      assert.ok(made.length <= 2 + PODS / 500, `${made.length} lists of ${resource}`);
  });

  test("with an account that may nothing: unknown, the missing rights by name, and exit code 3", async () => {
    const kubeconfig = await plane.writeKubeconfig("nobody", "nobody");
    const run = await redoubt("scan", "--live", "--kubeconfig", kubeconfig, "-o", "json");
    const report = reportOf(run);
    assert.equal(run.code, 3);
    assert.equal(report.summary.incomplete, true);
    // What anyone may see, the server's version and its answer to strangers, is judged all the same.
    assert.deepEqual(
      report.findings.filter(({ verdict, control }) => verdict === "fail" && !control.startsWith("INF-")),
      [],
    );
    const missing = report.diagnostics.find(({ code }) => code === "KUBE_FORBIDDEN")?.message ?? "";
    for (const right of ["pods", "secrets", "deployments.apps", "clusterrolebindings.rbac.authorization.k8s.io"])
      assert.ok(missing.includes(right), `${right} is not in: ${missing}`);
    const table = await redoubt("scan", "--live", "--kubeconfig", kubeconfig);
    const lines = table.stdout.replaceAll(/\s+/g, " ").match(/the right to list pods \(/g) ?? [];
    assert.ok(lines.length <= 1, "one line for each missing right");
  });

  test("with the role that rbac-for-scan prints, nothing is unknown for lack of rights", async () => {
    await create("/api/v1/namespaces/team-0/serviceaccounts", { metadata: { name: "scanner" } });
    const printed = await redoubt(
      `rbac-for-scan --live --kubeconfig ${plane.kubeconfig} --service-account team-0:scanner`,
    );
    assert.equal(printed.code, 0, printed.stderr);
    const [role = "", binding = ""] = printed.stdout.split("---\n");
    const root = "/apis/rbac.authorization.k8s.io/v1";
    for (const [path, yaml] of [
      ["clusterroles", role],
      ["clusterrolebindings", binding],
    ] as const) {
      const { status, body } = await plane.admin.send("POST", `${root}/${path}`, yaml, "application/yaml");
      assert.equal(status, 201, JSON.stringify(body));
    }
    const run = await redoubt(
      `scan --live --kubeconfig ${plane.kubeconfig} -o json`,
      `--as system:serviceaccount:team-0:scanner --as-group system:serviceaccounts --as-group system:authenticated`,
    );
    const report = reportOf(run);
    assert.equal(run.code, 1, run.stderr);
    assert.deepEqual(
      report.findings.filter(
        ({ verdict, message }) => verdict === "unknown" && /forbidden|could not be read/.test(message),
      ),
      [],
    );
    assert.deepEqual(
      report.diagnostics.filter(({ severity }) => severity === "error"),
      [],
    );
  });

  test("limited to a namespace, it reads that one", async () => {
    const run = await redoubt("scan", "--live", "--kubeconfig", plane.kubeconfig, "-n", "team-1", "-o", "json");
    const report = reportOf(run);
    assert.ok(report.coverage.objects < 2 * NAMESPACES + 500, String(report.coverage.objects));
  });

  test("limited to a namespace that is not there, it is incomplete", async () => {
    const run = await redoubt(
      `scan --live --kubeconfig ${plane.kubeconfig} -n team-1,taem-2 --control POD-001 -o json`,
    );
    assert.equal(run.code, 3);
    assert.deepEqual(
      reportOf(run).diagnostics.map(({ code, message }) => `${code} ${message}`),
      ['KUBE_NO_NAMESPACE the cluster has no namespace "taem-2"'],
    );
  });

  test("a snapshot holds no value of a Secret and gives the same findings", async () => {
    const file = join(folder, "snapshot.json");
    const saved = await redoubt("snapshot", "-o", file, "--kubeconfig", plane.kubeconfig);
    assert.equal(saved.code, 0, saved.stderr);
    const text = readFileSync(file, "utf8");
    assert.ok(!text.includes("hunter2") && !text.includes(Buffer.from("hunter2-of-the-cluster").toString("base64")));
    const [offline, online] = [
      await redoubt("scan", "--snapshot", file, "-o", "json"),
      await redoubt("scan", "--live", "--kubeconfig", plane.kubeconfig, "-o", "json"),
    ];
    assert.deepEqual(keysOf(offline), keysOf(online));
    const packed = await redoubt("snapshot", "-o", `${file}.gz`, "--kubeconfig", plane.kubeconfig);
    assert.equal(packed.code, 0);
    assert.equal((await redoubt(`scan --snapshot ${file}.gz -q --control POD-001`)).code, 1);
  });

  test("Secrets are known by their types, though not by their values", async () => {
    const scan = `scan --live --fail-on low --kubeconfig ${plane.kubeconfig}`;
    const tokens = await redoubt(`${scan} --control SEC-002`);
    assert.equal(tokens.code, 1, tokens.stderr);
    assert.match(tokens.stdout, /ci-token/);
    const accepted = await redoubt(`${scan} --control SEC-006`);
    assert.equal(accepted.code, 0, accepted.stdout);
  });

  test("drift: only what someone changed, not what the API server fills in", async () => {
    const file = join(folder, "team-2.yaml");
    const deployment = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web", namespace: "team-2" },
      spec: {
        selector: { matchLabels: { app: "web" } },
        template: {
          metadata: { labels: { app: "web" } },
          spec: {
            containers: [
              {
                name: "web",
                image: "registry.example/web:1",
                ports: [{ containerPort: 80 }],
                env: [{ name: "A", value: "b" }],
              },
            ],
            volumes: [{ name: "settings", configMap: { name: "settings" } }],
          },
        },
      },
    };
    writeFileSync(
      file,
      [policy("same", [{ ports: [{ port: 80 }] }]), policy("changed", []), policy("absent", []), deployment]
        .map((each) => JSON.stringify(each))
        .join("\n---\n"),
    );
    await create("/apis/apps/v1/namespaces/team-2/deployments", deployment);
    await create(
      "/apis/networking.k8s.io/v1/namespaces/team-2/networkpolicies",
      policy("same", [{ ports: [{ port: 80 }] }]),
    );
    await create("/apis/networking.k8s.io/v1/namespaces/team-2/networkpolicies", policy("changed", [{}]));
    const run = await redoubt(`scan -f ${file} --live --drift --kubeconfig ${plane.kubeconfig} -n team-2 -o json`);
    const drift = reportOf(run).findings.filter(({ control }) => /^DRIFT-00[23]/.test(control));
    assert.deepEqual(
      drift.map(({ control, message }) => `${control} ${message.split(" in ")[0] ?? ""}`),
      ["DRIFT-002 NetworkPolicy team-2/absent is", "DRIFT-003 spec.ingress is [{}]"],
    );
  });

  suite("through a server that misbehaves", () => {
    const faults: readonly (readonly [string, Fault, "complete" | "incomplete"])[] = [
      ["is busy (429) now and then", busy, "complete"],
      ["fails (500) now and then", (_path, count) => (count % 7 === 0 ? { status: 500 } : undefined), "complete"],
      ["lets a continue token expire (410) once", expireOnce(1), "complete"],
      ["lets every continue token expire (410)", expireOnce(Infinity), "complete"],
      [
        "always fails for one kind",
        (path) => (path.includes("/configmaps") ? { status: 500 } : undefined),
        "incomplete",
      ],
      [
        "never answers for one kind",
        (path) => (path.includes("/configmaps") ? { hang: true } : undefined),
        "incomplete",
      ],
      [
        "answers no JSON for one kind",
        (path) => (path.includes("/configmaps") ? { status: 200, text: "<html>" } : undefined),
        "incomplete",
      ],
      ["cuts connections now and then", (_path, count) => (count % 9 === 0 ? { cut: true } : undefined), "complete"],
    ];
    for (const [what, fault, expected] of faults) {
      test(`that ${what}: ${expected}`, async () => {
        await using proxy = await FaultyProxy.start(plane, fault);
        const kubeconfig = join(folder, "proxy.kubeconfig");
        writeFileSync(kubeconfig, readFileSync(plane.kubeconfig, "utf8").replace(plane.url, proxy.url));
        const run = await redoubt(
          `scan --live --kubeconfig ${kubeconfig} --request-timeout 3s --control POD-001,SEC-001 -o json`,
        );
        const report = reportOf(run);
        assert.ok(proxy.injected > 0, "no fault was injected");
        assert.equal(run.code, expected === "complete" ? 1 : 3, run.stderr);
        assert.equal(report.summary.incomplete, expected === "incomplete");
        if (expected === "complete") assertAllSeen(report);
        else assert.match(report.diagnostics.map(({ message }) => message).join("\n"), /configmaps could not be read/);
      });
    }

    test("that is restarted during the scan", async () => {
      let restarted: Promise<void> | undefined;
      await using proxy = await FaultyProxy.start(plane, (_, count) => {
        if (count === 20) restarted = plane.restartApiServer();
        return undefined;
      });
      const kubeconfig = join(folder, "proxy.kubeconfig");
      writeFileSync(kubeconfig, readFileSync(plane.kubeconfig, "utf8").replace(plane.url, proxy.url));
      const run = await redoubt(
        `scan --live --kubeconfig ${kubeconfig} --request-timeout 5s --control POD-001,SEC-001 -o json`,
      );
      await restarted;
      const report = reportOf(run);
      assert.ok(run.code === 1 || run.code === 3, run.stderr);
      assert.equal(report.summary.incomplete, run.code === 3);
      if (run.code === 1) assertAllSeen(report);
    });
  });
});

type Answer = { readonly status: number; readonly text?: string } | { readonly hang: true } | { readonly cut: true };
/** What to answer instead of the API server, if anything, to the `count`th request. */
type Fault = (path: string, count: number) => Answer | undefined;

function busy(_path: string, count: number): Answer | undefined {
  return count % 5 === 0 ? { status: 429 } : undefined;
}

function expireOnce(times: number): Fault {
  let left = times;
  return (path) => {
    if (!path.includes("continue=") || left <= 0) return undefined;
    left -= 1;
    return { status: 410 };
  };
}

/** Stands in front of the API server, as the cluster's administrator, and answers some requests itself. */
class FaultyProxy {
  readonly url: string;
  injected = 0;
  readonly #close: () => void;

  private constructor(url: string, close: () => void) {
    this.url = url;
    this.#close = close;
  }

  static async start(plane: ControlPlane, fault: Fault): Promise<FaultyProxy> {
    const pair = await plane.ca.server("proxy", ["127.0.0.1"]);
    const client = await plane.ca.client("redoubt-admin", ["system:masters"]);
    let count = 0;
    const server = createServer({ cert: pair.certificate, key: pair.key }, (incoming, outgoing) => {
      count += 1;
      const answer = fault(incoming.url ?? "", count);
      if (answer === undefined) return forward(incoming, outgoing);
      proxy.injected += 1;
      if ("hang" in answer) return;
      if ("cut" in answer) {
        incoming.socket.destroy();
        return;
      }
      outgoing.writeHead(answer.status, { "content-type": "application/json" });
      outgoing.end(
        answer.text ??
          JSON.stringify({
            kind: "Status",
            status: "Failure",
            message: `injected ${answer.status}`,
            code: answer.status,
          }),
      );
    });
    const forward = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
      const sent = request(
        new URL(incoming.url ?? "/", plane.url),
        {
          method: incoming.method,
          headers: { accept: incoming.headers.accept },
          ca: plane.ca.certificate,
          cert: client.certificate,
          key: client.key,
        },
        (response) => {
          outgoing.writeHead(response.statusCode ?? 502, response.headers);
          response.pipe(outgoing);
        },
      );
      sent.on("error", () => incoming.socket.destroy());
      sent.end();
    };
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address: AddressInfo | string | null = server.address();
    if (address === null || typeof address === "string") throw new Error("the proxy has no port");
    const proxy = new FaultyProxy(`https://127.0.0.1:${address.port}`, () => {
      server.closeAllConnections();
      server.close();
    });
    return proxy;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close();
    await Promise.resolve();
  }
}
