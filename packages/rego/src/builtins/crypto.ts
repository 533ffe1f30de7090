import { isArray, isNumber, isSet } from "../values/kinds.ts";
import { compareBytes, fromUtf8, toUtf8 } from "../values/utf8.ts";
import { int64Of } from "../values/number.ts";
import { objectEntries } from "../values/object.ts";
import type { MutableObject, Value } from "../values/value.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import type { BuiltinCall, BuiltinContext, Family } from "./builtin.ts";
import { BuiltinError } from "./errors.ts";
import { encodeHex } from "./hex.ts";
import type { CryptoHost, DigestAlgorithm } from "./host.ts";
import { objectOperand, stringOperand } from "./operands.ts";
import { type Certificate, parseCertificate, parseCertificates } from "./x509/certificate.ts";
import { decodedText, decodePem } from "./x509/pem.ts";
import { jwkJson, parseEcKey, parsePkcs8Key, parseRsaKey, type PrivateKey } from "./x509/private-key.ts";
import { certificateRequestJson } from "./x509/request.ts";
import { verifiedChain, type VerifyOptions } from "./x509/verify.ts";

/** The host's cryptography. */
export function cryptoOf(context: BuiltinContext): CryptoHost {
  const { crypto } = context.host;
  if (crypto === undefined) throw new BuiltinError("no cryptography is available here");
  return crypto;
}

function digest(algorithm: DigestAlgorithm): BuiltinCall {
  return (context, text) => {
    const data = toUtf8(stringOperand(text, 1));
    context.charge(data.length / 64);
    return encodeHex(cryptoOf(context).digest(algorithm, data));
  };
}

function hmac(algorithm: DigestAlgorithm): BuiltinCall {
  return (context, message, key) => {
    const data = toUtf8(stringOperand(message, 1));
    context.charge(data.length / 64);
    return encodeHex(cryptoOf(context).hmac(algorithm, toUtf8(stringOperand(key, 2)), data));
  };
}

/** Certificates from PEM, or from base64 of PEM or DER. */
function certificatesOf(text: string): Certificate[] {
  let pem = text;
  if (!text.startsWith("-----BEGIN")) {
    const decoded = decodeBase64(text, "standard");
    pem = fromUtf8(decoded);
    if (!pem.startsWith("-----BEGIN")) return parseCertificates(decoded);
  }
  const certificates: Certificate[] = [];
  for (let block = decodePem(pem); block !== undefined; block = decodePem(block.rest)) {
    if (block.type !== "CERTIFICATE") {
      throw new BuiltinError(`PEM block type is '${block.type}', expected CERTIFICATE`);
    }
    certificates.push(...parseCertificates(block.bytes));
  }
  return certificates;
}

/** A certificate with its URIs as text too, as OPA adds them. */
function extendedJson(certificate: Certificate): Value {
  const { uris } = certificate.names;
  return { ...certificate.json, URIStrings: uris.length === 0 ? null : uris };
}

function parseCertificatesCall(context: BuiltinContext, text: Value): Value {
  const source = stringOperand(text, 1);
  context.charge(source.length / 16);
  return certificatesOf(source).map(extendedJson);
}

function verify(
  context: BuiltinContext,
  source: string,
  options: () => VerifyOptions,
): readonly Certificate[] | undefined {
  let certificates: Certificate[];
  try {
    certificates = certificatesOf(source);
  } catch (error) {
    if (error instanceof BuiltinError) return undefined;
    throw error;
  }
  const wanted = options();
  const [root, ...others] = certificates;
  const leaf = others.pop();
  if (root === undefined || leaf === undefined) return undefined;
  try {
    return verifiedChain(cryptoOf(context), root, others, leaf, wanted);
  } catch (error) {
    if (error instanceof BuiltinError) return undefined;
    throw error;
  }
}

function nowSeconds(context: BuiltinContext): number {
  return Number(int64Of(context.now) ?? 0n) / 1e9;
}

function parseAndVerify(context: BuiltinContext, text: Value): Value {
  const source = stringOperand(text, 1);
  const chain = verify(context, source, () => ({ dnsName: "", time: nowSeconds(context), keyUsages: [] }));
  return chain === undefined ? [false, []] : [true, chain.map(extendedJson)];
}

function parseAndVerifyWithOptions(context: BuiltinContext, text: Value, options: Value): Value {
  const source = stringOperand(text, 1);
  const given = objectOperand(options, 2);
  const chain = verify(context, source, () => verifyOptions(context, given));
  return chain === undefined ? [false, []] : [true, chain.map(({ json }) => json)];
}

