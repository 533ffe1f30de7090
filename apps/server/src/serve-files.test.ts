import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, suite, test } from "node:test";
import { isJsonObject, numberAt, stringAt } from "@redoubt/kube";
import { type ServeOptions, serve } from "./serve.ts";
import { eventually } from "./testing/eventually.ts";
import { TEMPLATE, constraint, podNamed } from "./testing/policies.ts";
import { reviewOf } from "./testing/reviews.ts";
import { ask } from "./testing/running-webhook.ts";

interface Serving {
  readonly folder: string;
  readonly signals: EventEmitter;
  readonly lines: readonly unknown[];
  readonly ended: Promise<void>;
}

async function serving(context: TestContext, policies: readonly unknown[]): Promise<Serving> {
  const folder = await mkdtemp(join(tmpdir(), "redoubt-serve-"));
  context.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "policies.json"), JSON.stringify({ kind: "List", items: policies }));
  const signals = new EventEmitter();
  const lines: unknown[] = [];
  const options: ServeOptions = {
    policies: [join(folder, "policies.json")],
    host: "127.0.0.1",
    port: 0,
    names: ["localhost"],
    trustedFile: join(folder, "ca.crt"),
    clientNames: [],
    exemptNamespaces: [],
    policyAdmins: [],
    policyAdminGroups: [],
    templateOperations: ["CREATE", "UPDATE"],
    podSecurity: false,
    logLevel: "info",
    drain: { leave: 1 },
  };
  const ended = serve(options, { write: (line) => lines.push(JSON.parse(line)), signals });
  return { folder, signals, lines, ended };
}

suite("serving files", () => {
  test("answers by the policies of files, reads them again on SIGHUP, and ends on SIGTERM", async (context) => {
    const { folder, signals, lines, ended } = await serving(context, [TEMPLATE, constraint("no-web", ["web"])]);
    const lineOf = (message: string): unknown => lines.find((line) => stringAt(line, ["message"]) === message);
    await eventually(() => assert.ok(isJsonObject(lineOf("the admission webhook is ready"))));
    const port = numberAt(lineOf("the admission webhook is ready"), ["port"]) ?? 0;
    const authority = await readFile(join(folder, "ca.crt"), "utf8");
    const isAllowed = async (): Promise<boolean> => {
      const { body } = await ask({ port, authority }, { body: JSON.stringify(reviewOf(podNamed("web"))) });
      return body.includes('"allowed":true');
    };
    assert.equal(await isAllowed(), false);
    const changed = { kind: "List", items: [TEMPLATE, constraint("no-db", ["db"])] };
    await writeFile(join(folder, "policies.json"), JSON.stringify(changed));
    signals.emit("SIGHUP");
    await eventually(async () => assert.equal(await isAllowed(), true));
    signals.emit("SIGTERM");
    await ended;
    assert.ok(lineOf("the admission webhook has ended"));
    assert.deepEqual([signals.listenerCount("SIGTERM"), signals.listenerCount("SIGHUP")], [0, 0]);
    await assert.rejects(isAllowed());
  });

  test("does not start with a policy that is not in force", async (context) => {
    const { ended } = await serving(context, [constraint("no-web", ["web"])]);
    await assert.rejects(ended, { code: "SERVER_POLICIES", message: /DeniedNames no-web: there is no template/ });
  });
});
