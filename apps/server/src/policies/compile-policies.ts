/** Joins what all sources hold and compiles it; a policy that was in force and is broken now stays in force as it was. */
import { type CompileProblem, PolicySet, type RegoSource, type TemplateEngine, isPolicy } from "@redoubt/admission";
import { type JsonObject, stringAt } from "@redoubt/kube";
import type { PolicyContents } from "./policy-source.ts";

export interface PolicyProblem {
  /** The name of the source that the policy came from. */
  readonly source: string;
  /** The policy's kind and name; the kind is `Source` where something could not be read, and the name is its place. */
  readonly kind: string;
  readonly name: string;
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
  /** What was in force before still is. */
  readonly isEarlierKept: boolean;
}

export interface CompileOptions {
  readonly engine?: TemplateEngine;
  /** Operations that Gatekeeper's templates are for which name none themselves. Default: all. */
  readonly operations?: readonly string[];
  /** Milliseconds that one evaluation of Rego may take. */
  readonly evaluationLimit?: number;
  /** Origins of the external data providers that policies may ask. Default: there is no external data. */
  readonly providers?: readonly string[];
}

export interface CompiledPolicies {
  readonly policies: PolicySet;
  /** The objects that were compiled, each once, in the order of their kinds and names. */
  readonly objects: readonly JsonObject[];
  /** The modules of Rego that were compiled with them, and documents beside these. */
  readonly modules: PolicyModules;
  readonly problems: readonly PolicyProblem[];
  /** What compiled, for when its next version does not. */
  readonly sound: SoundPolicies;
}

interface SoundPolicies {
  readonly objects: ReadonlyMap<string, JsonObject>;
  readonly modules: PolicyModules;
}

export interface PolicyModules {
  readonly rego: readonly RegoSource[];
  readonly data: JsonObject;
}

const NOTHING: SoundPolicies = { objects: new Map(), modules: { rego: [], data: {} } };

/** Never throws for what the contents hold. `before` is what this takes the place of. */
export function compilePolicies(
  contents: ReadonlyMap<string, PolicyContents>,
  { engine, operations, evaluationLimit, providers }: CompileOptions = {},
  before?: Pick<CompiledPolicies, "policies" | "sound">,
): CompiledPolicies {
  const sound = before?.sound ?? NOTHING;
  const { objects, sources, modules, problems } = join(contents);
  const build = (chosen: ReadonlyMap<string, JsonObject>, { rego, data }: PolicyModules): PolicySet =>
    new PolicySet([...chosen.values()], {
      rego,
      data,
      ...(before === undefined ? {} : { previous: before.policies }),
      ...(engine === undefined ? {} : { engine }),
      ...(operations === undefined ? {} : { operations }),
      ...(providers === undefined ? {} : { providers }),
      ...(evaluationLimit === undefined ? {} : { limits: { deadline: evaluationLimit } }),
    });
  const wanted = build(objects, modules);
  const broken = new Set(wanted.problems.map(keyOfProblem));
  const isRegoBroken = wanted.problems.some(({ kind }) => kind === "Rego");
  const kept = new Map([...sound.objects].filter(([key]) => broken.has(key) && objects.has(key)));
  const isRegoKept = isRegoBroken && sound.modules.rego.length > 0;
  const isAnythingKept = kept.size > 0 || isRegoKept;
  const inForce = new Map([...objects, ...kept]);
  const modulesInForce = isRegoKept ? sound.modules : modules;
  const policies = isAnythingKept ? build(inForce, modulesInForce) : wanted;
  const stillBroken = new Set(policies.problems.map(keyOfProblem));
  return {
    policies,
    objects: [...inForce.values()],
    modules: modulesInForce,
    problems: [
      ...problems,
      ...wanted.problems.map((problem) => ({
        ...place(problem),
        source:
          problem.kind === "Rego" ? regoSourceOf(contents, problem.name) : (sources.get(keyOfProblem(problem)) ?? ""),
        isEarlierKept: problem.kind === "Rego" ? isRegoKept : kept.has(keyOfProblem(problem)),
      })),
    ],
    sound: {
      objects: new Map([...inForce].filter(([key]) => !stillBroken.has(key))),
      modules: isRegoBroken ? sound.modules : modules,
    },
  };
}

function place({ kind, name, message, line, column }: CompileProblem): Omit<PolicyProblem, "source" | "isEarlierKept"> {
  return { kind, name, message, ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) };
}

interface Joined {
  /** By kind and name, sorted. */
  readonly objects: ReadonlyMap<string, JsonObject>;
  /** The source of each. */
  readonly sources: ReadonlyMap<string, string>;
  readonly modules: PolicyModules;
  readonly problems: readonly PolicyProblem[];
}

/** What two sources both hold counts as the first has it, so that which one wins does not depend on which changed last. */
function join(contents: ReadonlyMap<string, PolicyContents>): Joined {
  const objects = new Map<string, JsonObject>();
  const sources = new Map<string, string>();
  const problems: PolicyProblem[] = [];
  const data: JsonObject = {};
  for (const [source, content] of contents) {
    for (const { place: name, message } of content.problems)
      problems.push({ source, kind: "Source", name, message, isEarlierKept: false });
    for (const object of content.objects.filter(isPolicy)) {
      const key = keyOf(object);
      const other = sources.get(key);
      if (other === undefined) {
        objects.set(key, object);
        sources.set(key, source);
        continue;
      }
      const message = `there is already a policy of this kind and name, from ${other}: this one is not in force`;
      const name = stringAt(object, ["metadata", "name"]) ?? "";
      problems.push({ source, kind: stringAt(object, ["kind"]) ?? "", name, message, isEarlierKept: false });
    }
    Object.assign(data, content.data);
  }
  return {
    objects: new Map([...objects].sort(([a], [b]) => (a < b ? -1 : 1))),
    sources,
    modules: { rego: [...contents.values()].flatMap(({ rego }) => rego), data },
    problems,
  };
}

function keyOf(object: JsonObject): string {
  return `${stringAt(object, ["kind"]) ?? ""}/${stringAt(object, ["metadata", "name"]) ?? ""}`;
}

function keyOfProblem({ kind, name }: CompileProblem): string {
  return `${kind}/${name}`;
}

function regoSourceOf(contents: ReadonlyMap<string, PolicyContents>, file: string): string {
  const holder = [...contents].find(([, { rego }]) => rego.some((module) => module.file === file));
  return holder?.[0] ?? "";
}
