import { type JsonValue, type Path, type Resource, isJsonObject } from "@redoubt/kube";
import type { Finding } from "@redoubt/control";

/** What names an item of a Kubernetes list, in the order in which it is looked for. */
const NAMING_FIELDS = ["name", "key", "mountPath", "containerPort", "host", "ip"];

/**
 * What a finding is about, stable when the file is edited elsewhere: control, object and field, with list items called by their
 * names. Line numbers and messages are no part of it. Two findings of a report may share it.
 */
export function findingIdentity(finding: Finding): string {
  return `${finding.control.id}|${subjectOf(finding.resource)}|${fieldOf(finding)}`;
}

/** The file a finding is in, written the same from whichever folder it was reached with `./`; undefined for those of a cluster. */
export function fileOf(finding: Finding): string | undefined {
  const origin = finding.resource?.origin;
  return origin?.kind === "file" ? normalFile(origin.file) : undefined;
}

export function normalFile(file: string): string {
  return file.replaceAll("\\", "/").replace(/^(?:\.\/)+/, "");
}

function subjectOf(resource: Resource | undefined): string {
  if (resource === undefined) return "";
  if (resource.type === "artifact") return normalFile(resource.name);
  const { group, kind, namespace, name } = resource;
  return `${group}/${kind}/${namespace}/${name}`;
}

function fieldOf({ resource, path }: Finding): string {
  // Lines of plain text move: several findings in one text are told apart by their order.
  if (resource?.type === "artifact" && path[0] === "line") return "";
  return stablePath(resource?.value, path);
}

function stablePath(root: unknown, path: Path): string {
  let value: unknown = root;
  let text = "";
  for (const segment of path) {
    value = Array.isArray(value)
      ? value[Number(segment)]
      : isJsonObject(value) && Object.hasOwn(value, segment)
        ? value[segment]
        : undefined;
    text += `/${typeof segment === "number" ? itemName(value, segment) : segment.replaceAll("~", "~0").replaceAll("/", "~1")}`;
  }
  return text;
}

function itemName(item: unknown, index: number): string {
  if (!isJsonObject(item)) return String(index);
  for (const field of NAMING_FIELDS) {
    const name: JsonValue | undefined = Object.hasOwn(item, field) ? item[field] : undefined;
    if (typeof name === "string" || typeof name === "number") return `[${field}=${name}]`;
  }
  return String(index);
}
