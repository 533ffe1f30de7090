import type { Finding } from "@redoubt/control";
import type { Region, Resource } from "@redoubt/kube";
import { normalFile } from "./finding-identity.ts";
import { compareTexts } from "./order.ts";

/** Where a finding is shown. */
export interface Place {
  /** Without a leading `./`. */
  readonly file: string;
  /** Absent for what a chart or kustomization rendered: the template's own lines are not known. */
  readonly region?: Region;
  readonly rendered?: "helm" | "kustomize";
}

/** The place of a path inside a resource; undefined for objects of a live cluster. May parse the document. */
export function placeOf(resource: Resource | undefined, path: Finding["path"]): Place | undefined {
  const origin = resource?.origin;
  if (origin === undefined || origin.kind !== "file") return undefined;
  const file = normalFile(origin.file);
  return origin.rendered === undefined ? { file, region: origin.locate(path) } : { file, rendered: origin.rendered };
}

/** Places of many findings. Each document is parsed once: they are asked for file by file, document by document. */
export function placesOf(findings: Iterable<Finding>): ReadonlyMap<Finding, Place> {
  const byDocument = [...findings].sort((a, b) => {
    const [from, to] = [a.resource?.origin, b.resource?.origin];
    if (from?.kind !== "file" || to?.kind !== "file") return 0;
    return compareTexts(from.file, to.file) || from.document - to.document;
  });
  const places = new Map<Finding, Place>();
  for (const finding of byDocument) {
    const place = placeOf(finding.resource, finding.path);
    if (place !== undefined) places.set(finding, place);
  }
  return places;
}

/** Where a finding is: `file:line:column`, as far as it is known, or `cluster CONTEXT`; undefined for what was not given. */
export function formatPlaceOf({ resource }: Finding, place: Place | undefined): string | undefined {
  if (place === undefined) {
    return resource?.origin.kind === "cluster" ? `cluster ${resource.origin.context}` : undefined;
  }
  const { file, region, rendered } = place;
  if (region !== undefined) return `${file}:${region.start.line}:${region.start.column}`;
  return rendered === undefined ? file : `${file} (rendered by ${rendered})`;
}
