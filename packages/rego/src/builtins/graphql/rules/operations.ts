import { quote } from "../../../values/term-text.ts";
import type { Field, Selection } from "../ast.ts";
import type { Rule } from "../walk.ts";

/*
 * https://spec.graphql.org/October2021/#sec-Validation.Operations and #sec-Validation.Directives
 */

export const knownRootType: Rule = (report) => ({
  operation({ schema }, { operation, position }) {
    if (schema[operation === "" ? "query" : operation] === undefined) {
      report(`Schema does not support operation type "${operation}"`, position);
    }
  },
});

export const loneAnonymousOperation: Rule = (report) => ({
  operation({ document }, { name, position }) {
    if (name === "" && document.operations.length > 1) {
      report("This anonymous operation must be the only defined operation.", position);
    }
  },
});

export const uniqueOperationNames: Rule = (report) => {
  const seen = new Set<string>();
  return {
    operation(_walk, { name, position }) {
      if (seen.has(name)) report(`There can be only one operation named "${name}".`, position);
      seen.add(name);
    },
  };
};

export const singleFieldSubscriptions: Rule = (report) => ({
  operation({ schema }, { operation, name, selections }) {
    if (schema.subscription === undefined || operation !== "subscription") return;
    const subject = name === "" ? "Anonymous Subscription" : `Subscription ${quote(name)}`;
    const fields = topFields(selections);
    const [, second] = fields;
    if (second !== undefined) report(`${subject} must select only one top level field.`, second.position);
    for (const field of fields) {
      if (field.name.startsWith("__")) {
        report(`${subject} must not select an introspection top level field.`, field.position);
      }
    }
  },
});

/** The first field of each name among selections and the fragments in them. */
function topFields(selections: readonly Selection[]): Field[] {
  const fields = new Map<string, Field>();
  const entered = new Set<string>();
  const walk = (set: readonly Selection[]): void => {
    for (const selection of set) {
      if (selection.kind === "field") {
        if (!fields.has(selection.name)) fields.set(selection.name, selection);
      } else if (selection.kind === "inline") {
        walk(selection.selections);
      } else {
        // A fragment that does not exist hides what comes after it.
        if (selection.definition === undefined) return;
        if (entered.has(selection.name)) continue;
        entered.add(selection.name);
        walk(selection.definition.selections);
      }
    }
  };
  walk(selections);
  return [...fields.values()];
}

export const knownDirectives: Rule = (report) => {
  const reported = new Set<string>();
  return {
    directive(_walk, { name, definition, location = "", position }) {
      if (definition === undefined) {
        report(`Unknown directive "@${name}".`, position);
        return;
      }
      if (definition.locations.includes(location)) return;
      const place = `${name}:${position?.line ?? 0}:${position?.column ?? 0}`;
      if (!reported.has(place)) report(`Directive "@${name}" may not be used on ${location}.`, position);
      reported.add(place);
    },
  };
};

export const uniqueDirectivesPerLocation: Rule = (report) => ({
  directives(_walk, directives) {
    const seen = new Set<string>();
    for (const { name, definition, position } of directives) {
      if (seen.has(name) && definition?.isRepeatable !== true) {
        report(`The directive "@${name}" can only be used once at this location.`, position);
      }
      seen.add(name);
    }
  },
});
