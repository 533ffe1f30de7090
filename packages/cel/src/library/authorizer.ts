/** Kubernetes' authorizer library: expressions that ask whether someone may do something. The host answers. */
import { declareFunction, memberOverload, type FunctionDeclaration, type Overload } from "../check/declarations.ts";
import { BOOL, STRING, structType, type Type } from "../types/type.ts";
import { NO_OVERLOAD } from "../values/arithmetic.ts";
import { CelError, ObjectValue, type Value } from "../values/value.ts";

export const AUTHORIZER: Type = structType("kubernetes.authorization.Authorizer");
export const RESOURCE_CHECK: Type = structType("kubernetes.authorization.ResourceCheck");
const PATH_CHECK = structType("kubernetes.authorization.PathCheck");
const GROUP_CHECK = structType("kubernetes.authorization.GroupCheck");
const DECISION = structType("kubernetes.authorization.Decision");

/** One question to the authorizer. */
export interface AccessQuestion {
  /** Undefined for the user whose request is judged. */
  readonly serviceAccount: { readonly namespace: string; readonly name: string } | undefined;
  readonly verb: string;
  /** For a question about a URL path. */
  readonly path?: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
}

export interface AccessAnswer {
  readonly allowed: boolean;
  readonly reason: string;
  /** Why there is no answer. */
  readonly error?: string;
}

/** The host's authorizer. */
export type Authorize = (question: AccessQuestion) => AccessAnswer;

class AuthorizationValue<T> extends ObjectValue {
  readonly #type: Type;
  readonly content: T;

  constructor(type: Type, content: T) {
    super();
    this.#type = type;
    this.content = content;
  }

  override get type(): Type {
    return this.#type;
  }

  override equals(_other: Value): boolean | CelError {
    return NO_OVERLOAD;
  }
}

type Question = Omit<AccessQuestion, "verb">;

interface Asking {
  readonly authorize: Authorize;
  readonly question: Question;
}

class AskingValue extends AuthorizationValue<Asking> {
  /** The same authorizer with more of the question. */
  with(type: Type, more: Partial<Question>): AskingValue {
    const { authorize, question } = this.content;
    return new AskingValue(type, { authorize, question: { ...question, ...more } });
  }
}

class DecisionValue extends AuthorizationValue<AccessAnswer> {}

/** The variable `authorizer`. */
export function authorizerValue(authorize: Authorize): ObjectValue {
  return new AskingValue(AUTHORIZER, { authorize, question: { serviceAccount: undefined } });
}

/** The variable `authorizer.requestResource`: a question about the resource of the request itself. */
export function resourceCheckValue(authorize: Authorize, resource: Omit<Question, "serviceAccount">): ObjectValue {
  return new AskingValue(RESOURCE_CHECK, { authorize, question: { serviceAccount: undefined, ...resource } });
}

type Refine = (value: AskingValue, ...texts: readonly string[]) => Value;

function refining(id: string, from: Type, to: Type, texts: number, refine: Refine): Overload {
  const operands = [from, ...Array.from({ length: texts }, () => STRING)];
  return memberOverload(id, operands, to, (value, ...rest) => {
    if (!(value instanceof AskingValue) || value.type !== from) return NO_OVERLOAD;
    const strings: string[] = [];
    for (const text of rest) {
      if (typeof text !== "string") return NO_OVERLOAD;
      strings.push(text);
    }
    return refine(value, ...strings);
  });
}

function notEmpty(name: string, text: string): CelError | undefined {
  return text.trim() === "" ? new CelError(`${name} must not be empty`) : undefined;
}

const DNS_LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const DNS_SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

function ofServiceAccount(value: AskingValue, namespace = "", name = ""): Value {
  if (name.length > 253 || !DNS_SUBDOMAIN.test(name)) return new CelError("Invalid service account name");
  if (namespace.length > 63 || !DNS_LABEL.test(namespace)) return new CelError("Invalid service account namespace");
  return value.with(AUTHORIZER, { serviceAccount: { namespace, name } });
}

function ask(value: AskingValue, verb = ""): Value {
  const { authorize, question } = value.content;
  return new DecisionValue(DECISION, authorize({ ...question, verb }));
}

function resourcePart(
  name: "subresource" | "namespace" | "name" | "fieldSelector" | "labelSelector",
  id: string,
): FunctionDeclaration {
  return declareFunction(name, [
    refining(id, RESOURCE_CHECK, RESOURCE_CHECK, 1, (value, text = "") => value.with(RESOURCE_CHECK, { [name]: text })),
  ]);
}

function decisionPart(name: string, result: Type, read: (answer: AccessAnswer) => Value): FunctionDeclaration {
  return declareFunction(name, [
    memberOverload(`decision_${name}`, [DECISION], result, (value) =>
      value instanceof DecisionValue ? read(value.content) : NO_OVERLOAD,
    ),
  ]);
}

export const AUTHORIZER_FUNCTIONS: readonly FunctionDeclaration[] = [
  declareFunction("path", [
    refining(
      "authorizer_path",
      AUTHORIZER,
      PATH_CHECK,
      1,
      (value, path = "") => notEmpty("path", path) ?? value.with(PATH_CHECK, { path }),
    ),
  ]),
  declareFunction("group", [
    refining("authorizer_group", AUTHORIZER, GROUP_CHECK, 1, (value, group = "") => value.with(GROUP_CHECK, { group })),
  ]),
  declareFunction("serviceAccount", [
    refining("authorizer_serviceaccount", AUTHORIZER, AUTHORIZER, 2, ofServiceAccount),
  ]),
  declareFunction("resource", [
    refining(
      "groupcheck_resource",
      GROUP_CHECK,
      RESOURCE_CHECK,
      1,
      (value, resource = "") => notEmpty("resource", resource) ?? value.with(RESOURCE_CHECK, { resource }),
    ),
  ]),
  resourcePart("subresource", "resourcecheck_subresource"),
  resourcePart("namespace", "resourcecheck_namespace"),
  resourcePart("name", "resourcecheck_name"),
  resourcePart("fieldSelector", "authorizer_fieldselector"),
  resourcePart("labelSelector", "authorizer_labelselector"),
  declareFunction("check", [
    refining("pathcheck_check", PATH_CHECK, DECISION, 1, ask),
    refining("resourcecheck_check", RESOURCE_CHECK, DECISION, 1, ask),
  ]),
  decisionPart("errored", BOOL, ({ error }) => error !== undefined),
  decisionPart("error", STRING, ({ error }) => error ?? ""),
  decisionPart("allowed", BOOL, ({ allowed }) => allowed),
  decisionPart("reason", STRING, ({ reason }) => reason),
];
