import type { Container, EphemeralContainer, ObjectMeta, PodSpec } from "./gen/types.ts";
import type { Path } from "./json.ts";
import type { KubeObject } from "./object.ts";

/** A container of any of a pod's three lists, with its path inside the object. */
export interface ContainerView {
  readonly role: "init" | "container" | "ephemeral";
  readonly name: string;
  readonly container: Container | EphemeralContainer;
  readonly path: Path;
}

/** One view over everything that has a pod template: the eight workload kinds and PodTemplate. */
export interface Workload {
  readonly object: KubeObject<object>;
  readonly namespace: string;
  /** Path of the pod template inside the object: empty for a Pod. */
  readonly templatePath: Path;
  readonly podMetadata: ObjectMeta;
  readonly podSpec: PodSpec;
  /** Path of the pod spec inside the object. */
  readonly podSpecPath: Path;
  /** Labels that the pods will carry. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** Init containers, containers, ephemeral containers, in that order. */
  readonly containers: readonly ContainerView[];
}

export function toWorkload(_object: KubeObject<object>): Workload | undefined { return undefined; }
