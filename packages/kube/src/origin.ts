import type { Region } from "./diagnostic.ts";
import type { Path } from "./json.ts";
import type { SourceFile } from "./source/source-file.ts";

/** Where an object came from. */
export type Origin = FileOrigin | ClusterOrigin;

/** An object read from text: a file, a stream, or the output of a renderer. */
export interface FileOrigin {
  readonly kind: "file";
  /** As the user named it; `<stdin>` for standard input. For rendered charts and kustomizations, the template or source file when it is known. */
  readonly file: string;
  /** The text itself: its documents are what `document` counts. */
  readonly source: SourceFile;
  /** Index of the document in its source, from 0; -1 for artifacts that are plain text. */
  readonly document: number;
  /** Path of this object inside the document: empty, or `["items", 3]` inside a List. */
  readonly base: Path;
  /** Set when `file` is not the text itself but what it was rendered from (`helm`, `kustomize`): lines then belong to the rendered text and are not reported. */
  readonly rendered?: "helm" | "kustomize" | undefined;
  /**
   * The place of `path` (inside the object). Where the path does not exist, the place of its nearest existing ancestor's key.
   * Computed on demand: it parses the one document again.
   */
  locate(path: Path): Region;
}

/** An object read from an API server. */
export interface ClusterOrigin {
  readonly kind: "cluster";
  readonly context: string;
  readonly uid: string;
  readonly resourceVersion: string;
}
