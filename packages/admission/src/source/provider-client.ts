/** Asks external data providers over HTTPS, as Gatekeeper does: by POST, trusting only the provider's own authority, TLS 1.3 at least. */
import { Agent, request } from "node:https";
import {
  type ExternalDataItem,
  type Provider,
  type ProviderAnswer,
  type ProviderFailure,
  providerRequest,
  readProviderResponse,
} from "../model/external-data.ts";
import type { ProviderPort } from "../engine/decide-with-providers.ts";

export interface ProviderClientOptions {
  /** How long answers are kept, in milliseconds. Default: three minutes, as Gatekeeper; 0 keeps none. */
  readonly keepFor?: number;
  /** Milliseconds since some moment. */
  readonly clock: () => number;
  /** What providers know their client by, in PEM. */
  readonly identity?: { readonly certificate: string; readonly key: string };
  /** Ends requests that are under way. */
  readonly signal?: AbortSignal;
}

interface Kept extends ExternalDataItem {
  readonly isIdempotent: boolean;
  readonly until: number;
}

const KEEP_FOR_MS = 180_000;
const DEFAULT_TIMEOUT_S = 5;
/** No webhook may take longer, and nothing else should wait longer for one answer. */
const LONGEST_TIMEOUT_S = 30;
/** One object may have thousands of things that a policy asks about one by one. */
const MOST_CONNECTIONS = 16;
/** A provider must not fill the memory: an answer may have so many bytes, and so many are kept. */
const MOST_BYTES = 4 * 1024 * 1024;
const MOST_KEPT = 10_000;

export class ProviderClient implements ProviderPort {
  readonly #options: ProviderClientOptions;
  readonly #kept = new Map<string, Kept>();
  readonly #agent = new Agent({ keepAlive: true, maxSockets: MOST_CONNECTIONS });

  constructor(options: ProviderClientOptions) {
    this.#options = options;
  }

  find(provider: string, key: string): Kept | undefined {
    const id = JSON.stringify([provider, key]);
    const kept = this.#kept.get(id);
    if (kept === undefined || kept.until > this.#options.clock()) return kept;
    this.#kept.delete(id);
    return undefined;
  }

  async ask(provider: Provider, keys: readonly string[]): Promise<ProviderAnswer | ProviderFailure> {
    try {
      const { status, text } = await this.#post(provider, JSON.stringify(providerRequest(keys)));
      const answer = readProviderResponse(text, status);
      if (typeof answer === "string") {
        return { statusCode: 500, failure: `failed to unmarshal external data response: ${answer}` };
      }
      this.#keep(provider.name, answer);
      return answer;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { statusCode: 500, failure: `failed to send external data request: ${reason}` };
    }
  }

  #keep(provider: string, { items, isIdempotent }: ProviderAnswer): void {
    const { keepFor = KEEP_FOR_MS, clock } = this.#options;
    if (keepFor <= 0) return;
    for (const item of items) {
      const id = JSON.stringify([provider, item.key]);
      this.#kept.delete(id);
      this.#kept.set(id, { ...item, isIdempotent, until: clock() + keepFor });
    }
    for (const id of this.#kept.keys()) {
      if (this.#kept.size <= MOST_KEPT) break;
      this.#kept.delete(id);
    }
  }

  #post(provider: Provider, body: string): Promise<{ readonly status: number; readonly text: string }> {
    const { identity, signal } = this.#options;
    const seconds = provider.timeout === 0 ? DEFAULT_TIMEOUT_S : provider.timeout;
    const timeout = AbortSignal.timeout(Math.min(seconds, LONGEST_TIMEOUT_S) * 1000);
    return new Promise((resolve, reject) => {
      const sent = request(
        provider.url,
        {
          method: "POST",
          agent: this.#agent,
          ca: provider.certificates,
          minVersion: "TLSv1.3",
          headers: { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) },
          signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
          ...(identity === undefined ? {} : { cert: identity.certificate, key: identity.key }),
        },
        (response) => {
          const chunks: Buffer[] = [];
          let size = 0;
          response.on("data", (chunk: Buffer) => {
            size += chunk.length;
            if (size > MOST_BYTES) response.destroy(new Error(`the answer has more than ${MOST_BYTES} bytes`));
            else chunks.push(chunk);
          });
          response.on("end", () => {
            resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") });
          });
          response.on("error", reject);
        },
      );
      sent.on("error", reject);
      sent.end(body);
    });
  }
}
