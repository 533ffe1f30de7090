import type { KnownKinds } from "./gen/types.ts";
import type { JsonObject } from "./json.ts";
import type { Origin } from "./origin.ts";

/** The identity of an object, as messages and exceptions name it. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
}

/**
 * One Kubernetes object and where it came from.
 *
 * `value` is the object as the API server would decode it: kinds with a known schema have been checked against it and nulls
 * that Go decodes to zero values are gone, so `V` holds. It is not defaulted. Treat it as immutable.
 */
export interface KubeObject<V extends object = JsonObject> extends ObjectReference {
  readonly type: "object";
  /** The API group, empty for core. */
  readonly group: string;
  /** The schema that `value` was checked against, across versions and moved groups (`extensions/v1beta1` Deployments are `apps/Deployment`); undefined for other kinds. */
  readonly known: keyof KnownKinds | undefined;
  readonly value: V;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly origin: Origin;
}

/** What a file that holds no Kubernetes object turned out to be. */
export type ArtifactType =
  | "gitlab-ci"
  | "github-workflow"
  | "falco-rules"
  | "rego"
  | "shell"
  | "dockerfile"
  | "helm-values"
  | "kustomization"
  | "unrecognised";

/** A recognised file that is not a Kubernetes object: a pipeline, a rule file, a policy, a script. */
export interface Artifact {
  readonly type: "artifact";
  readonly artifact: ArtifactType;
  /** The parsed YAML or JSON, or undefined for plain text. */
  readonly value: unknown;
  readonly text: string;
  readonly origin: Origin;
  /** The file's name, as messages show it. */
  readonly name: string;
}

/** Anything a finding can be about. */
export type Resource = KubeObject<object> | Artifact;

/** `Deployment shop/web`, `ClusterRole admin`, or an artifact's file name. */
export function describeResource(resource: Resource): string {
  if (resource.type === "artifact") return resource.name;
  const name = resource.name === "" ? "(no name)" : resource.name;
  return `${resource.kind} ${resource.namespace === "" ? "" : `${resource.namespace}/`}${name}`;
}
