/** Rules of every form that a head can have. */
import type { SeededRandom } from "../seeded-random.ts";
import { pattern } from "./patterns.ts";
import { fieldText } from "./references.ts";
import { type ModuleContext, Scope, type World } from "./scope.ts";
import { body } from "./statements.ts";
import { term } from "./terms.ts";
import { BOOLEAN, NUMBER, STRING, type Type, mapOf, recordOf, setOf } from "./types.ts";
import { exactText, documentType, scalarType } from "./values.ts";

/** A module that rules are added to. */
export interface OpenModule {
  readonly context: ModuleContext;
  readonly rules: string[];
}

/** How deep terms and bodies nest. */
const DEPTHS = [1, 2, 2, 3] as const;
const FEW = [1, 1, 1, 2, 2, 3] as const;

/** Writes rules until a package has `size` of them; definitions of one rule are spread over the modules. */
export class RuleWriter {
  readonly #random: SeededRandom;
  readonly #world: World;
  readonly #package: string;
  readonly #modules: readonly [OpenModule, ...OpenModule[]];

  constructor(random: SeededRandom, world: World, path: string, modules: readonly [OpenModule, ...OpenModule[]]) {
    this.#random = random;
    this.#world = world;
    this.#package = path;
    this.#modules = modules;
  }

  writeRule(name: string): void {
    const roll = this.#random.integer(0, 99);
    if (roll < 18) this.#complete(name);
    else if (roll < 30) this.#boolean(name);
    else if (roll < 48) this.#partialSet(name);
    else if (roll < 62) this.#partialObject(name);
    else if (roll < 70) this.#staticRefs(name);
    else if (roll < 80) this.#dynamicRefs(name);
    else this.#function(name);
  }

  #complete(name: string): void {
    const type = this.#random.chance(0.5) ? documentType(this.#random, 2) : setOrScalar(this.#random);
    const definitions = this.#random.pick(FEW);
    if (type.kind !== "set" && this.#random.chance(0.35)) this.#default(name, type);
    // Two definitions mostly give the same value, or else most programs would end with a conflict.
    const shared = this.#random.chance(0.75) && type.kind !== "set" ? exactText(this.#random, type) : undefined;
    for (let index = 0; index < definitions; index += 1) {
      this.#define((scope) => {
        const statements = this.#random.chance(0.12) && definitions === 1 ? [] : this.#body(scope);
        const value = definitions > 1 && shared !== undefined ? shared : term(scope, type, this.#random.pick(DEPTHS));
        const clauses = [clause(scope, `${name} ${sign(scope)} ${value}`, statements)];
        if (statements.length > 0 && this.#random.chance(0.3)) clauses.push(...this.#elses(scope.module, type));
        return clauses.join(" ");
      });
    }
    this.#register(name, type);
  }

  #elses(module: ModuleContext, type: Type): readonly string[] {
    const count = this.#random.pick(FEW);
    return Array.from({ length: count }, (_, index) => {
      const scope = new Scope(this.#random, this.#world, module);
      const last = index === count - 1 && this.#random.chance(0.6);
      const statements = last ? [] : this.#body(scope);
      return clause(scope, `else ${sign(scope)} ${term(scope, type, 1)}`, statements);
    });
  }

  #boolean(name: string): void {
    if (this.#random.chance(0.4)) this.#default(name, BOOLEAN);
    for (let count = this.#random.pick(FEW); count > 0; count -= 1) {
      this.#define((scope) => clause(scope, name, this.#body(scope)));
    }
    this.#register(name, BOOLEAN);
  }

