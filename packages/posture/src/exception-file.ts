import { type Artifact, type Diagnostic, type Path, isJsonObject, snapshotFromText } from "@redoubt/kube";
import { type FieldProblem, readFields } from "./exception-fields.ts";
import type { Exception, ExceptionMatch } from "./exception.ts";
import { closest } from "./text/closest.ts";

export interface ExceptionList {
  readonly exceptions: readonly Exception[];
  /** Every one an `error`: the configuration is wrong, and a gate must not pass on it (exit code 2). */
  readonly problems: readonly Diagnostic[];
}

const FIELDS = ["control", "match", "reason", "owner", "expires"];
const MATCH_FIELDS = ["kind", "namespace", "name", "labels", "file"];

/**
 * Reads an exceptions file (docs/exceptions.md). Exceptions that are wrong are left out and reported with their place; `file` is the
 * name to report.
 */
export function parseExceptions(text: string, file: string): ExceptionList {
  const { artifacts, objects, diagnostics } = snapshotFromText(text, { file });
  const problems: Diagnostic[] = diagnostics.filter(({ severity }) => severity === "error");
  const exceptions: Exception[] = [];
  for (const { origin } of objects) {
    problems.push({
      ...invalid("this is a Kubernetes object, not a list of exceptions"),
      ...(origin.kind === "file" ? { file, region: origin.locate(["kind"]) } : { file }),
    });
  }
  for (const artifact of artifacts) {
    const reader = new Reader(artifact, file);
    exceptions.push(...reader.read());
    problems.push(...reader.problems);
  }
  return { exceptions, problems };
}

function invalid(message: string, hint?: string): Diagnostic {
  return { code: "EXCEPTION_INVALID", severity: "error", message, ...(hint === undefined ? {} : { hint }) };
}

class Reader {
  readonly problems: Diagnostic[] = [];
  readonly #artifact: Artifact;
  readonly #file: string;

  constructor(artifact: Artifact, file: string) {
    this.#artifact = artifact;
    this.#file = file;
  }

  read(): readonly Exception[] {
    const { value } = this.#artifact;
    const list = isJsonObject(value) && Object.hasOwn(value, "exceptions") ? value["exceptions"] : undefined;
    if (!Array.isArray(list)) {
      this.#problem(list === undefined ? [] : ["exceptions"], "the file must hold a list named `exceptions`");
      return [];
    }
    if (isJsonObject(value)) this.#unknownFields(value, ["exceptions"], []);
    return list.flatMap((item, index) => this.#exception(item, ["exceptions", index]) ?? []);
  }

  #exception(item: unknown, path: Path): Exception | undefined {
    if (!isJsonObject(item)) {
      this.#problem(path, "an exception must be a mapping with control, match, reason, owner and expires");
      return undefined;
    }
    const before = this.problems.length;
    this.#unknownFields(item, FIELDS, path);
    const read = readFields(item);
    if (read.kind === "invalid") for (const problem of read.problems) this.#field(path, problem);
    const match = this.#match(item["match"], [...path, "match"]);
    if (this.problems.length > before || match === undefined || read.kind === "invalid") return undefined;
    return { ...read.fields, from: { kind: "file", match, place: { file: this.#file, region: this.#region(path) } } };
  }

  #match(value: unknown, path: Path): ExceptionMatch | undefined {
    if (value === undefined || value === null || !isJsonObject(value) || Object.keys(value).length === 0) {
      this.#problem(
        path,
        value === undefined || value === null ? "match is missing" : "match must say which resources it is for",
        "give at least one of kind, namespace, name, labels, file",
      );
      return undefined;
    }
    this.#unknownFields(value, MATCH_FIELDS, path);
    const match: { -readonly [K in keyof ExceptionMatch]: ExceptionMatch[K] } = {};
    for (const field of ["kind", "namespace", "name", "file"] as const) {
      const given = Object.hasOwn(value, field) ? value[field] : undefined;
      if (given === undefined) continue;
      if (typeof given === "string" && given !== "") match[field] = given;
      else this.#problem([...path, field], `match.${field} must be a text that is not empty`);
    }
    if (Object.hasOwn(value, "labels")) {
      const labels = value["labels"];
      const entries = isJsonObject(labels) ? Object.entries(labels) : [];
      const texts = entries.flatMap(([key, label]): [string, string][] =>
        typeof label === "string" ? [[key, label]] : [],
      );
      if (entries.length === 0 || texts.length < entries.length) {
        this.#problem(
          [...path, "labels"],
          "match.labels must be a mapping of label names to texts",
          "quote numbers and true/false",
        );
      } else match.labels = Object.fromEntries(texts);
    }
    return match;
  }

  #unknownFields(value: object, known: readonly string[], path: Path): void {
    for (const key of Object.keys(value)) {
      if (known.includes(key)) continue;
      const [meant] = closest(key, known);
      this.#problem(
        [...path, key],
        `unknown field ${JSON.stringify(key)}`,
        meant === undefined ? `known are ${known.join(", ")}` : `did you mean ${meant}?`,
      );
    }
  }

  #field(path: Path, { field, message, hint }: FieldProblem): void {
    this.#problem([...path, field], message, hint);
  }

  #problem(path: Path, message: string, hint?: string): void {
    this.problems.push({ ...invalid(message, hint), file: this.#file, region: this.#region(path) });
  }

  #region(path: Path): ReturnType<Extract<Artifact["origin"], { kind: "file" }>["locate"]> {
    const { origin } = this.#artifact;
    if (origin.kind === "file") return origin.locate(path);
    const start = { line: 1, column: 1, offset: 0 };
    return { start, end: start };
  }
}
