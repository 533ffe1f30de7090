import { ObjectBuilder } from "../values/object.ts";
import { compositeKey } from "../values/key.ts";
import type { ObjectValue, Value } from "../values/value.ts";
import { keysOf, member } from "./access.ts";
import { findAt, mergeDocuments } from "./merge.ts";

/** A part of `data` below which rules lie. */
export interface DocumentNode {
  readonly path: readonly Value[];
  /** By `compositeKey`, in OPA's order of keys. */
  readonly children: ReadonlyMap<string, { readonly key: Value; readonly node: DocumentNode | RuleDocument }>;
}

/** A document that rules define. */
export interface RuleDocument {
  readonly path: readonly Value[];
  /** Undefined where no rule gives it a value. Functions have none. */
  readonly evaluate: () => Value | undefined;
  /** The same, for those who ask for one key of it. */
  readonly evaluateFor: ((key: Value) => Value | undefined) | undefined;
}

/** What `with data.x as y` has put in the place of documents. */
export interface Replacements {
  /** The paths that are replaced. */
  readonly targets: readonly (readonly Value[])[];
  /** The document that holds what they are replaced with. */
  readonly overlay: Value | undefined;
}

/** Base documents and replacements, as they are at one moment of an evaluation. */
export interface DataView {
  readonly base: Value | undefined;
  readonly replacements: Replacements | undefined;
}

/** A place in `data` that is no value yet, since rules lie below it. */
export class Interior {
  readonly node: DocumentNode;
  readonly view: DataView;
  readonly path: readonly Value[];

  constructor(node: DocumentNode, view: DataView, path: readonly Value[]) {
    this.node = node;
    this.view = view;
    this.path = path;
  }
}

/** Whether a path is replaced, itself or as part of another. */
export function isReplaced(replacements: Replacements | undefined, path: readonly Value[]): boolean {
  return (
    replacements?.targets.some(
      (target) =>
        target.length <= path.length &&
        target.every((key, i) => key === path[i] || compositeKey(key) === compositeKey(path[i] ?? null)),
    ) ?? false
  );
}

/** The base document at a path, replacements included. */
export function baseAt({ base, replacements }: DataView, path: readonly Value[]): Value | undefined {
  if (replacements === undefined) return findAt(base, path);
  const overlaid = findAt(replacements.overlay, path);
  return isReplaced(replacements, path) ? overlaid : mergeDocuments(overlaid, findAt(base, path));
}

/** The next place of a walk through `data`, of which the key after it may be all that is `wanted`. */
export function step(place: Value | Interior | undefined, key: Value, wanted?: Value): Value | Interior | undefined {
  if (!(place instanceof Interior)) return member(place, key);
  const path = [...place.path, key];
  const child = place.node.children.get(compositeKey(key))?.node;
  if (child === undefined || isReplaced(place.view.replacements, path)) return baseAt(place.view, path);
  if (!("evaluate" in child)) return new Interior(child, place.view, path);
  return wanted === undefined || child.evaluateFor === undefined ? child.evaluate() : child.evaluateFor(wanted);
}

/** The keys over which a walk branches: of the base document, then of rules that add to it. */
export function stepKeys(place: Value | Interior | undefined): readonly Value[] {
  if (!(place instanceof Interior)) {
    const keys = keysOf(place);
    return keys ?? (Array.isArray(place) ? [...place.keys()] : []);
  }
  const base = baseAt(place.view, place.path);
  const keys = stepKeys(base);
  const known = new Set(keys.map(compositeKey));
  return [...keys, ...[...place.node.children].flatMap(([id, { key }]) => (known.has(id) ? [] : [key]))];
}

/** The value at the end of a walk. */
export function settle(place: Value | Interior | undefined): Value | undefined {
  return place instanceof Interior ? extent(place) : place;
}

/** All of a document below which rules lie: base documents, and what rules give, which wins only where there is no base. */
function extent({ node, view, path }: Interior): Value | undefined {
  return mergeDocuments(baseAt(view, path), leaves(node, view));
}

function leaves(node: DocumentNode, view: DataView): ObjectValue {
  const builder = new ObjectBuilder();
  for (const { key, node: child } of node.children.values()) {
    const value = leaf(child, view);
    if (value !== undefined) builder.set(key, value);
  }
  return builder.build();
}

function leaf(child: DocumentNode | RuleDocument, view: DataView): Value | undefined {
  if (!("evaluate" in child)) return leaves(child, view);
  return isReplaced(view.replacements, child.path) ? baseAt(view, child.path) : child.evaluate();
}
