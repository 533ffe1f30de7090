import { setTimeout as sleep } from "node:timers/promises";
import { RedoubtError } from "@redoubt/kube";

export interface ReconcilerOptions {
  /** What is asked for within this time is done at once. */
  readonly delayMs?: number;
  /** The first pause after a failure; it doubles with each that follows, up to a minute. */
  readonly retryMs?: number;
  /** Told of each failure, before the pause. */
  readonly failed?: (error: RedoubtError) => void;
}

const LONGEST_RETRY_MS = 60_000;

/** Brings something about, one attempt at a time: soon after it is woken, again where it was woken meanwhile, and until it succeeds. */
export class Reconciler {
  readonly #work: (signal: AbortSignal) => Promise<void>;
  readonly #options: ReconcilerOptions;
  #woken = Promise.withResolvers<void>();
  #isWoken = false;

  /** Failures of `work` that are no RedoubtError end `run` with them. */
  constructor(work: (signal: AbortSignal) => Promise<void>, options: ReconcilerOptions = {}) {
    this.#work = work;
    this.#options = options;
  }

  wake(): void {
    this.#isWoken = true;
    this.#woken.resolve();
  }

  /** Until aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { delayMs = 50, retryMs = 500, failed } = this.#options;
    const ended = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => ended.resolve(), { once: true });
    for (let failures = 0; !signal.aborted;) {
      if (failures === 0) await Promise.race([this.#woken.promise, ended.promise]);
      await pause(failures === 0 ? delayMs : Math.min(LONGEST_RETRY_MS, retryMs * 2 ** (failures - 1)), signal);
      if (signal.aborted) return;
      if (this.#isWoken) this.#woken = Promise.withResolvers<void>();
      this.#isWoken = false;
      try {
        await this.#work(signal);
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof RedoubtError)) throw error;
        failed?.(error);
        failures += 1;
      }
    }
  }
}

/** Also ends, without an error, when aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
