/** Whole programs: packages, data, an input and queries over them. */
import { SeededRandom } from "../seeded-random.ts";
import { accessText } from "./references.ts";
import { type OpenModule, RuleWriter } from "./rules.ts";
import { type ModuleContext, Scope, World } from "./scope.ts";
import { body } from "./statements.ts";
import { mocks } from "./mocks.ts";
import { ANY } from "./types.ts";
import { documentText, documentType, recordType } from "./values.ts";

export interface Program {
  readonly modules: readonly ProgramModule[];
  /** JSON text. */
  readonly data: string;
  /** JSON text; undefined for no input at all. */
  readonly input: string | undefined;
  readonly queries: readonly string[];
  /** Whether errors of builtins end the evaluation. */
  readonly strictErrors: boolean;
}

export interface ProgramModule {
  readonly name: string;
  readonly version: "v0" | "v1";
  readonly text: string;
}

/** The program number `index` of a seed; the same on every machine. */
export function generateProgram(seed: number, index: number): Program {
  const random = new SeededRandom(mix(seed, index));
  const world = new World();
  const input = inputDocument(random, world);
  const data = baseDocuments(random, world);
  const version = random.chance(0.75) ? "v1" : "v0";
  const modules = packagePaths(random).flatMap((path, order, paths) => {
    const open = openModules(random, world, path, version);
    const writer = new RuleWriter(random, world, path, open);
    for (let rule = random.integer(1, 5); rule > 0; rule -= 1) writer.writeRule(`p${rule}`);
    // Rules of a later package inside this one could otherwise refer to themselves through it.
    if (!paths.slice(order + 1).some((later) => later.startsWith(path))) world.addPackage(path);
    return open.map(({ context, rules }) => ({ path, context, rules }));
  });
  return {
    modules: modules.map(({ context, rules }, number) => ({
      name: `m${number}.rego`,
      version,
      text: moduleText(context, rules),
    })),
    data,
    input: random.chance(0.04) ? undefined : input,
    queries: queries(random, world),
    strictErrors: random.chance(0.12),
  };
}

/** Spreads seeds and numbers, so that neighbours have nothing in common. */
function mix(seed: number, index: number): number {
  return Math.imul(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ (index + 1), 0xc2b2ae35) >>> 0;
}

function inputDocument(random: SeededRandom, world: World): string {
  const type = recordType(random, 3);
  world.add({ path: "input", type, typed: false, virtual: false });
  return documentText(random, type);
}

function baseDocuments(random: SeededRandom, world: World): string {
  const documents: string[] = [];
  for (const name of ["d1", "d2", "d3"].slice(0, random.integer(1, 3))) {
    const type = random.chance(0.7) ? recordType(random, 3) : documentType(random, 3);
    world.add({ path: `data.${name}`, type, typed: false, virtual: false });
    documents.push(`"${name}": ${documentText(random, type)}`);
  }
  // Data beside the rules of a package.
  if (random.chance(0.2)) {
    const type = documentType(random, 2);
    world.add({ path: "data.a.base", type, typed: false, virtual: false });
    documents.push(`"a": {"base": ${documentText(random, type)}}`);
  }
  return `{${documents.join(", ")}}`;
}

function packagePaths(random: SeededRandom): readonly string[] {
  const paths = random.some(["data.lib", "data.lib.deep", "data.a", 'data.a["x-y"]'], 0.3);
  return [...paths, "data.test"];
}

function openModules(
  random: SeededRandom,
  world: World,
  path: string,
  version: "v0" | "v1",
): readonly [OpenModule, ...OpenModule[]] {
  const open = (): OpenModule => ({
    context: {
      version,
      keywords: version === "v1" || random.chance(0.5),
      logical: version === "v1" && random.chance(0.4),
      package: path,
      imports: imports(random, world),
    },
    rules: [],
  });
  return random.chance(0.25) ? [open(), open()] : [open()];
}

function imports(random: SeededRandom, world: World): ReadonlyMap<string, string> {
  const importable = world.sources.filter(({ path }) => path.includes(".") && !path.includes("["));
  return new Map(random.some(importable, 0.15).map(({ path }, number) => [`imported${number}`, path]));
}

function moduleText(
  { version, keywords, logical, package: path, imports: names }: ModuleContext,
  rules: readonly string[],
): string {
  return [
    `package ${(path ?? "data.test").replace(/^data\./, "")}\n`,
    ...(version === "v0" && keywords ? ["import rego.v1"] : []),
    ...(logical ? ["import rego.v2"] : []),
    ...[...names].map(([alias, imported]) => `import ${imported} as ${alias}`),
    ...rules.map((rule) => `\n${rule}`),
    "",
  ].join("\n");
}

const QUERY: ModuleContext = { version: "v1", keywords: true, logical: false, package: undefined, imports: new Map() };

function queries(random: SeededRandom, world: World): readonly string[] {
  const scope = (): Scope => new Scope(random, world, QUERY);
  const virtual = world.sources.filter((source) => source.virtual);
  const [first, ...rest] = virtual;
  const one = first === undefined ? "data.test" : random.pick([first, ...rest]).path;
  const place = scope();
  const [access, ...accesses] = world.accesses(ANY).filter(({ source }) => source.virtual);
  const reached = access === undefined ? "data.test" : accessText(place, random.pick([access, ...accesses]));
  const modified = random.chance(0.3) ? mocks(scope(), 1, true).map((modifier) => ` with ${modifier}`) : [];
  return [
    random.chance(0.8) ? "data.test" : random.pick(["data", "x = data.test", "data.test[x] = y"]),
    `x = ${one}`,
    random.chance(0.5) ? `${reached}${modified.join("")}` : `x = ${reached}${modified.join("")}`,
    body(scope(), 2, random.integer(1, 3)).join("; "),
  ];
}
