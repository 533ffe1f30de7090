import { type Path, type Resource, formatPlace } from "@redoubt/kube";

/** `file:line:column` of a field of a resource; only the file for text that was rendered, whose lines are not the file's. */
export function resourcePlace({ origin }: Resource, path: Path = []): string {
  if (origin.kind === "cluster") return `cluster ${origin.context}`;
  if (origin.rendered !== undefined) return origin.file;
  return formatPlace({ file: origin.file, region: origin.locate(path) });
}
