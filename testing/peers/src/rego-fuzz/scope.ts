/** What can be named at a place of a generated policy. */
import type { SeededRandom } from "../seeded-random.ts";
import { type Type, fits, recordOf } from "./types.ts";

/** The module that a text stands in: its language and its names. */
export interface ModuleContext {
  readonly version: "v0" | "v1";
  /** Whether `in`, `every`, `if` and `contains` can be used. */
  readonly keywords: boolean;
  /** Whether `and`, `or` and `not` with a body can be used. */
  readonly logical: boolean;
  /** `data.p1`; undefined for a query. */
  readonly package: string | undefined;
  /** Paths by the names that they are imported as. */
  readonly imports: ReadonlyMap<string, string>;
}

/** A document that references can start from: the input, data, or what a rule defines. */
export interface Source {
  /** `input`, `data.x`, `data.package.rule`. */
  readonly path: string;
  readonly type: Type;
  /** Whether OPA knows the type at compile time, so that a wrong use is refused. */
  readonly typed: boolean;
  /** Whether a rule defines it. */
  readonly virtual: boolean;
}

export interface FunctionSource {
  readonly path: string;
  readonly args: readonly Type[];
  readonly result: Type;
}

export interface Variable {
  readonly name: string;
  readonly type: Type;
  readonly typed: boolean;
}

/** One way from a document to a part of it. */
export interface Access {
  readonly source: Source;
  readonly steps: readonly Step[];
  readonly type: Type;
}

export type Step =
  | { readonly kind: "field"; readonly name: string }
  /** Any element; the type is that of its key. */
  | { readonly kind: "element"; readonly keys: Type; readonly of: "array" | "set" | "map" };

const MOST_STEPS = 4;

/** All ways into a document, itself first. */
export function accessesOf(source: Source): readonly Access[] {
  const found: Access[] = [];
  const visit = (steps: readonly Step[], type: Type): void => {
    found.push({ source, steps, type });
    if (steps.length >= MOST_STEPS) return;
    switch (type.kind) {
      case "record":
        for (const [name, field] of type.fields) visit([...steps, { kind: "field", name }], field);
        break;
      case "array":
      case "set":
        visit([...steps, { kind: "element", keys: elementKeys(type), of: type.kind }], type.items);
        break;
      case "map":
        visit([...steps, { kind: "element", keys: type.keys, of: "map" }], type.values);
        break;
      default:
        break;
    }
  };
  visit([], source.type);
  return found;
}

function elementKeys(type: Extract<Type, { kind: "array" | "set" }>): Type {
  return type.kind === "array" ? { kind: "number" } : type.items;
}

/** Everything that rules written so far define, and the documents. Grows as modules are written. */
export class World {
  readonly sources: Source[] = [];
  readonly functions: FunctionSource[] = [];
  #accesses: Access[] = [];

  add(source: Source): void {
    this.sources.push(source);
    this.#accesses.push(...accessesOf(source));
  }

  /** Accesses to parts that can be used where `want` is asked for. */
  accesses(want: Type): readonly Access[] {
    return this.#accesses.filter((access) => suits(access, want));
  }

  /** The document of a whole package, once nothing is added to it any more. */
  addPackage(path: string): void {
    const inside = this.sources.filter((source) => source.virtual && source.path.startsWith(`${path}.`));
    const fields = inside.map((source): readonly [string, Type] => [source.path.slice(path.length + 1), source.type]);
    const plain = fields.filter(([name]) => !/[.[]/.test(name));
    if (plain.length > 0) {
      this.add({ path, type: recordOf(plain), typed: true, virtual: true });
    }
  }
}

function suits({ source, type }: Access, want: Type): boolean {
  if (fits(type, want)) return true;
  // OPA knows nothing of base documents: what they hold may be anything where a rule reads them.
  return !source.typed && type.kind === "any";
}

/** A place inside a rule or query: which variables exist, and what may be written. */
export class Scope {
  readonly random: SeededRandom;
  readonly world: World;
  readonly module: ModuleContext;
  /** Whether variables may be bound here, as by a reference that iterates. */
  readonly iterates: boolean;
  /** How many bodies are around this one. */
  readonly nesting: number;
  readonly #outer: Scope | undefined;
  readonly #names: { next: number };
  readonly #variables: Variable[] = [];
  #pending: Variable[] = [];
  readonly #written: string[] = [];

  constructor(random: SeededRandom, world: World, module: ModuleContext, outer?: Scope, iterates = true) {
    this.random = random;
    this.world = world;
    this.module = module;
    this.iterates = iterates;
    this.nesting = outer === undefined ? 0 : outer.nesting + 1;
    this.#outer = outer;
    this.#names = outer === undefined ? { next: 0 } : outer.#names;
  }

  /** A body inside this place. */
  nested(): Scope {
    return new Scope(this.random, this.world, this.module, this);
  }

  /** A place that must not bind variables of its own, such as what `not` negates. */
  closed(): Scope {
    return new Scope(this.random, this.world, this.module, this, false);
  }

  get variables(): readonly Variable[] {
    const seen = new Map<string, Variable>();
    for (const variable of this.#outer?.variables ?? []) seen.set(variable.name, variable);
    for (const variable of this.#variables) seen.set(variable.name, variable);
    return [...seen.values()];
  }

  /** Makes a variable known from the next statement on: it is bound in the one being written. */
  bind(name: string, type: Type, typed = true): void {
    // Now and then at once, for joins inside one statement; OPA may find them unsafe.
    (this.random.chance(0.03) ? this.#variables : this.#pending).push({ name, type, typed });
  }

  /** Makes a variable known at once: a parameter, or what `every` declares. */
  declare(name: string, type: Type): void {
    this.#variables.push({ name, type, typed: true });
  }

  /** Ends a statement. */
  finish(text: string): void {
    this.#written.push(text);
    this.#variables.push(...this.#pending);
    this.#pending = [];
  }

  freshName(): string {
    this.#names.next += 1;
    return `v${this.#names.next}`;
  }

  /** A name to declare: now and then that of a variable further out, which it then hides. */
  declaredName(): string {
    const outer = this.#outer?.variables ?? [];
    const [first, ...rest] = outer.filter(
      ({ name }) =>
        !this.#variables.some((own) => own.name === name) && !this.#written.some((text) => mentions(text, name)),
    );
    if (first !== undefined && this.random.chance(0.05)) return this.random.pick([first, ...rest]).name;
    return this.freshName();
  }

  /** A path as it can be written here: in full, by the name of a rule of this package, or through an import. */
  named(path: string, virtual: boolean): string {
    const { package: own, imports } = this.module;
    const ways = [path];
    if (virtual && own !== undefined && path.startsWith(`${own}.`)) ways.push(path.slice(own.length + 1));
    for (const [alias, imported] of imports) {
      if (path === imported) ways.push(alias);
      else if (path.startsWith(imported) && /[.[]/.test(path.charAt(imported.length))) {
        ways.push(alias + path.slice(imported.length));
      }
    }
    return this.random.chance(0.25) ? path : this.random.pick([ways.at(-1) ?? path, ...ways]);
  }

  variablesOf(want: Type): readonly Variable[] {
    return this.variables.filter(({ type, typed }) => fits(type, want) || (!typed && type.kind === "any"));
  }
}

/** Whether a variable occurs in a text. */
export function mentions(text: string, name: string): boolean {
  return new RegExp(`\\b${name}\\b`).test(text);
}
