import { type Diagnostic, RedoubtError, isJsonObject } from "@redoubt/kube";
import type { Finding } from "@redoubt/control";
import { fileOf, findingIdentity } from "./finding-identity.ts";

/** Findings that were there before, by identity, with the file that each was in (empty for a cluster). */
export interface Baseline {
  readonly entries: readonly BaselineEntry[];
}

export interface BaselineEntry {
  readonly key: string;
  readonly file: string;
}

/** `new` findings fail a gate; `unchanged` ones were in the baseline. */
export type BaselineState = "new" | "unchanged";

export interface BaselineComparison {
  readonly states: ReadonlyMap<Finding, BaselineState>;
  /** Entries of the baseline that are no longer found. */
  readonly fixed: number;
}

/**
 * Reads a baseline: a report written with `-o json`, or the compact form that `writeBaseline` gives.
 * Throws `BASELINE_INVALID`, a configuration error.
 */
export function parseBaseline(text: string, file: string): Baseline {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalidBaseline(file, "it is not JSON", cause);
  }
  const kind = isJsonObject(value) && value["apiVersion"] === "redoubt.dev/v1" ? value["kind"] : undefined;
  const list = isJsonObject(value) ? value["findings"] : undefined;
  if ((kind !== "Report" && kind !== "Baseline") || !Array.isArray(list)) {
    throw invalidBaseline(file, "it is neither a report nor a baseline of redoubt.dev/v1");
  }
  const entries = list.flatMap((item, index): BaselineEntry[] => {
    const key = isJsonObject(item) ? item["key"] : undefined;
    if (!isJsonObject(item) || typeof key !== "string") throw invalidBaseline(file, `findings[${index}] has no key`);
    if (kind === "Report" && item["verdict"] !== "fail") return [];
    const place = kind === "Report" && isJsonObject(item["place"]) ? item["place"]["file"] : item["file"];
    return [{ key, file: typeof place === "string" ? place : "" }];
  });
  return { entries };
}

function invalidBaseline(file: string, why: string, cause?: unknown): RedoubtError {
  const message = `${file} cannot be used as a baseline: ${why}`;
  const hint = "write one with `redoubt scan -o json --output-file FILE`";
  const problem: Diagnostic = { code: "BASELINE_INVALID", severity: "error", message, file, hint };
  return new RedoubtError("BASELINE_INVALID", `${message} (${hint})`, { cause, diagnostics: [problem] });
}

/** The compact form: sorted, so that it can be kept in a repository and compared. */
export function writeBaseline(findings: readonly Finding[]): string {
  const lines = findings
    .map((finding) => JSON.stringify({ key: findingIdentity(finding), file: fileOf(finding) ?? "" }))
    .sort();
  return `{"apiVersion":"redoubt.dev/v1","kind":"Baseline","findings":[\n${lines.join(",\n")}\n]}\n`;
}

/**
 * Which findings the baseline has. A finding is known when the baseline has its key in the same file, or in a file that is no longer
 * there (it was moved). Each entry covers one finding, so that a second of the same key is new. `files` are those that were read.
 */
export function compareWithBaseline(
  baseline: Baseline,
  findings: readonly Finding[],
  files: ReadonlySet<string>,
): BaselineComparison {
  const here = new Map<string, number>();
  const moved = new Map<string, number>();
  for (const { key, file } of baseline.entries) {
    count(here, `${key}\n${file}`, 1);
    if (file !== "" && !files.has(file)) count(moved, key, 1);
  }
  const states = new Map<Finding, BaselineState>();
  let known = 0;
  for (const finding of findings) {
    const key = findingIdentity(finding);
    const file = fileOf(finding) ?? "";
    const found = take(here, `${key}\n${file}`) || take(moved, key);
    if (found) known += 1;
    states.set(finding, found ? "unchanged" : "new");
  }
  return { states, fixed: baseline.entries.length - known };
}

function count(counts: Map<string, number>, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

function take(counts: Map<string, number>, key: string): boolean {
  const left = counts.get(key) ?? 0;
  if (left === 0) return false;
  counts.set(key, left - 1);
  return true;
}
