/** What one pod says of a policy in its status, in the words of Gatekeeper's `byPod`. */
import { type JsonObject, type JsonValue, type ServedResource, numberAt, stringAt } from "@redoubt/kube";
import type { PolicyProblem } from "../policies/compile-policies.ts";
import type { DefinitionProblem } from "./constraint-kinds.ts";

/** How the entry names the object it is about, so that an object of the same name made later is not taken for it. */
function uidField(resource: ServedResource): string | undefined {
  switch (resource.group) {
    case "templates.gatekeeper.sh":
    case "expansion.gatekeeper.sh":
      return "templateUID";
    case "constraints.gatekeeper.sh":
      return "constraintUID";
    case "mutations.gatekeeper.sh":
      return "mutatorUID";
    default:
      return undefined;
  }
}

export interface PodStatusParts {
  readonly pod: string;
  readonly operations: readonly string[];
  readonly problems: readonly PolicyProblem[];
  readonly definitionProblem: DefinitionProblem | undefined;
}

/** undefined for kinds whose status has no `byPod`. */
export function podStatus(
  resource: ServedResource,
  object: JsonObject,
  { pod, operations, problems, definitionProblem }: PodStatusParts,
): JsonObject | undefined {
  const field = uidField(resource);
  if (field === undefined) return undefined;
  const errors = [...problems.map(errorOf), ...(definitionProblem === undefined ? [] : [{ ...definitionProblem }])];
  const isEnforced = problems.every(({ isEarlierKept }) => isEarlierKept);
  return {
    id: pod,
    [field]: stringAt(object, ["metadata", "uid"]) ?? "",
    operations: [...operations],
    ...(field === "templateUID" ? {} : { enforced: isEnforced }),
    observedGeneration: numberAt(object, ["metadata", "generation"]) ?? 0,
    ...(errors.length === 0
      ? {}
      : { errors: errors.map(({ code, message, location }) => entry(code, message, location)) }),
  };
}

function entry(code: string, message: string, location: string | undefined): JsonObject {
  return { code, message, ...(location === undefined ? {} : { location }) };
}

const LIBRARY = /^(lib_\d+\.rego): /;

function errorOf({ message, line, column, isEarlierKept }: PolicyProblem): {
  readonly code: string;
  readonly message: string;
  readonly location?: string;
} {
  const [prefix = "", library] = LIBRARY.exec(message) ?? [];
  const own = message.slice(prefix.length);
  return {
    code: line !== undefined || own.startsWith("rego_") ? "ingest_error" : "create_error",
    message: isEarlierKept ? `${own} (the version before it stays in force)` : own,
    ...(line === undefined ? {} : { location: `${library ?? "template.rego"}:${line}:${column ?? 1}` }),
  };
}

/** `byPod` with one pod's entry replaced, in the order of the pods, without those that are gone. */
export function withPodStatus(
  entries: readonly unknown[],
  own: JsonObject,
  isGone: (pod: string) => boolean,
): JsonValue[] {
  const others = entries.filter((other): other is JsonObject => {
    const pod = stringAt(other, ["id"]);
    return pod !== undefined && pod !== own["id"] && !isGone(pod);
  });
  return [...others, own].sort((a, b) => ((stringAt(a, ["id"]) ?? "") < (stringAt(b, ["id"]) ?? "") ? -1 : 1));
}
