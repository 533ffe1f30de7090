import type { Annotations, RefTerm } from "../../syntax/ast.ts";
import type { RegoError } from "../../syntax/error.ts";
import { compareLocations, formatPlace } from "../../syntax/location.ts";
import { formatTerm } from "../../syntax/print-term.ts";
import type { WorkModule, WorkRule } from "../work.ts";
import { type Attached, targetOf } from "./attach.ts";

/** A step on the way from a rule up to the root: a path, with what is said about it. */
export interface ChainLink {
  readonly path: RefTerm;
  readonly annotations: Annotations | undefined;
}

/** What METADATA says about the rules and packages of modules. */
export class AnnotationSet {
  readonly errors: RegoError[] = [];
  readonly #byRule = new Map<WorkRule, Annotations[]>();
  readonly #byPackage = new Map<string, Annotations>();
  /** Those of documents and of packages with all below. */
  readonly #byPath = new Map<string, Annotations>();

  constructor(attached: readonly Attached[]) {
    for (const block of attached) this.#add(block);
  }

  #add({ annotations, module, rule }: Attached): void {
    switch (annotations.scope) {
      case "rule": {
        if (rule === undefined) return;
        const known = this.#byRule.get(rule);
        if (known === undefined) this.#byRule.set(rule, [annotations]);
        else known.push(annotations);
        return;
      }
      case "document":
        if (rule !== undefined) this.#addOnce(this.#byPath, targetOf(rule), annotations);
        return;
      case "package":
        this.#addOnce(this.#byPackage, module.source.package.path, annotations);
        return;
      case "subpackages":
        this.#addOnce(this.#byPath, module.source.package.path, annotations);
    }
  }

  #addOnce(map: Map<string, Annotations>, path: RefTerm, annotations: Annotations): void {
    const key = formatTerm(path);
    const known = map.get(key);
    if (known === undefined) {
      map.set(key, annotations);
      return;
    }
    const message = `${annotations.scope} annotation redeclared: ${formatPlace(known.location)}`;
    this.errors.push({ code: "rego_type_error", message, location: annotations.location });
  }

  /** The blocks above a rule itself, in order. */
  ofRule(rule: WorkRule): readonly Annotations[] {
    return this.#byRule.get(rule) ?? [];
  }

  /** All that is said about a rule, from the package furthest out to the rule. */
  all(rule: WorkRule): readonly Annotations[] {
    const above = [this.#ofPackage(rule.module), this.#ofDocument(rule)].filter((block) => block !== undefined);
    return [...this.#ofSubpackages(rule.module), ...above, ...this.ofRule(rule)];
  }

  /** The way from a rule to the package furthest out. The first link is always the rule. */
  chain(rule: WorkRule): readonly ChainLink[] {
    const nearest = [...this.ofRule(rule)].sort((a, b) => -compareLocations(a.location, b.location));
    const links: ChainLink[] = nearest.map((annotations) => ({ path: annotations.targetPath, annotations }));
    if (links.length === 0) links.push({ path: targetOf(rule), annotations: undefined });
    const outer = [
      this.#ofDocument(rule),
      this.#ofPackage(rule.module),
      ...this.#ofSubpackages(rule.module).toReversed(),
    ];
    for (const annotations of outer) {
      if (annotations !== undefined) links.push({ path: annotations.targetPath, annotations });
    }
    return links;
  }

  #ofDocument(rule: WorkRule): Annotations | undefined {
    return this.#byPath.get(formatTerm(targetOf(rule)));
  }

  #ofPackage({ source }: WorkModule): Annotations | undefined {
    return this.#byPackage.get(formatTerm(source.package.path));
  }

  #ofSubpackages({ source }: WorkModule): readonly Annotations[] {
    const { path } = source.package;
    const found: Annotations[] = [];
    for (let length = 0; length <= path.path.length; length += 1) {
      const annotations = this.#byPath.get(formatTerm({ ...path, path: path.path.slice(0, length) }));
      if (annotations !== undefined) found.push(annotations);
    }
    return found;
  }
}
