import { BuiltinError } from "../errors.ts";
import type { CryptoHost } from "../host.ts";
import { compareBytes } from "../../values/utf8.ts";
import { parseAddress } from "../ip.ts";
import { unsignedOf } from "./der.ts";
import type { Certificate } from "./certificate.ts";
import type { GeneralNames } from "./extensions.ts";
import { signatureAlgorithmNames } from "./signature-algorithm.ts";
import { splitHost, parseUrl } from "../url.ts";

export interface VerifyOptions {
  readonly dnsName: string;
  /** Seconds since 1970. */
  readonly time: number;
  /** Go's numbers; any one will do. */
  readonly keyUsages: readonly number[];
}

const anyUsage = 0;
const serverAuth = 1;
const certificateSigning = 1 << 5;
const maxSignatureChecks = 100;

/**
 * A chain from the leaf over intermediates to the root, by the rules of Go's Certificate.Verify; undefined if there is
 * none.
 */
export function verifiedChain(
  crypto: CryptoHost,
  root: Certificate,
  intermediates: readonly Certificate[],
  leaf: Certificate,
  options: VerifyOptions,
): readonly Certificate[] | undefined {
  return new ChainBuilder(crypto, root, intermediates, options).chain(leaf);
}

class ChainBuilder {
  readonly #crypto: CryptoHost;
  readonly #root: Certificate;
  readonly #intermediates: readonly Certificate[];
  readonly #options: VerifyOptions;
  #checks = 0;

  constructor(crypto: CryptoHost, root: Certificate, intermediates: readonly Certificate[], options: VerifyOptions) {
    this.#crypto = crypto;
    this.#root = root;
    this.#intermediates = intermediates;
    this.#options = options;
  }

