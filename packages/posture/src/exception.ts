import type { Diagnostic, Resource } from "@redoubt/kube";
import type { Finding } from "@redoubt/control";
import { normalFile } from "./finding-identity.ts";

/** Which resources an exception is for: every field that is given must match. */
export interface ExceptionMatch {
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly file?: string;
}

/** A risk that someone accepts, until a day. */
export interface Exception {
  readonly control: string;
  readonly reason: string;
  readonly owner: string;
  /** As written: a day, which is included, or a moment. */
  readonly expires: string;
  /** Milliseconds since 1970: the first moment at which it no longer applies. */
  readonly endsAt: number;
  readonly from: ExceptionFile | ExceptionAnnotation;
}

export interface ExceptionFile {
  readonly kind: "file";
  readonly match: ExceptionMatch;
  readonly place: Pick<Diagnostic, "file" | "region">;
}

export interface ExceptionAnnotation {
  readonly kind: "annotation";
  readonly resource: Resource;
}

/** What became of an exception in one assessment. */
export interface ExceptionUse {
  readonly exception: Exception;
  readonly state: "applied" | "unused" | "expired";
  /** How many findings it marks, or, when it has expired, would have marked. */
  readonly findings: number;
}

/** Whether an exception from a file is for this finding, expired or not. Those of annotations are for their own object. */
export function matches(exception: Exception, finding: Finding): boolean {
  if (exception.control !== finding.control.id) return false;
  const { resource } = finding;
  if (exception.from.kind === "annotation") return exception.from.resource === resource;
  if (resource === undefined) return false;
  const { kind, namespace, name, labels, file } = exception.from.match;
  if (file !== undefined && (resource.origin.kind !== "file" || !globMatches(file, normalFile(resource.origin.file))))
    return false;
  if (resource.type === "artifact") {
    return (
      kind === undefined &&
      namespace === undefined &&
      labels === undefined &&
      (name === undefined || globMatches(name, resource.name))
    );
  }
  return (
    (kind === undefined || kind === resource.kind) &&
    (namespace === undefined || globMatches(namespace, resource.namespace)) &&
    (name === undefined || globMatches(name, resource.name)) &&
    Object.entries(labels ?? {}).every(
      ([key, value]) => Object.hasOwn(resource.labels, key) && globMatches(value, resource.labels[key] ?? ""),
    )
  );
}

/** Shell-like: `*` is any text (`/` included), `?` one character; everything else is itself. Linear in the text for each star. */
export function globMatches(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    if (pattern[p] === "*") {
      star = p;
      resume = t;
      p += 1;
    } else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === text[t])) {
      p += 1;
      t += 1;
    } else if (star !== -1) {
      resume += 1;
      t = resume;
      p = star + 1;
    } else {
      return false;
    }
  }
  while (pattern[p] === "*") p += 1;
  return p === pattern.length;
}
