import {
  baseName,
  type Definition,
  type FragmentDefinition,
  type FragmentSpread,
  isCompositeType,
  named,
  type Selection,
} from "../ast.ts";
import { suggestion } from "../suggestions.ts";
import type { Rule, Walk } from "../walk.ts";

/*
 * https://spec.graphql.org/October2021/#sec-Validation.Fragments
 */

export const fragmentsOnCompositeTypes: Rule = (report) => ({
  inlineFragment({ schema }, { typeCondition, position }) {
    const type = schema.types.get(typeCondition);
    if (type === undefined || isCompositeType(type)) return;
    report(`Fragment cannot condition on non composite type "${typeCondition}".`, position);
  },
  fragment(_walk, { name, definition, typeCondition, position }) {
    if (definition === undefined || typeCondition === "" || isCompositeType(definition)) return;
    report(`Fragment "${name}" cannot condition on non composite type "${typeCondition}".`, position);
  },
});

export const knownFragmentNames: Rule = (report) => ({
  spread(_walk, { name, definition, position }) {
    if (definition === undefined) report(`Unknown fragment "${name}".`, position);
  },
});

export const knownTypeNames: Rule = (report) => ({
  variable(_walk, { definition, type, position }) {
    if (definition !== undefined) return;
    report(`Unknown type "${baseName(type)}".`, position);
  },
  inlineFragment({ schema }, { typeCondition, position }) {
    if (typeCondition !== "" && !schema.types.has(typeCondition)) report(`Unknown type "${typeCondition}".`, position);
  },
  fragment({ schema }, { typeCondition, position }) {
    if (schema.types.has(typeCondition)) return;
    const hint = suggestion("Did you mean", typeCondition, [...schema.types.keys()]);
    report(`Unknown type "${typeCondition}".${hint}`, position);
  },
});

export const noUnusedFragments: Rule = (report) => {
  const used = new Set<string>();
  // What only fragments spread is not used.
  let inFragments = false;
  return {
    spread(_walk, { name }) {
      if (!inFragments) used.add(name);
    },
    fragment(_walk, { name, position }) {
      inFragments = true;
      if (!used.has(name)) report(`Fragment "${name}" is never used.`, position);
    },
  };
};

export const uniqueFragmentNames: Rule = (report) => {
  const seen = new Set<string>();
  return {
    fragment(_walk, { name, position }) {
      if (seen.has(name)) report(`There can be only one fragment named "${name}".`, position);
      seen.add(name);
    },
  };
};

export const noFragmentCycles: Rule = (report) => {
  const visited = new Set<string>();
  return {
    fragment({ document }, fragment) {
      const path: FragmentSpread[] = [];
      const depths = new Map<string, number>();
      const follow = ({ name, selections }: FragmentDefinition): void => {
        if (visited.has(name)) return;
        visited.add(name);
        const spreads = spreadsIn(selections);
        if (spreads.length === 0) return;
        depths.set(name, path.length);
        for (const spread of spreads) {
          const depth = depths.get(spread.name);
          path.push(spread);
          if (depth === undefined) {
            const definition = named(document.fragments, spread.name);
            if (definition !== undefined) follow(definition);
          } else {
            const through = path.slice(depth, -1).map((between) => `"${between.name}"`);
            const via = through.length === 0 ? "" : ` via ${through.join(", ")}`;
            report(`Cannot spread fragment "${spread.name}" within itself${via}.`, spread.position);
          }
          path.pop();
        }
        depths.delete(name);
      };
      follow(fragment);
    },
  };
};

/** The spreads among selections and in their fields; those of inner fields after, the last first. */
function spreadsIn(selections: readonly Selection[]): FragmentSpread[] {
  const spreads: FragmentSpread[] = [];
  const open = [selections];
  for (let set = open.pop(); set !== undefined; set = open.pop()) {
    for (const selection of set) {
      if (selection.kind === "spread") spreads.push(selection);
      else open.push(selection.selections);
    }
  }
  return spreads;
}

export const possibleFragmentSpreads: Rule = (report) => ({
  inlineFragment(walk, { objectDefinition, typeCondition, position }) {
    if (objectDefinition === undefined || canBe(walk, objectDefinition, typeCondition)) return;
    const never = `can never be of type "${typeCondition}"`;
    report(`Fragment cannot be spread here as objects of type "${objectDefinition.name}" ${never}.`, position);
  },
  spread(walk, { name, definition, objectDefinition, position }) {
    if (definition === undefined || objectDefinition === undefined) return;
    if (canBe(walk, objectDefinition, definition.typeCondition)) return;
    const never = `can never be of type "${definition.typeCondition}"`;
    report(
      `Fragment "${name}" cannot be spread here as objects of type "${objectDefinition.name}" ${never}.`,
      position,
    );
  },
});

/** Whether an object of a type may be of another one. What other rules report is taken for possible. */
function canBe({ schema }: Walk, parent: Definition, name: string): boolean {
  if (!isCompositeType(parent)) return true;
  const type = schema.types.get(name);
  if (type === undefined || !isCompositeType(type)) return true;
  const parents = parent.kind === "OBJECT" ? [parent] : (schema.possibleTypes.get(parent.name) ?? []);
  const names = new Set(parents.map((possible) => possible.name));
  return (schema.possibleTypes.get(type.name) ?? []).some((possible) => names.has(possible.name));
}
