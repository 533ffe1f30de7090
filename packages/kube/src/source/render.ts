import { join, resolve } from "node:path";
import type { Diagnostic } from "../diagnostic.ts";
import { splitDocuments } from "../yaml/documents.ts";
import { runTool } from "./run-tool.ts";
import { SourceFile } from "./source-file.ts";

/** Programs that render; by default those on PATH. */
export interface Tools {
  readonly helm?: string;
  readonly kubectl?: string;
  readonly kustomize?: string;
}

export interface HelmOptions {
  /** Values files, the last one winning. */
  readonly values?: readonly string[];
  /** `key=value`, as helm's `--set`. */
  readonly set?: readonly string[];
}

export type Rendered = { readonly sources: readonly SourceFile[] } | { readonly diagnostic: Diagnostic };

/** Renders a chart. Each document is named for the template it came from, by helm's `# Source:` comment. */
export async function renderChart(
  folder: string,
  options: HelmOptions & { readonly namespace?: string; readonly tools?: Tools; readonly signal?: AbortSignal },
): Promise<Rendered> {
  const args = ["template", resolve(folder), "--include-crds"];
  if (options.namespace !== undefined) args.push("--namespace", options.namespace);
  for (const file of options.values ?? []) args.push("--values", file);
  for (const setting of options.set ?? []) args.push("--set", setting);
  const result = await runTool(options.tools?.helm ?? "helm", args, options.signal);
  const file = join(folder, "Chart.yaml");
  if (result.status === "missing") {
    return failed(
      "KUBE_HELM_MISSING",
      file,
      "a chart is rendered with helm, which is not installed",
      "install helm 3 or newer, or give the output of `helm template`",
    );
  }
  if (result.status === "failed")
    return failed("KUBE_HELM_FAILED", file, `helm could not render the chart: ${result.message}`);
  return { sources: splitRendered(result.output, file, folder) };
}

/** Builds a kustomization with kubectl, else with kustomize. Its objects are named for the kustomization file. */
export async function buildKustomization(
  folder: string,
  file: string,
  options: { readonly tools?: Tools; readonly signal?: AbortSignal },
): Promise<Rendered> {
  const target = resolve(folder);
  const name = join(folder, file);
  let result = await runTool(options.tools?.kubectl ?? "kubectl", ["kustomize", target], options.signal);
  if (result.status === "missing")
    result = await runTool(options.tools?.kustomize ?? "kustomize", ["build", target], options.signal);
  if (result.status === "missing") {
    return failed(
      "KUBE_KUSTOMIZE_MISSING",
      name,
      "a kustomization is built with kubectl or kustomize, and neither is installed",
      "install one of them, or give the output of `kustomize build`",
    );
  }
  if (result.status === "failed")
    return failed("KUBE_KUSTOMIZE_FAILED", name, `the kustomization could not be built: ${result.message}`);
  return { sources: [new SourceFile(name, result.output, { rendered: "kustomize" })] };
}

function failed(code: string, file: string, message: string, hint?: string): Rendered {
  return { diagnostic: { code, severity: "error", message, file, ...(hint === undefined ? {} : { hint }) } };
}

/** Helm writes `# Source: CHART/templates/x.yaml` at the head of each document; the chart's name stands for its folder. */
function splitRendered(output: string, chartFile: string, folder: string): SourceFile[] {
  let file = chartFile;
  return splitDocuments(output).map(({ start, end }) => {
    const text = output.slice(start, end);
    const source = /^(?:---[^\n]*\n)?# Source: [^/\n]+\/(\S+)/.exec(text)?.[1];
    if (source !== undefined) file = join(folder, source);
    return new SourceFile(file, text, { rendered: "helm" });
  });
}
