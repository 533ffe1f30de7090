/** Single objects of the API server, read and written as controllers do. */
import {
  type ApiAnswer,
  type ApiConnection,
  type ChangeMethod,
  type JsonObject,
  isJsonObject,
  listAt,
  parseJson,
  stringAt,
  RedoubtError,
} from "@redoubt/kube";

/** One reason of a refusal, with the field as the API server names it. */
export interface Cause {
  readonly field: string;
  readonly message: string;
}

/** What became of a write. A conflict is another's write since the object was read: read again and decide again. */
export type Written =
  | { readonly kind: "written"; readonly object: JsonObject }
  | { readonly kind: "conflict" | "missing" }
  | { readonly kind: "refused"; readonly message: string; readonly causes: readonly Cause[] };

/**
 * undefined where there is none.
 *
 * @throws RedoubtError `KUBE_API_REFUSED` for any other answer, and what the connection throws.
 */
export async function readObject(
  connection: ApiConnection,
  path: string,
  signal?: AbortSignal,
): Promise<JsonObject | undefined> {
  const answer = await connection.get(path, signal === undefined ? {} : { signal });
  if (answer.status === 404) return undefined;
  const body = bodyOf(answer);
  if (answer.status === 200 && body !== undefined) return body;
  throw new RedoubtError("KUBE_API_REFUSED", `GET ${path}: ${messageOf(answer)}`);
}

/** @throws what the connection throws. */
export async function writeObject(
  connection: ApiConnection,
  method: ChangeMethod,
  path: string,
  object: JsonObject,
  signal?: AbortSignal,
): Promise<Written> {
  const answer = await connection.send(method, path, object, signal);
  const body = bodyOf(answer);
  if ((answer.status === 200 || answer.status === 201) && body !== undefined) return { kind: "written", object: body };
  if (answer.status === 409) return { kind: "conflict" };
  if (answer.status === 404) return { kind: "missing" };
  const causes = listAt(body, ["details", "causes"]).map((cause) => ({
    field: stringAt(cause, ["field"]) ?? "",
    message: stringAt(cause, ["message"]) ?? "",
  }));
  return { kind: "refused", message: messageOf(answer), causes };
}

function bodyOf({ text }: ApiAnswer): JsonObject | undefined {
  try {
    const body = parseJson(text);
    return isJsonObject(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

function messageOf(answer: ApiAnswer): string {
  return stringAt(bodyOf(answer), ["message"]) ?? `the API server answered ${answer.status}`;
}
