import "reflect-metadata";
import { isIP } from "node:net";
import * as x509 from "@peculiar/x509";

const EC = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const DAY = 86_400_000;

/** A certificate and its private key, in PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** Mints certificates of one authority, valid for a day. */
export class CertificateAuthority {
  readonly certificate: string;
  readonly key: string;
  readonly #certificate: x509.X509Certificate;
  readonly #keys: CryptoKeyPair;
  #serial = 1;

  private constructor(certificate: x509.X509Certificate, keys: CryptoKeyPair, key: string) {
    this.#certificate = certificate;
    this.#keys = keys;
    this.certificate = certificate.toString("pem");
    this.key = key;
  }

  static async create(name: string): Promise<CertificateAuthority> {
    const keys = await generateKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: `CN=${name}`,
      keys,
      ...validity(),
      signingAlgorithm: EC,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
      ],
    });
    return new CertificateAuthority(certificate, keys, await exportKey(keys));
  }

  /** A client certificate: Kubernetes reads the user from CN and the groups from O. */
  async client(user: string, groups: readonly string[] = []): Promise<KeyPair> {
    return this.#issue(
      [{ CN: [user] }, ...groups.map((group) => ({ O: [group] }))],
      [x509.ExtendedKeyUsage.clientAuth],
      [],
    );
  }

  /** A serving certificate for host names and addresses. */
  async server(name: string, hosts: readonly string[]): Promise<KeyPair> {
    return this.#issue([{ CN: [name] }], [x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth], hosts);
  }

  async #issue(
    subject: readonly { [attribute: string]: string[] }[],
    usages: readonly x509.ExtendedKeyUsage[],
    hosts: readonly string[],
  ): Promise<KeyPair> {
    const keys = await generateKeys();
    this.#serial += 1;
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: this.#serial.toString(16).padStart(2, "0"),
      subject: new x509.Name([...subject]).toString(),
      issuer: this.#certificate.subject,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      ...validity(),
      signingAlgorithm: EC,
      extensions: [
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([...usages]),
        ...(hosts.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(hosts.map(alternativeName))]),
      ],
    });
    return { certificate: certificate.toString("pem"), key: await exportKey(keys) };
  }
}

/** A key pair that signs service account tokens: public and private PEM. */
export async function serviceAccountKeys(): Promise<{ readonly publicKey: string; readonly privateKey: string }> {
  const keys = await generateKeys();
  const publicKey = Buffer.from(await crypto.subtle.exportKey("spki", keys.publicKey));
  return { publicKey: x509.PemConverter.encode(publicKey, "PUBLIC KEY"), privateKey: await exportKey(keys) };
}

function alternativeName(value: string): x509.JsonGeneralName {
  return { type: isIP(value) === 0 ? "dns" : "ip", value };
}

async function generateKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(EC, true, ["sign", "verify"]);
}

async function exportKey(keys: CryptoKeyPair): Promise<string> {
  return x509.PemConverter.encode(await crypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
}

function validity(): { readonly notBefore: Date; readonly notAfter: Date } {
  return { notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + DAY) };
}
