import { type Artifact, type ClusterSnapshot, type JsonObject, type Path, isJsonObject, stringAt } from "@redoubt/kube";

export type ItemKind = "rule" | "macro" | "list" | "required_engine_version" | "required_plugin_versions" | "unknown";

/** One item of a rule file. */
export interface RuleItem {
  readonly artifact: Artifact;
  readonly path: Path;
  readonly kind: ItemKind;
  readonly name: string;
  readonly value: JsonObject;
  /** Changes an item that is defined elsewhere: `append`, `override`, or a rule's `enabled` alone. */
  readonly amends: boolean;
}

const KINDS = ["required_engine_version", "required_plugin_versions", "list", "macro", "rule"] as const;

export function ruleItemsOf(snapshot: ClusterSnapshot): readonly RuleItem[] {
  return snapshot.artifactsOf("falco-rules").flatMap(itemsOf);
}

export function itemsOf(artifact: Artifact): readonly RuleItem[] {
  const items: readonly unknown[] = Array.isArray(artifact.value) ? artifact.value : [];
  return items.flatMap((value, index) => {
    if (!isJsonObject(value)) return [];
    const kind = KINDS.find((key) => Object.hasOwn(value, key)) ?? "unknown";
    const name = stringAt(value, [kind]) ?? "";
    const enabledOnly =
      kind === "rule" &&
      Object.hasOwn(value, "enabled") &&
      !["condition", "output", "desc", "priority"].some((key) => Object.hasOwn(value, key));
    return [
      {
        artifact,
        path: [index],
        kind,
        name,
        value,
        amends: value["append"] === true || isJsonObject(value["override"]) || enabledOnly,
      },
    ];
  });
}

/** Rules by the source of their events; `syscall` where they do not say. */
export function sourceOf(item: RuleItem): string {
  return stringAt(item.value, ["source"]) ?? "syscall";
}
