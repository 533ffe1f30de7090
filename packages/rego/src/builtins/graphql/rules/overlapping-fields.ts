import { compareStrings } from "../../../values/utf8.ts";
import {
  type Argument,
  type ChildValue,
  type Field,
  type FragmentSpread,
  isLeafType,
  type Position,
  type Selection,
  type Type,
  typeText,
  type Value,
} from "../ast.ts";
import type { Report, Rule, Walk } from "../walk.ts";

/*
 * https://spec.graphql.org/October2021/#sec-Field-Selection-Merging: fields that answer under one name must ask for the
 * same. Fields are compared within each set of selections, with those of each fragment spread in it, and fragments with
 * each other; each pair of fragments once.
 */

interface Conflict {
  readonly name: string;
  readonly message: string;
  readonly within: readonly Conflict[];
  readonly position: Position | undefined;
}

/** The fields of a set by the name that they answer under, and the fragments spread in it. */
interface Collected {
  readonly fields: ReadonlyMap<string, readonly Field[]>;
  readonly spreads: readonly FragmentSpread[];
}

export const overlappingFieldsCanBeMerged: Rule = (report) => {
  const comparison = new Comparison();
  const check = (walk: Walk, selections: readonly Selection[]): void => {
    for (const conflict of comparison.within(walk, selections)) reportConflict(conflict, report);
  };
  return {
    operation: (walk, node) => check(walk, node.selections),
    field: (walk, node) => {
      // Fields of a fragment's own definition have been compared where it is spread.
      if (walk.operation !== undefined) check(walk, node.selections);
    },
    inlineFragment: (walk, node) => check(walk, node.selections),
    fragment: (walk, node) => check(walk, node.selections),
  };
};

function reportConflict(conflict: Conflict, report: Report): void {
  const remedy = "Use different aliases on the fields to fetch both if this was intentional.";
  report(`Fields "${conflict.name}" conflict because ${reason(conflict)}. ${remedy}`, conflict.position);
}

function reason({ message, within }: Conflict): string {
  if (within.length === 0) return message;
  return within.map((inner) => `subfields "${inner.name}" conflict because ${reason(inner)}`).join(" and ");
}

class Comparison {
  /** Pairs of fragments by name, and whether they were only compared as excluding each other. */
  readonly #pairs = new Map<string, boolean>();
  /** The fragments that the current set has been compared with. */
  #fragments = new Set<string>();

  within(walk: Walk, selections: readonly Selection[]): readonly Conflict[] {
    const conflicts: Conflict[] = [];
    if (selections.length === 0) return conflicts;
    const { fields, spreads } = collect(selections);
    for (const list of fields.values()) {
      for (const [i, field] of list.entries()) {
        for (const other of list.slice(i + 1)) this.#compare(walk, conflicts, false, field, other);
      }
    }
    this.#fragments = new Set();
    for (const [i, spread] of spreads.entries()) {
      this.#fieldsAndFragment(walk, conflicts, false, fields, spread);
      for (const other of spreads.slice(i + 1)) this.#fragmentsOf(walk, conflicts, false, spread, other);
    }
    return conflicts;
  }

