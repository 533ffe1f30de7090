import type { ContainerView } from "@redoubt/kube";

const ROLE_NAMES = {
  init: "Init container",
  container: "Container",
  ephemeral: "Ephemeral container",
} as const;

/** `Container "web"`, `Init container "setup"`: how a message begins. */
export function nameOf(view: ContainerView): string {
  return `${ROLE_NAMES[view.role]} "${view.name}"`;
}
