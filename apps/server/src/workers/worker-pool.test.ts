import assert from "node:assert/strict";
import cluster from "node:cluster";
import { once } from "node:events";
import { createServer } from "node:net";
import { after, before, suite, test } from "node:test";
import { type Authority, createAuthority, issueServingCertificate } from "../certificates/issue-certificate.ts";
import type { CertificateSource, ServingCertificate } from "../certificates/serving-certificate.ts";
import { createLog } from "../log.ts";
import { PolicyStore } from "../policies/policy-store.ts";
import { eventually } from "../testing/eventually.ts";
import { TEMPLATE, constraint, podNamed } from "../testing/policies.ts";
import { reviewOf } from "../testing/reviews.ts";
import { GivenSource, ask } from "../testing/running-webhook.ts";
import type { ServedWebhook } from "../webhook/start-webhook.ts";
import type { WebhookSettings } from "../webhook/webhook-settings.ts";
import { ToldCluster } from "./cluster-changes.ts";
import { startWorkers } from "./worker-pool.ts";

const NAMES = ["localhost", "127.0.0.1"];
const VALIDITY = { from: new Date(Date.now() - 60_000), until: new Date(Date.now() + 3_600_000) };
const SETTINGS: WebhookSettings = {
  host: "127.0.0.1",
  port: 0,
  limits: {},
  exemptNamespaces: ["exempt"],
  protection: undefined,
  podSecurity: false,
  clients: undefined,
  compile: {},
  logLevel: "error",
};

class GivenCertificates implements CertificateSource {
  #changed: ((certificate: ServingCertificate) => void) | undefined;
  readonly #first: ServingCertificate;

  constructor(first: ServingCertificate) {
    this.#first = first;
  }

