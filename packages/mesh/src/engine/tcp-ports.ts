import type { KubeObject, Service } from "@redoubt/kube";
import type { AuthorizationRuleView } from "../model/policies.ts";

/** A port that a Service declares to be no HTTP. */
export interface TcpPort {
  readonly service: string;
  /** As messages name it. */
  readonly label: string;
  /** The container port where the Service says it by number. */
  readonly target: number | undefined;
}

/** Protocol names of Istio, as port-name prefix or appProtocol, that the proxy treats as plain TCP. */
const TCP_PROTOCOLS: ReadonlySet<string> = new Set(["tcp", "tls", "https", "mongo", "mysql", "redis"]);

/** The ports that a Service explicitly declares to carry no HTTP; undeclared ones are detected at run time and left out. */
export function tcpPorts(service: KubeObject<Service>): readonly TcpPort[] {
  return (service.value.spec?.ports ?? []).flatMap(({ name = "", appProtocol, port, targetPort }) => {
    const protocol = (appProtocol ?? name.split("-", 1)[0] ?? "").toLowerCase();
    if (!TCP_PROTOCOLS.has(protocol)) return [];
    const target = typeof targetPort === "number" ? targetPort : targetPort === undefined ? port : undefined;
    return [{ service: service.name, label: name === "" ? String(port ?? "") : name, target }];
  });
}

/** Whether a rule holds for a port: it names no ports, or this one. */
export function coversPort(rule: AuthorizationRuleView, port: TcpPort): boolean {
  const listed = rule.to.map(({ fields }) => fields.get("ports"));
  if (listed.length === 0 || listed.includes(undefined)) return true;
  return port.target !== undefined && listed.some((ports) => ports?.includes(String(port.target)));
}
