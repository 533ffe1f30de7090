import type { Command } from "../command.ts";

/** Manifests, as arguments. */
export const pathArgument: NonNullable<Command["argument"]> = {
  placeholder: "PATH",
  required: false,
  repeatable: true,
  completion: "file",
};
