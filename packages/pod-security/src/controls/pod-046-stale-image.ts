import type { Control } from "@redoubt/control";
import { nameOf } from "../hardening/container-name.ts";
import { attack, cis, owasp } from "../hardening/frameworks.ts";
import { parseImageName } from "../hardening/image-name.ts";
import { failure, judgeContainers } from "../hardening/judge.ts";

/** Which tags and registries are allowed is for the controls of images; this is about what the node starts. */
export const staleImage: Control = {
  id: "POD-046",
  title: "Moving tags are pulled again at each start",
  layer: "container",
  item: "image-scanning",
  severity: "low",
  references: [...cis("5.5.1"), attack("T1525"), owasp("K01")],
  rationale:
    "With a tag that moves, IfNotPresent and Never run whatever the node happens to have under that name: an old, vulnerable build, or one that another tenant of the node put there.",
  remediation: "Name the image by a fixed version or digest; until then set imagePullPolicy: Always.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:latest
      imagePullPolicy: IfNotPresent
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:latest
      imagePullPolicy: Always
`,
  },
  fixable: true,
  check: (snapshot, report) =>
    judgeContainers(snapshot, report, (view) => {
      const { image, imagePullPolicy } = view.container;
      if (image === undefined || imagePullPolicy === "Always") return "pass";
      const { tag, digest } = parseImageName(image);
      if (digest || (tag !== undefined && !MOVING_TAGS.has(tag))) return "pass";
      // The API server's default is Always for `latest`, said or implied, and IfNotPresent for every other tag.
      if (imagePullPolicy === undefined && (tag === undefined || tag === "latest")) return "pass";
      const path = [...view.path, "imagePullPolicy"];
      return failure(
        path,
        `${nameOf(view)} runs "${image}" with imagePullPolicy ${imagePullPolicy ?? "IfNotPresent (the default)"}: the node starts whatever it kept under the tag ${tag ?? "latest"}`,
        view.role === "ephemeral" || imagePullPolicy === "Never"
          ? undefined
          : {
              description: `Set imagePullPolicy to Always for container "${view.name}".`,
              edits: [{ op: "set", path, value: "Always" }],
              caution: "Starting the pod needs the registry from then on.",
            },
      );
    }),
};

/** Tags that are meant to move. Versions are taken at their word. */
const MOVING_TAGS: ReadonlySet<string> = new Set([
  "latest",
  "main",
  "master",
  "edge",
  "nightly",
  "dev",
  "develop",
  "stable",
  "staging",
  "prod",
  "production",
  "release",
  "snapshot",
  "canary",
]);
