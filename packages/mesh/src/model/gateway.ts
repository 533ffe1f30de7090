import { type KubeObject, type Path, booleanAt, listAt, numberAt, objectAt, stringAt, stringsAt } from "@redoubt/kube";

/** One server of an Istio Gateway. */
export interface GatewayServer {
  readonly port: number | undefined;
  /** Upper case: HTTP, HTTPS, TLS, TCP, GRPC ... */
  readonly protocol: string;
  readonly hosts: readonly string[];
  /** Undefined without a tls section that secures connections: one that only redirects has none. */
  readonly tlsMode: string | undefined;
  readonly minProtocolVersion: string | undefined;
  readonly redirects: boolean;
  readonly path: Path;
}

export function gatewayServers(gateway: KubeObject<object>): readonly GatewayServer[] {
  return listAt(gateway.value, ["spec", "servers"]).map((server, index) => {
    const tls = objectAt(server, ["tls"]);
    const protocol = (stringAt(server, ["port", "protocol"]) ?? "").toUpperCase();
    const secured = tls !== undefined && (protocol === "HTTPS" || protocol === "TLS");
    return {
      port: numberAt(server, ["port", "number"]),
      protocol,
      hosts: stringsAt(server, ["hosts"]),
      tlsMode: secured ? (stringAt(tls, ["mode"]) ?? "SIMPLE") : undefined,
      minProtocolVersion: stringAt(tls, ["minProtocolVersion"]),
      redirects: booleanAt(tls, ["httpsRedirect"]) === true,
      path: ["spec", "servers", index],
    };
  });
}