  start(_: AbortSignal, changed: (certificate: ServingCertificate) => void): Promise<ServingCertificate> {
    this.#changed = changed;
    return Promise.resolve(this.#first);
  }

  replace(certificate: ServingCertificate): void {
    this.#changed?.(certificate);
  }
}

function certificateOf(authority: Authority): ServingCertificate {
  return issueServingCertificate(authority, "test-ca", NAMES, VALIDITY);
}

interface Pool {
  readonly webhook: ServedWebhook;
  readonly source: GivenSource;
  readonly store: PolicyStore;
  readonly certificates: GivenCertificates;
  readonly authority: string;
  readonly lines: readonly string[];
}

async function pool(settings: Partial<WebhookSettings> = {}): Promise<Pool> {
  const authority = createAuthority("test-ca", VALIDITY);
  const certificates = new GivenCertificates(certificateOf(authority));
  const source = new GivenSource({ objects: [TEMPLATE, constraint("no-web", ["web"])] });
  const store = new PolicyStore([source]);
  const lines: string[] = [];
  const webhook = await startWorkers({
    store,
    certificates,
    log: createLog((line) => lines.push(line)),
    drain: { leave: 0, finish: 2000 },
    settings: { ...SETTINGS, ...settings },
    workers: 2,
    applyTime: 3000,
  });
  return { webhook, source, store, certificates, authority: authority.cert, lines };
}

/** The verdicts of as many requests, each on a connection of its own, so that all workers are asked. */
async function verdicts(
  { webhook, authority }: Pick<Pool, "webhook" | "authority">,
  name = "web",
  count = 4,
): Promise<readonly boolean[]> {
  const found: boolean[] = [];
  for (let request = 0; request < count; request++) {
    const { body } = await ask({ port: webhook.port, authority }, { body: JSON.stringify(reviewOf(podNamed(name))) });
    found.push(body.includes('"allowed":true'));
  }
  return found;
}

const ALL = [true, true, true, true];
const NONE = [false, false, false, false];

suite("worker processes", () => {
  let running: Pool;
  before(async () => {
    running = await pool();
  });
  after(() => running.webhook.stop());

  test("decide alike, change together, and are measured as one", async () => {
    const { webhook, source, store, authority } = running;
    const get = async (path: string): Promise<string> =>
      (await ask({ port: webhook.port, authority }, { path, method: "GET" })).body;
    assert.equal(await get("/readyz"), "ok\n");
    assert.deepEqual(await verdicts(running), NONE);
    assert.deepEqual(await verdicts(running, "db"), ALL);

    const swapped = new Promise<void>((resolve) => store.onSwap(() => resolve()));
    source.replace({ objects: [TEMPLATE, constraint("no-db", ["db"])] });
    await swapped;
    assert.deepEqual(await verdicts(running), ALL);
    assert.deepEqual(await verdicts(running, "db"), NONE);

    const metrics = await get("/metrics");
    assert.match(metrics, /^redoubt_admission_requests_total\{endpoint="validate",outcome="denied"\} 8$/m);
    assert.match(metrics, /^redoubt_admission_requests_total\{endpoint="validate",outcome="allowed"\} 8$/m);
    assert.match(metrics, /^redoubt_policy_duration_seconds_count\{kind="DeniedNames",policy="no-db"\} 8$/m);
    assert.match(metrics, /^redoubt_policy_reloads_total\{result="success"\} 2$/m);
    assert.match(metrics, /^redoubt_policies\{kind="DeniedNames"\} 1$/m);
  });

  test("are told of the cluster, also those that come later, and take the place of one that ends", async () => {
    const { source, store, lines } = running;
    const selecting = constraint("no-web", ["web"]);
    const selector = { namespaceSelector: { matchLabels: { stage: "production" } } };
    source.replace({
      objects: [TEMPLATE, { ...selecting, spec: { match: selector, parameters: { names: ["web"] } } }],
    });
    await eventually(async () => assert.deepEqual(await verdicts(running), ALL));
    const namespace = (stage: string): void =>
      store.setCluster({
        view: new ToldCluster(),
        kinds: [
          {
            key: "v1 Namespace",
            isNamespaced: false,
            isData: false,
            objects: [{ apiVersion: "v1", kind: "Namespace", metadata: { name: "team", labels: { stage } } }],
          },
        ],
      });
    namespace("production");
    await eventually(async () => assert.deepEqual(await verdicts(running), NONE));

    const earlier = Object.keys(cluster.workers ?? {});
    cluster.workers?.[earlier[0] ?? ""]?.process.kill("SIGKILL");
    await eventually(() => assert.ok(lines.some((line) => line.includes("a worker process ended"))));
    assert.deepEqual(await verdicts(running), NONE);
    await eventually(() => assert.equal(Object.keys(cluster.workers ?? {}).length, 2), 20_000);
    assert.notDeepEqual(Object.keys(cluster.workers ?? {}), earlier);
    for (let round = 0; round < 10; round++) assert.deepEqual(await verdicts(running), NONE);
    namespace("test");
    await eventually(async () => assert.deepEqual(await verdicts(running), ALL));
  });

  test("show a new certificate at once", async () => {
    const { webhook, source, certificates } = running;
    source.replace({ objects: [TEMPLATE, constraint("no-web", ["web"])] });
    await eventually(async () => assert.deepEqual(await verdicts(running), NONE));
    const successor = createAuthority("test-ca", VALIDITY);
    certificates.replace(certificateOf(successor));
    await eventually(async () => {
      const asked = await verdicts({ webhook, authority: successor.cert }).catch(() => undefined);
      assert.deepEqual(asked, NONE);
    });
  });

  test("one that hangs is replaced, and keeps no policies from the others", async () => {
    const { source, lines } = running;
    const [hung = ""] = Object.keys(cluster.workers ?? {});
    cluster.workers?.[hung]?.process.kill("SIGSTOP");
    source.replace({ objects: [TEMPLATE, constraint("no-db", ["db"])] });
    await eventually(() => assert.equal(cluster.workers?.[hung], undefined), 20_000);
    assert.ok(lines.some((line) => line.includes("does not put policies in force")));
    await eventually(() => assert.equal(Object.keys(cluster.workers ?? {}).length, 2), 20_000);
    await eventually(async () => assert.deepEqual(await verdicts(running, "db"), NONE));
    assert.deepEqual(await verdicts(running), ALL);
  });

  test("end with the webhook and leave nothing that listens", async () => {
    await running.webhook.stop();
    assert.deepEqual(Object.keys(cluster.workers ?? {}), []);
    await assert.rejects(verdicts(running));
  });

  test("a port that is taken is said as such", async (context) => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    context.after(() => taken.close());
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    await assert.rejects(pool({ port }), { code: "SERVER_ADDRESS", message: /EADDRINUSE/ });
    assert.deepEqual(Object.keys(cluster.workers ?? {}), []);
  });
});
