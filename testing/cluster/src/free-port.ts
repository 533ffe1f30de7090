import { once } from "node:events";
import { type Server, createServer } from "node:net";

/** As many different free loopback ports as asked for. Another process may take one before it is used; callers try again. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers: Server[] = [];
  for (let index = 0; index < count; index += 1) {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    servers.push(server);
  }
  const ports = servers.map((server) => {
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("a TCP server has an address");
    return address.port;
  });
  for (const server of servers) server.close();
  return ports;
}
