import type { BuiltinDeclaration, TypeDeclaration } from "../../builtins/declaration.ts";
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

/** The type of a builtin; `isNamed` gives its operands the names that the documentation has for them. */
export function builtinType({ name, args, variadic, result }: BuiltinDeclaration, isNamed: boolean): FunctionType {
  const names = isNamed ? (operandNames.get(name)?.split(" ") ?? []) : [];
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
