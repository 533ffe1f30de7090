import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { findGoCommand } from "./go-tools.ts";

/** What queries are evaluated over. */
export interface OpaPolicy {
  readonly modules: readonly { readonly name: string; readonly version: "v0" | "v1"; readonly text: string }[];
  /** JSON text of an object. */
  readonly data: string;
  readonly strictErrors?: boolean;
}

export interface OpaFailure {
  readonly code: string;
  readonly message: string;
  readonly file: string;
  readonly row: number;
  readonly col: number;
}

/** One solution; values are printed as Rego terms. */
export interface OpaResult {
  readonly bindings: Readonly<Record<string, string>>;
  readonly expressions: readonly string[] | null;
}

/** What became of one query: results, or errors with the stage that they arose in. */
export interface OpaAnswer {
  readonly results: readonly OpaResult[] | null;
  readonly stage?: OpaStage;
  readonly errors?: readonly OpaFailure[];
}

/** `panic` is a fault of OPA. */
export type OpaStage = "compile" | "eval" | "request" | "panic";

export interface OpaEvaluation {
  /** One for each query; absent when the modules do not compile. */
  readonly answers?: readonly OpaAnswer[];
  readonly stage?: OpaStage;
  readonly errors?: readonly OpaFailure[];
}

export interface OpaMeasurement {
  readonly medianNanos: number;
  readonly rounds: number;
  readonly heapBytes: number;
}

interface Response extends OpaEvaluation {
  readonly id: number;
  readonly outputs?: readonly unknown[];
  readonly measured?: OpaMeasurement;
}

const source = fileURLToPath(new URL("../opa-runner", import.meta.url));

/** Undefined where Go is missing; the reason is on stderr. */
export function findOpaRunner(): string | undefined {
  return findGoCommand("opa-runner", source);
}

/** Real OPA in a process of its own, asked over a pipe (testing/peers/opa-runner). Close it to end the process. */
export class OpaRunner {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting = new Map<number, { resolve(value: Response): void; reject(reason: Error): void }>();
  #next = 0;
  #ended = false;

  private constructor(path: string) {
    this.#process = spawn(path, { stdio: ["pipe", "pipe", "ignore"] });
    createInterface({ input: this.#process.stdout, crlfDelay: Number.POSITIVE_INFINITY }).on("line", (line) => {
      const response = readResponse(line);
      this.#waiting.get(response.id)?.resolve(response);
      this.#waiting.delete(response.id);
    });
    this.#process.stdin.on("error", () => (this.#ended = true));
    this.#process.on("close", (code) => {
      this.#ended = true;
      for (const waiting of this.#waiting.values()) waiting.reject(new Error(`opa-runner ended with ${code}`));
      this.#waiting.clear();
    });
  }

  /** Undefined where Go is missing; the reason is on stderr. */
  static start(): OpaRunner | undefined {
    const path = findOpaRunner();
    return path === undefined ? undefined : new OpaRunner(path);
  }

  /**
   * Evaluates queries over one policy. `input` is JSON text; `millis` limits each query. `plain` turns rule indexing and early exit
   * off, without which OPA may meet errors that they let it pass by.
   */
  async evaluate(
    policy: OpaPolicy,
    queries: readonly string[],
    input: string | undefined,
    { millis, plain = false }: { readonly millis: number; readonly plain?: boolean },
  ): Promise<OpaEvaluation> {
    const fields = { queries: JSON.stringify(queries), input, millis: String(millis), plain: String(plain) };
    return this.#ask("eval", { ...fieldsOf(policy), ...fields });
  }

  /** Prepares a query under a name, and gives the value of its first expression for each input (JSON texts). */
  async prepare(
    name: string,
    policy: OpaPolicy,
    query: string,
    inputs: readonly string[],
  ): Promise<{ readonly outputs: readonly unknown[]; readonly heapBytes: number }> {
    const fields = { name: JSON.stringify(name), query: JSON.stringify(query), inputs: `[${inputs.join(",")}]` };
    const { outputs, measured } = succeeded(await this.#ask("prepare", { ...fieldsOf(policy), ...fields }));
    return { outputs: outputs ?? [], heapBytes: measured?.heapBytes ?? Number.NaN };
  }

  /** How long evaluating a prepared query over all its inputs takes, measured for about `millis`. */
  async measure(name: string, millis: number): Promise<OpaMeasurement> {
    return measurementOf(await this.#ask("measure", { name: JSON.stringify(name), millis: String(millis) }));
  }

  /** How long it takes from the modules' text to a prepared query. */
  async measureCompile(policy: OpaPolicy, query: string, millis: number): Promise<OpaMeasurement> {
    const fields = { query: JSON.stringify(query), millis: String(millis) };
    return measurementOf(await this.#ask("compile", { ...fieldsOf(policy), ...fields }));
  }

  /** Whether the process is gone, as after a fault of OPA that nothing can catch. What was asked is then rejected. */
  get ended(): boolean {
    return this.#ended;
  }

  async close(): Promise<void> {
    this.#process.stdin.end();
    if (this.#process.exitCode === null) await once(this.#process, "close");
  }

  /** Fields are JSON texts, so that documents reach OPA without losing a digit. */
  async #ask(op: string, fields: Readonly<Record<string, string | undefined>>): Promise<Response> {
    if (this.#ended) throw new Error("opa-runner has ended");
    const id = this.#next;
    this.#next += 1;
    const parts = Object.entries(fields).flatMap(([key, json]) => (json === undefined ? [] : [`"${key}":${json}`]));
    const answered = new Promise<Response>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#process.stdin.write(`{"id":${id},"op":"${op}",${parts.join(",")}}\n`);
    return answered;
  }
}

function fieldsOf({ modules, data, strictErrors = false }: OpaPolicy): Record<string, string> {
  return { modules: JSON.stringify(modules), data: oneLine(data), strictErrors: String(strictErrors) };
}

/** JSON without line breaks between its tokens; inside strings they are escaped anyway. */
function oneLine(json: string): string {
  return json.replaceAll(/[\r\n]/g, " ");
}

function readResponse(line: string): Response {
  const response: Response = JSON.parse(line);
  return response;
}

function succeeded(response: Response): Response {
  if (response.errors === undefined) return response;
  const messages = response.errors.map(({ file, row, code, message }) => `${file}:${row}: ${code}: ${message}`);
  throw new Error(`OPA refuses: ${messages.join("; ")}`);
}

function measurementOf(response: Response): OpaMeasurement {
  const { measured } = succeeded(response);
  if (measured === undefined) throw new Error("OPA measured nothing");
  return measured;
}
