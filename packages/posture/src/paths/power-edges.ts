/** What a power over a namespace, or over all of them, leads to. */
import { type SubjectKey, describeSubjectKey } from "@redoubt/rbac";
import { stringAt } from "@redoubt/kube";
import type { EdgeContext } from "./grant-edges.ts";
import type { EdgeKind } from "./edge-kinds.ts";
import {
  ANY_NODE,
  CLUSTER_ADMIN,
  type Power,
  powerNode,
  nodeNode,
  secretNode,
  subjectNode,
  workloadNode,
} from "./positions.ts";

/** In the order in which one leads to the next. */
const NAMESPACE_POWERS: readonly Power[] = ["administer", "run-pods", "enter-pods", "act-as-accounts", "read-secrets"];

export function addPowerEdges(context: EdgeContext): void {
  const { builder, places } = context;
  for (const power of NAMESPACE_POWERS) {
    const everywhere = builder.has(powerNode(power, "").id);
    for (const namespace of places.namespaces) {
      const node = powerNode(power, namespace);
      if (!everywhere && !builder.has(node.id)) continue;
      builder.node(node);
      if (everywhere) plainEdge(context, "use-power", powerNode(power, "").id, node.id, `in namespace ${namespace}`);
      addUses(context, power, namespace, node.id);
    }
  }
  addIdentityPowers(context);
  addSecretTokens(context);
}

function addUses(context: EdgeContext, power: Power, namespace: string, id: string): void {
  const { builder, places } = context;
  switch (power) {
    case "administer":
      for (const next of ["run-pods", "enter-pods", "act-as-accounts", "read-secrets"] as const)
        plainEdge(
          context,
          "use-power",
          id,
          builder.node(powerNode(next, namespace)),
          "may do that among everything else",
        );
      plainEdge(
        context,
        "relabel-namespace",
        id,
        builder.node(ANY_NODE),
        `takes the Pod Security level off Namespace ${namespace} and runs a privileged Pod`,
      );
      return;
    case "run-pods":
      plainEdge(
        context,
        "run-as-account",
        id,
        builder.node(powerNode("act-as-accounts", namespace)),
        "the Pod names the ServiceAccount that it wants",
      );
      plainEdge(
        context,
        "mount-secret",
        id,
        builder.node(powerNode("read-secrets", namespace)),
        "the Pod mounts the Secrets that it wants",
      );
      addPrivilegedPod(context, namespace, id);
      return;
    case "enter-pods":
      for (const workload of places.workloadsIn(namespace))
        plainEdge(context, "use-power", id, builder.node(workloadNode(workload.object)), "enters its containers");
      return;
    case "act-as-accounts":
      for (const key of places.accountsIn(namespace))
        plainEdge(context, "use-power", id, builder.subject(key), `as ${describeSubjectKey(key)}`);
      return;
    case "read-secrets":
      for (const secret of places.secretsIn(namespace))
        plainEdge(context, "use-power", id, builder.node(secretNode(namespace, secret.name)), "reads it");
      return;
    case "be-any-user":
    case "be-any-group":
  }
}

/** Pod Security at baseline or restricted lets no Pod near the node, nor may policies; what stops it is named. */
function addPrivilegedPod({ builder, places, policyStops }: EdgeContext, namespace: string, id: string): void {
  const level = places.enforcedLevel(namespace);
  const object = places.namespaceObjects.get(namespace);
  const to = builder.node(ANY_NODE);
  if (level !== "privileged") {
    const proof =
      object === undefined ? [] : [{ object, path: ["metadata", "labels", "pod-security.kubernetes.io/enforce"] }];
    builder.stop({
      kind: "privileged-pod",
      from: id,
      to,
      by: `Pod Security level ${level} of Namespace ${namespace}`,
      proof,
    });
    return;
  }
  const stop = policyStops(namespace);
  if (stop !== undefined) {
    builder.stop({ kind: "privileged-pod", from: id, to, ...stop });
    return;
  }
  builder.edge({
    kind: "privileged-pod",
    from: id,
    to,
    says: `Namespace ${namespace} enforces no Pod Security level, so a privileged Pod is admitted`,
    proof: object === undefined ? [] : [{ object, path: ["metadata", "labels"] }],
    remedies: [{ kind: "enforce-baseline", namespace, object }],
  });
}

function addIdentityPowers(context: EdgeContext): void {
  const { builder, index } = context;
  const leadTo = (power: Power, kind: EdgeKind, wanted: (key: SubjectKey, isAccount: boolean) => boolean): void => {
    const { id } = powerNode(power, "");
    if (!builder.has(id)) return;
    for (const key of index.subjects) {
      const node = subjectNode(key);
      if (wanted(key, node.kind === "service-account"))
        plainEdge(context, kind, id, builder.node(node), `as ${describeSubjectKey(key)}`);
    }
  };
  leadTo("be-any-user", "use-power", (key, isAccount) => key.startsWith("user:") && !isAccount);
  leadTo("be-any-group", "use-power", (key) => key.startsWith("group:") && key !== "group:system:masters");
}

/** Secrets of the type that a controller fills with a token. */
function addSecretTokens(context: EdgeContext): void {
  const { builder, places } = context;
  for (const secret of places.secrets) {
    const { id } = secretNode(secret.namespace, secret.name);
    const name = secret.annotations["kubernetes.io/service-account.name"];
    if (name === undefined || !builder.has(id)) continue;
    if (stringAt(secret.value, ["type"]) !== "kubernetes.io/service-account-token") continue;
    const key = places.accountNamed(secret.namespace, name);
    if (key === undefined) continue;
    builder.edge({
      kind: "secret-token",
      from: id,
      to: builder.subject(key),
      says: `it holds a token of ${describeSubjectKey(key)} that does not expire`,
      proof: [{ object: secret, path: ["type"] }],
      remedies: [],
    });
  }
}

/** Root on a node of choice is root on each, those of the control plane included. */
export function addNodeChoice(context: EdgeContext): void {
  const { builder, places } = context;
  if (!builder.has(ANY_NODE.id)) return;
  for (const node of places.nodes)
    plainEdge(
      context,
      "use-power",
      ANY_NODE.id,
      builder.node(nodeNode(node.name)),
      `schedules the Pod to Node ${node.name}`,
    );
}

export function addControlPlaneNodes({ builder, places }: EdgeContext): void {
  for (const node of places.nodes) {
    const label = ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"].find(
      (each) => node.labels[each] !== undefined,
    );
    if (label === undefined) continue;
    for (const from of [`node ${node.name}`, `node-files ${node.name}`])
      if (builder.has(from))
        builder.edge({
          kind: "control-plane-node",
          from,
          to: builder.node(CLUSTER_ADMIN),
          says: "the node holds the keys of the control plane",
          proof: [{ object: node, path: ["metadata", "labels", label] }],
          remedies: [],
        });
  }
}

function plainEdge({ builder }: EdgeContext, kind: EdgeKind, from: string, to: string, says: string): void {
  builder.edge({ kind, from, to, says, proof: [], remedies: [] });
}
