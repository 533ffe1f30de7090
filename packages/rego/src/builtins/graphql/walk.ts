import {
  type Argument,
  type ArgumentDefinition,
  baseName,
  type Definition,
  type Directive,
  type Field,
  type FieldDefinition,
  type FragmentDefinition,
  type FragmentSpread,
  type InlineFragment,
  named,
  type OperationDefinition,
  type Position,
  type QueryDocument,
  type Selection,
  type Value,
  type VariableDefinition,
} from "./ast.ts";
import type { Schema } from "./schema.ts";

/** What a rule sees of the document and of where the walk is. */
export interface Walk {
  readonly schema: Schema;
  readonly document: QueryDocument;
  /** The operation that the walk is in; undefined inside of fragments' own definitions. */
  readonly operation: OperationDefinition | undefined;
  /** Told before work that grows faster than the document. */
  charge(cost: number): void;
}

export type Report = (message: string, position: Position | undefined) => void;

/** What a rule wants to be told of. Each node is told after all that is in it. */
export interface Observer {
  operation?(walk: Walk, node: OperationDefinition): void;
  variable?(walk: Walk, node: VariableDefinition): void;
  fragment?(walk: Walk, node: FragmentDefinition): void;
  field?(walk: Walk, node: Field): void;
  inlineFragment?(walk: Walk, node: InlineFragment): void;
  spread?(walk: Walk, node: FragmentSpread): void;
  directive?(walk: Walk, node: Directive): void;
  directives?(walk: Walk, nodes: readonly Directive[]): void;
  value?(walk: Walk, node: Value): void;
}

/** A rule of validation, with a state of its own for one document. */
export type Rule = (report: Report) => Observer;

const typenameDefinition: FieldDefinition = {
  description: "",
  name: "__typename",
  arguments: [],
  defaultValue: undefined,
  type: { name: "String", element: undefined, nonNull: false, position: undefined },
  directives: [],
  beforeDescription: undefined,
  afterDescription: undefined,
  position: undefined,
};

/** Goes through a document, tells each node what of the schema it is about, and tells the observers of each node. */
export class Walker implements Walk {
  readonly schema: Schema;
  readonly document: QueryDocument;
  readonly charge: (cost: number) => void;
  readonly #observers: readonly Observer[];
  #spreadsSeen = new Set<string>();
  operation: OperationDefinition | undefined;

  constructor(schema: Schema, document: QueryDocument, observers: readonly Observer[], charge: (cost: number) => void) {
    this.schema = schema;
    this.document = document;
    this.charge = charge;
    this.#observers = observers;
  }

  walk(): void {
    for (const operation of this.document.operations) {
      this.#spreadsSeen = new Set();
      this.#operation(operation);
    }
    for (const fragment of this.document.fragments) {
      this.#spreadsSeen = new Set();
      this.#fragment(fragment);
    }
  }

