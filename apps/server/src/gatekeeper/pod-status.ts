/** What one pod says of a policy in its status, in the words of Gatekeeper's `byPod`. */
import {
  type JsonObject,
  type JsonValue,
  type ServedResource,
  isJsonObject,
  listAt,
  numberAt,
  stringAt,
} from "@redoubt/kube";
import type { PolicyProblem } from "../policies/compile-policies.ts";
import type { DefinitionProblem } from "./constraint-kinds.ts";
import { providerStatus } from "./provider-status.ts";

/** How the entry names the object it is about, so that an object of the same name made later is not taken for it. */
function uidField(
  resource: ServedResource,
): "templateUID" | "constraintUID" | "mutatorUID" | "configUID" | "providerUID" | undefined {
  switch (resource.group) {
    case "templates.gatekeeper.sh":
    case "expansion.gatekeeper.sh":
      return "templateUID";
    case "constraints.gatekeeper.sh":
      return "constraintUID";
    case "mutations.gatekeeper.sh":
      return "mutatorUID";
    case "config.gatekeeper.sh":
      return "configUID";
    case "externaldata.gatekeeper.sh":
      return "providerUID";
    default:
      return undefined;
  }
}

export interface PodStatusParts {
  readonly pod: string;
  readonly operations: readonly string[];
  readonly problems: readonly PolicyProblem[];
  readonly definitionProblem: DefinitionProblem | undefined;
  readonly now: Date;
}

/** undefined for kinds that have no status: SyncSet. */
export function podStatus(
  resource: ServedResource,
  object: JsonObject,
  { pod, operations, problems, definitionProblem, now }: PodStatusParts,
): JsonObject | undefined {
  const field = uidField(resource);
  if (field === undefined) return undefined;
  const isEnforced = problems.every(({ isEarlierKept }) => isEarlierKept);
  const uid = stringAt(object, ["metadata", "uid"]) ?? "";
  const generation = numberAt(object, ["metadata", "generation"]) ?? 0;
  const errors = [...problems.map(errorOf), ...(definitionProblem === undefined ? [] : [definitionProblem])];
  const messages = errors.map(({ message }) => message);
  const common = { id: pod, [field]: uid, operations: [...operations], observedGeneration: generation };
  switch (field) {
    case "providerUID": {
      const earlier = listAt(object, ["status", "byPod"]).find(
        (entry) => stringAt(entry, ["id"]) === pod && stringAt(entry, [field]) === uid,
      );
      const before = isJsonObject(earlier) ? earlier : undefined;
      return { ...common, ...providerStatus({ isActive: isEnforced, messages, earlier: before, generation, now }) };
    }
    case "mutatorUID":
      return { ...common, enforced: isEnforced, ...withErrors(messages.map((message) => ({ message }))) };
    case "configUID":
      return { ...common, ...withErrors(messages.map((message) => ({ message }))) };
    case "constraintUID":
      return { ...common, enforced: isEnforced, ...withErrors(errors.map(located)) };
    case "templateUID": {
      // Expansion templates have errors of another form.
      const isConstraintTemplate = resource.group === "templates.gatekeeper.sh";
      return {
        ...common,
        ...withErrors(isConstraintTemplate ? errors.map(located) : messages.map((message) => ({ message }))),
      };
    }
  }
}

function withErrors(errors: readonly JsonObject[]): JsonObject {
  return errors.length === 0 ? {} : { errors: [...errors] };
}

function located({ code, message, location }: PolicyError): JsonObject {
  return { code, message, ...(location === undefined ? {} : { location }) };
}

interface PolicyError {
  readonly code: string;
  readonly message: string;
  readonly location?: string;
}

const LIBRARY = /^(lib_\d+\.rego): /;

function errorOf({ message, line, column, isEarlierKept }: PolicyProblem): PolicyError {
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
