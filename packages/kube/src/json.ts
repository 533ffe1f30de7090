/** A bigint is an integer of 64 bits that no double holds; the API server has such integers in objects and in fields of custom ones. */
export type JsonValue = null | boolean | number | bigint | string | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue;
}

/** Segments from a root to a value: mapping keys and sequence indexes. */
export type Path = readonly (string | number)[];

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at `path`, or undefined where any step is missing. Own properties only. */
export function valueAt(root: JsonValue | undefined, path: Path): JsonValue | undefined {
  let value = root;
  for (const segment of path) {
    if (Array.isArray(value)) {
      value = typeof segment === "number" ? value[segment] : undefined;
    } else if (isJsonObject(value)) {
      value = Object.hasOwn(value, String(segment)) ? value[String(segment)] : undefined;
    } else {
      return undefined;
    }
  }
  return value;
}

/** RFC 6901. */
export function toJsonPointer(path: Path): string {
  return path.map((segment) => `/${String(segment).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** The way Kubernetes names a field in its own messages: `spec.containers[0].image`, `metadata.labels[a/b]`. */
export function toFieldPath(path: Path): string {
  let text = "";
  for (const segment of path) {
    if (typeof segment === "number") text += `[${segment}]`;
    else if (/^[A-Za-z_$][\w$-]*$/.test(segment)) text += text === "" ? segment : `.${segment}`;
    else text += `[${segment}]`;
  }
  return text;
}
