import { quote } from "../../values/term-text.ts";
import { compareStrings } from "../../values/utf8.ts";
import {
  type ArgumentDefinition,
  baseName,
  type Definition,
  type DefinitionKind,
  type Directive,
  type DirectiveDefinition,
  type FieldDefinition,
  isCompatible,
  isInputType,
  named,
  type Position,
  type Type,
  typeText,
} from "./ast.ts";
import { GraphqlError } from "./error.ts";
import type { Schema } from "./schema.ts";

/** Throws the first thing wrong with the types and directives of a schema, taken in the order of their names. */
export function checkSchema(schema: Schema): void {
  for (const [, definition] of sortedByName(schema.types)) checkDefinition(schema, definition);
  checkInputCycles(schema);
  for (const [, directive] of sortedByName(schema.directives)) {
    checkName(directive.position, directive.name);
    checkArguments(schema, directive.arguments, directive);
  }
}

function sortedByName<T>(map: ReadonlyMap<string, T>): [string, T][] {
  return [...map].sort((a, b) => compareStrings(a[0], b[0]));
}

function checkName(position: Position | undefined, name: string): void {
  if (name.startsWith("__")) {
    throw new GraphqlError(
      `Name "${name}" must not begin with "__", which is reserved by GraphQL introspection.`,
      position,
    );
  }
}

function checkTypeKnown({ types }: Schema, type: Type): void {
  if (!types.has(baseName(type))) throw new GraphqlError(`Undefined type ${baseName(type)}.`, type.position);
}

const outputKinds: readonly DefinitionKind[] = ["SCALAR", "OBJECT", "INTERFACE", "UNION", "ENUM"];
const inputKinds: readonly DefinitionKind[] = ["SCALAR", "ENUM", "INPUT_OBJECT"];

function checkDefinition(schema: Schema, definition: Definition): void {
  const { kind, name, position, fields } = definition;
  for (const field of fields) {
    checkName(field.position, field.name);
    checkTypeKnown(schema, field.type);
    checkArguments(schema, field.arguments, undefined);
    const location = kind === "INPUT_OBJECT" ? "INPUT_FIELD_DEFINITION" : "FIELD_DEFINITION";
    checkDirectives(schema, field.directives, location, { once: true });
  }
  for (const member of definition.types) {
    const type = schema.types.get(member.name);
    if (type === undefined) throw new GraphqlError(`Undefined type ${quote(member.name)}.`, position);
    if (type.kind !== "OBJECT") {
      throw new GraphqlError(`${kind} type ${quote(member.name)} must be OBJECT.`, position);
    }
  }
  for (const base of definition.interfaces) checkImplements(schema, definition, base);
  checkMembers(schema, definition);
  const twice = firstRepeated(fields);
  if (twice !== undefined) {
    throw new GraphqlError(`Field ${name}.${twice.name} can only be defined once.`, twice.position);
  }
  const twiceValue = firstRepeated(definition.enumValues);
  if (twiceValue !== undefined) {
    throw new GraphqlError(`Enum value ${name}.${twiceValue.name} can only be defined once.`, twiceValue.position);
  }
  const twiceMember = firstRepeated(definition.types);
  if (twiceMember !== undefined) {
    const place = twiceMember.position ?? position;
    throw new GraphqlError(`Union type ${name} can only include type ${twiceMember.name} once.`, place);
  }
  if (!definition.builtIn) checkName(position, name);
  // They come from the type and all its extensions, each of which may say the same.
  checkDirectives(schema, definition.directives, kind, { once: false });
}

