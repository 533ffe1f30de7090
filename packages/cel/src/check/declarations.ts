/** What an expression may name: functions with their overloads, variables, message types. */
import type { Type } from "../types/type.ts";
import type { CelError, Value } from "../values/value.ts";

export type Implementation = (...operands: readonly Value[]) => Value;

export interface Overload {
  readonly id: string;
  /** Called on a target, which is the first operand. */
  readonly member: boolean;
  readonly operands: readonly Type[];
  readonly result: Type;
  /** Undefined where all of a function's overloads share one implementation, or none is called. */
  readonly run: Implementation | undefined;
}

export interface FunctionDeclaration {
  readonly name: string;
  readonly overloads: readonly Overload[];
  /** One implementation for all overloads; undefined from it means that the first operand's type has no such operation. */
  readonly shared: ((...operands: readonly Value[]) => Value | undefined) | undefined;
  /** Whether operands are checked against the overload before it is called. */
  readonly guarded: boolean;
}

/** A message type: which fields it has, and how one is made. */
export interface MessageType {
  readonly type: Type;
  /** Undefined for a field that it has not. */
  field(name: string): Type | undefined;
  /** Undefined where expressions cannot make one. */
  readonly make: ((fields: ReadonlyMap<string, Value>) => Value | CelError) | undefined;
}

export interface Declarations {
  readonly functions: ReadonlyMap<string, FunctionDeclaration>;
  readonly variables: ReadonlyMap<string, Type>;
  /** Types that expressions may name as values: `int`, `net.IP`. */
  readonly typeNames: ReadonlyMap<string, Type>;
  message(name: string): MessageType | undefined;
}

export function overload(id: string, operands: readonly Type[], result: Type, run?: Implementation): Overload {
  return { id, member: false, operands, result, run };
}

/** An overload that is called on its first operand. */
export function memberOverload(id: string, operands: readonly Type[], result: Type, run?: Implementation): Overload {
  return { id, member: true, operands, result, run };
}

export function declareFunction(
  name: string,
  overloads: readonly Overload[],
  options: Partial<Pick<FunctionDeclaration, "shared" | "guarded">> = {},
): FunctionDeclaration {
  return { name, overloads, shared: options.shared, guarded: options.guarded ?? true };
}

/** Declarations of several libraries together: overloads of one name add up, in the order given. */
export function mergeFunctions(
  libraries: readonly (readonly FunctionDeclaration[])[],
): Map<string, FunctionDeclaration> {
  const merged = new Map<string, FunctionDeclaration>();
  for (const declaration of libraries.flat()) {
    const present = merged.get(declaration.name);
    merged.set(
      declaration.name,
      present === undefined
        ? declaration
        : {
            name: declaration.name,
            overloads: [...present.overloads, ...declaration.overloads],
            shared: present.shared ?? declaration.shared,
            guarded: present.guarded && declaration.guarded,
          },
    );
  }
  return merged;
}
