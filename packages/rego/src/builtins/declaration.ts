/** A type as OPA's capabilities write it. */
export type TypeDeclaration =
  | { readonly type: "null" | "boolean" | "number" | "string" }
  | { readonly type: "any"; readonly of?: readonly TypeDeclaration[] }
  | { readonly type: "set"; readonly of: TypeDeclaration }
  | { readonly type: "array"; readonly static?: readonly TypeDeclaration[]; readonly dynamic?: TypeDeclaration }
  | {
      readonly type: "object";
      readonly static?: readonly { readonly key: string; readonly value: TypeDeclaration }[];
      readonly dynamic?: { readonly key: TypeDeclaration; readonly value: TypeDeclaration };
    };

/** A builtin as OPA's capabilities describe it. */
export interface BuiltinDeclaration {
  readonly name: string;
  readonly infix?: string;
  readonly relation?: boolean;
  readonly deprecated?: boolean;
  readonly nondeterministic?: boolean;
  readonly args: readonly TypeDeclaration[];
  readonly variadic?: TypeDeclaration;
  readonly result?: TypeDeclaration;
}
