/** A certificate in files that something else renews: cert-manager, a mounted Secret, an administrator. */
import { readFile } from "node:fs/promises";
import { RedoubtError } from "@redoubt/kube";
import { watchFiles } from "../watch-files.ts";
import { type CertificateSource, type ServingCertificate, expiryOf } from "./serving-certificate.ts";

export class CertificateFiles implements CertificateSource {
  readonly #certFile: string;
  readonly #keyFile: string;

  constructor(certFile: string, keyFile: string) {
    this.#certFile = certFile;
    this.#keyFile = keyFile;
  }

  async start(
    signal: AbortSignal,
    changed: (certificate: ServingCertificate) => void,
    failed: (error: unknown) => void,
  ): Promise<ServingCertificate> {
    const first = await this.#read();
    let current = first;
    const reread = async (): Promise<void> => {
      const certificate = await this.#read();
      if (certificate.cert === current.cert && certificate.key === current.key) return;
      current = certificate;
      changed(certificate);
    };
    // Between the writes of the two files they are no pair: the next change, or the next look, finds them one.
    watchFiles([this.#certFile, this.#keyFile], signal, () => reread().catch(failed));
    return first;
  }

  async #read(): Promise<ServingCertificate> {
    const [cert, key] = await Promise.all([read(this.#certFile), read(this.#keyFile)]);
    expiryOf({ cert, key });
    return { cert, key };
  }
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RedoubtError("SERVER_CERTIFICATE", `${file} cannot be read: ${reason}`, { cause });
  }
}
