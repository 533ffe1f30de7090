import { type ClusterSnapshot, type KubeObject, type Path, listAt, objectAt, stringAt } from "@redoubt/kube";

export interface ConstraintTemplate {
  readonly object: KubeObject<object>;
  /** The kind of its constraints. */
  readonly kind: string;
}

export function constraintTemplatesOf(snapshot: ClusterSnapshot): readonly ConstraintTemplate[] {
  return snapshot
    .listUntyped("templates.gatekeeper.sh", "ConstraintTemplate")
    .map((object) => ({ object, kind: stringAt(object.value, ["spec", "crd", "spec", "names", "kind"]) ?? "" }));
}

export function constraintsOf(snapshot: ClusterSnapshot): readonly KubeObject<object>[] {
  return snapshot.objects.filter(({ group }) => group === "constraints.gatekeeper.sh");
}

export interface EmbeddedRego {
  readonly text: string;
  readonly path: Path;
  /** Gatekeeper reads Rego as v0 unless the source says v1. */
  readonly version: "v0" | "v1";
}

/** The Rego of a template: its entry point and its libraries, in both of the places that Gatekeeper reads. */
export function regoOf({ value }: KubeObject<object>): readonly EmbeddedRego[] {
  return listAt(value, ["spec", "targets"]).flatMap((target, index) => {
    const at: Path = ["spec", "targets", index];
    const version = "v0" as const;
    const old = [
      { text: stringAt(target, ["rego"]), path: [...at, "rego"], version },
      ...libs(target, ["libs"], at, version),
    ];
    const code = listAt(target, ["code"]).flatMap((item, position) => {
      if (stringAt(item, ["engine"]) !== "Rego") return [];
      const own = stringAt(item, ["source", "version"]) === "v1" ? ("v1" as const) : version;
      const path: Path = [...at, "code", position];
      return [
        { text: stringAt(item, ["source", "rego"]), path: [...path, "source", "rego"], version: own },
        ...libs(item, ["source", "libs"], path, own),
      ];
    });
    return [...old, ...code].flatMap(({ text, path, version: own }) =>
      text === undefined ? [] : [{ text, path, version: own }],
    );
  });
}

function libs(
  value: unknown,
  path: Path,
  base: Path,
  version: "v0" | "v1",
): readonly { text: string | undefined; path: Path; version: "v0" | "v1" }[] {
  return listAt(value, path).map((text, index) => ({
    text: typeof text === "string" ? text : undefined,
    path: [...base, ...path, index],
    version,
  }));
}

/** The schema of a template's parameters. */
export function parameterSchema({ object }: ConstraintTemplate): unknown {
  return objectAt(object.value, ["spec", "crd", "spec", "validation", "openAPIV3Schema"]);
}
