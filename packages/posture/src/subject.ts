import { type Resource, describeResource } from "@redoubt/kube";

/** `Deployment shop/web`, or an artifact's file; configuration files have no name and are called by their kind. */
export function describeSubject(resource: Resource): string {
  return resource.type === "object" && resource.name === "" ? resource.kind : describeResource(resource);
}
