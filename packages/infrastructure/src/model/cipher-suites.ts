/** Suites with known attacks (RC4, 3DES, CBC with SHA-1 or SHA-256, NULL) or without forward secrecy (RSA key exchange). */
export function isWeakSuite(suite: string): boolean {
  return /_CBC_|RC4|3DES|_NULL_|^TLS_RSA_/.test(suite);
}
