import type { Control, Failure } from "@redoubt/control";
import { booleanAt, stringAt, stringsAt } from "@redoubt/kube";

export const kubeletHardening: Control = {
  id: "INF-015",
  title: "Kubelets rotate certificates and confine containers by default",
  layer: "infrastructure",
  item: "pod-security",
  severity: "medium",
  references: [
    { framework: "CIS", version: "1.11", id: "4.2.5" },
    { framework: "CIS", version: "1.11", id: "4.2.10" },
    { framework: "CIS", version: "1.11", id: "4.2.12" },
    { framework: "CIS", version: "1.11", id: "4.2.14" },
  ],
  rationale:
    "seccompDefault gives every container that asks for nothing the runtime's filter; certificates that rotate make a stolen one expire; sessions without a time limit stay open for whoever holds them.",
  remediation:
    "Set seccompDefault: true and rotateCertificates: true; leave streamingConnectionIdleTimeout at its default of four hours.",
  examples: {
    failing: `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
streamingConnectionIdleTimeout: 0s
`,
    passing: `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
rotateCertificates: true
seccompDefault: true
`,
  },
  fixable: true,
  check(snapshot, report) {
    for (const object of snapshot.listUntyped("kubelet.config.k8s.io", "KubeletConfiguration")) {
      const failures: Failure[] = [];
      if (booleanAt(object.value, ["seccompDefault"]) !== true)
        failures.push({
          message: "seccompDefault is not true: containers that set no seccomp profile run without one",
          path: ["seccompDefault"],
          fix: {
            description: "Gives containers without a seccomp profile the runtime's default one.",
            edits: [{ op: "set", path: ["seccompDefault"], value: true }],
            caution: "A workload that needs an unusual system call must then name its own profile.",
          },
        });
      if (booleanAt(object.value, ["rotateCertificates"]) !== true)
        failures.push({
          message:
            "rotateCertificates is not true: the kubelet keeps one client certificate until it expires, and then leaves the cluster",
          path: ["rotateCertificates"],
          fix: {
            description: "Lets the kubelet renew its client certificate.",
            edits: [{ op: "set", path: ["rotateCertificates"], value: true }],
          },
        });
      const timeout = stringAt(object.value, ["streamingConnectionIdleTimeout"]);
      if (timeout !== undefined && /^0+(?:ns|us|ms|s|m|h)?$/.test(timeout))
        failures.push({
          message: `streamingConnectionIdleTimeout ${timeout} never closes idle exec, attach and port-forward sessions`,
          path: ["streamingConnectionIdleTimeout"],
          fix: {
            description: "Closes idle sessions after the default of four hours.",
            edits: [{ op: "set", path: ["streamingConnectionIdleTimeout"], value: "4h0m0s" }],
          },
        });
      const weak = stringsAt(object.value, ["tlsCipherSuites"]).filter((suite) =>
        /_CBC_|RC4|3DES|_NULL_|^TLS_RSA_/.test(suite),
      );
      if (weak.length > 0)
        failures.push({
          message: `tlsCipherSuites offers ${weak.join(", ")}, without forward secrecy or with known attacks`,
          path: ["tlsCipherSuites"],
        });
      if (failures.length === 0) report.pass(object);
      for (const failure of failures) report.fail(object, failure);
    }
  },
};
