import { type Flag, booleanFlag, textFlag } from "../arguments/flag.ts";

export const subresource: Flag<string | undefined> = textFlag({
  name: "subresource",
  placeholder: "NAME",
  description: "a subresource, such as log; the same as RESOURCE/NAME",
});

export const clusterWide: Flag<boolean> = booleanFlag({
  name: "cluster-wide",
  description: "in the whole cluster, not in one namespace",
});

export const requestFlags: readonly Flag<unknown>[] = [subresource, clusterWide];
