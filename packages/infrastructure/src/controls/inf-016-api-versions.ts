import type { Control, Fix } from "@redoubt/control";
import { type Edit, type KubeObject, objectAt } from "@redoubt/kube";
import { type RemovedVersion, removedVersion } from "../model/api-versions.ts";

export const apiVersionsServed: Control = {
  id: "INF-016",
  title: "Objects use API versions that Kubernetes still serves",
  layer: "cluster",
  item: "updates",
  severity: "medium",
  references: [{ framework: "NSA-CISA", version: "1.2", id: "Upgrading and application security practices" }],
  rationale:
    "An object of a removed version cannot be applied to a newer cluster, so it holds the cluster back at a version that gets no more security fixes, or is silently missing after an upgrade.",
  remediation: "Write the object in the version that the message names.",
  examples: {
    failing: `apiVersion: rbac.authorization.k8s.io/v1beta1
kind: Role
metadata:
  name: reader
  namespace: shop
rules:
- apiGroups: [""]
  resources: [pods]
  verbs: [get]
`,
    passing: `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: reader
  namespace: shop
rules:
- apiGroups: [""]
  resources: [pods]
  verbs: [get]
`,
  },
  fixable: true,
  check(snapshot, report) {
    for (const object of snapshot.objects) {
      const removed = removedVersion(object.apiVersion, object.kind);
      if (removed === undefined) {
        if (isBuiltIn(object)) report.pass(object);
        continue;
      }
      const fix = fixFor(object, removed);
      report.fail(object, {
        message: `${object.apiVersion} ${object.kind} is not served since Kubernetes ${removed.removedIn}: use ${removed.replacement}${removed.note === undefined ? "" : ` (${removed.note})`}`,
        path: ["apiVersion"],
        ...(fix === undefined ? {} : { fix }),
      });
    }
  },
};

function isBuiltIn({ group }: KubeObject<object>): boolean {
  return group === "" || !group.includes(".") || group.endsWith(".k8s.io");
}

/** Changing apiVersion alone, where that keeps the object's meaning; workloads also get the selector that the old version defaulted. */
function fixFor(object: KubeObject<object>, removed: RemovedVersion): Fix | undefined {
  if (!removed.sameFields) return undefined;
  const edits: Edit[] = [{ op: "set", path: ["apiVersion"], value: removed.replacement }];
  const description = `Moves the object to ${removed.replacement}, where its fields mean the same.`;
  if (object.kind === "PodDisruptionBudget") {
    const selector = objectAt(object.value, ["spec", "selector"]);
    return selector === undefined || Object.keys(selector).length === 0 ? undefined : { description, edits };
  }
  if (removed.replacement !== "apps/v1") return { description, edits };
  if (objectAt(object.value, ["spec", "rollbackTo"]) !== undefined) return undefined;
  const labels = objectAt(object.value, ["spec", "template", "metadata", "labels"]) ?? {};
  const selector = objectAt(object.value, ["spec", "selector"]);
  if (selector === undefined) {
    if (Object.keys(labels).length === 0) return undefined;
    edits.push({ op: "set", path: ["spec", "selector", "matchLabels"], value: labels });
  } else {
    const wanted = objectAt(selector, ["matchLabels"]) ?? {};
    if (Object.entries(wanted).some(([key, value]) => labels[key] !== value)) return undefined;
  }
  return {
    description,
    edits,
    caution: "Defaults differ: rolling updates, progress deadlines and revision history follow apps/v1.",
  };
}
