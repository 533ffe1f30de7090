import type { Control } from "@redoubt/control";

/** Every control of this layer, in id order. */
export const controls: readonly Control[] = [];
