/**
 * External data within one decision. The engine reaches for nothing: what it would ask of a provider is written down, the decision comes to
 * an end without it, and is made again once the answers are there (see decide-with-providers.ts).
 */
import type { JsonValue } from "@redoubt/kube";
import { type Builtin, BuiltinError, type Value, isArray, lookup } from "@redoubt/rego";
import type {
  ExternalDataItem,
  ExternalDataRequest,
  ProviderAnswer,
  ProviderFailure,
} from "../../model/external-data.ts";

/** Answers of before that are still good. */
export interface AnswerCache {
  find(provider: string, key: string): (ExternalDataItem & { readonly isIdempotent: boolean }) | undefined;
}

interface Call {
  readonly known: readonly ExternalDataItem[];
  /** undefined where all keys were known. */
  readonly request: ExternalDataRequest | undefined;
  answer?: ProviderAnswer | ProviderFailure;
}

/** What policies read. Gatekeeper's own failures have null for the lists. */
interface RegoResponse {
  readonly [field: string]: JsonValue;
}

const NO_CACHE: AnswerCache = { find: () => undefined };

/** The questions of one decision, and the answers to them. */
export class ExternalDataSession {
  readonly #calls = new Map<string, Call>();
  readonly #cache: AnswerCache;
  #refusal: ProviderFailure | undefined;

  constructor(cache: AnswerCache = NO_CACHE) {
    this.#cache = cache;
  }

  /** The requests that are not answered yet. */
  get pending(): readonly ExternalDataRequest[] {
    return Array.from(this.#calls.values()).flatMap(({ request, answer }) =>
      request === undefined || answer !== undefined ? [] : [request],
    );
  }

  answer(request: ExternalDataRequest, answer: ProviderAnswer | ProviderFailure): void {
    for (const call of this.#calls.values()) if (call.request === request) call.answer = answer;
  }

  /** From now on this is the answer to all that has none, also to what is not asked for yet: keys may be new ones each time. */
  refuse(failure: ProviderFailure): void {
    this.#refusal = failure;
    for (const call of this.#calls.values()) call.answer ??= failure;
  }

  /** What `external_data` gives; undefined where a provider must be asked first. */
  askForRego(provider: string, keys: readonly string[]): RegoResponse | undefined {
    const call = this.#call("rego", provider, keys, this.#cache);
    if (call.request === undefined) return response(call.known, 0, "");
    const { answer } = call;
    if (answer === undefined) return undefined;
    if ("failure" in answer) {
      return { responses: null, errors: null, status_code: answer.statusCode, system_error: answer.failure };
    }
    return response([...call.known, ...answer.items], answer.statusCode, answer.systemError);
  }

  /** What a provider says of keys, which mutation never takes from a cache. */
  askForMutation(provider: string, keys: readonly string[]): ProviderAnswer | ProviderFailure | undefined {
    return this.#call("mutation", provider, keys, NO_CACHE).answer;
  }

  #call(purpose: string, provider: string, keys: readonly string[], cache: AnswerCache): Call {
    const id = JSON.stringify([purpose, provider, keys]);
    const present = this.#calls.get(id);
    if (present !== undefined) return present;
    const known: ExternalDataItem[] = [];
    const missing: string[] = [];
    for (const key of keys) {
      const item = cache.find(provider, key);
      if (item === undefined) missing.push(key);
      else known.push(item);
    }
    const call: Call = {
      known,
      request: missing.length === 0 ? undefined : { provider, keys: missing },
      ...(this.#refusal === undefined ? {} : { answer: this.#refusal }),
    };
    this.#calls.set(id, call);
    return call;
  }
}

function response(items: readonly ExternalDataItem[], statusCode: number, systemError: string): RegoResponse {
  return {
    responses: items.filter(({ error }) => error === "").map(({ key, value }) => [key, value]),
    errors: items.filter(({ error }) => error !== "").map(({ key, error }) => [key, error]),
    status_code: statusCode,
    system_error: systemError,
  };
}

/** Which session policies speak to: decisions are made one at a time. */
export class ExternalDataGate {
  session: ExternalDataSession | undefined;

  /** `external_data({"provider": "name", "keys": [...]})`, as Gatekeeper declares it. */
  readonly builtin: Builtin = {
    name: "external_data",
    deterministic: false,
    deprecated: false,
    relation: false,
    decl: { args: [{ type: "any" }], result: { type: "any" } },
    call: (_context, request) => this.#answer(request),
  };

  #answer(request: Value): Value | undefined {
    const provider = lookup(request, "provider");
    const keys = lookup(request, "keys");
    const texts = isArray(keys) ? keys.filter((key) => typeof key === "string") : [];
    if (typeof provider !== "string" || !isArray(keys) || texts.length < keys.length) {
      throw new BuiltinError("external_data takes a provider and a list of keys");
    }
    if (this.session !== undefined) return this.session.askForRego(provider, texts);
    return { responses: null, errors: null, status_code: 400, system_error: "external data is not asked for here" };
  }
}
