import { type Flag, booleanFlag, listFlag, textFlag } from "../arguments/flag.ts";

export const filename: Flag<readonly string[]> = listFlag({
  name: "filename",
  short: "f",
  placeholder: "PATH",
  completion: "file",
  description: "file, folder, Helm chart, or - for standard input; same as an argument, repeatable",
});

export const recursive: Flag<boolean> = booleanFlag({
  name: "recursive",
  short: "R",
  description: "descend into the folders inside a folder",
});

export const kustomize: Flag<readonly string[]> = listFlag({
  name: "kustomize",
  short: "k",
  placeholder: "FOLDER",
  completion: "file",
  description: "render this kustomization first; repeatable",
});

export const namespace: Flag<string | undefined> = textFlag({
  name: "namespace",
  short: "n",
  placeholder: "NAME",
  description:
    "namespace of objects that name none (default: default); with --live, read only this one, or these: NAME,NAME",
});

export const helmValues: Flag<readonly string[]> = listFlag({
  name: "helm-values",
  placeholder: "FILE",
  completion: "file",
  description: "values file for Helm charts; repeatable",
});

export const helmSet: Flag<readonly string[]> = listFlag({
  name: "set",
  placeholder: "KEY=VALUE",
  description: "value for Helm charts; repeatable",
});

/** What every command that reads manifests takes. */
export const inputFlags: readonly Flag<unknown>[] = [filename, recursive, kustomize, namespace, helmValues, helmSet];
