import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { type Diagnostic, parseJson, RedoubtError } from "@redoubt/kube";
import type { Host } from "../terminal/host.ts";

/** Faults of one file that are told apart by line; more are counted. */
const SHOWN_FAULTS = 5;

export interface AuditRead {
  readonly lines: number;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Gives each event of an audit log (one JSON object a line, as kube-apiserver writes it; `.gz` is unpacked, `-` is standard input)
 * to `use`, and waits for what it promises. Only lines that name `needle` are parsed: logs are larger than memory, and most of a log is about somebody else.
 *
 * @throws RedoubtError `AUDIT_READ` when the file cannot be read.
 */
export async function eachAuditEvent(
  host: Host,
  file: string,
  needle: string,
  use: (event: unknown) => Promise<void> | void,
): Promise<AuditRead> {
  const wanted = JSON.stringify(needle).slice(1, -1);
  const faults: Diagnostic[] = [];
  let lines = 0;
  let broken = 0;
  const fault = (message: string): void => {
    broken += 1;
    if (broken > SHOWN_FAULTS) return;
    faults.push({ code: "AUDIT_EVENT", severity: "error", message: `line ${lines} ${message}`, file });
  };
  try {
    for await (const line of linesOf(host, file)) {
      lines += 1;
      const text = line.trim();
      if (text === "") continue;
      if (!text.startsWith("{") || !text.endsWith("}")) {
        fault("is not a whole JSON object");
        continue;
      }
      if (!text.includes(wanted)) continue;
      let event: unknown;
      try {
        event = parseJson(text);
      } catch (error) {
        fault(`is not JSON: ${error instanceof Error ? error.message : String(error)}`);
        continue;
      }
      const pending = use(event);
      if (pending !== undefined) await pending;
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RedoubtError("AUDIT_READ", `audit log ${file} cannot be read: ${reason}`, { cause });
  }
  if (broken > SHOWN_FAULTS)
    faults.push({
      code: "AUDIT_EVENT",
      severity: "error",
      message: `${broken - SHOWN_FAULTS} more lines are broken`,
      file,
    });
  return { lines, diagnostics: faults };
}

async function* linesOf(host: Host, file: string): AsyncGenerator<string> {
  if (file === "-") {
    let rest = "";
    const decoder = new TextDecoder();
    for await (const chunk of host.stdin) {
      const parts = (rest + (typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true }))).split("\n");
      rest = parts.pop() ?? "";
      yield* parts;
    }
    if (rest !== "") yield rest;
    return;
  }
  const source = createReadStream(file);
  const input: Readable = file.endsWith(".gz") ? source.compose(createGunzip()) : source;
  yield* createInterface({ input, crlfDelay: Infinity });
}
