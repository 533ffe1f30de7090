/** The types of kinds as expressions are checked against them: what the API server's schemas declare, as message types. */
import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  type MessageType,
  STRING,
  TIMESTAMP,
  type Type,
  listType,
  mapType,
  structType,
} from "@redoubt/cel";
import type { ApiType, Scalar } from "../../model/api-type.ts";

const SCALARS: Readonly<Record<Scalar, Type>> = {
  string: STRING,
  bytes: BYTES,
  time: TIMESTAMP,
  duration: DURATION,
  boolean: BOOL,
  int32: INT,
  int64: INT,
  number: DOUBLE,
};

/** Message types by name, each known once something has a field of it. */
export class ObjectTypes {
  readonly #structs = new Map<string, Extract<ApiType, { kind: "struct" | "raw" }>>();
  readonly #messages = new Map<string, MessageType>();

  /** A type for expressions; undefined for what the API server does not expose to them. Structs below it are named after the path to them. */
  declare(name: string, type: ApiType): Type | undefined {
    switch (type.kind) {
      case "scalar":
        return SCALARS[type.scalar];
      case "intOrString":
        return DYN;
      case "quantity":
      case "any":
        return undefined;
      case "list":
        return mapDefined(this.declare(`${name}.@idx`, type.item), listType);
      case "map":
        return mapDefined(this.declare(`${name}.@elem`, type.value), (value) => mapType(STRING, value));
      case "struct":
      case "raw":
        this.#structs.set(name, type);
        return structType(name);
    }
  }

  message(name: string): MessageType | undefined {
    const known = this.#messages.get(name);
    const struct = this.#structs.get(name);
    if (known !== undefined || struct === undefined) return known;
    const fields = new Map<string, Type | undefined>();
    const message: MessageType = {
      type: structType(name),
      field: (written) => {
        if (fields.has(written)) return fields.get(written);
        const declared = struct.kind === "struct" ? struct.fields.get(unescaped(written)) : undefined;
        const type = declared === undefined ? undefined : this.declare(`${name}.${written}`, declared);
        fields.set(written, type);
        return type;
      },
      make: undefined,
    };
    this.#messages.set(name, message);
    return message;
  }
}

function mapDefined(type: Type | undefined, wrap: (type: Type) => Type): Type | undefined {
  return type === undefined ? undefined : wrap(type);
}

const SEQUENCES: Readonly<Record<string, string>> = { underscores: "__", dot: ".", dash: "-", slash: "/" };

/** A field's name from how expressions write it: `x__dash__y`, and words of the language between underscores or as they are. */
function unescaped(written: string): string {
  const keyword = /^__([a-z]+)__$/.exec(written)?.[1];
  if (keyword !== undefined && SEQUENCES[keyword] === undefined) return keyword;
  return written.replaceAll(
    /__(underscores|dot|dash|slash)__/g,
    (sequence, name: string) => SEQUENCES[name] ?? sequence,
  );
}
