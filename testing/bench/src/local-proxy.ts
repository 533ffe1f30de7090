/** What a Service does, on one machine: connections go to servers that are ready, in turn, and stay where they are. */
import { once } from "node:events";
import { type Socket, connect, createServer } from "node:net";
import type { Server } from "./webhook-servers.ts";

const PROBE_INTERVAL = 250;

export class LocalProxy {
  readonly #server = createServer((client) => this.#forward(client));
  readonly #sockets = new Set<Socket>();
  readonly #timer = setInterval(() => void this.#probe(), PROBE_INTERVAL);
  #backends: readonly Server[] = [];
  #ready: readonly Server[] = [];
  #turn = 0;

  /** Resolves to the port. */
  async listen(): Promise<number> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  async setBackends(backends: readonly Server[]): Promise<void> {
    this.#backends = backends;
    await this.#probe();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  async #probe(): Promise<void> {
    const backends = this.#backends;
    const statuses = await Promise.all(backends.map((backend) => backend.status("/readyz")));
    if (backends === this.#backends) this.#ready = backends.filter((_, index) => statuses[index] === 200);
  }

  #forward(client: Socket): void {
    const backend = this.#ready[this.#turn++ % Math.max(1, this.#ready.length)];
    if (backend === undefined) {
      client.destroy();
      return;
    }
    const server = connect(backend.port, "127.0.0.1");
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from);
      from.setNoDelay(true);
      from.pipe(to);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
  }
}
