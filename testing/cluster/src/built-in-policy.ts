import { isJsonObject, listAt, objectAt, stringAt } from "@redoubt/kube";
import type { ApiClient } from "./api-client.ts";

const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const OF_THE_SERVER = "?labelSelector=kubernetes.io/bootstrapping%3Drbac-defaults";

/** The RBAC objects that an API server created for itself, in the shape that packages/rbac keeps them in. */
export async function readBuiltInPolicy(
  client: ApiClient,
): Promise<{ readonly roles: readonly object[]; readonly bindings: readonly object[] }> {
  const [clusterRoles, roles, clusterRoleBindings, roleBindings] = await Promise.all(
    ["clusterroles", "roles", "clusterrolebindings", "rolebindings"].map(async (resource) => {
      const { body } = await client.get(`${RBAC}/${resource}${OF_THE_SERVER}`);
      return isJsonObject(body) ? listAt(body, ["items"]) : [];
    }),
  );
  return {
    roles: [...(clusterRoles ?? []), ...(roles ?? [])].map((role) => ({
      ...named(role),
      labels: objectAt(role, ["metadata", "labels"]) ?? {},
      ...aggregationOrRules(role),
    })),
    bindings: [...(clusterRoleBindings ?? []), ...(roleBindings ?? [])].map((binding) => ({
      ...named(binding),
      role: { kind: stringAt(binding, ["roleRef", "kind"]), name: stringAt(binding, ["roleRef", "name"]) },
      subjects: listAt(binding, ["subjects"]),
    })),
  };
}

function named(object: unknown): object {
  return {
    namespace: stringAt(object, ["metadata", "namespace"]) ?? "",
    name: stringAt(object, ["metadata", "name"]) ?? "",
  };
}

/** An aggregated role's rules follow from the others. */
function aggregationOrRules(role: unknown): object {
  const aggregationRule = objectAt(role, ["aggregationRule"]);
  return aggregationRule === undefined ? { rules: listAt(role, ["rules"]) } : { aggregationRule };
}
