/**
 * Serving certificates from an authority of our own. Its successor is trusted a while before it issues, so that API servers know
 * it by then; afterwards the old one stays trusted until what it issued has ended.
 */
import { X509Certificate } from "node:crypto";
import type { Authorities, AuthorityStore } from "./authority-store.ts";
import { type Authority, type Validity, createAuthority, issueServingCertificate } from "./issue-certificate.ts";
import { type CertificateSource, type ServingCertificate, expiryOf } from "./serving-certificate.ts";

export interface OwnAuthorityOptions {
  readonly store: AuthorityStore;
  /** DNS names and IP addresses of the server, the chief one first. */
  readonly names: readonly string[];
  /** Told the certificates that clients are to trust, in PEM, first and whenever they change. */
  readonly onTrusted?: (bundle: string) => Promise<void>;
  readonly now?: () => Date;
  /** Milliseconds between two looks at what is about to end. */
  readonly interval?: number;
}

const NAME = "redoubt-admission-ca";
const DAY = 86_400_000;
const AUTHORITY_LIFE = 730 * DAY;
const CERTIFICATE_LIFE = 30 * DAY;
/** A successor is made when this much is left of an authority, and issues when half of that is. */
const SUCCESSION = 120 * DAY;
/** Clocks differ. */
const EARLIER = 300_000;

export class OwnAuthority implements CertificateSource {
  readonly #options: OwnAuthorityOptions;
  readonly #now: () => Date;
  #bundle = "";
  #serving: { readonly issuer: string; readonly certificate: ServingCertificate } | undefined;
  #look: (() => Promise<void>) | undefined;

  constructor(options: OwnAuthorityOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => new Date());
  }

  /** The certificates that clients are to trust, in PEM: a webhook configuration's `caBundle`. */
  get trusted(): string {
    return this.#bundle;
  }

  async start(
    signal: AbortSignal,
    changed: (certificate: ServingCertificate) => void,
    failed: (error: unknown) => void,
  ): Promise<ServingCertificate> {
    const first = await this.#current();
    let shown = first;
    const look = async (): Promise<void> => {
      const certificate = await this.#current();
      if (certificate === shown) return;
      shown = certificate;
      changed(certificate);
    };
    this.#look = look;
    const timer = setInterval(() => void look().catch(failed), this.#options.interval ?? DAY / 24);
    timer.unref();
    signal.addEventListener("abort", () => {
      clearInterval(timer);
    });
    return first;
  }

  /** Issues a new certificate now, before the present one is due. */
  async renew(): Promise<void> {
    this.#serving = undefined;
    await this.#look?.();
  }

  async #current(): Promise<ServingCertificate> {
    const { list } = await this.#authorities();
    const bundle = list.map(({ cert }) => cert).join("");
    if (bundle !== this.#bundle) {
      await this.#options.onTrusted?.(bundle);
      this.#bundle = bundle;
    }
    const [issuer] = list;
    if (issuer === undefined) throw new RangeError("a store without authorities");
    const serving = this.#serving;
    if (serving?.issuer === issuer.cert && this.#left(expiryOf(serving.certificate)) > CERTIFICATE_LIFE / 3)
      return serving.certificate;
    const certificate = issueServingCertificate(issuer, NAME, this.#options.names, this.#validity(CERTIFICATE_LIFE));
    this.#serving = { issuer: issuer.cert, certificate };
    return certificate;
  }

  /** What the store holds, after what is due has been done to it. */
  async #authorities(): Promise<Authorities> {
    const { store } = this.#options;
    for (;;) {
      const stored = await store.read();
      const authorities = this.#due(stored?.authorities);
      if (stored !== undefined && authorities === stored.authorities) return authorities;
      if (await store.write(authorities, stored?.revision)) return authorities;
    }
  }

  #due(stored: Authorities | undefined): Authorities {
    const valid = stored?.list.filter((authority) => this.#left(endOf(authority)) > 0) ?? [];
    const [first, second] = valid;
    if (first === undefined) return { list: [this.#create()] };
    const left = this.#left(endOf(first));
    if (second === undefined && left < SUCCESSION) return { list: [first, this.#create()] };
    const isSucceeded = second !== undefined && left < SUCCESSION / 2;
    if (isSucceeded && endOf(second) > endOf(first)) return { list: [second, first, ...valid.slice(2)] };
    return stored !== undefined && valid.length === stored.list.length ? stored : { list: valid };
  }

  #create(): Authority {
    return createAuthority(NAME, this.#validity(AUTHORITY_LIFE));
  }

  #validity(life: number): Validity {
    const now = this.#now().getTime();
    return { from: new Date(now - EARLIER), until: new Date(now + life) };
  }

  #left(end: Date): number {
    return end.getTime() - this.#now().getTime();
  }
}

function endOf({ cert }: Authority): Date {
  return new Date(new X509Certificate(cert).validTo);
}
