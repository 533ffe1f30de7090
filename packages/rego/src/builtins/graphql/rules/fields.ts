import { compareStrings } from "../../../values/utf8.ts";
import {
  type Argument,
  type ArgumentDefinition,
  baseName,
  type Definition,
  type Field,
  isLeafType,
  named,
  type Selection,
  typeText,
} from "../ast.ts";
import { closest, quotedOrList, suggestion } from "../suggestions.ts";
import type { Report, Rule, Walk } from "../walk.ts";

/*
 * https://spec.graphql.org/October2021/#sec-Validation.Fields and #sec-Validation.Arguments
 */

export const fieldsOnCorrectType: Rule = (report) => ({
  field({ schema }, { name, definition, objectDefinition, position }) {
    if (objectDefinition === undefined || definition !== undefined) return;
    const types = typesWithField(
      schema.types,
      schema.possibleTypes.get(objectDefinition.name) ?? [],
      objectDefinition,
      name,
    );
    const isComposite = objectDefinition.kind === "OBJECT" || objectDefinition.kind === "INTERFACE";
    const fields = isComposite
      ? closest(
          name,
          objectDefinition.fields.map((field) => field.name),
        )
      : [];
    let hint = "";
    if (types.length > 0) hint = ` Did you mean to use an inline fragment on ${quotedOrList(types)}?`;
    else if (fields.length > 0) hint = ` Did you mean ${quotedOrList(fields)}?`;
    report(`Cannot query field "${name}" on type "${objectDefinition.name}".${hint}`, position);
  },
});

/** Of what an abstract type may be: the types that have a field, interfaces that many of them share first. */
function typesWithField(
  types: ReadonlyMap<string, Definition>,
  possible: readonly Definition[],
  { kind }: Definition,
  name: string,
): string[] {
  if (kind !== "INTERFACE" && kind !== "UNION") return [];
  const objects: string[] = [];
  const interfaces = new Map<string, number>();
  for (const type of possible) {
    if (named(type.fields, name) === undefined) continue;
    objects.push(type.name);
    for (const shared of type.interfaces) {
      if (named(types.get(shared)?.fields ?? [], name) !== undefined) {
        interfaces.set(shared, (interfaces.get(shared) ?? 0) + 1);
      }
    }
  }
  const uses = (type: string): number => interfaces.get(type) ?? 0;
  return [...interfaces.keys(), ...objects].sort((a, b) => uses(b) - uses(a) || compareStrings(a, b));
}

export const scalarLeafs: Rule = (report) => ({
  field({ schema }, { name, definition, selections, position }) {
    if (definition === undefined) return;
    const type = schema.types.get(baseName(definition.type));
    if (type === undefined) return;
    if (isLeafType(type) && selections.length > 0) {
      report(`Field "${name}" must not have a selection since type "${type.name}" has no subfields.`, position);
    }
    if (!isLeafType(type) && selections.length === 0) {
      const must = `Field "${name}" of type "${typeText(definition.type)}" must have a selection of subfields.`;
      report(`${must} Did you mean "${name} { ... }"?`, position);
    }
  },
});

export const knownArgumentNames: Rule = (report) => ({
  field(_walk, { name, definition, objectDefinition, arguments: list, position }) {
    if (definition === undefined || objectDefinition === undefined) return;
    for (const [unknown, hint] of unknownArguments(list, definition.arguments)) {
      report(`Unknown argument "${unknown}" on field "${objectDefinition.name}.${name}".${hint}`, position);
    }
  },
  directive(_walk, { name, definition, arguments: list, position }) {
    if (definition === undefined) return;
    for (const [unknown, hint] of unknownArguments(list, definition.arguments)) {
      report(`Unknown argument "${unknown}" on directive "@${name}".${hint}`, position);
    }
  },
});

function unknownArguments(
  list: readonly Argument[],
  definitions: readonly ArgumentDefinition[],
): (readonly [name: string, hint: string])[] {
  const names = definitions.map(({ name }) => name);
  return list
    .filter(({ name }) => !names.includes(name))
    .map(({ name }) => [name, suggestion("Did you mean", name, names)]);
}

export const providedRequiredArguments: Rule = (report) => ({
  field(_walk, { name, definition, arguments: list, position }) {
    for (const missing of missingArguments(list, definition?.arguments ?? [])) {
      report(`Field "${name}" ${missing}`, position);
    }
  },
  directive(_walk, { definition, arguments: list, position }) {
    for (const missing of missingArguments(list, definition?.arguments ?? [])) {
      report(`Directive "@${definition?.name ?? ""}" ${missing}`, position);
    }
  },
});

function missingArguments(list: readonly Argument[], definitions: readonly ArgumentDefinition[]): string[] {
  return definitions
    .filter(({ name, type, defaultValue }) => type.nonNull && defaultValue === undefined && !named(list, name))
    .map(({ name, type }) => `argument "${name}" of type "${typeText(type)}" is required, but it was not provided.`);
}

export const uniqueArgumentNames: Rule = (report) => ({
  field: (_walk, node) => reportRepeated(node.arguments, report),
  directive: (_walk, node) => reportRepeated(node.arguments, report),
});

function reportRepeated(list: readonly Argument[], report: Report): void {
  const counts = new Map<string, number>();
  for (const { name, position } of list) {
    const count = counts.get(name) ?? 0;
    if (count === 1) report(`There can be only one argument named "${name}".`, position);
    counts.set(name, count + 1);
  }
}

const maxListsDepth = 3;
const listFields: ReadonlySet<string> = new Set(["fields", "interfaces", "possibleTypes", "inputFields"]);

/** A query of the schema itself must not grow with each list of types in lists of types. */
export const maxIntrospectionDepth: Rule = (report) => ({
  field(walk, node) {
    if (node.name !== "__schema" && node.name !== "__type") return;
    if (fieldIsTooDeep(walk, node, new Set(), 0)) report("Maximum introspection depth exceeded", node.position);
  },
});

function fieldIsTooDeep(walk: Walk, field: Field, open: Set<string>, depth: number): boolean {
  const inner = listFields.has(field.name) ? depth + 1 : depth;
  return inner >= maxListsDepth || areTooDeep(walk, field.selections, open, inner);
}

function areTooDeep(walk: Walk, selections: readonly Selection[], open: Set<string>, depth: number): boolean {
  walk.charge(selections.length);
  return selections.some((selection) => {
    switch (selection.kind) {
      case "field":
        return fieldIsTooDeep(walk, selection, open, depth);
      case "inline":
        return areTooDeep(walk, selection.selections, open, depth);
      case "spread": {
        if (selection.definition === undefined || open.has(selection.name)) return false;
        open.add(selection.name);
        const isTooDeep = areTooDeep(walk, selection.definition.selections, open, depth);
        open.delete(selection.name);
        return isTooDeep;
      }
    }
  });
}
