import type { ClusterSnapshot, Workload } from "@redoubt/kube";

/** Images of agents that watch what containers do at run time. */
const SENSOR =
  /(?:^|\/)(falco(?:-no-driver|-driver-loader)?|tetragon|tracee|sysdig\/agent(?:-slim)?|kubearmor|neuvector\/enforcer|redoubt-sensor)(?:[:@]|$)/;

export interface Sensor {
  readonly workload: Workload;
  readonly name: string;
}

export function sensorsOf(snapshot: ClusterSnapshot): readonly Sensor[] {
  // The same few images run in many places.
  const names = new Map<string, string | undefined>();
  const nameOf = (image: string): string | undefined => {
    if (!names.has(image)) names.set(image, SENSOR.exec(image)?.[1]);
    return names.get(image);
  };
  const sensors: Sensor[] = [];
  for (const workload of snapshot.workloads) {
    for (const { role, container } of workload.containers) {
      const name = role === "container" ? nameOf(container.image ?? "") : undefined;
      if (name === undefined) continue;
      sensors.push({ workload, name });
      break;
    }
  }
  return sensors;
}

export function sensorExample(kind: "DaemonSet" | "Deployment", more = ""): string {
  return `apiVersion: apps/v1
kind: ${kind}
metadata:
  name: falco
  namespace: falco
spec:
  selector:
    matchLabels:
      app: falco
  template:
    metadata:
      labels:
        app: falco
    spec:
${more}      containers:
      - name: falco
        image: docker.io/falcosecurity/falco:0.41.0
`;
}