  chain(leaf: Certificate): readonly Certificate[] | undefined {
    if (leaf.unhandledCritical || !this.#isTimely(leaf)) return undefined;
    if (this.#options.dnsName !== "" && !matchesHost(leaf, this.#options.dnsName)) return undefined;
    if (isSame(leaf, this.#root)) return this.#acceptable([leaf]) ? [leaf] : undefined;
    return this.#extend([leaf]);
  }

  #extend(chain: readonly Certificate[]): readonly Certificate[] | undefined {
    const child = chain.at(-1);
    if (child === undefined) return undefined;
    if (this.#signs(this.#root, child, chain)) {
      const whole = [...chain, this.#root];
      if (this.#acceptable(whole)) return whole;
    }
    for (const candidate of this.#intermediates) {
      if (chain.some((known) => isSame(known, candidate)) || !this.#signs(candidate, child, chain)) continue;
      const found = this.#extend([...chain, candidate]);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #isTimely(certificate: Certificate): boolean {
    return this.#options.time >= certificate.notBefore && this.#options.time <= certificate.notAfter;
  }

  /** Whether `issuer` may stand above `child` in a chain. */
  #signs(issuer: Certificate, child: Certificate, chain: readonly Certificate[]): boolean {
    if (compareBytes(issuer.subject, child.issuer) !== 0 || issuer.unhandledCritical || !this.#isTimely(issuer)) {
      return false;
    }
    if (!issuer.basicConstraintsValid || !issuer.isCa) return issuer.version < 3 && this.#verifies(issuer, child);
    if (issuer.hasKeyUsage && (issuer.keyUsage & certificateSigning) === 0) return false;
    // Intermediates below this one, the leaf not counted.
    if (issuer.maxPathLength >= 0 && chain.length - 1 > issuer.maxPathLength) return false;
    if (issuer.constraints !== undefined && !chain.every((certificate) => isPermitted(issuer, certificate))) {
      return false;
    }
    return this.#verifies(issuer, child);
  }

  #verifies(issuer: Certificate, child: Certificate): boolean {
    this.#checks += 1;
    if (this.#checks > maxSignatureChecks) throw new BuiltinError("x509: signature check attempts limit reached");
    const algorithm = signatureAlgorithmNames.get(child.signatureAlgorithm);
    // SHA-1 signatures are trusted no more.
    if (algorithm === undefined || algorithm.includes("SHA1")) return false;
    return this.#crypto.verifyCertificate(algorithm, issuer.publicKey.der, child.tbs, child.signature) === true;
  }

  /** Whether every certificate of the chain allows one of the usages asked for. */
  #acceptable(chain: readonly Certificate[]): boolean {
    const wanted = this.#options.keyUsages.length === 0 ? [serverAuth] : this.#options.keyUsages;
    if (wanted.includes(anyUsage)) return true;
    let usages: readonly number[] = wanted;
    for (const certificate of chain.toReversed()) {
      if (certificate.extendedKeyUsage.length === 0 && !certificate.hasUnknownUsages) continue;
      if (certificate.extendedKeyUsage.includes(anyUsage)) continue;
      usages = usages.filter((usage) => certificate.extendedKeyUsage.includes(usage));
    }
    return usages.length > 0;
  }
}

function isSame(a: Certificate, b: Certificate): boolean {
  return compareBytes(a.raw, b.raw) === 0;
}

function matchesHost(certificate: Certificate, host: string): boolean {
  const bare = host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
  const address = parseAddress(bare);
  if (address !== undefined) {
    return certificate.names.ipAddresses.some((bytes) => {
      const value = unsignedOf(bytes);
      return (bytes.length === 4 ? (0xffffn << 32n) | value : value) === address;
    });
  }
  const name = host.replace(/\.$/, "").toLowerCase();
  return certificate.names.dnsNames.some((pattern) => matchesPattern(pattern.toLowerCase(), name));
}

/** A star stands for the whole first label. */
function matchesPattern(pattern: string, name: string): boolean {
  const wanted = pattern.split(".");
  const labels = name.split(".");
  if (wanted.length !== labels.length || pattern === "" || name === "") return false;
  return wanted.every((label, i) => (i === 0 && label === "*") || label === labels[i]);
}

function isPermitted({ constraints }: Certificate, certificate: Certificate): boolean {
  if (constraints === undefined) return true;
  const { permitted, excluded } = constraints;
  return (
    keeps(certificate.names.dnsNames, permitted.dnsNames, excluded.dnsNames, isInDomain) &&
    keeps(certificate.names.emailAddresses, permitted.emailAddresses, excluded.emailAddresses, isMailOf) &&
    keeps(certificate.names.uris, permitted.uris, excluded.uris, isUriOf) &&
    keeps(certificate.names.ipAddresses, permitted.ipAddresses, excluded.ipAddresses, isInRange)
  );
}

function keeps<T>(
  names: GeneralNames[keyof GeneralNames] & readonly T[],
  permitted: readonly T[],
  excluded: readonly T[],
  matches: (name: T, constraint: T) => boolean,
): boolean {
  return names.every(
    (name) =>
      !excluded.some((constraint) => matches(name, constraint)) &&
      (permitted.length === 0 || permitted.some((constraint) => matches(name, constraint))),
  );
}

function isInDomain(name: string, constraint: string): boolean {
  if (constraint === "") return true;
  const [lower, domain] = [name.toLowerCase(), constraint.toLowerCase()];
  if (domain.startsWith(".")) return lower.endsWith(domain);
  return lower === domain || lower.endsWith(`.${domain}`);
}

function isMailOf(address: string, constraint: string): boolean {
  if (constraint.includes("@")) return address.toLowerCase() === constraint.toLowerCase();
  const host = address.slice(address.lastIndexOf("@") + 1).toLowerCase();
  const domain = constraint.toLowerCase();
  return domain.startsWith(".") ? host.endsWith(domain) : host === domain;
}

function isUriOf(uri: string, constraint: string): boolean {
  const [host] = splitHost(parseUrl(uri).host);
  const domain = constraint.toLowerCase();
  return domain.startsWith(".") ? host.toLowerCase().endsWith(domain) : host.toLowerCase() === domain;
}

function isInRange(address: Uint8Array, range: Uint8Array): boolean {
  const size = range.length / 2;
  if (address.length !== size) return false;
  return address.every((byte, i) => {
    const mask = range[size + i] ?? 0;
    return (byte & mask) === ((range[i] ?? 0) & mask);
  });
}
