import type { Control } from "@redoubt/control";
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

export const imageReferenceValid: Control = {
  id: "IMG-004",
  title: "Image references can be pulled",
  layer: "container",
  item: "image-scanning",
  severity: "medium",
  references: [],
  rationale:
    "The API server takes any text as an image. One that is no reference leaves the pod in InvalidImageName, with the version before it still running, if any.",
  remediation: "Write registry/repository:tag or registry/repository@sha256:..., in lower case and without a scheme.",
  examples: { failing: POD("https://registry.example.com/web:1.4.2"), passing: POD("registry.example.com/web:1.4.2") },
  fixable: false,
  check(snapshot, report) {
    for (const { object, container, path, text, parsed } of workloadImages(snapshot)) {
      if ("problem" in parsed)
        report.fail(object, {
          message: `container ${container.name} has image ${JSON.stringify(text)}, which is no image reference: ${parsed.problem}`,
          path,
        });
      else report.pass(object);
    }
  },
};
