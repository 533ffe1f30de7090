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

export const imagesByDigest: Control = {
  id: "IMG-002",
  title: "Images are pinned by digest",
  layer: "container",
  item: "image-scanning",
  severity: "low",
  references: [
    { framework: "CIS", version: "1.11", id: "5.5.1" },
    { framework: "MITRE-ATTACK", version: "16", id: "T1195.002" },
    { framework: "OWASP-K8S", version: "2025", id: "K07" },
  ],
  rationale:
    "A tag can be pushed again with other content. Only a digest says that what runs is what was scanned and signed.",
  remediation: "Add the digest that the registry gave when the image was pushed: web:1.4.2@sha256:...",
  examples: {
    failing: POD("registry.example.com/web:1.4.2"),
    passing: POD(
      `registry.example.com/web:1.4.2@sha256:4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945`,
    ),
  },
  fixable: false,
  check(snapshot, report) {
    for (const { object, container, path, text, parsed } of workloadImages(snapshot)) {
      if ("problem" in parsed || isMovingTag(parsed)) continue;
      if (parsed.digest === undefined)
        report.fail(object, {
          message: `container ${container.name} runs ${text} without a digest: tag ${parsed.tag ?? ""} can be pushed again with other content`,
          path,
        });
      else report.pass(object);
    }
  },
};
