import type { Control } from "@redoubt/control";
import { isMovingTag } from "../model/reference.ts";
import { workloadImages } from "../model/workload-images.ts";

const POD = (image: string): string => `apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
spec:
  containers:
  - name: web
    image: ${image}
`;

export const noLatestTag: Control = {
  id: "IMG-001",
  title: "Images are named by a version",
  layer: "container",
  item: "image-scanning",
  severity: "medium",
  references: [
    { framework: "CIS", version: "1.11", id: "5.5.1" },
    { framework: "MITRE-ATTACK", version: "16", id: "T1525" },
    { framework: "OWASP-K8S", version: "2025", id: "K07" },
  ],
  rationale:
    "latest is whatever was pushed last. Two pods of one Deployment can run different code, a scan says nothing about what runs tomorrow, and there is nothing to roll back to.",
  remediation: "Name a version, and better still its digest: registry.example.com/web:1.4.2@sha256:...",
  examples: { failing: POD("registry.example.com/web:latest"), passing: POD("registry.example.com/web:1.4.2") },
  fixable: false,
  check(snapshot, report) {
    for (const { object, container, path, text, parsed } of workloadImages(snapshot)) {
      if ("problem" in parsed) continue;
      if (isMovingTag(parsed))
        report.fail(object, {
          message: `container ${container.name} runs ${text}, ${parsed.tag === undefined ? "which has no tag and so means latest" : "whose tag latest moves with every push"}`,
          path,
        });
      else report.pass(object);
    }
  },
};
