import type { Container, EphemeralContainer, KnownKinds, ObjectMeta, PodSpec, PodTemplateSpec } from "./gen/types.ts";
import { type Path, isJsonObject } from "./json.ts";
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

/** Where each kind keeps its pod template; a Pod is its own. */
const TEMPLATE_PATHS: Readonly<Partial<Record<keyof KnownKinds, Path>>> = {
  Pod: [],
  PodTemplate: ["template"],
  ReplicationController: ["spec", "template"],
  "apps/Deployment": ["spec", "template"],
  "apps/StatefulSet": ["spec", "template"],
  "apps/DaemonSet": ["spec", "template"],
  "apps/ReplicaSet": ["spec", "template"],
  "batch/Job": ["spec", "template"],
  "batch/CronJob": ["spec", "jobTemplate", "spec", "template"],
};

const NO_METADATA: ObjectMeta = Object.freeze({});
const NO_LABELS: Readonly<Record<string, string>> = Object.freeze({});

const CONTAINER_LISTS = [
  ["initContainers", "init"],
  ["containers", "container"],
  ["ephemeralContainers", "ephemeral"],
] as const;

/**
 * The workload view of an object in any version of its group; undefined for kinds without pods, and where there is no pod spec.
 * Nothing is defaulted: see defaults.ts for what the API server would fill in.
 */
export function toWorkload(object: KubeObject<object>): Workload | undefined {
  const templatePath = object.known === undefined ? undefined : TEMPLATE_PATHS[object.known];
  if (templatePath === undefined) return undefined;
  // A known kind has been decoded against its schema, so a template is where its path says, and is a PodTemplateSpec.
  const template: PodTemplateSpec | undefined = templateAt(object.value, templatePath);
  const podSpec = template?.spec;
  if (template === undefined || podSpec === undefined) return undefined;
  const podMetadata = template.metadata ?? NO_METADATA;
  const podSpecPath = [...templatePath, "spec"];
  return {
    object,
    namespace: object.namespace,
    templatePath,
    podMetadata,
    podSpec,
    podSpecPath,
    podLabels: podMetadata.labels ?? NO_LABELS,
    containers: containersOf(podSpec, podSpecPath),
  };
}

function templateAt(value: object, path: Path): PodTemplateSpec | undefined {
  let current: unknown = value;
  for (const segment of path) {
    if (!isJsonObject(current) || !Object.hasOwn(current, segment)) return undefined;
    current = current[segment];
  }
  return isJsonObject(current) ? current : undefined;
}

function containersOf(podSpec: PodSpec, podSpecPath: Path): ContainerView[] {
  const views: ContainerView[] = [];
  for (const [list, role] of CONTAINER_LISTS) {
    const containers: readonly (Container | EphemeralContainer)[] = podSpec[list] ?? [];
    containers.forEach((container, index) => {
      views.push({ role, name: container.name ?? "", container, path: [...podSpecPath, list, index] });
    });
  }
  return views;
}
