import type { Control, Failure } from "@redoubt/control";
import { type ClusterSnapshot, type KubeObject, type Path, listAt, objectAt, stringAt, stringsAt } from "@redoubt/kube";

const SYSTEM = new Set(["kube-system", "kube-public", "kube-node-lease"]);

const EXAMPLE = (exemptions: string): string => `apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
plugins:
- name: PodSecurity
  configuration:
    apiVersion: pod-security.admission.config.k8s.io/v1
    kind: PodSecurityConfiguration
    defaults:
      enforce: baseline
      enforce-version: latest
    exemptions:
${exemptions}`;

export const podSecurityExemptions: Control = {
  id: "ADM-021",
  title: "Pod Security is on by default, with few exemptions",
  layer: "cluster",
  item: "pod-security",
  severity: "medium",
  references: [
    { framework: "CIS", version: "1.11", id: "5.2.1" },
    { framework: "MITRE-ATTACK", version: "16", id: "T1562" },
    { framework: "OWASP-K8S", version: "2025", id: "K04" },
  ],
  rationale:
    "An exempted user, runtime class or namespace is not checked at all, and nothing in the cluster shows it. A controller's account among the users exempts every pod that it makes, for anyone.",
  remediation: "Exempt namespaces only, and few; set defaults.enforce to baseline or restricted.",
  examples: {
    failing: EXAMPLE("      usernames: [system:serviceaccount:kube-system:replicaset-controller]\n"),
    passing: EXAMPLE("      namespaces: [kube-system]\n"),
  },
  fixable: false,
  check(snapshot, report) {
    for (const { object, path } of configurationsOf(snapshot)) {
      const failures = failuresOf(object, path);
      if (failures.length === 0) report.pass(object);
      for (const failure of failures) report.fail(object, failure);
    }
  },
};

function configurationsOf(snapshot: ClusterSnapshot): readonly { object: KubeObject<object>; path: Path }[] {
  const embedded = snapshot.listUntyped("apiserver.config.k8s.io", "AdmissionConfiguration").flatMap((object) =>
    listAt(object.value, ["plugins"]).flatMap((plugin, index) => {
      const path: Path = ["plugins", index, "configuration"];
      return stringAt(plugin, ["name"]) === "PodSecurity" && objectAt(object.value, path) !== undefined
        ? [{ object, path }]
        : [];
    }),
  );
  const alone = snapshot
    .listUntyped("pod-security.admission.config.k8s.io", "PodSecurityConfiguration")
    .map((object) => ({ object, path: [] }));
  return [...embedded, ...alone];
}

function failuresOf({ value }: KubeObject<object>, path: Path): readonly Failure[] {
  const failures: Failure[] = [];
  const enforce = stringAt(value, [...path, "defaults", "enforce"]) ?? "privileged";
  if (enforce === "privileged")
    failures.push({
      message: "defaults.enforce is privileged: a namespace without labels is not checked",
      path: [...path, "defaults"],
      severity: "low",
    });
  const users = stringsAt(value, [...path, "exemptions", "usernames"]);
  users.forEach((user, index) => {
    const controller = /^system:serviceaccount:kube-system:.*-controller$/.test(user);
    failures.push({
      message: controller
        ? `user ${user} is exempt, and with it every pod that this controller makes, for anyone`
        : `user ${user} is exempt: their pods are not checked`,
      path: [...path, "exemptions", "usernames", index],
      severity: controller ? "critical" : "medium",
    });
  });
  stringsAt(value, [...path, "exemptions", "runtimeClasses"]).forEach((name, index) =>
    failures.push({
      message: `runtime class ${name} is exempt: whoever names it in a pod is not checked`,
      path: [...path, "exemptions", "runtimeClasses", index],
    }),
  );
  const namespaces = stringsAt(value, [...path, "exemptions", "namespaces"]).filter((name) => !SYSTEM.has(name));
  if (namespaces.length > 0)
    failures.push({
      message: `namespaces ${namespaces.join(", ")} are exempt: nothing in them is checked`,
      path: [...path, "exemptions", "namespaces"],
      severity: "low",
    });
  return failures;
}
