/** The servers of the webhook benchmark, each a process of its own that listens on loopback. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Authority, createAuthority, issueServingCertificate } from "@redoubt/server";

const cli = fileURLToPath(new URL("../../../apps/cli/src/main.ts", import.meta.url));
const SOURCE = ["--conditions=@redoubt/source", "--disable-warning=ExperimentalWarning"];
const NAME = "bench-ca";

/** A folder for policies and certificates, an authority, and the processes that use them; all gone when it is closed. */
export class Workplace {
  readonly folder: string = mkdtempSync(join(tmpdir(), "redoubt-webhook-"));
  readonly certFile: string = join(this.folder, "tls.crt");
  readonly keyFile: string = join(this.folder, "tls.key");
  readonly #authority: Authority = createAuthority(NAME, hours(24));
  readonly #servers = new Set<Server>();

  constructor() {
    this.rotateCertificate();
  }

  /** What clients are to trust. */
  get authority(): string {
    return this.#authority.cert;
  }

  rotateCertificate(): void {
    const { cert, key } = issueServingCertificate(this.#authority, NAME, ["localhost", "127.0.0.1"], hours(12));
    writeFileSync(this.keyFile, key);
    writeFileSync(this.certFile, cert);
  }

  /** Redoubt, with the files and folders of policies. */
  async redoubt(policies: readonly string[], port?: number): Promise<Server> {
    const at = port ?? (await freePort());
    const args = ["serve", "--port", String(at), "--tls-cert", this.certFile, "--tls-key", this.keyFile];
    const more = ["--drain-delay", "1s", "--log-level", "warn", ...policies.flatMap((path) => ["-p", path])];
    return this.#start(process.execPath, [...SOURCE, cli, ...args, ...more], at, "/readyz");
  }

  async opa(binary: string, policies: readonly string[]): Promise<Server> {
    const port = await freePort();
    const tls = ["--tls-cert-file", this.certFile, "--tls-private-key-file", this.keyFile];
    const args = ["run", "--server", "--addr", `127.0.0.1:${port}`, ...tls, "--log-level", "error", ...policies];
    return this.#start(binary, args, port, "/health");
  }

  async close(): Promise<void> {
    await Promise.all([...this.#servers].map((server) => server.stop()));
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #start(command: string, args: readonly string[], port: number, health: string): Promise<Server> {
    const server = new Server(spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] }), port, this.authority);
    this.#servers.add(server);
    await server.ready(health);
    return server;
  }
}

export class Server {
  readonly port: number;
  readonly #process: ChildProcess;
  readonly #authority: string;
  #said = "";

  constructor(child: ChildProcess, port: number, authority: string) {
    this.#process = child;
    this.port = port;
    this.#authority = authority;
    child.stderr?.on("data", (chunk: Buffer) => (this.#said = `${this.#said}${chunk.toString()}`.slice(-2000)));
  }

  /** Resolves once the path answers 200; rejects where the process ends before. */
  async ready(path: string): Promise<void> {
    const end = performance.now() + 60_000;
    while ((await this.status(path)) !== 200) {
      if (this.#process.exitCode !== null || performance.now() > end) throw new Error(`no server: ${this.#said}`);
      await delay(20);
    }
  }

  /** The status that a path answers with; undefined where nothing listens. */
  async status(path: string): Promise<number | undefined> {
    return (await this.get(path))?.status;
  }

  /** A series of `/metrics`. */
  async metric(series: string): Promise<number> {
    const { body = "" } = (await this.get("/metrics")) ?? {};
    const line = body.split("\n").find((one) => one.startsWith(`${series} `));
    return Number(line?.slice(series.length + 1) ?? 0);
  }

  get(path: string): Promise<{ readonly status: number; readonly body: string } | undefined> {
    return new Promise((resolve) => {
      const options = { host: "127.0.0.1", port: this.port, path, ca: this.#authority, agent: false };
      const request = get({ ...options, servername: "localhost" }, (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (body += chunk));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
      });
      request.on("error", () => resolve(undefined));
    });
  }

  /** Resident memory of all its processes in bytes, as the kernel has it. */
  memory(): number {
    return this.#sum((pid) => {
      const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
      return Number(kilobytes) * 1024;
    });
  }

  /** Processor time of all its processes so far, in milliseconds, as the kernel counts it (in hundredths of a second). */
  cpuTime(): number {
    return this.#sum((pid) => {
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) /, "")
        .split(" ");
      return (Number(fields[11]) + Number(fields[12])) * 10;
    });
  }

  #sum(measure: (pid: number) => number): number {
    const own = this.#process.pid ?? 0;
    const children = readFileSync(`/proc/${own}/task/${own}/children`, "utf8").split(" ").filter(Boolean);
    return [own, ...children.map(Number)].reduce((sum, pid) => sum + measure(pid), 0);
  }

  /** Ends it as Kubernetes does, and resolves once it is gone. */
  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, "exit");
    this.#process.kill("SIGTERM");
    await exited;
  }
}

function hours(count: number): { readonly from: Date; readonly until: Date } {
  const now = Date.now();
  return { from: new Date(now - 60_000), until: new Date(now + count * 3_600_000) };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
