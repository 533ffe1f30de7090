/** `--etcd`, `--audit-log`, `--audit-sink` against a real etcd that wants certificates and a real API server with an audit webhook. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, suite, test } from "node:test";
import { ControlPlane, type ControlPlaneOptions } from "./control-plane.ts";
import { type Run, redoubt, reportOf } from "./redoubt-run.ts";

const AUDIT = { apiVersion: "audit.k8s.io/v1", kind: "Policy", rules: [{ level: "Metadata" }] };
const PASSWORD = "hunter2-of-the-etcd-test";
const SECRETS = "/api/v1/namespaces/default/secrets";

const key = (name: string): object => ({
  name,
  secret: Buffer.from(`${name} is no real key`.padEnd(32)).toString("base64"),
});
const encryption = (...keys: readonly string[]): object => ({
  apiVersion: "apiserver.config.k8s.io/v1",
  kind: "EncryptionConfiguration",
  resources: [{ resources: ["secrets"], providers: [{ secretbox: { keys: keys.map(key) } }, { identity: {} }] }],
});

const verdictOf = (run: Run, id: string): string | undefined =>
  reportOf(run).controls.find((control) => control.id === id)?.verdict;
const failureOf = (run: Run, id: string): string =>
  reportOf(run).findings.find(({ control, verdict }) => control === id && verdict === "fail")?.message ?? "";

suite("evidence from behind the API server", () => {
  let plane: ControlPlane;
  let sink: Sink;
  let options: ControlPlaneOptions;
  let etcd = "";
  before(async () => {
    sink = await Sink.start();
    options = { etcdTls: true, auditPolicy: AUDIT, auditLog: true, auditWebhook: { url: `${sink.url}/events` } };
    plane = await ControlPlane.start(options);
    etcd = `--etcd ${plane.etcdUrl} --etcd-cacert ${plane.pki("etcd-ca.crt")} --etcd-cert ${plane.pki("etcd-client.crt")} --etcd-key ${plane.pki("etcd-client.key")}`;
  });
  after(async () => {
    await plane.stop();
    sink.stop();
  });
  const scan = (...flags: readonly string[]): Promise<Run> =>
    redoubt(`scan --live --kubeconfig ${plane.kubeconfig} -o json`, ...flags);
  const write = async (name: string): Promise<void> => {
    const { status } = await plane.admin.post(SECRETS, { metadata: { name }, stringData: { password: PASSWORD } });
    assert.equal(status, 201);
  };
  const rewriteAll = async (): Promise<void> => {
    const { body } = await plane.admin.get("/api/v1/secrets");
    for (const secret of Object(body).items) {
      const { namespace, name } = secret.metadata;
      assert.equal((await plane.admin.put(`/api/v1/namespaces/${namespace}/secrets/${name}`, secret)).status, 200);
    }
  };

  test("Secrets in plain text are found in etcd, and their values nowhere", async () => {
    await write("old");
    const run = await scan(etcd);
    assert.equal(run.code, 1, run.stderr);
    assert.match(failureOf(run, "INF-051"), /^etcd at https:.* holds \/registry\/secrets\/default\/old in plain text/);
    assert.ok(!`${run.stdout}${run.stderr}`.includes(PASSWORD));
    assert.ok(!run.stdout.includes(Buffer.from(PASSWORD).toString("base64")));
  });

  test("after encryption was turned on, what is older is told from what is new, by etcd and by counters", async () => {
    await plane.restartApiServer({ ...options, encryption: encryption("key1") });
    await write("new");
    const byEtcd = await scan(etcd);
    assert.equal(verdictOf(byEtcd, "INF-051"), "pass");
    assert.match(
      failureOf(byEtcd, "INF-056"),
      /holds 1 Secrets in plain text, such as \/registry\/secrets\/default\/old/,
    );
    const byCounters = await scan();
    assert.equal(verdictOf(byCounters, "INF-051"), "pass");
    assert.match(failureOf(byCounters, "INF-056"), /\(\/metrics at .*\) read Secrets \d+ times from plain text/);
  });

  test("after all Secrets were rewritten they are encrypted, and an API server that starts then has counted so", async () => {
    await rewriteAll();
    assert.equal(verdictOf(await scan(etcd), "INF-056"), "pass");
    await plane.restartApiServer();
    assert.equal(verdictOf(await scan(), "INF-056"), "pass");
  });

  test("what an old key wrote is named, and how much of it there is", async () => {
    await plane.restartApiServer({ ...options, encryption: encryption("key2", "key1") });
    await write("newest");
    const run = await scan(etcd);
    assert.match(
      failureOf(run, "INF-057"),
      /2 Secrets that k8s:enc:secretbox:v1:key1: wrote.*written by k8s:enc:secretbox:v1:key2:/,
    );
    const file = `${plane.folder}/encryption.yaml`;
    const withFile = await scan(etcd, file);
    assert.match(
      failureOf(withFile, "INF-057"),
      /^the secretbox key "key1" still reads Secrets: 2 Secrets are still stored that way/,
    );
    await rewriteAll();
    const rewritten = await scan(etcd, file);
    assert.match(
      failureOf(rewritten, "INF-057"),
      /key "key1" still reads Secrets: no Secret is stored that way any more/,
    );
  });

  test("a canary is written, seen, and gone", async () => {
    const run = await scan(etcd, "--etcd-canary kube-public");
    assert.equal(verdictOf(run, "INF-051"), "pass");
    const { body } = await plane.admin.get("/api/v1/namespaces/kube-public/secrets");
    assert.deepEqual(Object(body).items, []);
    const lines = readFileSync(plane.auditLogPath, "utf8").split("\n");
    const verbs = lines.filter((line) => line.includes("redoubt-canary-")).map((line) => String(JSON.parse(line).verb));
    assert.deepEqual(new Set(verbs), new Set(["create", "delete"]));
  });

  test("one Secret by its name", async () => {
    const run = await scan(etcd, "--etcd-secret default/new --control INF-051");
    assert.equal(verdictOf(run, "INF-051"), "pass");
    const none = await scan(etcd, "--etcd-secret default/none");
    assert.equal(none.code, 3);
    assert.match(none.stderr, /KUBE_EVIDENCE: no evidence of how Secrets are stored: .* holds nothing under/);
  });

  test("a marked request comes out of the log and arrives in the sink, which the checklist names", async () => {
    const flags = `--audit-log ${plane.auditLogPath} --audit-sink ${sink.url}/search?q={mark} --audit-wait 10s`;
    const run = await scan(etcd, flags);
    const item = (id: string): ReturnType<typeof reportOf>["checklist"][number] | undefined =>
      reportOf(run).checklist.find(({ item: one }) => one === id);
    const shown = (id: string): readonly string[] =>
      item(id)?.requirements.flatMap(({ text, verdict }) => (verdict === "pass" ? [text] : [])) ?? [];
    assert.ok(shown("audit-logging").includes("audit events really come out"));
    assert.ok(shown("secrets-at-rest").includes("Secrets really go to etcd encrypted"));
    assert.ok(shown("secrets-at-rest").includes("Secrets written before encryption was switched on are encrypted too"));
    const evidence = item("audit-logging")?.evidence.find(({ control }) => control === "INF-052");
    assert.equal(evidence?.kind, "drill");
    assert.match(evidence.source, /^AuditProbe kube-apiserver from the audit log .*audit\.log at /);
    assert.equal(run.code, 1, run.stderr);
  });

  test("a sink that gets no events does not pass", async () => {
    const other = await Sink.start();
    const run = await scan(`--audit-sink ${other.url}/search?q={mark} --audit-wait 1s`);
    other.stop();
    assert.match(failureOf(run, "INF-052"), /did not appear in http:/);
  });

  for (const [note, flags, says] of [
    ["without a client certificate", "--etcd-cacert {ca}", /etcd at https:.*(?:certificate required|alert)/i],
    ["with an authority that did not sign etcd's certificate", "", /self-signed certificate|unable to/],
    ["at a port where nothing listens", "--etcd https://127.0.0.1:1", /ECONNREFUSED/],
    ["under another prefix", "{full} --etcd-prefix /other", /holds nothing under \/other\/secrets\//],
  ] as const)
    test(`${note} the scan is incomplete and says so`, async () => {
      const bare = flags.includes("--etcd ") || flags.startsWith("{full}") ? "" : `--etcd ${plane.etcdUrl} `;
      const given = flags.replace("{full}", etcd).replace("{ca}", plane.pki("etcd-ca.crt"));
      const run = await scan(`${bare}${given}`.trim());
      assert.equal(run.code, 3);
      assert.match(run.stderr, says);
    });

  test("who may not write Secrets gets no canary and the missing right", async () => {
    const kubeconfig = await plane.writeKubeconfig("reader", "reader");
    const run = await redoubt(`scan --live --kubeconfig ${kubeconfig} -o json`, etcd, "--etcd-canary kube-public");
    assert.equal(run.code, 3);
    assert.match(run.stderr, /the right to create and delete secrets in namespace kube-public/);
  });

  test("a log that may not be read, or is none, makes the scan incomplete", async () => {
    const run = await scan("--audit-log /nowhere/audit.log");
    assert.equal(run.code, 3);
    assert.match(run.stderr, /no evidence of audit events: ENOENT/);
  });
});

/** Takes audit events as a webhook backend and searches them. */
class Sink {
  readonly url: string;
  readonly #server: Server;

  private constructor(url: string, server: Server) {
    this.url = url;
    this.#server = server;
  }

  static async start(): Promise<Sink> {
    const events: string[] = [];
    const server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? "/", "http://sink");
      if (pathname === "/search") {
        const query = searchParams.get("q") ?? "";
        const hits = events.filter((event) => event.includes(query));
        response.end(JSON.stringify({ query, hits }));
        return;
      }
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        events.push(Buffer.concat(chunks).toString());
        response.end("{}");
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address: AddressInfo | string | null = server.address();
    if (address === null || typeof address === "string") throw new Error("the sink has no port");
    return new Sink(`http://127.0.0.1:${address.port}`, server);
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
