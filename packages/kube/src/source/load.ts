import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { ArtifactType } from "../object.ts";
import type { ClusterSnapshot } from "../snapshot.ts";
import { Collector } from "./collector.ts";
import { type Input, discover } from "./discover.ts";
import { isComponent, kustomizationFile } from "./kustomization.ts";
import { MAX_FILE_SIZE, decodeSource, describeFileError, readSource } from "./read-file.ts";
import { type HelmOptions, type Rendered, type Tools, buildKustomization, renderChart } from "./render.ts";
import { DEFAULT_NAMESPACE } from "./snapshot-from-text.ts";
import { SourceFile } from "./source-file.ts";

export interface LoadOptions {
  /** Files, folders, and `-` for standard input. */
  readonly paths: readonly string[];
  /** Read subfolders too, as kubectl's `-R`. */
  readonly recursive?: boolean;
  /** What `-` reads; the process's own standard input by default. */
  readonly stdin?: AsyncIterable<Uint8Array | string>;
  /** Folders to build as kustomizations, as kubectl's `-k`. */
  readonly kustomize?: readonly string[];
  readonly helm?: HelmOptions;
  readonly tools?: Tools;
  /** For namespaced objects that name none; `default` when absent. */
  readonly namespace?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: LoadProgress) => void;
}

export interface LoadProgress {
  readonly done: number;
  readonly total: number;
  /** The input just read. */
  readonly path: string;
}

/** How many files are read before others get their turn. */
const BATCH = 64;

/**
 * Reads everything that the options name into one snapshot. What cannot be read is among its diagnostics, and the rest goes on.
 * Charts are rendered with helm and kustomizations with kubectl or kustomize, which may fetch what they refer to.
 * Rejects only when `signal` is aborted.
 */
export async function loadSnapshot(options: LoadOptions): Promise<ClusterSnapshot> {
  const collector = new Collector();
  const inputs = inputsOf(options, collector);
  for (const [index, input] of inputs.entries()) {
    if (index % BATCH === 0) await setImmediate();
    options.signal?.throwIfAborted();
    await read(input, options, collector);
    options.onProgress?.({ done: index + 1, total: inputs.length, path: input.path });
  }
  return collector.snapshot(options.namespace ?? DEFAULT_NAMESPACE);
}

type AnyInput = Input | { readonly type: "stdin"; readonly path: string };

function inputsOf(options: LoadOptions, collector: Collector): AnyInput[] {
  const inputs: AnyInput[] = (options.kustomize ?? []).map((path) => ({ type: "kustomization", path }));
  if (options.paths.includes("-")) inputs.push({ type: "stdin", path: "<stdin>" });
  const found = discover(
    options.paths.filter((path) => path !== "-"),
    options.recursive ?? false,
  );
  for (const diagnostic of found.diagnostics) collector.report(diagnostic);
  return [...inputs, ...found.inputs];
}

async function read(input: AnyInput, options: LoadOptions, collector: Collector): Promise<void> {
  switch (input.type) {
    case "file":
      addFile(collector, input.path);
      return;
    case "stdin":
      await addStdin(collector, options.stdin ?? process.stdin);
      return;
    case "chart":
      await addChart(collector, input.path, options);
      return;
    case "kustomization":
      await addKustomization(collector, input.path, options);
  }
}

function addFile(collector: Collector, path: string, as?: ArtifactType): SourceFile | undefined {
  const source = readSource(path);
  if (source instanceof SourceFile) {
    collector.addSource(source, as);
    return source;
  }
  collector.report(source);
  return undefined;
}

async function addStdin(collector: Collector, stdin: AsyncIterable<Uint8Array | string>): Promise<void> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stdin) {
      const bytes = Buffer.from(chunk);
      size += bytes.length;
      chunks.push(bytes);
      if (size > MAX_FILE_SIZE) break;
    }
  } catch (error) {
    collector.report(describeFileError(error, "<stdin>"));
    return;
  }
  const source = decodeSource(Buffer.concat(chunks), "<stdin>");
  if (source instanceof SourceFile) collector.addSource(source);
  else collector.report(source);
}

async function addChart(collector: Collector, folder: string, options: LoadOptions): Promise<void> {
  const { helm = {}, namespace, tools, signal } = options;
  const values = join(folder, "values.yaml");
  if (existsSync(values)) addFile(collector, values, "helm-values");
  addRendered(
    collector,
    await renderChart(folder, {
      ...helm,
      ...(namespace !== undefined && { namespace }),
      ...(tools && { tools }),
      ...(signal && { signal }),
    }),
  );
}

async function addKustomization(collector: Collector, folder: string, { tools, signal }: LoadOptions): Promise<void> {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    collector.report(describeFileError(error, folder));
    return;
  }
  const file = kustomizationFile(names);
  if (file === undefined) {
    collector.report({
      code: "KUBE_NOT_FOUND",
      severity: "error",
      message: `${folder} holds no kustomization.yaml`,
      file: folder,
    });
    return;
  }
  const source = addFile(collector, join(folder, file));
  if (source === undefined || isComponent(source.text)) return;
  addRendered(
    collector,
    await buildKustomization(folder, file, { ...(tools && { tools }), ...(signal && { signal }) }),
  );
}

function addRendered(collector: Collector, rendered: Rendered): void {
  if ("diagnostic" in rendered) collector.report(rendered.diagnostic);
  else for (const source of rendered.sources) collector.addSource(source);
}
