import type { Control } from "@redoubt/control";
import { nameOf } from "../hardening/container-name.ts";
import { attack, nsa, owasp } from "../hardening/frameworks.ts";
import { parseImageName } from "../hardening/image-name.ts";
import { failure, judgeContainers } from "../hardening/judge.ts";

/** By the official image's `dind` tags, by images of that name, or by the program. */
export const dockerInDocker: Control = {
  id: "POD-057",
  title: "Containers run no Docker daemon",
  layer: "container",
  item: "pod-security",
  severity: "high",
  references: [nsa("Kubernetes Pod security"), attack("T1611"), attack("T1610"), owasp("K01")],
  rationale:
    "A Docker daemon inside a pod needs a privileged container, and whoever reaches its port starts privileged containers at will, unseen by Kubernetes.",
  remediation: "Build images with a rootless builder such as BuildKit or Buildah in a user namespace.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: docker
      image: docker:27.3.1-dind
      securityContext:
        privileged: true
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: build
      image: moby/buildkit:v0.17.0-rootless
`,
  },
  fixable: false,
  check: (snapshot, report) =>
    judgeContainers(snapshot, report, (view) => {
      const { image, command } = view.container;
      if (image?.includes("dind") === true) {
        const { base, tag = "" } = parseImageName(image);
        if ((base === "docker" && tag.includes("dind")) || base === "dind" || base === "docker-dind") {
          return failure(
            [...view.path, "image"],
            `${nameOf(view)} runs a Docker daemon ("${image}") that Kubernetes does not see into`,
          );
        }
      }
      const program = command?.[0];
      if (program !== undefined && (program === "dockerd" || program.endsWith("/dockerd"))) {
        return failure(
          [...view.path, "command", 0],
          `${nameOf(view)} starts a Docker daemon that Kubernetes does not see into`,
        );
      }
      return "pass";
    }),
};
