import type { QueryDocument } from "./ast.ts";
import { GraphqlError } from "./error.ts";
import {
  fieldsOnCorrectType,
  knownArgumentNames,
  maxIntrospectionDepth,
  providedRequiredArguments,
  scalarLeafs,
  uniqueArgumentNames,
} from "./rules/fields.ts";
import {
  fragmentsOnCompositeTypes,
  knownFragmentNames,
  knownTypeNames,
  noFragmentCycles,
  noUnusedFragments,
  possibleFragmentSpreads,
  uniqueFragmentNames,
} from "./rules/fragments.ts";
import {
  knownDirectives,
  knownRootType,
  loneAnonymousOperation,
  singleFieldSubscriptions,
  uniqueDirectivesPerLocation,
  uniqueOperationNames,
} from "./rules/operations.ts";
import { overlappingFieldsCanBeMerged } from "./rules/overlapping-fields.ts";
import { uniqueInputFieldNames, valuesOfCorrectType } from "./rules/values.ts";
import {
  noUndefinedVariables,
  noUnusedVariables,
  uniqueVariableNames,
  variablesAreInputTypes,
  variablesInAllowedPosition,
} from "./rules/variables.ts";
import type { Schema } from "./schema.ts";
import { type Rule, Walker } from "./walk.ts";

/** In the order of their names, which is the order of what they report of one node. */
const rules: readonly Rule[] = [
  fieldsOnCorrectType,
  fragmentsOnCompositeTypes,
  knownArgumentNames,
  knownDirectives,
  knownFragmentNames,
  knownRootType,
  knownTypeNames,
  loneAnonymousOperation,
  maxIntrospectionDepth,
  noFragmentCycles,
  noUndefinedVariables,
  noUnusedFragments,
  noUnusedVariables,
  overlappingFieldsCanBeMerged,
  possibleFragmentSpreads,
  providedRequiredArguments,
  scalarLeafs,
  singleFieldSubscriptions,
  uniqueArgumentNames,
  uniqueDirectivesPerLocation,
  uniqueFragmentNames,
  uniqueInputFieldNames,
  uniqueOperationNames,
  uniqueVariableNames,
  valuesOfCorrectType,
  variablesAreInputTypes,
  variablesInAllowedPosition,
];

/** All that is wrong with a query by a schema, in OPA's order. Adds to the query's nodes what the schema says of them. */
export function validate(schema: Schema, document: QueryDocument, charge: (cost: number) => void): GraphqlError[] {
  const errors: GraphqlError[] = [];
  const observers = rules.map((rule) =>
    rule((message, position) => {
      errors.push(new GraphqlError(message, position));
    }),
  );
  new Walker(schema, document, observers, charge).walk();
  return errors;
}
