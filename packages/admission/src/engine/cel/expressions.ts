/** The expressions of one policy: compiled together, since variables build on one another. */
import {
  AUTHORIZER,
  DYN,
  Environment,
  type MessageType,
  type Program,
  RESOURCE_CHECK,
  type Type,
  structType,
} from "@redoubt/cel";
import { NAMESPACE, REQUEST, REQUEST_TYPES, VARIABLES } from "./request-types.ts";

/** An expression that is ready, or why it is not. */
export interface Expression {
  readonly text: string;
  readonly compiled:
    | { readonly kind: "program"; readonly program: Program }
    | { readonly kind: "error"; readonly message: string };
}

export interface NamedExpression extends Expression {
  readonly name: string;
}

export interface ExpressionScope {
  readonly hasParams: boolean;
  readonly hasAuthorizer: boolean;
  /** Whether there is `variables`. Default: yes. */
  readonly hasVariables?: boolean;
  /** `Object{...}` and `JSONPatch{...}`, for mutations. */
  readonly patchTypes?: (name: string) => MessageType | undefined;
}

/** Compiles expressions of one policy. Variables must be added in their order, before what uses them. */
export class ExpressionCompiler {
  readonly variables: NamedExpression[] = [];
  readonly #fields = new Map<string, Type>();

  addVariable(name: string, text: string, scope: ExpressionScope): void {
    const compiled = this.#environment(scope).compile(text);
    this.#fields.set(name, compiled.kind === "program" ? variableType(compiled.type) : DYN);
    this.variables.push({ name, text, compiled });
  }

  /** An expression that must give one of `results`. */
  compile(text: string, results: readonly Type[], scope: ExpressionScope): Expression {
    return { text, compiled: this.#environment(scope).compile(text, results) };
  }

  #environment({ hasParams, hasAuthorizer, hasVariables = true, patchTypes }: ExpressionScope): Environment {
    const variables: MessageType = {
      type: structType(VARIABLES),
      field: (name) => this.#fields.get(name),
      make: undefined,
    };
    return new Environment({
      variables: {
        object: DYN,
        oldObject: DYN,
        namespaceObject: NAMESPACE,
        request: REQUEST,
        ...(hasVariables ? { variables: structType(VARIABLES) } : {}),
        ...(hasParams ? { params: DYN } : {}),
        ...(hasAuthorizer ? { authorizer: AUTHORIZER, "authorizer.requestResource": RESOURCE_CHECK } : {}),
      },
      message: (name) => (name === VARIABLES ? variables : (REQUEST_TYPES.get(name) ?? patchTypes?.(name))),
      jsonPatch: patchTypes !== undefined,
    });
  }
}

/** Types of a library's own are not kept across variables. */
function variableType(type: Type): Type {
  switch (type.kind) {
    case "list":
    case "map":
      return { ...type, params: type.params.map(variableType) };
    case "struct":
    case "opaque":
    case "type":
    case "param":
    case "error":
      return DYN;
    default:
      return type;
  }
}
