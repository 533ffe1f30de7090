/** What the generator knows of a value before it exists. `any` may turn out to be of any type. */
export type Type =
  | { readonly kind: "null" }
  | { readonly kind: "boolean" }
  | { readonly kind: "number" }
  | { readonly kind: "string" }
  | { readonly kind: "any" }
  | { readonly kind: "array"; readonly items: Type }
  | { readonly kind: "set"; readonly items: Type }
  /** An object with keys of one kind that are not known beforehand. */
  | { readonly kind: "map"; readonly keys: Type; readonly values: Type }
  /** An object with these fields, any of which may be missing in a document. */
  | { readonly kind: "record"; readonly fields: ReadonlyMap<string, Type> };

export const NULL: Type = { kind: "null" };
export const BOOLEAN: Type = { kind: "boolean" };
export const NUMBER: Type = { kind: "number" };
export const STRING: Type = { kind: "string" };
export const ANY: Type = { kind: "any" };

export const arrayOf = (items: Type): Type => ({ kind: "array", items });
export const setOf = (items: Type): Type => ({ kind: "set", items });
export const mapOf = (values: Type, keys: Type = STRING): Type => ({ kind: "map", keys, values });
export const recordOf = (fields: Iterable<readonly [string, Type]>): Type => ({
  kind: "record",
  fields: new Map(fields),
});

/** Whether every value of type `have` can stand where `want` is asked for, so that OPA's type checker lets it pass. */
export function fits(have: Type, want: Type): boolean {
  if (want.kind === "any") return true;
  switch (have.kind) {
    case "array":
    case "set":
      return have.kind === want.kind && fits(have.items, want.items);
    case "map":
      return want.kind === "map" && fits(have.keys, want.keys) && fits(have.values, want.values);
    case "record":
      if (want.kind === "map") {
        return want.keys.kind === "string" && [...have.fields.values()].every((field) => fits(field, want.values));
      }
      return (
        want.kind === "record" &&
        want.fields.size === have.fields.size &&
        [...want.fields].every(([name, type]) => {
          const field = have.fields.get(name);
          return field !== undefined && fits(field, type);
        })
      );
    default:
      return have.kind === want.kind;
  }
}

/** What iterating over a value of this type gives: keys and values. Undefined for what cannot be iterated over. */
export function elementsOf(type: Type): { readonly keys: Type; readonly values: Type } | undefined {
  switch (type.kind) {
    case "array":
      return { keys: NUMBER, values: type.items };
    case "set":
      return { keys: type.items, values: type.items };
    case "map":
      return { keys: type.keys, values: type.values };
    case "record": {
      const [first, ...rest] = type.fields.values();
      if (first === undefined) return undefined;
      const alike = rest.every((field) => fits(field, first));
      return { keys: STRING, values: alike ? first : ANY };
    }
    default:
      return undefined;
  }
}