  #fieldsAndFragment(
    walk: Walk,
    conflicts: Conflict[],
    isExclusive: boolean,
    fields: Collected["fields"],
    spread: FragmentSpread,
  ): void {
    if (this.#fragments.has(spread.name)) return;
    this.#fragments.add(spread.name);
    if (spread.definition === undefined) return;
    const inner = collect(spread.definition.selections);
    if (sameFields(fields, inner.fields)) return;
    this.#between(walk, conflicts, isExclusive, fields, inner.fields);
    for (const nested of inner.spreads) {
      if (nested.name !== spread.name) this.#fieldsAndFragment(walk, conflicts, isExclusive, fields, nested);
    }
  }

  #fragmentsOf(
    walk: Walk,
    conflicts: Conflict[],
    isExclusive: boolean,
    left: FragmentSpread,
    right: FragmentSpread,
  ): void {
    if (left.name === right.name) return;
    const key = left.name < right.name ? `${left.name} ${right.name}` : `${right.name} ${left.name}`;
    const known = this.#pairs.get(key);
    if (known !== undefined && (isExclusive || !known)) return;
    this.#pairs.set(key, isExclusive);
    if (left.definition === undefined || right.definition === undefined) return;
    const a = collect(left.definition.selections);
    const b = collect(right.definition.selections);
    this.#between(walk, conflicts, isExclusive, a.fields, b.fields);
    for (const nested of b.spreads) this.#fragmentsOf(walk, conflicts, isExclusive, left, nested);
    for (const nested of a.spreads) this.#fragmentsOf(walk, conflicts, isExclusive, nested, right);
  }

  #between(
    walk: Walk,
    conflicts: Conflict[],
    isExclusive: boolean,
    left: Collected["fields"],
    right: Collected["fields"],
  ): void {
    for (const [name, list] of left) {
      for (const field of list) {
        for (const other of right.get(name) ?? []) this.#compare(walk, conflicts, isExclusive, field, other);
      }
    }
  }

  /** Adds how two fields of one name conflict, if they do. */
  #compare(walk: Walk, conflicts: Conflict[], parentsExclude: boolean, a: Field, b: Field): void {
    walk.charge(1);
    const [left, right] = [a.objectDefinition, b.objectDefinition];
    if (left === undefined || right === undefined) return;
    const [typeA, typeB] = [a.definition?.type, b.definition?.type];
    const areObjects = left.kind === "OBJECT" && right.kind === "OBJECT" && typeA !== undefined && typeB !== undefined;
    const isExclusive = parentsExclude || (areObjects && left.name !== right.name);
    const conflict = { name: a.alias === "" ? a.name : a.alias, message: "", within: [], position: b.position };
    if (!isExclusive && a.name !== b.name) {
      conflicts.push({ ...conflict, message: `"${a.name}" and "${b.name}" are different fields` });
      return;
    }
    if (!isExclusive && !sameArguments(a.arguments, b.arguments)) {
      conflicts.push({ ...conflict, message: "they have differing arguments" });
      return;
    }
    if (typeA !== undefined && typeB !== undefined && typesConflict(walk, typeA, typeB)) {
      const types = `"${typeText(typeA)}" and "${typeText(typeB)}"`;
      conflicts.push({ ...conflict, message: `they return conflicting types ${types}` });
      return;
    }
    const within = this.#subselections(walk, isExclusive, a.selections, b.selections);
    if (within.length > 0) conflicts.push({ ...conflict, within });
  }

  #subselections(
    walk: Walk,
    isExclusive: boolean,
    left: readonly Selection[],
    right: readonly Selection[],
  ): readonly Conflict[] {
    const conflicts: Conflict[] = [];
    const [a, b] = [collect(left), collect(right)];
    this.#between(walk, conflicts, isExclusive, a.fields, b.fields);
    for (const spread of b.spreads) {
      this.#fragments = new Set();
      this.#fieldsAndFragment(walk, conflicts, isExclusive, a.fields, spread);
    }
    for (const spread of a.spreads) {
      this.#fragments = new Set();
      this.#fieldsAndFragment(walk, conflicts, isExclusive, b.fields, spread);
    }
    for (const spread of a.spreads) {
      for (const other of b.spreads) this.#fragmentsOf(walk, conflicts, isExclusive, spread, other);
    }
    return conflicts;
  }
}

function collect(selections: readonly Selection[]): Collected {
  const fields = new Map<string, Field[]>();
  const spreads: FragmentSpread[] = [];
  const add = (set: readonly Selection[]): void => {
    for (const selection of set) {
      if (selection.kind === "spread") spreads.push(selection);
      else if (selection.kind === "inline") add(selection.selections);
      else {
        const name = selection.alias === "" ? selection.name : selection.alias;
        const list = fields.get(name);
        if (list === undefined) fields.set(name, [selection]);
        else list.push(selection);
      }
    }
  };
  add(selections);
  return { fields, spreads };
}

/** Whether two collections hold the very same fields. */
function sameFields(a: Collected["fields"], b: Collected["fields"]): boolean {
  if (a.size !== b.size) return false;
  for (const [name, list] of a) {
    const other = b.get(name);
    if (other?.length !== list.length || !list.every((field, i) => field === other[i])) return false;
  }
  return true;
}

function sameArguments(a: readonly Argument[], b: readonly Argument[]): boolean {
  if (a.length !== b.length) return false;
  return a.every(({ name, value }) => b.some((other) => other.name === name && sameValue(value, other.value)));
}

function sameValue(a: Value, b: Value): boolean {
  if (a.kind !== b.kind || a.raw !== b.raw || a.children.length !== b.children.length) return false;
  const [left, right] = a.kind === "object" ? [byName(a.children), byName(b.children)] : [a.children, b.children];
  return left.every(({ name, value }, i) => {
    const other = right[i];
    return other?.name === name && sameValue(value, other.value);
  });
}

function byName(children: readonly ChildValue[]): ChildValue[] {
  return children.toSorted((a, b) => compareStrings(a.name, b.name));
}

function typesConflict(walk: Walk, a: Type, b: Type): boolean {
  if (a.element !== undefined) return b.element === undefined || typesConflict(walk, a.element, b.element);
  if (b.element !== undefined || a.nonNull !== b.nonNull) return true;
  const left = walk.schema.types.get(a.name);
  const right = walk.schema.types.get(b.name);
  if (left === undefined || right === undefined) return false;
  return isLeafType(left) && isLeafType(right) && left.name !== right.name;
}
