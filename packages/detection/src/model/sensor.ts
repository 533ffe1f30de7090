import type { ClusterSnapshot, Workload } from "@redoubt/kube";

/** Images of agents that watch what containers do at run time. */
const SENSOR =
  /(?:^|\/)(falco(?:-no-driver|-driver-loader)?|tetragon|tracee|sysdig\/agent(?:-slim)?|kubearmor|neuvector\/enforcer|redoubt-sensor)(?:[:@]|$)/;

export interface Sensor {
  readonly workload: Workload;
  readonly name: string;
}

export function sensorsOf(snapshot: ClusterSnapshot): readonly Sensor[] {
  return snapshot.workloads.flatMap((workload) => {
    const name = workload.containers
      .filter(({ role }) => role === "container")
      .map(({ container }) => SENSOR.exec(container.image ?? "")?.[1])
      .find((found) => found !== undefined);
    return name === undefined ? [] : [{ workload, name }];
  });
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
