import { X509Certificate, createPrivateKey } from "node:crypto";
import { RedoubtError } from "@redoubt/kube";

/** What a server shows its clients, in PEM. */
export interface ServingCertificate {
  readonly key: string;
  /** The server's certificate, followed by those between it and the authority. */
  readonly cert: string;
}

/** Where a server's certificate comes from, over its whole life. */
export interface CertificateSource {
  /**
   * Resolves to the first certificate, and calls `changed` with each later one, until `signal` is aborted. Rejects where there is no
   * first one; what goes wrong later is told to `failed`, and the certificate stays.
   */
  start(
    signal: AbortSignal,
    changed: (certificate: ServingCertificate) => void,
    failed: (error: unknown) => void,
  ): Promise<ServingCertificate>;
}

/** When the certificate ends. Throws `SERVER_CERTIFICATE` where it cannot be read, or the key is another's. */
export function expiryOf({ key, cert }: ServingCertificate): Date {
  let certificate: X509Certificate;
  let isPair: boolean;
  try {
    certificate = new X509Certificate(cert);
    isPair = certificate.checkPrivateKey(createPrivateKey(key));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RedoubtError("SERVER_CERTIFICATE", `the serving certificate or its key cannot be read: ${reason}`, {
      cause,
    });
  }
  if (!isPair) throw new RedoubtError("SERVER_CERTIFICATE", "the key is not that of the serving certificate");
  return new Date(certificate.validTo);
}
