import type { Control } from "@redoubt/control";
import { type FlagRule, reportFlags, reportNoFlags } from "../engine/flag-rules.ts";
import { componentsOf, flagItems } from "../model/component.ts";
import { evidenceOfType, looksAtCluster } from "../model/evidence.ts";
import { cisReferences } from "../model/cis-benchmark.ts";

/** Built-in plugins that are on by default and whose absence opens a hole. */
const NEEDED: Readonly<Record<string, string>> = {
  PodSecurity: "namespace labels for Pod Security no longer do anything",
  ServiceAccount: "pods may run as any ServiceAccount that they name, with its secrets",
  NamespaceLifecycle: "objects can be created in namespaces that are being deleted",
  ValidatingAdmissionWebhook: "no validating webhook is asked",
  MutatingAdmissionWebhook: "no mutating webhook is asked",
  ValidatingAdmissionPolicy: "no ValidatingAdmissionPolicy is evaluated",
};

const RULES: readonly FlagRule[] = [
  {
    flag: "enable-admission-plugins",
    wrong(value, component) {
      const plugins = flagItems(component, "enable-admission-plugins");
      if (plugins.includes("AlwaysAdmit")) return `--enable-admission-plugins=${value ?? ""} has AlwaysAdmit`;
      if (plugins.includes("NodeRestriction")) return undefined;
      return "NodeRestriction is not among --enable-admission-plugins: a kubelet's credentials can label and change other nodes, and pods bound to them";
    },
  },
  {
    flag: "disable-admission-plugins",
    wrong(value, component) {
      const off = flagItems(component, "disable-admission-plugins").filter((plugin) => Object.hasOwn(NEEDED, plugin));
      const [first] = off;
      if (first === undefined) return undefined;
      return `--disable-admission-plugins=${value ?? ""} turns ${off.join(", ")} off: ${NEEDED[first] ?? ""}`;
    },
  },
];

export const admissionPlugins: Control = {
  id: "INF-008",
  title: "The API server runs the admission plugins that guard pods and nodes",
  layer: "infrastructure",
  item: "admission",
  severity: "high",
  references: [
    ...cisReferences("1.2.10", "1.2.12", "1.2.13", "1.2.14"),
    { framework: "MITRE-ATTACK", version: "16", id: "T1562" },
  ],
  rationale:
    "NodeRestriction keeps a taken-over node from reaching others; PodSecurity, ServiceAccount and the webhook plugins carry every other admission rule.",
  remediation:
    "Start kube-apiserver with --enable-admission-plugins=NodeRestriction and do not disable plugins that are on by default.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: kube-apiserver
  namespace: kube-system
spec:
  containers:
  - name: kube-apiserver
    image: registry.k8s.io/kube-apiserver:v1.34.4
    command:
    - kube-apiserver
    - --enable-admission-plugins=NodeRestriction
    - --disable-admission-plugins=PodSecurity
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: kube-apiserver
  namespace: kube-system
spec:
  containers:
  - name: kube-apiserver
    image: registry.k8s.io/kube-apiserver:v1.34.4
    command:
    - kube-apiserver
    - --enable-admission-plugins=NodeRestriction
`,
  },
  fixable: false,
  check(snapshot, report) {
    const servers = componentsOf(snapshot, "kube-apiserver");
    for (const server of servers) reportFlags(server, RULES, report);
    if (servers.length > 0 || !looksAtCluster(snapshot)) return;
    // Without flags, plugins that the API server timed are plugins that it runs. One that is missing may have had nothing to do.
    const metrics = evidenceOfType(snapshot, "metrics").find(({ component }) => component === "kube-apiserver");
    const timed = new Set(
      metrics?.samples
        .filter(({ name }) => name === "apiserver_admission_controller_admission_duration_seconds_count")
        .map(({ labels }) => labels["name"] ?? ""),
    );
    if (metrics !== undefined && ["NodeRestriction", ...Object.keys(NEEDED)].every((plugin) => timed.has(plugin)))
      report.pass(metrics.object);
    else reportNoFlags(snapshot, "kube-apiserver", report);
  },
};
