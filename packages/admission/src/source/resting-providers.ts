/** For those who judge much in a row: a provider that is down must not cost its whole timeout for each object. */
import type { ProviderPort } from "../engine/decide-with-providers.ts";
import type { AnswerCache } from "../engine/gatekeeper/external-data.ts";
import type { Provider, ProviderAnswer, ProviderFailure } from "../model/external-data.ts";

export interface RestOptions {
  /** Milliseconds since some moment. */
  readonly clock: () => number;
  /** How often a provider may fail in a row before it is left alone. Default: 3. */
  readonly failures?: number;
  /** How long it is left alone, in milliseconds. Default: half a minute. */
  readonly restFor?: number;
}

interface Trouble {
  readonly failures: number;
  readonly last: ProviderFailure;
  readonly until: number;
}

/** Asks through another port. A provider that fails again and again is not asked for a while: the last failure is the answer. */
export class RestingProviders implements ProviderPort {
  readonly #port: ProviderPort;
  readonly #options: RestOptions;
  readonly #troubles = new Map<string, Trouble>();

  constructor(port: ProviderPort, options: RestOptions) {
    this.#port = port;
    this.#options = options;
  }

  find(provider: string, key: string): ReturnType<AnswerCache["find"]> {
    return this.#port.find(provider, key);
  }

  async ask(provider: Provider, keys: readonly string[]): Promise<ProviderAnswer | ProviderFailure> {
    const { clock, failures: most = 3, restFor = 30_000 } = this.#options;
    const id = JSON.stringify([provider.name, provider.url]);
    const before = this.#troubles.get(id);
    if (before !== undefined && before.failures >= most && clock() < before.until) return before.last;
    const answer = await this.#port.ask(provider, keys);
    if ("failure" in answer) {
      this.#troubles.set(id, { failures: (before?.failures ?? 0) + 1, last: answer, until: clock() + restFor });
    } else {
      this.#troubles.delete(id);
    }
    return answer;
  }
}