function checkMembers(schema: Schema, definition: Definition): void {
  const { kind, name, position, fields } = definition;
  switch (kind) {
    case "OBJECT":
    case "INTERFACE":
      if (fields.length === 0) throw new GraphqlError(`${kind} ${name}: must define one or more fields.`, position);
      for (const field of fields) {
        const type = schema.types.get(baseName(field.type));
        if (type !== undefined && !outputKinds.includes(type.kind)) {
          const message = `${kind} ${name}: field must be one of ${outputKinds.join(", ")}.`;
          throw new GraphqlError(message, field.position);
        }
      }
      break;
    case "ENUM":
      checkEnumValues(schema, definition);
      break;
    case "INPUT_OBJECT":
      if (fields.length === 0) {
        throw new GraphqlError(`${kind} ${name}: must define one or more input fields.`, position);
      }
      for (const field of fields) {
        const type = schema.types.get(baseName(field.type));
        if (type !== undefined && !inputKinds.includes(type.kind)) {
          const message = `${type.kind} ${field.name}: field must be one of ${inputKinds.join(", ")}.`;
          throw new GraphqlError(message, field.position);
        }
      }
      break;
    case "SCALAR":
    case "UNION":
      break;
  }
}

function checkEnumValues(schema: Schema, { kind, name, position, enumValues }: Definition): void {
  if (enumValues.length === 0) {
    throw new GraphqlError(`${kind} ${name}: must define one or more unique enum values.`, position);
  }
  for (const value of enumValues) {
    if (["true", "false", "null"].includes(value.name)) {
      throw new GraphqlError(`${kind} ${name}: non-enum value ${value.name}.`, position);
    }
    checkDirectives(schema, value.directives, "ENUM_VALUE", { once: true });
  }
}

/** The second of the first two, by the place of the first, that have one name. */
function firstRepeated<T extends { readonly name: string }>(items: readonly T[]): T | undefined {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(item.name);
    if (group === undefined) groups.set(item.name, [item]);
    else group.push(item);
  }
  for (const [, second] of groups.values()) if (second !== undefined) return second;
  return undefined;
}

function checkArguments(
  schema: Schema,
  list: readonly ArgumentDefinition[],
  directive: DirectiveDefinition | undefined,
): void {
  for (const argument of list) {
    checkName(argument.position, argument.name);
    checkTypeKnown(schema, argument.type);
    const definition = schema.types.get(baseName(argument.type));
    if (definition !== undefined && !isInputType(definition)) {
      const reason = `because ${definition.kind} is not a valid input type`;
      const message = `cannot use ${typeText(argument.type)} as argument ${argument.name} ${reason}`;
      throw new GraphqlError(message, argument.position);
    }
    checkDirectives(schema, argument.directives, "ARGUMENT_DEFINITION", { once: true, within: directive });
  }
}

interface DirectiveUse {
  /** Whether all stand at one place, where a directive may stand once unless it is repeatable. */
  readonly once: boolean;
  /** The directive whose definition they stand in. */
  readonly within?: DirectiveDefinition | undefined;
}

export function checkDirectives(
  schema: Schema,
  directives: readonly Directive[],
  location: string,
  { once, within }: DirectiveUse,
): void {
  const seen = new Set<string>();
  for (const directive of directives) {
    const { name, position } = directive;
    checkName(position, name);
    if (name === within?.name) throw new GraphqlError(`Directive ${name} cannot refer to itself.`, position);
    const definition = schema.directives.get(name);
    if (definition === undefined) throw new GraphqlError(`Undefined directive ${name}.`, position);
    if (once) {
      if (seen.has(name) && !definition.isRepeatable) {
        throw new GraphqlError(`The directive ${name} can only be used once at this location.`, position);
      }
      seen.add(name);
    }
    if (!definition.locations.includes(location)) {
      throw new GraphqlError(`Directive ${name} is not applicable on ${location}.`, position);
    }
    checkDirectiveArguments(directive, definition);
  }
}

function checkDirectiveArguments(directive: Directive, definition: DirectiveDefinition): void {
  for (const argument of directive.arguments) {
    if (named(definition.arguments, argument.name) === undefined) {
      const message = `Undefined argument ${argument.name} for directive ${directive.name}.`;
      throw new GraphqlError(message, argument.position);
    }
  }
  for (const { name, type, defaultValue } of definition.arguments) {
    if (!type.nonNull || defaultValue !== undefined) continue;
    const argument = named(directive.arguments, name);
    if (argument === undefined || argument.value.kind === "null") {
      const message = `Argument ${name} for directive ${directive.name} cannot be null.`;
      throw new GraphqlError(message, directive.position);
    }
  }
}

