/** The policies of the Gatekeeper library over the objects of its own suites, read from a folder that has them. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readYamlObjects } from "@redoubt/kube";
import {
  type GatekeeperInput,
  checkCapabilities,
  checkImageSources,
  checkVolumeKinds,
} from "./rego-gatekeeper-policies.ts";
import type { JsonObject, PolicyModule, Workload } from "./rego-workload.ts";

const library = new URL("../../../../shared/corpora/gatekeeper", import.meta.url).pathname;

/** Undefined where the library is absent. One workload for each policy, parameters and inventory of a suite. */
export function gatekeeperWorkloads(): readonly Workload[] | undefined {
  if (!existsSync(library)) return undefined;
  return globSync("*/*/suite.yaml", { cwd: library })
    .toSorted()
    .flatMap((path) => suiteWorkloads(dirname(path)));
}

function suiteWorkloads(folder: string): readonly Workload[] {
  const at = (path: unknown): JsonObject => readYaml(join(library, folder, text(path)));
  return list(at("suite.yaml")["tests"]).flatMap((test) => {
    const template = at(object(test)["template"]);
    const modules = modulesOf(template);
    const parameters = object(object(at(object(test)["constraint"])["spec"] ?? {})["parameters"] ?? {});
    const groups = new Map<string, { readonly inventory: readonly unknown[]; readonly inputs: unknown[] }>();
    for (const item of list(object(test)["cases"])) {
      const inventory = list(object(item)["inventory"] ?? []);
      const group = groups.get(JSON.stringify(inventory)) ?? { inventory, inputs: [] };
      groups.set(JSON.stringify(inventory), group);
      group.inputs.push({ parameters, review: reviewOf(at(object(item)["object"])) });
    }
    const handWritten = byFolder.get(folder);
    return [...groups.values()].map(({ inventory, inputs }): Workload => ({
      name: `gatekeeper ${folder}`,
      modules,
      data: { inventory: inventoryOf(inventory.map(at)) },
      query: `data.${packageOf(modules[0])}.violation`,
      inputs,
      ...(handWritten === undefined ? {} : { handWritten: byNumber(inputs, handWritten) }),
      // The `sprintf` of opa-wasm prints lists in its own way.
      ownWords: ["hand-written", "opa-wasm"],
    }));
  });
}

type HandWritten = (input: GatekeeperInput) => unknown;

function byNumber(inputs: readonly unknown[], handWritten: HandWritten): (index: number) => unknown {
  const typed: readonly GatekeeperInput[] = JSON.parse(JSON.stringify(inputs));
  return (index) => {
    const input = typed[index];
    return input === undefined ? undefined : handWritten(input);
  };
}

/** Policies of the library that are written by hand too. */
const byFolder: ReadonlyMap<string, HandWritten> = new Map([
  ["general/allowedrepos", checkImageSources],
  ["pod-security-policy/capabilities", checkCapabilities],
  ["pod-security-policy/volumes", checkVolumeKinds],
]);

/** The Rego of a template, in either of the places where templates keep it. */
function modulesOf(template: JsonObject): readonly PolicyModule[] {
  const target = object(list(object(template["spec"])["targets"])[0]);
  const engine = list(target["code"] ?? [])
    .map(object)
    .find((one) => one["engine"] === "Rego");
  const source = engine === undefined ? target : object(engine["source"]);
  const texts = [text(source["rego"]), ...list(source["libs"] ?? []).map(text)];
  return texts.map((rego, index) => ({ name: `policy-${index}.rego`, version: "v0", text: rego }));
}

function packageOf(module: PolicyModule | undefined): string {
  return /^package\s+(\S+)/m.exec(module?.text ?? "")?.[1] ?? "";
}

/** What Gatekeeper shows of an object, or the request of a review that a suite gives. */
function reviewOf(given: JsonObject): JsonObject {
  if (given["kind"] === "AdmissionReview") return object(given["request"]);
  const [group, version] = groupVersion(given);
  const metadata = object(given["metadata"] ?? {});
  return {
    kind: { group, version, kind: given["kind"] },
    name: metadata["name"],
    ...(metadata["namespace"] === undefined ? {} : { namespace: metadata["namespace"] }),
    object: given,
  };
}

function groupVersion({ apiVersion }: JsonObject): readonly [string, string] {
  const [first = "", second] = text(apiVersion).split("/");
  return second === undefined ? ["", first] : [first, second];
}

function inventoryOf(objects: readonly JsonObject[]): JsonObject {
  const namespace: Record<string, Record<string, Record<string, Record<string, unknown>>>> = {};
  const cluster: Record<string, Record<string, Record<string, unknown>>> = {};
  for (const item of objects) {
    const metadata = object(item["metadata"]);
    const kinds = metadata["namespace"] === undefined ? cluster : (namespace[text(metadata["namespace"])] ??= {});
    const names = ((kinds[text(item["apiVersion"])] ??= {})[text(item["kind"])] ??= {});
    names[text(metadata["name"])] = item;
  }
  return { namespace, cluster };
}

function readYaml(path: string): JsonObject {
  const read = readYamlObjects(readFileSync(path, "utf8"));
  if (read.kind === "error") throw new Error(`${path}: ${read.message}`);
  return object(read.objects[0]);
}

function object(value: unknown): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("an object is expected");
  return { ...value };
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error("a list is expected");
  return value;
}

function text(value: unknown): string {
  if (typeof value !== "string") throw new Error("a text is expected");
  return value;
}