const keyUsageNames = [
  "KeyUsageAny",
  "KeyUsageServerAuth",
  "KeyUsageClientAuth",
  "KeyUsageCodeSigning",
  "KeyUsageEmailProtection",
  "KeyUsageIPSECEndSystem",
  "KeyUsageIPSECTunnel",
  "KeyUsageIPSECUser",
  "KeyUsageTimeStamping",
  "KeyUsageOCSPSigning",
  "KeyUsageMicrosoftServerGatedCrypto",
  "KeyUsageNetscapeServerGatedCrypto",
  "KeyUsageMicrosoftCommercialCodeSigning",
  "KeyUsageMicrosoftKernelCodeSigning",
];

function verifyOptions(context: BuiltinContext, options: ReturnType<typeof objectOperand>): VerifyOptions {
  const result: { -readonly [Option in keyof VerifyOptions]: VerifyOptions[Option] } = {
    dnsName: "",
    time: nowSeconds(context),
    keyUsages: [],
  };
  for (const [key, value] of objectEntries(options)) {
    switch (key) {
      case "DNSName":
        if (typeof value !== "string") throw new BuiltinError("'DNSName' should be a string");
        result.dnsName = value.replaceAll(/^"+|"+$/g, "");
        break;
      case "CurrentTime": {
        if (!isNumber(value)) throw new BuiltinError("'CurrentTime' should be a number");
        const nanoseconds = int64Of(value);
        if (nanoseconds === undefined) throw new BuiltinError("'CurrentTime' should be a valid int64 number");
        result.time = Number(nanoseconds) / 1e9;
        break;
      }
      case "MaxConstraintComparisons":
        if (!isNumber(value)) throw new BuiltinError("'MaxConstraintComparisons' should be a number");
        if (int64Of(value) === undefined) {
          throw new BuiltinError("'MaxConstraintComparisons' should be a valid number");
        }
        break;
      case "KeyUsages":
        result.keyUsages = keyUsagesOf(value);
        break;
      default:
        if (typeof key === "string") throw new BuiltinError("invalid key option");
    }
  }
  return result;
}

function keyUsagesOf(value: Value): number[] {
  if (!isArray(value) && !isSet(value)) throw new BuiltinError("'KeyUsages' should be an Array or Set");
  const usages: number[] = [];
  const invalid: string[] = [];
  for (const name of isArray(value) ? value : value.sorted()) {
    if (typeof name !== "string") continue;
    const bare = name.replaceAll(/^"+|"+$/g, "");
    const usage = keyUsageNames.indexOf(bare);
    if (usage < 0) invalid.push(bare);
    else usages.push(usage);
  }
  if (invalid.length > 0) {
    throw new BuiltinError(`invalid entries for 'KeyUsages' found: [${invalid.join(" ")}]`);
  }
  return usages;
}

function parseRequest(_context: BuiltinContext, text: Value): Value {
  const source = stringOperand(text, 1);
  const isPem = source.startsWith("-----BEGIN CERTIFICATE REQUEST-----");
  const bytes = isPem ? toUtf8(source) : decodeBase64(source, "standard");
  const block = decodePem(fromUtf8(bytes));
  if (block !== undefined && block.type !== "CERTIFICATE REQUEST") {
    throw new BuiltinError("invalid PEM-encoded certificate signing request");
  }
  return certificateRequestJson(block?.bytes ?? bytes);
}

function privateKeysOf(context: BuiltinContext, text: string): PrivateKey[] {
  let pem = text;
  try {
    pem = fromUtf8(decodeBase64(text, "standard"));
  } catch (error) {
    if (!(error instanceof BuiltinError)) throw error;
  }
  const keys: PrivateKey[] = [];
  for (let block = decodePem(pem); block !== undefined; block = decodePem(block.rest)) {
    if (block.type === "RSA PRIVATE KEY") keys.push(parseRsaKey(block.bytes));
    else if (block.type === "PRIVATE KEY") keys.push(parsePkcs8Key(cryptoOf(context), block.bytes));
    else if (block.type === "EC PRIVATE KEY") keys.push(parseEcKey(cryptoOf(context), block.bytes));
  }
  return keys;
}

function parsePrivateKeys(context: BuiltinContext, text: Value): Value {
  const source = stringOperand(text, 1);
  return source === "" ? null : privateKeysOf(context, source).map(({ json }) => json);
}

/** The first private key of a PEM as JSON Web Key. */
function parseRsaPrivateKey(context: BuiltinContext, text: Value): Value {
  const source = stringOperand(text, 1);
  if (source === "") throw new BuiltinError("input PEM data was empty");
  const [key] = privateKeysOf(context, decodedText(source));
  return key === undefined ? null : jwkJson(key);
}