function checkImplements(schema: Schema, definition: Definition, name: string): void {
  const base = schema.types.get(name);
  const { position } = definition;
  if (base === undefined) throw new GraphqlError(`Undefined type ${quote(name)}.`, position);
  if (base.kind !== "INTERFACE") {
    throw new GraphqlError(`${quote(name)} is a non interface type ${base.kind}.`, position);
  }
  const claim = `For ${definition.name} to implement ${base.name}`;
  for (const required of base.fields) {
    const found = named(definition.fields, required.name);
    if (found === undefined) {
      throw new GraphqlError(`${claim} it must have a field called ${required.name}.`, position);
    }
    if (!isCovariant(schema, required.type, found.type)) {
      const message = `${claim} the field ${required.name} must have type ${typeText(required.type)}.`;
      throw new GraphqlError(message, found.position);
    }
    checkImplementedArguments(claim, required, found);
  }
  for (const ancestor of base.interfaces) {
    if (definition.interfaces.includes(ancestor)) continue;
    const message =
      ancestor === definition.name
        ? `Type ${definition.name} cannot implement ${name} because it would create a circular reference.`
        : `Type ${definition.name} must implement ${ancestor} because it is implemented by ${name}.`;
    throw new GraphqlError(message, position);
  }
}

function checkImplementedArguments(claim: string, required: FieldDefinition, found: FieldDefinition): void {
  const same = `${claim} the field ${required.name} must have the same arguments but`;
  for (const argument of required.arguments) {
    const counterpart = named(found.arguments, argument.name);
    if (counterpart === undefined) {
      throw new GraphqlError(`${same} it is missing ${argument.name}.`, found.position);
    }
    if (!isCompatible(argument.type, counterpart.type)) {
      throw new GraphqlError(`${same} ${argument.name} has the wrong type.`, counterpart.position);
    }
  }
  for (const argument of found.arguments) {
    const isNew = named(required.arguments, argument.name) === undefined;
    if (isNew && argument.type.nonNull && argument.defaultValue === undefined) {
      const rule = `any additional arguments on ${found.name} must be optional or have a default value`;
      throw new GraphqlError(`${claim} ${rule} but ${argument.name} is required.`, argument.position);
    }
  }
}

function isCovariant(schema: Schema, required: Type, actual: Type): boolean {
  if (required.nonNull && !actual.nonNull) return false;
  if (required.element !== undefined) {
    return actual.element !== undefined && isCovariant(schema, required.element, actual.element);
  }
  if (required.name === actual.name) return true;
  return schema.possibleTypes.get(required.name)?.some(({ name }) => name === actual.name) === true;
}

/** Input objects that need themselves to be made: cycles of fields that are neither null nor lists. */
function checkInputCycles(schema: Schema): void {
  const visited = new Set<string>();
  const path: FieldDefinition[] = [];
  const depths = new Map<string, number>();
  const follow = (definition: Definition): void => {
    if (visited.has(definition.name)) return;
    visited.add(definition.name);
    depths.set(definition.name, path.length);
    for (const field of definition.fields) {
      if (!field.type.nonNull || field.type.element !== undefined) continue;
      const type = schema.types.get(field.type.name);
      if (type?.kind !== "INPUT_OBJECT") continue;
      path.push(field);
      const depth = depths.get(type.name);
      if (depth !== undefined) {
        const cycle = path.slice(depth);
        const through = quote(cycle.map(({ name }) => name).join("."));
        const message = `Cannot reference Input Object ${quote(type.name)} within itself through a series of non-null fields: ${through}.`;
        throw new GraphqlError(message, cycle[0]?.position);
      }
      follow(type);
      path.pop();
    }
    depths.delete(definition.name);
  };
  for (const [, definition] of sortedByName(schema.types)) {
    if (definition.kind === "INPUT_OBJECT") follow(definition);
  }
}
