/** An external data provider on loopback, for tests. */
import { type Server, createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { JsonObject } from "@redoubt/kube";

/** Of 127.0.0.1, signed by itself, for a hundred years; it is good for nothing else. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBozCCAUmgAwIBAgIUPDSc7+TqRYrra3tuEWI4uZhTS6MwCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNcHJvdmlkZXIudGVzdDAgFw0yNjExMjQxODUyNTRaGA8yMTI2
MTAzMTE4NTI1NFowGDEWMBQGA1UEAwwNcHJvdmlkZXIudGVzdDBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABLL6Nt5GCvcDBeDXMc3A9k2ExcehAMizzX7dEsaNdgDi
+atxLV97IahMm3Qpvy7eDGRrHbgHXNoT+w55zgUZG0OjbzBtMB0GA1UdDgQWBBTc
NbqUjky2yczdMajxwmLNvoAiiDAfBgNVHSMEGDAWgBTcNbqUjky2yczdMajxwmLN
voAiiDAPBgNVHRMBAf8EBTADAQH/MBoGA1UdEQQTMBGHBH8AAAGCCWxvY2FsaG9z
dDAKBggqhkjOPQQDAgNIADBFAiEAnnBN183291mIFqQVezVKiCigsDbt3IfwIm3E
fxm2Dd8CIA3kH8UzSYWQtKjPEzJ5bUPLZfpjalSJ93C9mH2MRPWD
-----END CERTIFICATE-----
`;
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgphOs06y8+nmKE+09
m/SfiObwVkuiPFUz1nz6OA9fnvyhRANCAASy+jbeRgr3AwXg1zHNwPZNhMXHoQDI
s81+3RLGjXYA4vmrcS1feyGoTJt0Kb8u3gxkax24B1zaE/sOec4FGRtD
-----END PRIVATE KEY-----
`;

export interface FakeProvider {
  readonly origin: string;
  /** The bodies of all requests. */
  readonly requests: unknown[];
  /** How many connections were made. */
  readonly connections: number;
  /** A Provider object that leads here. */
  object(name: string, spec?: JsonObject): JsonObject;
  stop(): Promise<void>;
}

/** What the provider answers to a request's keys: a body, or a text that may be anything; undefined for no answer at all. */
export type Answer = (keys: readonly string[]) => unknown;

export async function startFakeProvider(answer: Answer): Promise<FakeProvider> {
  const requests: unknown[] = [];
  const server: Server = createServer({ cert: CERTIFICATE, key: KEY }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
      requests.push(body);
      const answered = answer(keysOf(body));
      if (answered === undefined) return;
      response.writeHead(200, { "Content-Type": "application/json" });
      response.end(typeof answered === "string" ? answered : JSON.stringify(answered));
    });
  });
  let connections = 0;
  server.on("secureConnection", () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = portOf(server.address());
  const origin = `https://127.0.0.1:${port}`;
  return {
    origin,
    requests,
    get connections() {
      return connections;
    },
    object: (name, spec = {}) => ({
      apiVersion: "externaldata.gatekeeper.sh/v1beta1",
      kind: "Provider",
      metadata: { name },
      spec: {
        url: `${origin}/validate`,
        timeout: 3,
        caBundle: Buffer.from(CERTIFICATE).toString("base64"),
        ...spec,
      },
    }),
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function portOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === "string") throw new Error("the provider listens nowhere");
  return address;
}

function keysOf(body: unknown): readonly string[] {
  const keys: unknown = Object(Object(body).request).keys;
  return Array.isArray(keys) ? keys.filter((key) => typeof key === "string") : [];
}
