/** Gatekeeper's own kinds, each in the version that is read. */
import type { ServedResource } from "@redoubt/kube";

export const TEMPLATES: ServedResource = {
  group: "templates.gatekeeper.sh",
  version: "v1",
  resource: "constrainttemplates",
  kind: "ConstraintTemplate",
  namespaced: false,
};

const MUTATIONS = { group: "mutations.gatekeeper.sh", namespaced: false } as const;

/** Kinds whose status says, for each pod, whether the object is in force. */
export const MUTATORS: readonly ServedResource[] = [
  { ...MUTATIONS, version: "v1", resource: "assign", kind: "Assign" },
  { ...MUTATIONS, version: "v1", resource: "assignmetadata", kind: "AssignMetadata" },
  { ...MUTATIONS, version: "v1", resource: "modifyset", kind: "ModifySet" },
  { ...MUTATIONS, version: "v1alpha1", resource: "assignimage", kind: "AssignImage" },
];

export const EXPANSIONS: ServedResource = {
  group: "expansion.gatekeeper.sh",
  version: "v1beta1",
  resource: "expansiontemplate",
  kind: "ExpansionTemplate",
  namespaced: false,
};

export const CONFIGS: ServedResource = {
  group: "config.gatekeeper.sh",
  version: "v1alpha1",
  resource: "configs",
  kind: "Config",
  namespaced: true,
};

export const SYNC_SETS: ServedResource = {
  group: "syncset.gatekeeper.sh",
  version: "v1alpha1",
  resource: "syncsets",
  kind: "SyncSet",
  namespaced: false,
};

export const PROVIDERS: ServedResource = {
  group: "externaldata.gatekeeper.sh",
  version: "v1beta1",
  resource: "providers",
  kind: "Provider",
  namespaced: false,
};

/** The constraints of a template. */
export function constraintsOfKind(kind: string): ServedResource {
  return {
    group: "constraints.gatekeeper.sh",
    version: "v1beta1",
    resource: kind.toLowerCase(),
    kind,
    namespaced: false,
  };
}
