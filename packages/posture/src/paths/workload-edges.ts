/** Where code in a workload gets to: its ServiceAccount, its Secrets, its node; and from a node to what runs there. */
import {
  type KubeObject,
  type Path,
  type Workload,
  effectiveServiceAccountName,
  mountsServiceAccountToken,
} from "@redoubt/kube";
import { type SubjectKey, describeSubjectKey } from "@redoubt/rbac";
import type { Remedy } from "./attack-graph.ts";
import { escapesOf } from "./container-escapes.ts";
import type { EdgeContext } from "./grant-edges.ts";
import { SOME_NODE, SOME_NODE_FILES, nodeFilesNode, nodeNode, secretNode, workloadNode } from "./positions.ts";

export function addWorkloadEdges(context: EdgeContext): void {
  for (const workload of context.places.workloads) {
    const id = context.builder.node(workloadNode(workload.object));
    addAccountEdge(context, workload, id);
    addSecretEdges(context, workload, id);
    addEscapeEdges(context, workload, id);
  }
  addNodeEdges(context);
}

/** The token mounted into the containers, and by which field. */
function tokenOf(
  { places }: EdgeContext,
  workload: Workload,
): {
  readonly key: SubjectKey | undefined;
  readonly mounted: boolean;
  readonly by: { readonly object: KubeObject<object>; readonly path: Path };
} {
  const name = effectiveServiceAccountName(workload.podSpec);
  const account = places.accountObject(workload.namespace, name);
  const key = places.accountNamed(workload.namespace, name);
  const ownWord = workload.podSpec.automountServiceAccountToken;
  const by =
    ownWord === undefined && account?.value.automountServiceAccountToken !== undefined
      ? { object: account, path: ["automountServiceAccountToken"] }
      : {
          object: workload.object,
          path: [
            ...workload.podSpecPath,
            ownWord === undefined ? "serviceAccountName" : "automountServiceAccountToken",
          ],
        };
  return { key, mounted: mountsServiceAccountToken(workload.podSpec, account?.value), by };
}

function addAccountEdge(context: EdgeContext, workload: Workload, from: string): void {
  const { builder } = context;
  const { key, mounted, by } = tokenOf(context, workload);
  if (key === undefined) return;
  const to = builder.subject(key);
  const projected = projectedTokenPath(workload);
  if (!mounted && projected === undefined) {
    builder.stop({ kind: "account-token", from, to, by: "automountServiceAccountToken: false", proof: [by] });
    return;
  }
  const path = mounted ? by : { object: workload.object, path: projected ?? [] };
  const remedies: readonly Remedy[] =
    projected === undefined
      ? [{ kind: "remove-token", workload: workload.object, podSpecPath: workload.podSpecPath }]
      : [];
  builder.edge({
    kind: "account-token",
    from,
    to,
    says: `uses the mounted token of ${describeSubjectKey(key)}`,
    proof: [path],
    remedies,
  });
}

/** A token that the pod asks for itself, for the API server's own audience. */
function projectedTokenPath({ podSpec, podSpecPath }: Workload): Path | undefined {
  for (const [at, { projected }] of (podSpec.volumes ?? []).entries()) {
    const source =
      projected?.sources?.findIndex(
        ({ serviceAccountToken }) => serviceAccountToken !== undefined && (serviceAccountToken.audience ?? "") === "",
      ) ?? -1;
    if (source >= 0) return [...podSpecPath, "volumes", at, "projected", "sources", source, "serviceAccountToken"];
  }
  return undefined;
}

function addSecretEdges({ builder, places }: EdgeContext, workload: Workload, from: string): void {
  for (const [name, path] of secretsUsedBy(workload)) {
    const node = secretNode(workload.namespace, name);
    if (!builder.has(node.id) && !places.secretsIn(workload.namespace).some((secret) => secret.name === name)) continue;
    builder.edge({
      kind: "mounted-secret",
      from,
      to: builder.node(node),
      says: "has it in its environment or files",
      proof: [{ object: workload.object, path }],
      remedies: [],
    });
  }
}

