import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";

/** What one whole run of a command took. */
export interface ProcessRun {
  readonly seconds: number;
  /** Peak resident memory; undefined where the kernel does not tell. */
  readonly peakBytes: number | undefined;
  readonly exitCode: number | null;
  readonly outputBytes: number;
}

/** Runs a command to its end, its output read and thrown away. Peak memory is sampled from /proc every 10 ms. */
export async function runProcess(command: string, args: readonly string[]): Promise<ProcessRun> {
  const start = performance.now();
  const child = spawn(command, [...args], { stdio: ["ignore", "pipe", "ignore"] });
  let outputBytes = 0;
  child.stdout.on("data", (chunk: Buffer) => (outputBytes += chunk.length));
  let peakBytes: number | undefined;
  const sampler = setInterval(() => (peakBytes = peakMemory(child.pid) ?? peakBytes), 10);
  await once(child, "close");
  clearInterval(sampler);
  return { seconds: (performance.now() - start) / 1000, peakBytes, exitCode: child.exitCode, outputBytes };
}

function peakMemory(pid: number | undefined): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
