/** Who is at the other end of a TLS connection: the API server, by the certificate that its webhook configuration file names. */
import type { TLSSocket } from "node:tls";

export interface ClientCheck {
  /** PEM of the authorities that clients' certificates are from. */
  readonly authorities: string;
  /** Common names that may ask; any where there is none. */
  readonly names: ReadonlySet<string>;
}

/** Why the client may not ask; undefined where it may. */
export function clientRefusal(socket: TLSSocket, { names }: ClientCheck): string | undefined {
  if (!socket.authorized) return "a client certificate of the API server is required";
  const { subject } = socket.getPeerCertificate();
  const name: unknown = subject.CN;
  if (names.size === 0 || (typeof name === "string" && names.has(name))) return undefined;
  return `the client certificate's name ${JSON.stringify(name)} is not among those that may ask`;
}