/** Secrets that volumes and environment variables hold, each with the first field that names it. */
export function secretsUsedBy({ podSpec, podSpecPath, containers }: Workload): ReadonlyMap<string, Path> {
  const used = new Map<string, Path>();
  const note = (name: string | undefined, path: Path): void => {
    if (name !== undefined && name !== "" && !used.has(name)) used.set(name, path);
  };
  for (const [at, volume] of (podSpec.volumes ?? []).entries()) {
    const path = [...podSpecPath, "volumes", at];
    note(volume.secret?.secretName, [...path, "secret", "secretName"]);
    for (const [index, source] of (volume.projected?.sources ?? []).entries())
      note(source.secret?.name, [...path, "projected", "sources", index, "secret", "name"]);
  }
  for (const { container, path } of containers) {
    for (const [at, variable] of (container.env ?? []).entries())
      note(variable.valueFrom?.secretKeyRef?.name, [...path, "env", at, "valueFrom", "secretKeyRef", "name"]);
    for (const [at, source] of (container.envFrom ?? []).entries())
      note(source.secretRef?.name, [...path, "envFrom", at, "secretRef", "name"]);
  }
  return used;
}

function addEscapeEdges({ builder, index, places }: EdgeContext, workload: Workload, from: string): void {
  const { namespace, object } = workload;
  const level = places.enforcedLevel(namespace);
  for (const { kind, reaches, path, says, change, needsHostUser } of escapesOf(workload, index)) {
    const proof = [{ object, path }];
    const names = places.nodesOf(workload);
    const nodes =
      reaches === "root"
        ? [...names.map(nodeNode), ...(names.length === 0 ? [SOME_NODE] : [])]
        : [...names.map(nodeFilesNode), ...(names.length === 0 ? [SOME_NODE_FILES] : [])];
    for (const node of nodes) {
      const to = builder.node(node);
      // What runs already was admitted before the level was set; what is only written will be refused.
      if (places.source === "files" && level !== "privileged")
        builder.stop({ kind, from, to, by: `Pod Security level ${level} of Namespace ${namespace}`, proof });
      else if (needsHostUser && workload.podSpec.hostUsers === false)
        builder.stop({ kind, from, to, by: "a user namespace of its own (hostUsers: false)", proof });
      else
        builder.edge({
          kind,
          from,
          to,
          says,
          proof,
          remedies: [{ kind: "harden-workload", workload: object, change }],
        });
    }
  }
}

function addNodeEdges(context: EdgeContext): void {
  const { builder, places } = context;
  for (const workload of places.workloads) {
    const id = workloadNode(workload.object).id;
    const names = places.nodesOf(workload);
    for (const name of names) {
      const node = nodeNode(name);
      if (builder.has(node.id))
        builder.edge({
          kind: "pods-of-node",
          from: node.id,
          to: id,
          says: "its Pods run there",
          proof: [{ object: workload.object, path: [] }],
          remedies: [],
        });
      addTokensOnNode(context, workload, nodeFilesNode(name).id);
    }
    // Without any word about nodes, whatever runs may run beside.
    if (names.length > 0 || places.nodes.length > 0) continue;
    if (builder.has(SOME_NODE.id))
      builder.edge({
        kind: "pods-beside",
        from: SOME_NODE.id,
        to: id,
        says: "its Pods may run there too",
        proof: [],
        remedies: [],
      });
    addTokensOnNode(context, workload, SOME_NODE_FILES.id);
  }
}

function addTokensOnNode(context: EdgeContext, workload: Workload, from: string): void {
  const { builder } = context;
  if (!builder.has(from)) return;
  const { key, mounted, by } = tokenOf(context, workload);
  if (key === undefined || !mounted) return;
  builder.edge({
    kind: "node-files",
    from,
    to: builder.subject(key),
    says: `finds the token of ${describeSubjectKey(key)} among the files of the kubelet`,
    proof: [by],
    remedies: [],
  });
}
