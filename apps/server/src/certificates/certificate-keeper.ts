import { type Log, errorText } from "../log.ts";
import type { WebhookMetrics } from "../metrics/webhook-metrics.ts";
import { type ServingCertificate, expiryOf } from "./serving-certificate.ts";

/** Puts certificates to use as they come; one that cannot be used leaves the earlier one. */
export class CertificateKeeper {
  readonly #metrics: WebhookMetrics;
  readonly #log: Log;
  #show: ((certificate: ServingCertificate) => void) | undefined;

  constructor(metrics: WebhookMetrics, log: Log) {
    this.#metrics = metrics;
    this.#log = log;
  }

  /** `show` takes the certificates after this first one. Throws `SERVER_CERTIFICATE` where the first is none. */
  shownBy(show: (certificate: ServingCertificate) => void, certificate: ServingCertificate): void {
    this.#show = show;
    this.#metrics.certificateExpiry.at().set(expiryOf(certificate).getTime() / 1000);
  }

  changed(certificate: ServingCertificate): void {
    try {
      const expiry = expiryOf(certificate);
      this.#show?.(certificate);
      this.#metrics.certificateExpiry.at().set(expiry.getTime() / 1000);
      this.#metrics.certificateReloads.at("success").add(1);
      this.#log.info("the serving certificate was replaced", { expires: expiry.toISOString() });
    } catch (error) {
      this.failed(error);
    }
  }

  failed(error: unknown): void {
    this.#metrics.certificateReloads.at("failure").add(1);
    this.#log.error("the serving certificate stays as it is", { error: errorText(error) });
  }
}
