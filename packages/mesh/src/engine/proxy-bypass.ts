import type { Workload } from "@redoubt/kube";

/** An annotation by which traffic of a pod avoids its sidecar. */
export interface ProxyBypass {
  readonly annotation: string;
  /** A clause. */
  readonly effect: string;
}

const PREFIX = "traffic.sidecar.istio.io/";

/** The ways a pod template takes traffic past the proxy, by Istio's resource annotations. */
export function proxyBypasses(workload: Workload): readonly ProxyBypass[] {
  const annotations = workload.podMetadata.annotations ?? {};
  const excluded = [
    {
      name: "excludeInboundPorts",
      effect: (value: string) => `connections to port ${value} reach the application directly`,
    },
    { name: "excludeOutboundPorts", effect: (value: string) => `connections to port ${value} leave without the proxy` },
    { name: "excludeOutboundIPRanges", effect: (value: string) => `connections to ${value} leave without the proxy` },
    { name: "excludeInterfaces", effect: (value: string) => `traffic on ${value} is not redirected` },
  ];
  const included = [
    {
      name: "includeInboundPorts",
      effect: (value: string) =>
        `only ${value === "" ? "no port is" : `port ${value} is`} guarded, every other reaches the application directly`,
    },
    {
      name: "includeOutboundIPRanges",
      effect: (value: string) => `only ${value === "" ? "nothing goes" : `traffic to ${value} goes`} through the proxy`,
    },
  ];
  return [
    ...excluded.filter(({ name }) => (annotations[`${PREFIX}${name}`] ?? "").trim() !== ""),
    ...included.filter(({ name }) => (annotations[`${PREFIX}${name}`] ?? "*").trim() !== "*"),
  ].map(({ name, effect }) => {
    const annotation = `${PREFIX}${name}`;
    return { annotation, effect: `${effect((annotations[annotation] ?? "").trim())} (${name})` };
  });
}
