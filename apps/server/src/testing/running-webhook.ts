/** A webhook on a free port, with policies given as objects, and ways to ask it. */
import { request } from "node:https";
import type { TestContext } from "node:test";
import { MemoryAuthorityStore } from "../certificates/authority-store.ts";
import { OwnAuthority } from "../certificates/own-authority.ts";
import { createLog } from "../log.ts";
import type { PolicyContents, PolicySource } from "../policies/policy-source.ts";
import { PolicyStore } from "../policies/policy-store.ts";
import { type RunningWebhook, type WebhookOptions, startWebhook } from "../webhook/start-webhook.ts";

/** A source that holds what it is given. */
export class GivenSource implements PolicySource {
  readonly name: string;
  #changed: (contents: PolicyContents) => void = () => undefined;
  #contents: PolicyContents;

  constructor(contents: Partial<PolicyContents> = {}, name = "files") {
    this.name = name;
    this.#contents = { objects: [], rego: [], problems: [], ...contents };
  }

  start(_: AbortSignal, changed: (contents: PolicyContents) => void): Promise<void> {
    this.#changed = changed;
    changed(this.#contents);
    return Promise.resolve();
  }

  replace(contents: Partial<PolicyContents>): void {
    this.#contents = { objects: [], rego: [], problems: [], ...contents };
    this.#changed(this.#contents);
  }
}

export interface TestWebhook {
  readonly webhook: RunningWebhook;
  readonly source: GivenSource;
  readonly certificates: OwnAuthority;
  readonly port: number;
  /** What clients are to trust. */
  readonly authority: string;
  /** Log lines so far. */
  readonly lines: readonly string[];
}

/** Ends with the test, unless it was stopped before. */
export async function runningWebhook(
  context: Pick<TestContext, "after">,
  contents: Partial<PolicyContents>,
  options: Partial<WebhookOptions> = {},
): Promise<TestWebhook> {
  const lines: string[] = [];
  const source = new GivenSource(contents);
  const certificates = new OwnAuthority({ store: new MemoryAuthorityStore(), names: ["localhost", "127.0.0.1"] });
  const webhook = await startWebhook({
    host: "127.0.0.1",
    port: 0,
    store: new PolicyStore([source]),
    certificates,
    admission: { exemptNamespaces: new Set(), maxDepth: 100 },
    log: createLog((line) => lines.push(line), "debug"),
    drain: { leave: 0, finish: 2000 },
    ...options,
  });
  context.after(() => webhook.stop());
  return { webhook, source, certificates, port: webhook.port, authority: certificates.trusted, lines };
}

export interface Asked {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** A client's certificate. */
  readonly client?: { readonly key: string; readonly cert: string };
}

export interface Answered {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** One request on a connection of its own. Rejects where there is no answer. */
export function ask(to: Pick<TestWebhook, "port" | "authority">, asked: Asked): Promise<Answered> {
  const { path = "/validate?timeout=10s", method = "POST", headers = {}, body = "", client } = asked;
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: "127.0.0.1",
        servername: "localhost",
        port: to.port,
        ca: to.authority,
        path,
        method,
        agent: false,
        headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body), ...headers },
        ...client,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          resolve({ status: response.statusCode ?? 0, body: text, headers: response.headers });
        });
        response.on("error", reject);
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}
