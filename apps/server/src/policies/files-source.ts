/** Policies in files and folders, read again when they change. */
import { readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { RegoSource } from "@redoubt/admission";
import { type JsonObject, type JsonValue, isJsonObject, readYamlObjects } from "@redoubt/kube";
import { errorText } from "../log.ts";
import { watchFiles } from "../watch-files.ts";
import type { PolicyContents, PolicySource, SourceProblem } from "./policy-source.ts";

/** What one file holds. */
interface FileContents {
  readonly objects: readonly JsonObject[];
  readonly rego: readonly RegoSource[];
  readonly data: JsonObject;
}

const OBJECTS = /\.(?:ya?ml|json)$/;
/** The documents beside modules of Rego, as OPA names them in bundles. */
const DATA = /(?:^|\/)data\.(?:ya?ml|json)$/;

export class FilesSource implements PolicySource {
  readonly name = "files";
  readonly #paths: readonly string[];
  /** Each file as it was last read without fault. */
  #sound = new Map<string, FileContents>();
  #reload: (() => Promise<void>) | undefined;

  constructor(paths: readonly string[]) {
    this.#paths = paths;
  }

  async start(signal: AbortSignal, changed: (contents: PolicyContents) => void): Promise<void> {
    let handedOver = await this.#read();
    changed(handedOver);
    this.#reload = async (): Promise<void> => {
      handedOver = await this.#read();
      changed(handedOver);
    };
    // Most of the times they are looked at they are as they were.
    watchFiles(this.#paths, signal, async () => {
      const contents = await this.#read();
      if (isDeepStrictEqual(contents, handedOver)) return;
      handedOver = contents;
      changed(contents);
    });
  }

  /** Reads everything again now; nothing before the source has started. */
  async reload(): Promise<void> {
    await this.#reload?.();
  }

  async #read(): Promise<PolicyContents> {
    const problems: SourceProblem[] = [];
    const sound = new Map<string, FileContents>();
    for (const file of await this.#files(problems)) {
      try {
        sound.set(file, await readPolicyFile(file));
      } catch (error) {
        problems.push({ place: file, message: errorText(error) });
        const earlier = this.#sound.get(file);
        if (earlier !== undefined) sound.set(file, earlier);
      }
    }
    this.#sound = sound;
    const read = [...sound.values()];
    const data: JsonObject = {};
    for (const file of read) Object.assign(data, file.data);
    return {
      objects: read.flatMap(({ objects }) => objects),
      rego: read.flatMap(({ rego }) => rego),
      data,
      problems,
    };
  }

  /** The files below the paths in order; those of a path that cannot be read are the ones it had. */
  async #files(problems: SourceProblem[]): Promise<readonly string[]> {
    const files: string[] = [];
    for (const path of this.#paths) {
      try {
        files.push(...(await filesBelow(path)));
      } catch (error) {
        problems.push({ place: path, message: errorText(error) });
        files.push(...[...this.#sound.keys()].filter((file) => file === path || file.startsWith(`${path}/`)));
      }
    }
    return [...new Set(files)];
  }
}

async function filesBelow(path: string): Promise<readonly string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return (
    entries
      .filter((entry) => !entry.isDirectory())
      .map(({ parentPath, name }) => join(parentPath, name))
      // What a mounted ConfigMap keeps beside its files: `..data`, and folders by their times.
      .filter((file) => !file.slice(path.length).includes("/.."))
      .filter((file) => OBJECTS.test(file) || (file.endsWith(".rego") && !file.endsWith("_test.rego")))
      .sort()
  );
}

async function readPolicyFile(file: string): Promise<FileContents> {
  const text = await readFile(file, "utf8");
  if (file.endsWith(".rego")) return { objects: [], rego: [{ file, text }], data: {} };
  const read = readYamlObjects(text);
  if (read.kind === "error") throw new TypeError(read.message);
  if (!DATA.test(file)) return { objects: read.objects.flatMap(itemsOf), rego: [], data: {} };
  const data: JsonObject = {};
  for (const document of read.objects) Object.assign(data, document);
  return { objects: [], rego: [], data };
}

/** A List is its items. */
function itemsOf(object: JsonObject): readonly JsonObject[] {
  const { kind, items } = object;
  if (typeof kind !== "string" || !kind.endsWith("List") || !Array.isArray(items)) return [object];
  return items.filter((item: JsonValue) => isJsonObject(item));
}
