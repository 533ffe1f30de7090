import { type Diagnostic, formatDiagnostic } from "@redoubt/kube";
import type { Host } from "../terminal/host.ts";
import { plain } from "../terminal/plain.ts";

/** Prints what could not be read on standard error; true when that makes the answer incomplete. */
export function reportDiagnostics(host: Host, diagnostics: readonly Diagnostic[]): boolean {
  for (const diagnostic of diagnostics) host.stderr.write(`${plain(formatDiagnostic(diagnostic))}\n`);
  return diagnostics.some(({ severity }) => severity === "error");
}
