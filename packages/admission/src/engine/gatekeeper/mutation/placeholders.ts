/** Fields that external data is to fill: they hold a placeholder until all mutators are through (Gatekeeper, pkg/mutation/system_external_data.go). */
import { type JsonObject, type JsonValue, isJsonObject, jsonText, stringAt } from "@redoubt/kube";
import type { ExternalDataItem, ProviderAnswer, ProviderFailure } from "../../../model/external-data.ts";
import type { ExternalDataSession } from "../external-data.ts";
import { MutationError, type Setter, setField } from "./apply.ts";

/** `spec.parameters.assign.externalData`. */
export interface ExternalSource {
  readonly provider: string;
  readonly isUsername: boolean;
  readonly failurePolicy: "Fail" | "Ignore" | "UseDefault";
  readonly fallback: string;
}

/** Reads a source; a string says why Gatekeeper refuses it. */
export function readExternalSource(value: JsonObject | undefined): ExternalSource | string {
  const dataSource = stringAt(value, ["dataSource"]) ?? "ValueAtLocation";
  const failurePolicy = stringAt(value, ["failurePolicy"]) ?? "Fail";
  const fallback = stringAt(value, ["default"]) ?? "";
  if (dataSource !== "ValueAtLocation" && dataSource !== "Username") {
    return `assign.externalData.dataSource: ${JSON.stringify(dataSource)} is not one of ValueAtLocation, Username`;
  }
  if (failurePolicy !== "Fail" && failurePolicy !== "Ignore" && failurePolicy !== "UseDefault") {
    return `assign.externalData.failurePolicy: ${JSON.stringify(failurePolicy)} is not one of UseDefault, Ignore, Fail`;
  }
  if (failurePolicy === "UseDefault" && fallback === "") {
    return "`default` must not be empty when `failurePolicy` is set to `UseDefault`";
  }
  const provider = stringAt(value, ["provider"]) ?? "";
  return { provider, isUsername: dataSource === "Username", failurePolicy, fallback };
}

/** The placeholders of one object. They are mappings with one field, whose name nothing in the object has. */
export class Placeholders {
  readonly #field: string;
  readonly #sources: ExternalSource[] = [];

  constructor(object: JsonObject) {
    const text = jsonText(object);
    let number = 0;
    while (text.includes(`"external-data-${number}"`)) number++;
    this.#field = `external-data-${number}`;
  }

  /** Puts a placeholder there; it keeps the text that it takes the place of. */
  setter(source: ExternalSource, username: string): Setter {
    return {
      item: undefined,
      set: (object, field) => {
        const present = Object.hasOwn(object, field) ? object[field] : undefined;
        let key = source.isUsername ? username : "";
        const earlier = present === undefined ? undefined : this.#read(present);
        if (earlier !== undefined) ({ key } = earlier);
        else if (typeof present === "string") key = present;
        else if (present !== undefined) {
          throw new MutationError("value assigned to external data placeholder is not a string");
        }
        setField(object, field, this.#write(source, key));
      },
    };
  }

  #write(source: ExternalSource, key: string): JsonObject {
    let index = this.#sources.indexOf(source);
    if (index < 0) index = this.#sources.push(source) - 1;
    return { [this.#field]: [index, key] };
  }

  #read(value: JsonValue): { readonly source: ExternalSource; readonly key: string } | undefined {
    const held = isJsonObject(value) && Object.hasOwn(value, this.#field) ? value[this.#field] : undefined;
    if (!Array.isArray(held)) return undefined;
    const [index, key] = held;
    const source = typeof index === "number" ? this.#sources[index] : undefined;
    return source === undefined || typeof key !== "string" ? undefined : { source, key };
  }

  /** Replaces all placeholders, in place. The problems of those that may not fail; none while providers must be asked first. */
  resolve(object: JsonObject, session: ExternalDataSession | undefined): readonly string[] {
    if (this.#sources.length === 0) return [];
    const keys = new Map<string, Set<string>>();
    this.#each(object, ({ source, key }) => {
      const asked = keys.get(source.provider) ?? new Set();
      keys.set(source.provider, asked.add(key));
    });
    const answers = new Map(
      Array.from(keys, ([provider, wanted]) => [provider, session?.askForMutation(provider, [...wanted].sort())]),
    );
    const isPending = session !== undefined && [...answers.values()].includes(undefined);
    const problems: string[] = [];
    this.#each(object, ({ source, key }, put) => {
      const found = isPending ? key : valueFrom(source.provider, key, answers.get(source.provider));
      if (typeof found === "string") put(found);
      else if (source.failurePolicy === "Fail") problems.push(found.problem);
      else put(source.failurePolicy === "Ignore" ? key : source.fallback);
    });
    return problems;
  }

  #each(
    value: JsonValue,
    visit: (held: { readonly source: ExternalSource; readonly key: string }, put: (text: string) => void) => void,
  ): void {
    if (Array.isArray(value)) for (const item of value) this.#each(item, visit);
    if (!isJsonObject(value)) return;
    for (const [field, item] of Object.entries(value)) {
      const held = this.#read(item);
      if (held === undefined) this.#each(item, visit);
      else visit(held, (text) => setField(value, field, text));
    }
  }
}

function valueFrom(
  provider: string,
  key: string,
  answer: ProviderAnswer | ProviderFailure | undefined,
): string | { readonly problem: string } {
  if (answer === undefined) return { problem: `failed to find external data provider ${provider} in responses` };
  if ("failure" in answer) {
    if (answer.statusCode === 400) return { problem: `failed to find external data provider ${provider} in responses` };
    return { problem: `failed to send external data request to provider ${provider}: ${answer.failure}` };
  }
  const invalid = invalidAnswer(answer);
  if (invalid !== undefined) {
    return { problem: `failed to validate external data response from provider ${provider}: ${invalid}` };
  }
  const item = answer.items.findLast((entry) => entry.key === key);
  if (item === undefined) return { problem: `failed to find external data item in response for provider ${provider}` };
  return textOf(provider, item);
}

function invalidAnswer({ systemError, isIdempotent }: ProviderAnswer): string | undefined {
  if (systemError.trim() !== "") return `non-empty system error: ${systemError.trim()}`;
  return isIdempotent ? undefined : "non-idempotent response";
}

function textOf(provider: string, { value, error }: ExternalDataItem): string | { readonly problem: string } {
  if (error !== "") return { problem: `failed to retrieve external data item from provider ${provider}: ${error}` };
  if (typeof value === "string") return value;
  const type = goType(value);
  return {
    problem: `failed to convert external data item value from provider ${provider} to string, got type ${type}`,
  };
}

function goType(value: JsonValue): string {
  if (value === null) return "<nil>";
  if (Array.isArray(value)) return "[]interface {}";
  if (typeof value === "object") return "map[string]interface {}";
  return typeof value === "boolean" ? "bool" : "float64";
}