  #partialSet(name: string): void {
    const type = this.#random.chance(0.7) ? setOrScalar(this.#random) : documentType(this.#random, 2);
    for (let count = this.#random.pick(FEW); count > 0; count -= 1) {
      this.#define((scope) => {
        const statements = this.#random.chance(0.15) ? [] : this.#body(scope);
        const item = term(scope, type, 2);
        const head = scope.module.keywords ? `${name} contains ${item}` : `${name}[${item}]`;
        return clause(scope, head, statements);
      });
    }
    this.#register(name, setOf(type));
  }

  #partialObject(name: string): void {
    const keys = this.#random.chance(0.85) ? STRING : NUMBER;
    const type = this.#random.chance(0.6) ? scalarType(this.#random) : documentType(this.#random, 1);
    for (let count = this.#random.pick(FEW); count > 0; count -= 1) {
      this.#define((scope) => {
        const statements = this.#body(scope);
        const key = this.#key(scope, keys);
        return clause(scope, `${name}[${key}] ${sign(scope)} ${term(scope, type, 2)}`, statements);
      });
    }
    this.#register(name, mapOf(type, keys));
  }

  /** `p.a := 1`, `p.b contains x`, `p["c d"].e if ...` */
  #staticRefs(name: string): void {
    const fields = new Map<string, Type>();
    for (const field of this.#random.some(["a", "b", "c", "id", "x-y", "if"], 0.5)) {
      const path = `${name}${fieldText(field, true)}`;
      const isSet = this.#random.chance(0.3);
      const type = isSet ? setOf(scalarType(this.#random)) : documentType(this.#random, 1);
      const inner = type.kind === "set" ? type.items : type;
      this.#define((scope) => {
        const statements = this.#body(scope);
        if (isSet && scope.module.keywords)
          return clause(scope, `${path} contains ${term(scope, inner, 2)}`, statements);
        return clause(scope, `${path} ${sign(scope)} ${term(scope, type, 2)}`, statements);
      });
      fields.set(field, type);
    }
    if (fields.size > 0) this.#register(name, recordOf(fields));
  }

  /** `p[x].a := 1`, `p[x][y] := z`, `p[x] contains y`, `p.a[x] := y` */
  #dynamicRefs(name: string): void {
    const value = scalarType(this.#random);
    const forms = [
      { tail: (key: string): string => `[${key}].a`, type: mapOf(recordOf([["a", value]])), multi: false, keys: 1 },
      {
        tail: (key: string, more: string): string => `[${key}][${more}]`,
        type: mapOf(mapOf(value)),
        multi: false,
        keys: 2,
      },
      { tail: (key: string): string => `[${key}]`, type: mapOf(setOf(value)), multi: true, keys: 1 },
      { tail: (key: string): string => `.a[${key}]`, type: recordOf([["a", mapOf(value)]]), multi: false, keys: 1 },
      {
        tail: (key: string): string => `.a[${key}].b`,
        type: recordOf([["a", mapOf(recordOf([["b", setOf(value)]]))]]),
        multi: true,
        keys: 1,
      },
      {
        tail: (key: string, more: string): string => `[${key}].c[${more}]`,
        type: mapOf(recordOf([["c", mapOf(value)]])),
        multi: false,
        keys: 2,
      },
    ] as const;
    const form = this.#random.pick(forms);
    if (form.multi && !this.#modules.every(({ context }) => context.keywords)) return this.#partialObject(name);
    for (let count = this.#random.pick(FEW); count > 0; count -= 1) {
      this.#define((scope) => {
        const statements = this.#body(scope);
        const path = name + form.tail(this.#key(scope, STRING), form.keys > 1 ? this.#key(scope, STRING) : "");
        const item = term(scope, value, 2);
        return clause(scope, form.multi ? `${path} contains ${item}` : `${path} ${sign(scope)} ${item}`, statements);
      });
    }
    this.#register(name, form.type);
  }

  #function(name: string): void {
    const args = Array.from({ length: this.#random.integer(1, 3) }, () =>
      this.#random.chance(0.6) ? scalarType(this.#random) : documentType(this.#random, 1),
    );
    const result = this.#random.chance(0.6) ? scalarType(this.#random) : documentType(this.#random, 1);
    const shared = this.#random.chance(0.6) ? exactText(this.#random, result) : undefined;
    const definitions = this.#random.pick(FEW);
    if (this.#random.chance(0.2)) this.#default(`${name}(${args.map(() => "_").join(", ")})`, result);
    for (let index = 0; index < definitions; index += 1) {
      this.#define((scope) => {
        const head = args.map((arg) => this.#parameter(scope, arg)).join(", ");
        const statements = this.#random.chance(0.2) ? [] : this.#body(scope);
        const value = definitions > 1 && shared !== undefined ? shared : term(scope, result, this.#random.pick(DEPTHS));
        const clauses = [clause(scope, `${name}(${head}) ${sign(scope)} ${value}`, statements)];
        if (statements.length > 0 && this.#random.chance(0.2)) {
          clauses.push(clause(scope, `else ${sign(scope)} ${exactText(this.#random, result)}`, []));
        }
        return clauses.join(" ");
      });
    }
    this.#world.functions.push({ path: `${this.#package}.${name}`, args, result });
  }

  #parameter(scope: Scope, type: Type): string {
    if (this.#random.chance(0.3)) {
      const shape = pattern(scope, type, 2);
      scope.finish(shape);
      return shape;
    }
    const name = scope.freshName();
    scope.declare(name, type);
    return name;
  }

  /** A variable of the body, as keys that differ from row to row do not conflict; else any term. */
  #key(scope: Scope, keys: Type): string {
    const [first, ...rest] = scope.variablesOf(keys);
    if (first !== undefined && this.#random.chance(0.8)) return this.#random.pick([first, ...rest]).name;
    return term(scope, keys, 1);
  }

  #body(scope: Scope): readonly string[] {
    return body(scope, this.#random.pick(DEPTHS), this.#random.pick([1, 1, 2, 2, 3, 4]));
  }

  #default(head: string, type: Type): void {
    const module = this.#random.pick(this.#modules);
    module.rules.push(
      `default ${head} ${module.context.version === "v1" ? ":=" : "="} ${exactText(this.#random, type)}`,
    );
  }

  #define(write: (scope: Scope) => string): void {
    const module = this.#random.pick(this.#modules);
    module.rules.push(write(new Scope(this.#random, this.#world, module.context)));
  }

  #register(name: string, type: Type): void {
    this.#world.add({ path: `${this.#package}.${name}`, type, typed: true, virtual: true });
  }
}

function setOrScalar(random: SeededRandom): Type {
  return random.chance(0.25) ? setOf(scalarType(random)) : scalarType(random);
}

function sign({ module }: Scope): string {
  return module.keywords ? ":=" : "=";
}

/** A head with its body, one statement a line. */
function clause({ module }: Scope, head: string, statements: readonly string[]): string {
  if (statements.length === 0) return head;
  return `${head} ${module.keywords ? "if " : ""}{\n${statements.map((line) => `  ${line}\n`).join("")}}`;
}
