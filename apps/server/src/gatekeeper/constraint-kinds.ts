/** The kinds of constraints: a definition for each template, and a watch for each definition, as templates come and go. */
import { createHash } from "node:crypto";
import { DEFINITION_SCHEMA_FIELD, TEMPLATE_SCHEMA, constraintDefinition } from "@redoubt/admission";
import {
  type ApiConnection,
  type JsonObject,
  type Path,
  type ServedResource,
  SourceFile,
  SourceOrigin,
  jsonText,
  listAt,
  objectAt,
  stringAt,
  valueAt,
  writeYaml,
} from "@redoubt/kube";
import { type Cause, writeObject } from "../cluster/api-objects.ts";
import { Reconciler } from "../cluster/reconciler.ts";
import { type WatchOptions, WatchedResource } from "../cluster/watched-resource.ts";
import { DEFINITIONS_PATH } from "./definitions.ts";
import { TEMPLATES, constraintsOfKind } from "./kinds.ts";

/** Why the API server has no kind for a template, or one of an earlier version of it. */
export interface DefinitionProblem {
  readonly code: "create_error" | "update_error";
  readonly message: string;
  /** `openAPIV3Schema:LINE:COLUMN` in the schema as YAML, where the schema is to blame. */
  readonly location?: string;
}

const DEFINITIONS: ServedResource = {
  group: "apiextensions.k8s.io",
  version: "v1",
  resource: "customresourcedefinitions",
  kind: "CustomResourceDefinition",
  namespaced: false,
};

/** Which template, in which version, a definition was made of. Definitions without it are another's, and stay as they are. */
const TEMPLATE_DIGEST = "redoubt.dev/template-digest";

interface Running {
  readonly watched: WatchedResource;
  readonly stop: AbortController;
}

export class ConstraintKinds {
  readonly templates: WatchedResource;
  readonly #connection: ApiConnection;
  readonly #options: WatchOptions;
  readonly #definitions: WatchedResource;
  readonly #writer: Reconciler;
  readonly #running = new Map<string, Running>();
  /** By the template's name. */
  readonly #problems = new Map<string, DefinitionProblem & { readonly digest: string }>();
  readonly #changed: () => void;

