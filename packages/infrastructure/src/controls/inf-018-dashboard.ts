import type { Control } from "@redoubt/control";
import type { ClusterSnapshot, KubeObject, Path } from "@redoubt/kube";

const OPEN_FLAGS: Readonly<Record<string, string>> = {
  "--enable-skip-login": "whoever opens the page acts as the dashboard's own ServiceAccount",
  "--enable-insecure-login": "tokens are accepted over plain HTTP",
  "--disable-settings-authorizer": "anyone may change its settings",
};

export const dashboardClosed: Control = {
  id: "INF-018",
  title: "The Kubernetes dashboard is not open to the network",
  layer: "cluster",
  item: "rbac",
  severity: "high",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1133" },
    { framework: "OWASP-K8S", version: "2025", id: "K06" },
  ],
  rationale:
    "The dashboard is a shell on the cluster in a browser. Open ones without a login have been found by mass scans again and again.",
  remediation:
    "Keep its Service a ClusterIP and reach it with kubectl port-forward; remove the flags that skip its login.",
  examples: {
    failing: `apiVersion: v1
kind: Service
metadata:
  name: kubernetes-dashboard
  namespace: kubernetes-dashboard
spec:
  type: LoadBalancer
  ports:
  - port: 443
    targetPort: 8443
`,
    passing: `apiVersion: v1
kind: Service
metadata:
  name: kubernetes-dashboard
  namespace: kubernetes-dashboard
spec:
  ports:
  - port: 443
    targetPort: 8443
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const service of snapshot.list("Service")) {
      if (!isDashboard(service)) continue;
      const type = service.value.spec?.type ?? "ClusterIP";
      if (type === "LoadBalancer" || type === "NodePort")
        report.fail(service, {
          message: `the dashboard's Service has type ${type}: it is reachable from outside the cluster`,
          path: ["spec", "type"],
        });
      else report.pass(service);
    }
    for (const { resource, path, flag } of openFlags(snapshot))
      report.fail(resource, { message: `the dashboard runs with ${flag}: ${OPEN_FLAGS[flag] ?? ""}`, path });
  },
};

function isDashboard({ name, labels }: KubeObject<object>): boolean {
  return name.startsWith("kubernetes-dashboard") || labels["k8s-app"] === "kubernetes-dashboard";
}

function openFlags(snapshot: ClusterSnapshot): readonly { resource: KubeObject<object>; path: Path; flag: string }[] {
  return snapshot.workloads.flatMap(({ object, containers }) =>
    containers
      .filter(({ container }) => /(?:^|\/)(?:kubernetes-?)?dashboard(?:-\w+)?(?:[:@]|$)/.test(container.image ?? ""))
      .flatMap(({ container, path }) =>
        (container.args ?? []).flatMap((arg, index) => {
          const [flag = "", value = "true"] = arg.split("=");
          return Object.hasOwn(OPEN_FLAGS, flag) && value === "true"
            ? [{ resource: object, path: [...path, "args", index], flag }]
            : [];
        }),
      ),
  );
}
