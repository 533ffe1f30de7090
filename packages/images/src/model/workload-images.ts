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
export const workloadImages: (snapshot: ClusterSnapshot) => readonly WorkloadImage[] = snapshotModel((snapshot) =>
  snapshot.workloads.flatMap(({ object, containers }) =>
    containers.flatMap((container) => {
      const text = container.container.image;
      if (text === undefined || isTemplated(text)) return [];
      return [{ object, container, path: [...container.path, "image"], text, parsed: parseImageReference(text) }];
    }),
  ),
);
