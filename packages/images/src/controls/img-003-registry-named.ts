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

export const registryNamed: Control = {
  id: "IMG-003",
  title: "Images name their registry",
  layer: "container",
  item: "image-scanning",
  severity: "low",
  references: [
    { framework: "CIS", version: "1.11", id: "5.5.1" },
    { framework: "MITRE-ATTACK", version: "16", id: "T1195.002" },
  ],
  rationale:
    "A name without a registry means docker.io, unless the node's runtime is set to search elsewhere. Whoever owns that name there decides what runs, also when it was meant as the name of an image of your own.",
  remediation: "Write the registry out: docker.io/library/nginx, or your own mirror.",
  examples: { failing: POD("web:1.4.2"), passing: POD("registry.example.com/web:1.4.2") },
  fixable: false,
  check(snapshot, report) {
    for (const { object, container, path, text, parsed } of workloadImages(snapshot)) {
      if ("problem" in parsed) continue;
      if (parsed.registry !== undefined) report.pass(object);
      else {
        const full = `docker.io/${parsed.repository.includes("/") ? "" : "library/"}${parsed.repository}`;
        report.fail(object, {
          message: `container ${container.name} runs ${text}, which names no registry and is pulled from ${full}`,
          path,
        });
      }
    }
  },
};
