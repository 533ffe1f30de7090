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

/** Types of what expressions are about, and the messages below them. */
export interface ObjectScope {
  readonly object: Type;
  readonly params: Type;
  readonly message: (name: string) => MessageType | undefined;
}

export interface ExpressionScope {
  readonly hasParams: boolean;
  readonly hasAuthorizer: boolean;
  /** Whether there is `variables`. Default: yes. */
  readonly hasVariables?: boolean;
  /** What objects and parameters are, where expressions are checked against their kinds; `authorizer` is then all that is known of it. */
  readonly types?: ObjectScope;
  /** `Object{...}` and `JSONPatch{...}`, for mutations. */
  readonly patchTypes?: (name: string) => MessageType | undefined;
}

/** Compiles expressions of one policy. Variables must be added in their order, before what uses them. */
export class ExpressionCompiler {
  readonly variables: NamedExpression[] = [];
  readonly #fields = new Map<string, Type>();
  readonly #release: number | undefined;

  /** `release` is the one of Kubernetes whose libraries expressions may use. Default: the latest known. */
  constructor(release?: number) {
    this.#release = release;
  }

  addVariable(name: string, text: string, scope: ExpressionScope): void {
    const compiled = this.#environment(scope).compile(text);
    this.#fields.set(name, compiled.kind === "program" ? variableType(compiled.type) : DYN);
    this.variables.push({ name, text, compiled });
  }

  /** An expression that must give one of `results`. */
  compile(text: string, results: readonly Type[], scope: ExpressionScope): Expression {
    return { text, compiled: this.#environment(scope).compile(text, results) };
  }

  #environment({ hasParams, hasAuthorizer, hasVariables = true, types, patchTypes }: ExpressionScope): Environment {
    const variables: MessageType = {
      type: structType(VARIABLES),
      field: (name) => this.#fields.get(name),
      make: undefined,
    };
    return new Environment({
      variables: {
        object: types?.object ?? DYN,
        oldObject: types?.object ?? DYN,
        namespaceObject: NAMESPACE,
        request: REQUEST,
        ...(hasVariables ? { variables: structType(VARIABLES) } : {}),
        ...(hasParams ? { params: types?.params ?? DYN } : {}),
        ...(hasAuthorizer ? { authorizer: AUTHORIZER } : {}),
        ...(hasAuthorizer && types === undefined ? { "authorizer.requestResource": RESOURCE_CHECK } : {}),
      },
      message: (name) =>
        name === VARIABLES ? variables : (REQUEST_TYPES.get(name) ?? types?.message(name) ?? patchTypes?.(name)),
      jsonPatch: patchTypes !== undefined,
      ...(this.#release === undefined ? {} : { release: this.#release }),
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
