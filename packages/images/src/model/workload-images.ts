import { type ClusterSnapshot, type ContainerView, type KubeObject, type Path, snapshotModel } from "@redoubt/kube";
import { type ImageReference, isTemplated, parseImageReference } from "./reference.ts";

export interface WorkloadImage {
  readonly object: KubeObject<object>;
  readonly container: ContainerView;
  /** Of the image field. */
  readonly path: Path;
  readonly text: string;
  readonly parsed: ImageReference | { readonly problem: string };
}

/** Every image that a workload names. Templates that are still to be filled in are left out. */
export const workloadImages: (snapshot: ClusterSnapshot) => readonly WorkloadImage[] = snapshotModel((snapshot) => {
  // The same few images run in many places.
  const references = new Map<string, WorkloadImage["parsed"] | undefined>();
  const referenceOf = (text: string): WorkloadImage["parsed"] | undefined => {
    if (!references.has(text)) references.set(text, isTemplated(text) ? undefined : parseImageReference(text));
    return references.get(text);
  };
  return snapshot.workloads.flatMap(({ object, containers }) =>
    containers.flatMap((container) => {
      const text = container.container.image;
      const parsed = text === undefined ? undefined : referenceOf(text);
      if (text === undefined || parsed === undefined) return [];
      return [{ object, container, path: [...container.path, "image"], text, parsed }];
    }),
  );
});
