import type { Value } from "../../values/value.ts";
import { encodeBase64 } from "../base64.ts";
import { BuiltinError } from "../errors.ts";
import { namesJson } from "./certificate.ts";
import { bitStringOf, DerError, DerReader, elementsOf, integerOf, oidOf, tags } from "./der.ts";
import { type Extension, extensionJson, extensionsOf, subjectAlternativeNames } from "./extensions.ts";
import { nameJson } from "./name.ts";
import { parsePublicKey } from "./public-key.ts";
import { signatureAlgorithmNumber } from "./signature-algorithm.ts";

const extensionRequest = "1.2.840.113549.1.9.14";

/** A certificate signing request (PKCS #10) as Go's JSON shows it. */
export function certificateRequestJson(der: Uint8Array): Value {
  if (der.length === 0) throw new BuiltinError("asn1: syntax error: sequence truncated");
  try {
    return readRequest(der);
  } catch (error) {
    if (error instanceof DerError) throw new BuiltinError(`asn1: structure error: ${error.message}`);
    throw error;
  }
}

function readRequest(der: Uint8Array): Value {
  const reader = new DerReader(der).sequence();
  const info = reader.expect(tags.sequence);
  const signatureAlgorithm = signatureAlgorithmNumber(reader.expect(tags.sequence).content);
  const signature = bitStringOf(reader.expect(tags.bitString).content);
  const tbs = new DerReader(info.content);
  const version = Number(integerOf(tbs.expect(tags.integer).content));
  const subject = tbs.expect(tags.sequence);
  const publicKeyInfo = tbs.expect(tags.sequence).whole;
  const publicKey = parsePublicKey(publicKeyInfo);
  const attributes = elementsOf(tbs.optional(0xa0)?.content ?? new Uint8Array());
  const extensions: Extension[] = [];
  const attributesJson: Value[] = [];
  for (const attribute of attributes) {
    const parts = new DerReader(attribute.content);
    const type = oidOf(parts.expect(tags.oid).content);
    const values = elementsOf(parts.expect(tags.set).content);
    if (type.join(".") !== extensionRequest) continue;
    for (const value of values) {
      const found = extensionsOf(value.content);
      extensions.push(...found);
      attributesJson.push({
        Type: type,
        Value: [found.map(({ id, value: bytes }) => ({ Type: id, Value: encodeBase64(bytes, "standard") }))],
      });
    }
  }
  const alternatives = extensions.find(({ id }) => id.join(".") === "2.5.29.17");
  const names =
    alternatives === undefined
      ? { dnsNames: [], emailAddresses: [], ipAddresses: [], uris: [] }
      : subjectAlternativeNames(alternatives.value);
  return {
    Raw: encodeBase64(der, "standard"),
    RawTBSCertificateRequest: encodeBase64(info.whole, "standard"),
    RawSubjectPublicKeyInfo: encodeBase64(publicKeyInfo, "standard"),
    RawSubject: encodeBase64(subject.whole, "standard"),
    Version: version,
    Signature: encodeBase64(signature, "standard"),
    SignatureAlgorithm: signatureAlgorithm,
    PublicKeyAlgorithm: publicKey.algorithm,
    PublicKey: publicKey.json,
    Subject: nameJson(subject.content),
    Attributes: attributesJson.length === 0 ? null : attributesJson,
    Extensions: extensions.length === 0 ? null : extensions.map(extensionJson),
    ExtraExtensions: null,
    ...namesJson(names),
  };
}
