import { describeResource } from "@redoubt/kube";
import { renderGraph } from "@redoubt/posture";
import {
  type AccessIndex,
  type Identity,
  describeSubjectKey,
  isBuiltInGrant,
  openedBy,
  subjectKey,
  subjectKeysOf,
} from "@redoubt/rbac";
import type { Action } from "../command.ts";
import { rbacGraphOutput } from "../commands/rbac.ts";
import { EXIT } from "../exit-code.ts";
import { givenIdentity } from "./read-identity.ts";
import { writeOutput } from "../terminal/write-output.ts";
import { readAccess } from "./read-access.ts";

type Graph = Parameters<typeof renderGraph>[0];

export const runRbacGraph: Action = async (invocation) => {
  const { args, host } = invocation;
  const targets = rbacGraphOutput.targets(args);
  const identity = givenIdentity(args);
  const { index, incomplete } = await readAccess(invocation);
  const graph = accessGraph(index, identity);
  for (const { format, file } of targets) await writeOutput(host, file, renderGraph(graph, format));
  return incomplete ? EXIT.incomplete : EXIT.clean;
};

/** Subjects lead to the roles they hold, the binding beside the arrow, and roles to what they open. */
function accessGraph(index: AccessIndex, identity: Identity | undefined): Graph {
  const wanted = identity === undefined ? undefined : new Set<string>(subjectKeysOf(identity));
  const nodes = new Map<string, Graph["nodes"][number]>();
  const edges = new Map<string, Graph["edges"][number]>();
  const connect = (from: string, to: string, label: string): void =>
    void edges.set(`${from}\n${to}\n${label}`, { from, to, label });
  for (const binding of index.bindings) {
    const role = index.roleOf(binding);
    const roleId = `role ${binding.namespace} ${binding.roleRef.kind} ${binding.roleRef.name}`;
    for (const subject of binding.subjects) {
      const key = subjectKey(subject);
      if (key === undefined || wanted?.has(key) === false) continue;
      if (wanted === undefined && isBuiltInGrant(binding, subject)) continue;
      const label = describeSubjectKey(key);
      const kind = label.startsWith("Service") ? "service-account" : label.startsWith("Group") ? "group" : "user";
      nodes.set(key, { id: key, label: label.replace(" ", "\n"), kind });
      const where = binding.namespace === "" ? "whole cluster" : `namespace ${binding.namespace}`;
      nodes.set(roleId, {
        id: roleId,
        label: `${role === undefined ? `${binding.roleRef.kind} ${binding.roleRef.name} (missing)` : describeResource(role.object)}\n${where}`,
        kind: "role",
      });
      connect(key, roleId, describeResource(binding.object));
    }
    if (role === undefined || !nodes.has(roleId)) continue;
    for (const rule of index.rulesOf(role)) {
      for (const { opens } of openedBy(rule, binding.namespace === "" ? role.kind : "Role")) {
        nodes.set(`opens ${opens}`, { id: `opens ${opens}`, label: opens, kind: "power" });
        connect(roleId, `opens ${opens}`, "opens");
      }
    }
  }
  return { title: "RBAC", nodes: [...nodes.values()], edges: [...edges.values()] };
}
