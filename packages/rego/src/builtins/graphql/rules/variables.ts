import { isCompatible, isInputType, named, type Type, typeText } from "../ast.ts";
import type { Rule } from "../walk.ts";

/*
 * https://spec.graphql.org/October2021/#sec-Validation.Variables
 */

export const noUndefinedVariables: Rule = (report) => ({
  value({ operation }, { kind, raw, variableDefinition, position }) {
    if (operation === undefined || kind !== "variable" || variableDefinition !== undefined) return;
    const by = operation.name === "" ? "" : ` by operation "${operation.name}"`;
    report(`Variable "$${raw}" is not defined${by}.`, position);
  },
});

export const noUnusedVariables: Rule = (report) => ({
  operation(_walk, { name, variables }) {
    for (const { variable, used, position } of variables) {
      const within = name === "" ? "" : ` in operation "${name}"`;
      if (used !== true) report(`Variable "$${variable}" is never used${within}.`, position);
    }
  },
});

export const uniqueVariableNames: Rule = (report) => ({
  operation(_walk, { variables }) {
    const counts = new Map<string, number>();
    for (const { variable, position } of variables) {
      const count = counts.get(variable) ?? 0;
      if (count === 1) report(`There can be only one variable named "$${variable}".`, position);
      counts.set(variable, count + 1);
    }
  },
});

export const variablesAreInputTypes: Rule = (report) => ({
  operation(_walk, { variables }) {
    for (const { variable, type, definition, position } of variables) {
      if (definition !== undefined && !isInputType(definition)) {
        report(`Variable "$${variable}" cannot be non-input type "${typeText(type)}".`, position);
      }
    }
  },
});

export const variablesInAllowedPosition: Rule = (report) => ({
  value({ operation }, { kind, raw, children, definition, variableDefinition, expectedType, ...value }) {
    if (
      kind === "variable" &&
      expectedType !== undefined &&
      variableDefinition !== undefined &&
      operation !== undefined
    ) {
      const { defaultValue } = variableDefinition;
      const hasDefault =
        value.expectedTypeHasDefault === true || (defaultValue !== undefined && defaultValue.kind !== "null");
      const expected: Type = hasDefault ? { ...expectedType, nonNull: false } : expectedType;
      if (!isCompatible(variableDefinition.type, expected)) {
        const wanted = `used in position expecting type "${typeText(expectedType)}"`;
        report(`Variable "$${raw}" of type "${typeText(variableDefinition.type)}" ${wanted}.`, value.position);
      }
    }
    if (kind !== "object" || definition === undefined || named(definition.directives, "oneOf") === undefined) return;
    for (const { value: field } of children) {
      const variable = field.variableDefinition;
      if (field.kind !== "variable" || variable === undefined || variable.type.nonNull) continue;
      const must = `must be non-nullable to be used for OneOf Input Object "${definition.name}"`;
      report(`Variable "$${field.raw}" is of type "${typeText(variable.type)}" but ${must}.`, variable.position);
    }
  },
});
