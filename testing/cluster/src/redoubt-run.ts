/** The command line as it is built (`npm run test:cluster` builds it first), in a process of its own against a real cluster. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const MAIN: string = fileURLToPath(new URL("../../../apps/cli/bin/redoubt.js", import.meta.url));

export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The most memory that it ever held, in KiB (VmHWM). */
  readonly peak: number;
}

/** Runs the command line, split at spaces. */
export function redoubt(...words: readonly string[]): Promise<Run> {
  return redoubtWith(words.flatMap((word) => word.split(" ")));
}

/** Runs the command line with these arguments. */
export async function redoubtWith(args: readonly string[]): Promise<Run> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const printed = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (printed.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (printed.stderr += chunk.toString()));
  let peak = 0;
  const watch = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid ?? 0}/status`, "utf8");
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
    } catch {
      // It has ended.
    }
  }, 20);
  const code = await new Promise<number>((resolve) => {
    child.on("close", (status) => {
      resolve(status ?? -1);
    });
  });
  clearInterval(watch);
  return { code, ...printed, peak };
}

/** What the tests look at in a report as JSON. */
export interface JsonReport {
  readonly findings: readonly { readonly verdict: string; readonly message: string; readonly control: string }[];
  readonly controls: readonly { readonly id: string; readonly verdict: string }[];
  readonly checklist: readonly {
    readonly item: string;
    readonly requirements: readonly { readonly text: string; readonly verdict: string }[];
    readonly evidence: readonly { readonly control: string; readonly kind: string; readonly source: string }[];
  }[];
  readonly summary: { readonly incomplete: boolean };
  readonly diagnostics: readonly { readonly code: string; readonly severity: string; readonly message: string }[];
  readonly coverage: { readonly objects: number; readonly namespaces: number };
}

/** The report that a run with `-o json` printed. */
export function reportOf({ stdout, stderr }: Run): JsonReport {
  assert.notEqual(stdout, "", stderr);
  const report: JsonReport = JSON.parse(stdout);
  return report;
}
