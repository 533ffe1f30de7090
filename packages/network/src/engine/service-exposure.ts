import type { Failure } from "@redoubt/control";
import type { KubeObject, Service } from "@redoubt/kube";
import { isEverywhere, parseCidr } from "../model/cidr.ts";

/** Annotations by which clouds make a load balancer internal, with the value that does. */
const INTERNAL: readonly (readonly [string, RegExp])[] = [
  ["service.beta.kubernetes.io/aws-load-balancer-internal", /^(true|0\.0\.0\.0\/0)$/i],
  ["service.beta.kubernetes.io/aws-load-balancer-scheme", /^internal$/i],
  ["service.beta.kubernetes.io/azure-load-balancer-internal", /^true$/i],
  ["networking.gke.io/load-balancer-type", /^internal$/i],
  ["cloud.google.com/load-balancer-type", /^internal$/i],
  ["service.beta.kubernetes.io/oci-load-balancer-internal", /^true$/i],
  ["service.beta.kubernetes.io/openstack-internal-load-balancer", /^true$/i],
  ["service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type", /^private$/i],
];

const SOURCE_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges";

/** What is wrong with how far a Service can be reached from outside the cluster; undefined when nothing is. */
export function serviceExposure(service: KubeObject<Service>): Failure | undefined {
  const spec = service.value.spec ?? {};
  if (spec.type === "NodePort") {
    const ports = (spec.ports ?? []).flatMap(({ nodePort }) => nodePort ?? []);
    return {
      message: `Service ${service.name} opens ${ports.length === 0 ? "a port" : `port ${ports.join(", ")}`} on every node of the cluster, with no limit on who connects.`,
      path: ["spec", "type"],
      severity: "low",
    };
  }
  if (spec.type !== "LoadBalancer" || isInternal(service)) return undefined;
  const annotated = service.annotations[SOURCE_RANGES]?.split(",").map((range) => range.trim());
  const ranges = spec.loadBalancerSourceRanges ?? annotated ?? [];
  if (ranges.length === 0) {
    return {
      message: `Service ${service.name} asks for a load balancer without loadBalancerSourceRanges: everyone who can route to its address may connect, usually the Internet.`,
      path: ["spec", "type"],
    };
  }
  const wide = ranges.find((range) => {
    const cidr = parseCidr(range);
    return cidr !== undefined && isEverywhere(cidr);
  });
  if (wide === undefined) return undefined;
  return {
    message: `Service ${service.name} lets everyone use its load balancer: source range ${wide} is the whole Internet.`,
    path:
      spec.loadBalancerSourceRanges === undefined
        ? ["metadata", "annotations", SOURCE_RANGES]
        : ["spec", "loadBalancerSourceRanges"],
  };
}

function isInternal(service: KubeObject<Service>): boolean {
  return INTERNAL.some(([key, value]) => value.test(service.annotations[key] ?? ""));
}
