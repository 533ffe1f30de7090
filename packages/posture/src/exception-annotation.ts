import type { ClusterSnapshot, Diagnostic, KubeObject } from "@redoubt/kube";

import { type FieldProblem, readFields } from "./exception-fields.ts";
import type { ExceptionList } from "./exception-file.ts";
import type { Exception } from "./exception.ts";
import { describeSubject } from "./subject.ts";

/** `redoubt.dev/exception.RBAC-001: "reason=...; owner=...; expires=2027-01-31"`. */
export const EXCEPTION_ANNOTATION = "redoubt.dev/exception.";

/** Exceptions that objects carry themselves. Each is for its own object only. */
export function annotatedExceptions(snapshot: ClusterSnapshot): ExceptionList {
  const exceptions: Exception[] = [];
  const problems: Diagnostic[] = [];
  for (const object of snapshot.objects) {
    for (const key in object.annotations) {
      if (!key.startsWith(EXCEPTION_ANNOTATION) || !Object.hasOwn(object.annotations, key)) continue;
      const read = readFields({
        control: key.slice(EXCEPTION_ANNOTATION.length),
        ...pairs(object.annotations[key] ?? ""),
      });
      if (read.kind === "valid") exceptions.push({ ...read.fields, from: { kind: "annotation", resource: object } });
      else problems.push(...read.problems.map((problem) => problemAt(object, key, problem)));
    }
  }
  return { exceptions, problems };
}

/** `name=value` pairs between semicolons; a value may hold `=`. Only the three that an annotation may set. */
function pairs(text: string): Partial<Record<string, string>> {
  const found: Partial<Record<string, string>> = {};
  for (const part of text.split(";")) {
    const equals = part.indexOf("=");
    const name = part.slice(0, equals).trim();
    if (equals !== -1 && (name === "reason" || name === "owner" || name === "expires"))
      found[name] = part.slice(equals + 1);
  }
  return found;
}

function problemAt(object: KubeObject<object>, key: string, { message, hint }: FieldProblem): Diagnostic {
  const { origin } = object;
  return {
    code: "EXCEPTION_INVALID",
    severity: "error",
    message: `annotation ${key} of ${describeSubject(object)}: ${message}`,
    hint: hint ?? 'write "reason=...; owner=...; expires=2027-01-31"',
    ...(origin.kind === "file"
      ? {
          file: origin.file,
          ...(origin.rendered === undefined ? { region: origin.locate(["metadata", "annotations", key]) } : {}),
        }
      : {}),
  };
}