  #operation(operation: OperationDefinition): void {
    this.operation = operation;
    for (const variable of operation.variables) {
      variable.definition = this.schema.types.get(baseName(variable.type));
      for (const observer of this.#observers) observer.variable?.(this, variable);
      if (variable.defaultValue !== undefined) {
        variable.defaultValue.expectedType = variable.type;
        variable.defaultValue.definition = variable.definition;
      }
    }
    for (const { defaultValue, directives } of operation.variables) {
      if (defaultValue !== undefined) this.#value(defaultValue);
      this.#directives(directives, "VARIABLE_DEFINITION");
    }
    const name = operation.operation === "" ? "query" : operation.operation;
    const definition = this.schema[name];
    this.#directives(operation.directives, name.toUpperCase());
    this.#selections(definition, operation.selections);
    for (const observer of this.#observers) observer.operation?.(this, operation);
    this.operation = undefined;
  }

  #fragment(fragment: FragmentDefinition): void {
    const definition = this.schema.types.get(fragment.typeCondition);
    fragment.definition = definition;
    this.#directives(fragment.directives, "FRAGMENT_DEFINITION");
    this.#selections(definition, fragment.selections);
    for (const observer of this.#observers) observer.fragment?.(this, fragment);
  }

  #directives(directives: readonly Directive[], location: string): void {
    for (const directive of directives) {
      const definition = this.schema.directives.get(directive.name);
      directive.definition = definition;
      directive.location = location;
      this.#arguments(definition?.arguments ?? [], directive.arguments);
      for (const observer of this.#observers) observer.directive?.(this, directive);
    }
    for (const observer of this.#observers) observer.directives?.(this, directives);
  }

  #arguments(definitions: readonly ArgumentDefinition[], list: readonly Argument[]): void {
    for (const { name, value } of list) {
      const definition = named(definitions, name);
      if (definition !== undefined) this.#expect(value, definition);
      this.#value(value);
    }
  }

  /** Tells a value which argument or field of an input object it is for. */
  #expect(value: Value, { type, defaultValue }: ArgumentDefinition): void {
    value.expectedType = type;
    value.expectedTypeHasDefault = defaultValue !== undefined && defaultValue.kind !== "null";
    value.definition = this.schema.types.get(baseName(type));
  }

  #value(value: Value): void {
    if (value.kind === "variable" && this.operation !== undefined) {
      const definition = this.operation.variables.find(({ variable }) => variable === value.raw);
      value.variableDefinition = definition;
      if (definition !== undefined) definition.used = true;
    }
    if (value.kind === "object") {
      for (const child of value.children) {
        const field = named(value.definition?.fields ?? [], child.name);
        if (field !== undefined) this.#expect(child.value, field);
        this.#value(child.value);
      }
    }
    if (value.kind === "list") {
      for (const child of value.children) {
        if (value.expectedType?.element !== undefined) {
          child.value.expectedType = value.expectedType.element;
          child.value.definition = value.definition;
        }
        this.#value(child.value);
      }
    }
    for (const observer of this.#observers) observer.value?.(this, value);
  }

  #selections(parent: Definition | undefined, selections: readonly Selection[]): void {
    for (const selection of selections) this.#selection(parent, selection);
  }

  #selection(parent: Definition | undefined, selection: Selection): void {
    selection.objectDefinition = parent;
    switch (selection.kind) {
      case "field": {
        const isTypename = selection.name === "__typename";
        const definition = isTypename ? typenameDefinition : named(parent?.fields ?? [], selection.name);
        selection.definition = definition;
        const inner = definition === undefined ? undefined : this.schema.types.get(baseName(definition.type));
        this.#arguments(definition?.arguments ?? [], selection.arguments);
        this.#directives(selection.directives, "FIELD");
        this.#selections(inner, selection.selections);
        for (const observer of this.#observers) observer.field?.(this, selection);
        break;
      }
      case "inline": {
        const { typeCondition } = selection;
        const inner = typeCondition === "" ? parent : this.schema.types.get(typeCondition);
        this.#directives(selection.directives, "INLINE_FRAGMENT");
        this.#selections(inner, selection.selections);
        for (const observer of this.#observers) observer.inlineFragment?.(this, selection);
        break;
      }
      case "spread":
        this.#spread(selection);
        break;
    }
  }

  #spread(selection: FragmentSpread): void {
    const definition = named(this.document.fragments, selection.name);
    selection.definition = definition;
    const inner = definition === undefined ? undefined : this.schema.types.get(definition.typeCondition);
    this.#directives(selection.directives, "FRAGMENT_SPREAD");
    if (definition !== undefined && !this.#spreadsSeen.has(definition.name)) {
      this.#spreadsSeen.add(definition.name);
      this.#directives(definition.directives, "FRAGMENT_DEFINITION");
      this.#selections(inner, definition.selections);
    }
    for (const observer of this.#observers) observer.spread?.(this, selection);
  }
}
