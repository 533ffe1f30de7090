import type { BuiltinDeclaration, TypeDeclaration } from "../../builtins/declaration.ts";
import { declarations } from "../../builtins/gen/capabilities.ts";
import { operandNames } from "../../builtins/gen/operand-names.ts";
import { union } from "./algebra.ts";
import {
  ANY,
  BOOLEAN,
  type FunctionType,
  NULL,
  NUMBER,
  STRING,
  type Type,
  arrayType,
  objectType,
  setType,
} from "./type.ts";

const documented: ReadonlySet<BuiltinDeclaration> = new Set(declarations);

/** The type of a builtin. The operands of those that OPA declares itself have the names that its documentation uses. */
export function builtinType(declaration: BuiltinDeclaration): FunctionType {
  const { name, args, variadic, result } = declaration;
  const names = documented.has(declaration) ? (operandNames.get(name)?.split("|") ?? []) : [];
  return {
    kind: "function",
    args: args.map((arg, index) => named(names[index], typeOfDeclaration(arg))),
    variadic: variadic && typeOfDeclaration(variadic),
    result: result && named(names[args.length], typeOfDeclaration(result)),
  };
}

/** `-` stands for an operand without a name. */
function named(name: string | undefined, type: Type): Type {
  return name === undefined || name === "-" ? type : { kind: "named", name, type };
}

function typeOfDeclaration(declaration: TypeDeclaration): Type {
  switch (declaration.type) {
    case "null":
      return NULL;
    case "boolean":
      return BOOLEAN;
    case "number":
      return NUMBER;
    case "string":
      return STRING;
    case "any": {
      let type: Type | undefined;
      for (const member of declaration.of ?? []) type = union(type, typeOfDeclaration(member));
      // A union of one is still written as one.
      if (type === undefined || type.kind === "any") return type ?? ANY;
      return { kind: "any", of: [type] };
    }
    case "set":
      return setType(typeOfDeclaration(declaration.of));
    case "array":
      return arrayType(
        (declaration.static ?? []).map(typeOfDeclaration),
        declaration.dynamic && typeOfDeclaration(declaration.dynamic),
      );
    case "object": {
      const { dynamic } = declaration;
      return objectType(
        (declaration.static ?? []).map(({ key, value }) => ({ key, value: typeOfDeclaration(value) })),
        dynamic && { key: typeOfDeclaration(dynamic.key), value: typeOfDeclaration(dynamic.value) },
      );
    }
  }
}
