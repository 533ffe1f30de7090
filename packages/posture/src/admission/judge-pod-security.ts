import type { JudgePodSecurity } from "@redoubt/admission";
import { type JsonObject, type Path, objectAt, stringAt } from "@redoubt/kube";
import { type PodSecurityDecision, admitNamespace, admitPod, admitWorkload } from "@redoubt/pod-security";

const TEMPLATES: Readonly<Record<string, Path>> = {
  PodTemplate: ["template"],
  ReplicationController: ["spec", "template"],
  Deployment: ["spec", "template"],
  StatefulSet: ["spec", "template"],
  DaemonSet: ["spec", "template"],
  ReplicaSet: ["spec", "template"],
  Job: ["spec", "template"],
  CronJob: ["spec", "jobTemplate", "spec", "template"],
};
const GROUPS: ReadonlySet<string> = new Set(["", "apps", "batch"]);

/** Pod Security as the API server's own admission has it, by the labels of namespaces. */
export const judgePodSecurity: JudgePodSecurity = (request, namespace): PodSecurityDecision | undefined => {
  const { kind, object, oldObject, operation, subResource, userInfo } = request;
  if (object === undefined || (operation !== "CREATE" && operation !== "UPDATE")) return undefined;
  if (kind.group === "" && kind.kind === "Namespace") {
    if (subResource !== "") return undefined;
    return admitNamespace({
      name: request.name,
      labels: labelsOf(object),
      ...(oldObject === undefined ? {} : { old: { labels: labelsOf(oldObject) } }),
    });
  }
  const context = {
    namespace: request.namespace,
    namespaceLabels: labelsOf(namespace),
    ...(userInfo.username === undefined ? {} : { username: userInfo.username }),
  };
  if (kind.group === "" && kind.kind === "Pod") {
    return admitPod(context, {
      pod: object,
      subresource: subResource,
      ...(oldObject === undefined ? {} : { old: oldObject }),
      ...(request.name === "" ? {} : { name: request.name }),
    });
  }
  const path = GROUPS.has(kind.group) ? TEMPLATES[kind.kind] : undefined;
  const template = path === undefined || subResource !== "" ? undefined : objectAt(object, path);
  return template === undefined ? undefined : admitWorkload(context, template);
};

function labelsOf(object: JsonObject | undefined): Readonly<Record<string, string>> {
  const labels = Object.keys(objectAt(object, ["metadata", "labels"]) ?? {});
  return Object.fromEntries(labels.map((key) => [key, stringAt(object, ["metadata", "labels", key]) ?? ""]));
}
