import type { Container, PodSpec } from "@redoubt/kube";

/**
 * Whether an update can have changed what Pod Security judges. Of the fields it looks at only images can change in a
 * running pod, and ephemeral containers be added; every other update passes unjudged.
 */
export function isSignificantUpdate(pod: PodSpec, old: PodSpec): boolean {
  if (imagesDiffer(pod.containers ?? [], old.containers ?? [])) return true;
  if (imagesDiffer(pod.initContainers ?? [], old.initContainers ?? [])) return true;
  return (pod.ephemeralContainers ?? []).some((container) => {
    const before = (old.ephemeralContainers ?? []).find(({ name }) => (name ?? "") === (container.name ?? ""));
    return before === undefined || (before.image ?? "") !== (container.image ?? "");
  });
}

function imagesDiffer(containers: readonly Container[], before: readonly Container[]): boolean {
  return (
    containers.length !== before.length ||
    containers.some(({ image }, index) => (image ?? "") !== (before[index]?.image ?? ""))
  );
}
