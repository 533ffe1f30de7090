import { spawn } from "node:child_process";

export type ToolResult =
  | { readonly status: "done"; readonly output: string }
  | { readonly status: "missing" }
  | { readonly status: "failed"; readonly message: string };

const MAX_OUTPUT = 256 * 1024 * 1024;
const TIMEOUT_MS = 120_000;

/** Runs a program without a shell and gives what it prints. Rejects only when `signal` is aborted. */
export function runTool(
  command: string,
  args: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ToolResult> {
  return new Promise((settle, reject) => {
    const deadline = AbortSignal.timeout(TIMEOUT_MS);
    const child = spawn(command, args, {
      stdio: ["ignore", "pipe", "pipe"],
      signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
    });
    const output: Buffer[] = [];
    let size = 0;
    let complaint = "";
    child.stdout.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_OUTPUT) child.kill();
      else output.push(chunk);
    });
    child.stderr.on("data", (chunk: Buffer) => {
      if (complaint.length < 10_000) complaint += chunk.toString("utf8");
    });
    child.on("error", (error) => {
      if (signal?.aborted === true) reject(error);
      else if ("code" in error && error.code === "ENOENT") settle({ status: "missing" });
      else settle({ status: "failed", message: deadline.aborted ? "it took longer than two minutes" : error.message });
    });
    child.on("close", (code) => {
      if (size > MAX_OUTPUT) settle({ status: "failed", message: "it printed more than 256 MiB" });
      else if (code === 0) settle({ status: "done", output: Buffer.concat(output).toString("utf8") });
      else settle({ status: "failed", message: firstLine(complaint) || `it ended with ${code ?? "a signal"}` });
    });
  });
}

/** Tools say what matters in their first line that is not a warning. */
function firstLine(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !/^(?:W\d{4}|WARNING|#)/.test(line));
  return (lines.find((line) => /error/i.test(line)) ?? lines[0] ?? "").trim().slice(0, 1000);
}