/** A certificate chain with its key, as Go's tls.X509KeyPair makes it. */
function parseKeyPair(context: BuiltinContext, certificate: Value, key: Value): Value {
  const [certificateText, keyText] = [stringOperand(certificate, 1), stringOperand(key, 1)];
  const [certificateBlocks, keyBlocks] = [pemBlocks(certificateText, "CERTIFICATE"), pemBlocks(keyText, "PRIVATE KEY")];
  const certificates = certificateBlocks.filter(({ type }) => type === "CERTIFICATE");
  const [first] = certificates;
  if (first === undefined) throw noCertificate(certificateBlocks.map(({ type }) => type));
  const keyBlock = keyBlocks.find(({ type }) => type === "PRIVATE KEY" || type.endsWith(" PRIVATE KEY"));
  if (keyBlock === undefined) throw noKey(keyBlocks.map(({ type }) => type));
  const leaf = parseCertificate(first.bytes);
  const privateKey = tlsKey(context, keyBlock.bytes);
  const crypto = cryptoOf(context);
  if (compareBytes(crypto.publicKeyOf(privateKey.jwk), leaf.publicKey.der) !== 0) {
    throw new BuiltinError("tls: private key does not match public key");
  }
  const pair: MutableObject = {
    Certificate: certificates.map(({ bytes }) => encodeBase64(bytes, "standard")),
    PrivateKey: privateKey.json,
    SupportedSignatureAlgorithms: null,
    OCSPStaple: null,
    SignedCertificateTimestamps: null,
    Leaf: leaf.json,
  };
  return pair;
}

/** What Go says where a text has no certificate, but blocks of other types. */
function noCertificate(types: readonly string[]): BuiltinError {
  const [type] = types;
  if (type === undefined) return new BuiltinError("tls: failed to find any PEM data in certificate input");
  const found =
    types.length === 1 && type.endsWith("PRIVATE KEY")
      ? "failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched"
      : `failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [${types.join(" ")}]`;
  return new BuiltinError(`tls: ${found}`);
}

function noKey(types: readonly string[]): BuiltinError {
  const [type] = types;
  if (type === undefined) return new BuiltinError("tls: failed to find any PEM data in key input");
  const found =
    types.length === 1 && type === "CERTIFICATE"
      ? "found a certificate rather than a key in the PEM for the private key"
      : `failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: [${types.join(" ")}]`;
  return new BuiltinError(`tls: ${found}`);
}

function pemBlocks(text: string, type: string): { readonly type: string; readonly bytes: Uint8Array }[] {
  const bytes = text.startsWith("-----BEGIN ") ? undefined : decodeBase64(text, "standard");
  const pem = bytes === undefined ? text : fromUtf8(bytes);
  if (bytes !== undefined && !pem.startsWith("-----BEGIN")) return [{ type, bytes }];
  const blocks: { readonly type: string; readonly bytes: Uint8Array }[] = [];
  for (let block = decodePem(pem); block !== undefined; block = decodePem(block.rest)) blocks.push(block);
  return blocks;
}

/** Go tries each form in turn. */
function tlsKey(context: BuiltinContext, der: Uint8Array): PrivateKey {
  const attempts = [
    () => parseRsaKey(der),
    () => parsePkcs8Key(cryptoOf(context), der),
    () => parseEcKey(cryptoOf(context), der),
  ];
  for (const attempt of attempts) {
    try {
      return attempt();
    } catch (error) {
      if (!(error instanceof BuiltinError)) throw error;
    }
  }
  throw new BuiltinError("tls: failed to parse private key");
}

/** Looks at every byte whatever it finds. */
function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i += 1) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}

export const cryptoFamily: Family = {
  "crypto.md5": digest("md5"),
  "crypto.sha1": digest("sha1"),
  "crypto.sha256": digest("sha256"),
  "crypto.hmac.md5": hmac("md5"),
  "crypto.hmac.sha1": hmac("sha1"),
  "crypto.hmac.sha256": hmac("sha256"),
  "crypto.hmac.sha512": hmac("sha512"),
  "crypto.hmac.equal": (_, a, b) => equalBytes(toUtf8(stringOperand(a, 1)), toUtf8(stringOperand(b, 2))),
  "crypto.parse_private_keys": parsePrivateKeys,
  "crypto.x509.parse_certificates": parseCertificatesCall,
  "crypto.x509.parse_and_verify_certificates": parseAndVerify,
  "crypto.x509.parse_and_verify_certificates_with_options": parseAndVerifyWithOptions,
  "crypto.x509.parse_certificate_request": parseRequest,
  "crypto.x509.parse_rsa_private_key": parseRsaPrivateKey,
  "crypto.x509.parse_keypair": parseKeyPair,
};
