import type { Control } from "@redoubt/control";
import { parseShell } from "@redoubt/kube";

/** Releases before this minor version of 0.x are reported. */
const OLDEST_KEPT_UP = 30;

export const sealedSecretsRelease: Control = {
  id: "SEC-022",
  title: "The Sealed Secrets controller is a recent release",
  layer: "application",
  item: "updates",
  severity: "medium",
  references: [{ framework: "OWASP-K8S", version: "2025", id: "K07" }],
  rationale:
    "The controller holds the key to every sealed value. An old release runs with the known faults of its Go version and libraries.",
  remediation: "Install a current release, and keep its version up to date with a tool that opens merge requests.",
  examples: {
    file: "install.sh",
    failing: `kubectl apply -f https://github.com/bitnami-labs/sealed-secrets/releases/download/v0.18.0/controller.yaml
`,
    passing: `kubectl apply -f https://github.com/bitnami-labs/sealed-secrets/releases/download/v0.36.0/controller.yaml
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const script of snapshot.artifactsOf("shell"))
      for (const { text, line } of parseShell(script.text).flatMap(({ words }) => words)) {
        const release = /\/sealed-secrets\/releases\/download\/v(0\.(\d+)\.\d+)\//.exec(text);
        if (release === null) continue;
        const [, version = "", minor = ""] = release;
        if (Number(minor) >= OLDEST_KEPT_UP) report.pass(script);
        else report.fail(script, { message: outdated(version), path: ["line", line] });
      }
    for (const { object, containers } of snapshot.workloads)
      for (const { container, path } of containers) {
        const image = /\/sealed-secrets-controller:v?(0\.(\d+)\.\d+)/.exec(container.image ?? "");
        if (image === null) continue;
        const [, version = "", minor = ""] = image;
        if (Number(minor) >= OLDEST_KEPT_UP) report.pass(object);
        else report.fail(object, { message: outdated(version), path: [...path, "image"] });
      }
  },
};

function outdated(version: string): string {
  return `sealed-secrets v${version} is an old release (v0.${OLDEST_KEPT_UP} and newer count as recent): it opens every sealed value of the cluster with the known faults of its time`;
}
