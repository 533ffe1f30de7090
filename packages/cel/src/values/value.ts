/**
 * What expressions evaluate to. Where JavaScript has the type it is used as it is: boolean, bigint for int, number for double,
 * string, null, Uint8Array for bytes. Errors are values until they leave the expression: `true || 1/0 == 1` is true.
 */
import type { Type } from "../types/type.ts";

export type Value =
  | boolean
  | bigint
  | Uint
  | number
  | string
  | Uint8Array
  | null
  | Timestamp
  | Duration
  | ListValue
  | MapValue
  | TypeValue
  | OptionalValue
  | ObjectValue
  | CelError;

/** An unsigned 64-bit integer. */
export class Uint {
  readonly value: bigint;

  constructor(value: bigint) {
    this.value = value;
  }
}

/** Nanoseconds, within 64 bits. */
export class Duration {
  readonly nanoseconds: bigint;

  constructor(nanoseconds: bigint) {
    this.nanoseconds = nanoseconds;
  }
}

/** A point in time, with the offset that it was written with. */
export class Timestamp {
  /** Since 1970-01-01T00:00:00Z. */
  readonly nanoseconds: bigint;
  readonly offsetMinutes: number;

  constructor(nanoseconds: bigint, offsetMinutes = 0) {
    this.nanoseconds = nanoseconds;
    this.offsetMinutes = offsetMinutes;
  }
}

/** What went wrong in evaluating a part of an expression. */
export class CelError {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** A type as a value: `type(1) == int`. */
export class TypeValue {
  readonly type: Type;

  constructor(type: Type) {
    this.type = type;
  }
}

export class OptionalValue {
  /** undefined for optional.none(). */
  readonly value: Value | undefined;

  constructor(value: Value | undefined) {
    this.value = value;
  }
}

export const NONE: OptionalValue = new OptionalValue(undefined);

/** A value of a type that a library defines; the library says what it can do. */
export abstract class ObjectValue {
  abstract readonly type: Type;
  /** Whether two values of this type are equal; an error for other types where the library answers so. */
  abstract equals(other: Value): boolean | CelError;
  /** What `size` and costs count; undefined where it has no size. */
  get size(): number | undefined {
    return undefined;
  }
  get isZero(): boolean {
    return false;
  }
  /** A field of a message type; undefined where fields mean nothing. */
  field(_name: string): Value | undefined {
    return undefined;
  }
}

export abstract class ListValue {
  abstract readonly size: number;
  abstract at(index: number): Value;

  *[Symbol.iterator](): Generator<Value> {
    const { size } = this;
    for (let index = 0; index < size; index++) yield this.at(index);
  }
}

export type MapKey = boolean | bigint | Uint | string;

export abstract class MapValue {
  abstract readonly size: number;
  /** undefined where the key is absent; equal numbers of other types find the same key. */
  abstract find(key: Value): Value | undefined;
  abstract keys(): Iterable<Value>;
}

export function isError(value: Value): value is CelError {
  return value instanceof CelError;
}
