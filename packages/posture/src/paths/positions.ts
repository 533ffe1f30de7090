/** The nodes of an attack graph by what they stand for. */
import type { AttackPosition } from "@redoubt/control";
import type { KubeObject } from "@redoubt/kube";
import { describeResource } from "@redoubt/kube";
import { type SubjectKey, describeSubjectKey } from "@redoubt/rbac";
import type { AttackNode } from "./attack-graph.ts";

export const OUTSIDE: AttackNode = {
  id: "outside",
  kind: "outside",
  label: "the outside",
  namespace: "",
  position: { kind: "outside" },
};
export const CLUSTER_ADMIN: AttackNode = {
  id: "cluster-admin",
  kind: "goal",
  label: "cluster-admin",
  namespace: "",
  position: { kind: "cluster-admin" },
};
/** Root on a node that Pods can be put on, whichever that is. */
export const ANY_NODE: AttackNode = { id: "node *", kind: "node", label: "root on a node of choice", namespace: "" };
/** Root on a node that is not known, because nothing says where a workload runs. */
export const SOME_NODE: AttackNode = {
  id: "node ?",
  kind: "node",
  label: "root on the node it runs on",
  namespace: "",
};
/** Files of such a node, which hold its own credentials and the tokens of its Pods. */
export const SOME_NODE_FILES: AttackNode = {
  id: "node-files ?",
  kind: "node",
  label: "files of the node it runs on",
  namespace: "",
};

export function subjectNode(key: SubjectKey): AttackNode {
  const label = describeSubjectKey(key);
  const account = /^ServiceAccount ([^/]+)\//.exec(label);
  const position = { kind: "identity", key } as const;
  if (account !== null) return { id: key, kind: "service-account", label, namespace: account[1] ?? "", position };
  return { id: key, kind: key.startsWith("group:") ? "group" : "user", label, namespace: "", position };
}

export function workloadNode(object: KubeObject<object>): AttackNode {
  const label = describeResource(object);
  const position = { kind: "workload", object } as const;
  return { id: `workload ${label}`, kind: "workload", label, namespace: object.namespace, position };
}

export function nodeNode(name: string): AttackNode {
  const position = { kind: "node", name } as const;
  return { id: `node ${name}`, kind: "node", label: `root on Node ${name}`, namespace: "", position };
}

export function nodeFilesNode(name: string): AttackNode {
  return { id: `node-files ${name}`, kind: "node", label: `files of Node ${name}`, namespace: "" };
}

export function secretNode(namespace: string, name: string): AttackNode {
  const position = { kind: "secret", namespace, name } as const;
  return {
    id: `secret ${namespace}/${name}`,
    kind: "secret",
    label: `Secret ${namespace}/${name}`,
    namespace,
    position,
  };
}

function imageNode(reference: string): AttackNode {
  const position = { kind: "image", reference } as const;
  return { id: `image ${reference}`, kind: "image", label: `image ${reference}`, namespace: "", position };
}

/** The node of a position that a layer names. */
export function positionNode(position: AttackPosition): AttackNode {
  switch (position.kind) {
    case "outside":
      return OUTSIDE;
    case "cluster-admin":
      return CLUSTER_ADMIN;
    case "workload":
      return workloadNode(position.object);
    case "identity":
      return subjectNode(position.key);
    case "node":
      return nodeNode(position.name);
    case "secret":
      return secretNode(position.namespace, position.name);
    case "image":
      return imageNode(position.reference);
  }
}

export function roleNode(kind: string, roleNamespace: string, name: string, scope: string): AttackNode {
  const role = `${kind} ${roleNamespace === "" ? "" : `${roleNamespace}/`}${name}`;
  const where = scope === "" ? "in the whole cluster" : kind === "Role" ? "" : `in namespace ${scope}`;
  return { id: `role ${role} @${scope}`, kind: "role", label: `${role} ${where}`.trim(), namespace: scope };
}

const POWERS = {
  "run-pods": "run Pods",
  "enter-pods": "enter running Pods",
  "act-as-accounts": "act as any ServiceAccount",
  "read-secrets": "read Secrets",
  administer: "do everything",
  "be-any-user": "act as any user",
  "be-any-group": "act in any group but system:masters",
} as const;
export type Power = keyof typeof POWERS;

/** A power in a namespace, or in the whole cluster when `namespace` is empty. */
export function powerNode(power: Power, namespace: string): AttackNode {
  const label = POWERS[power];
  const where =
    power === "be-any-user" || power === "be-any-group"
      ? label
      : `${label} in ${namespace === "" ? "any namespace" : `namespace ${namespace}`}`;
  return { id: `power ${power} ${namespace}`, kind: "power", label: where, namespace };
}
