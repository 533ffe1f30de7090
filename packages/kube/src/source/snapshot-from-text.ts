import type { ClusterSnapshot } from "../snapshot.ts";
import { Collector } from "./collector.ts";
import { SourceFile } from "./source-file.ts";

/** The namespace of namespaced objects that name none, as kubectl has it. */
export const DEFAULT_NAMESPACE = "default";

/**
 * Reads a text as a file of that name would be read: YAML or JSON, several documents, Lists, artifacts. What cannot be read is in the
 * snapshot's diagnostics.
 *
 * @example
 * const snapshot = snapshotFromText("apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n");
 */
export function snapshotFromText(
  text: string,
  options: { readonly file?: string; readonly namespace?: string } = {},
): ClusterSnapshot {
  const byteOrderMark = text.charCodeAt(0) === 0xfeff;
  const collector = new Collector();
  collector.addSource(
    new SourceFile(options.file ?? "<input>", byteOrderMark ? text.slice(1) : text, { byteOrderMark }),
  );
  return collector.snapshot(options.namespace ?? DEFAULT_NAMESPACE);
}