  /** `changed` is told when templates, constraints or problems are others than before. */
  constructor(
    connection: ApiConnection,
    changed: () => void,
    options: WatchOptions = {},
    failed: (error: Error) => void = () => undefined,
  ) {
    this.#connection = connection;
    this.#options = options;
    this.#changed = changed;
    this.templates = new WatchedResource(connection, TEMPLATES, options);
    this.#definitions = new WatchedResource(connection, DEFINITIONS, {
      ...options,
      labelSelector: "gatekeeper.sh/constraint=yes",
    });
    this.#writer = new Reconciler((signal) => this.#writeDefinitions(signal), { failed });
  }

  /** The watch of each kind that the API server serves. */
  get constraints(): readonly WatchedResource[] {
    return Array.from(this.#running.values(), ({ watched }) => watched);
  }

  problemOf(template: string): DefinitionProblem | undefined {
    return this.#problems.get(template);
  }

  /** Runs until aborted. */
  async run(signal: AbortSignal): Promise<void> {
    for (const watched of [this.templates, this.#definitions]) {
      watched.onChange(() => {
        this.#follow(signal);
        this.#writer.wake();
        this.#changed();
      });
    }
    await Promise.all([this.templates.run(signal), this.#definitions.run(signal), this.#writer.run(signal)]);
  }

  /** Settles when templates are known, and the constraints of all kinds that are served by then. */
  async settled(): Promise<void> {
    await Promise.all([this.templates.settled, this.#definitions.settled]);
    await Promise.all(this.constraints.map((watched) => watched.settled));
  }

  /** Starts and stops watches, so that there is one for each template whose kind is served. */
  #follow(signal: AbortSignal): void {
    const wanted = new Set(
      this.templates.objects
        .map(kindOfTemplate)
        .filter((kind) => isEstablished(this.#definitions.get("", definitionName(kind)))),
    );
    for (const [kind, { stop }] of this.#running) {
      if (wanted.has(kind)) continue;
      stop.abort();
      this.#running.delete(kind);
    }
    for (const kind of wanted) {
      if (this.#running.has(kind)) continue;
      const stop = new AbortController();
      const watched = new WatchedResource(this.#connection, constraintsOfKind(kind), this.#options);
      watched.onChange(() => this.#changed());
      this.#running.set(kind, { watched, stop });
      void watched.run(AbortSignal.any([signal, stop.signal]));
    }
  }

  async #writeDefinitions(signal: AbortSignal): Promise<void> {
    if (!this.templates.isSynced || !this.#definitions.isSynced) return;
    const templates = this.templates.objects;
    for (const name of this.#problems.keys())
      if (this.templates.get("", name) === undefined) this.#problems.delete(name);
    for (const template of templates) await this.#writeDefinition(template, signal);
  }

  async #writeDefinition(template: JsonObject, signal: AbortSignal): Promise<void> {
    const wanted = constraintDefinition(template);
    // What else is wrong with it, compiling it says.
    if (wanted === undefined) return;
    const name = stringAt(template, ["metadata", "name"]) ?? "";
    const digest = createHash("sha256").update(jsonText(wanted)).digest("hex").slice(0, 32);
    const before = this.#definitions.get("", stringAt(wanted, ["metadata", "name"]) ?? "");
    const made = stringAt(before, ["metadata", "annotations", TEMPLATE_DIGEST]);
    if (before !== undefined && (made === undefined || made === digest)) {
      this.#setProblem(name, undefined);
      return;
    }
    // The API server's answer would be the same.
    if (this.#problems.get(name)?.digest === digest) return;
    const version = stringAt(before, ["metadata", "resourceVersion"]);
    const definition: JsonObject = {
      ...wanted,
      metadata: {
        ...objectAt(wanted, ["metadata"]),
        annotations: { [TEMPLATE_DIGEST]: digest },
        ...(version === undefined ? {} : { resourceVersion: version }),
      },
    };
    const written =
      before === undefined
        ? await writeObject(this.#connection, "POST", DEFINITIONS_PATH, definition, signal)
        : await writeObject(
            this.#connection,
            "PUT",
            `${DEFINITIONS_PATH}/${stringAt(wanted, ["metadata", "name"]) ?? ""}`,
            definition,
            signal,
          );
    // After a conflict the watch brings what another wrote, and this is looked at again.
    if (written.kind === "written") this.#setProblem(name, undefined);
    if (written.kind !== "refused") return;
    const code = before === undefined ? "create_error" : "update_error";
    this.#setProblem(name, { code, digest, ...explain(template, written.message, written.causes) });
  }

  #setProblem(name: string, problem: (DefinitionProblem & { readonly digest: string }) | undefined): void {
    if (this.#problems.get(name)?.message === problem?.message) return;
    if (problem === undefined) this.#problems.delete(name);
    else this.#problems.set(name, problem);
    this.#changed();
  }
}

function kindOfTemplate(template: JsonObject): string {
  return stringAt(template, ["spec", "crd", "spec", "names", "kind"]) ?? "";
}

function definitionName(kind: string): string {
  return `${kind.toLowerCase()}.constraints.gatekeeper.sh`;
}

function isEstablished(definition: JsonObject | undefined): boolean {
  return listAt(definition, ["status", "conditions"]).some(
    (condition) => stringAt(condition, ["type"]) === "Established" && stringAt(condition, ["status"]) === "True",
  );
}

/** Says what the API server holds against a definition in terms of the template that its author knows. */
function explain(
  template: JsonObject,
  message: string,
  causes: readonly Cause[],
): { readonly message: string; readonly location?: string } {
  const cause = causes.find(({ field }) => DEFINITION_SCHEMA_FIELD.test(field));
  if (cause === undefined) return { message };
  const inside = cause.field.replace(DEFINITION_SCHEMA_FIELD, "");
  const path = inside
    .replaceAll(/\[([^\]]*)\]/g, ".$1")
    .split(".")
    .filter((segment) => segment !== "")
    .map((segment) => (/^\d+$/.test(segment) ? Number(segment) : segment));
  const { line, column } = placeInSchema(template, path);
  return {
    message: `${TEMPLATE_SCHEMA.join(".")}${inside}: ${cause.message}`,
    location: `openAPIV3Schema:${line}:${column}`,
  };
}

function placeInSchema(template: JsonObject, path: Path): { line: number; column: number } {
  const schema = valueAt(template, TEMPLATE_SCHEMA) ?? {};
  const origin = new SourceOrigin(new SourceFile("openAPIV3Schema", writeYaml(schema)), 0, []);
  const { line, column } = origin.locate(path).start;
  return { line, column };
}
