import type { Control, Failure } from "@redoubt/control";
import { cisReferences } from "../model/cis-benchmark.ts";
import { type EncryptionKey, encryptionConfigurationsOf, isPlaceholder } from "../model/encryption.ts";

export const strongEncryptionKeys: Control = {
  id: "INF-058",
  title: "Encryption keys are random and 256 bits long",
  layer: "infrastructure",
  item: "secrets-at-rest",
  severity: "high",
  references: [...cisReferences("1.2.28"), { framework: "OWASP-K8S", version: "2025", id: "K03" }],
  rationale:
    "A passphrase, or the key of an example in some documentation, is guessed long before random bytes are. Encryption is as strong as its key.",
  remediation:
    "Make a key with head -c 32 /dev/urandom | base64, put it first, write all Secrets again, then remove the old one.",
  examples: {
    // The value is the text "example key, 32 bytes of reading".
    failing: example("ZXhhbXBsZSBrZXksIDMyIGJ5dGVzIG9mIHJlYWRpbmc="),
    passing: example("kH0Zo5pDq9zqPjXfX1vQ7w2mEJ0m3mE8a1sQzq3b9rA="),
  },
  fixable: false,
  check(snapshot, report) {
    for (const { object, entries } of encryptionConfigurationsOf(snapshot)) {
      const keys = entries
        .flatMap(({ providers }) => providers)
        .flatMap(({ keys: own, type }) => own.map((key) => ({ key, type })))
        .filter(({ key }) => !isPlaceholder(key.secret) && isKey(key));
      const problems = keys.flatMap(({ key, type }) => weaknessOf(key, type) ?? []);
      for (const problem of problems) report.fail(object, problem);
      if (keys.length > 0 && problems.length === 0) report.pass(object);
    }
  },
};

/** Of 16 random bytes, one in ten million keys is all printable; 5 different values or fewer do not happen. */
const FEWEST_VALUES = 6;

/** What is no key at all is the finding of another control. */
function isKey({ secret }: EncryptionKey): boolean {
  return [16, 24, 32].includes(Buffer.from(secret, "base64").length);
}

function weaknessOf({ name, secret, path }: EncryptionKey, type: string): Failure | undefined {
  const bytes = Buffer.from(secret, "base64");
  const at = [...path, "secret"];
  const named = `the ${type} key ${JSON.stringify(name)}`;
  if (bytes.every((byte) => byte >= 0x20 && byte < 0x7f))
    return { message: `${named} is readable text, not random bytes: it is as weak as a passphrase`, path: at };
  if (new Set(bytes).size < FEWEST_VALUES)
    return { message: `${named} repeats a few bytes: it is not random`, path: at };
  if (bytes.length < 32)
    return {
      message: `${named} has ${bytes.length * 8} bits where 256 cost nothing more`,
      path: at,
      severity: "low",
    };
  return undefined;
}

function example(secret: string): string {
  return `apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets]
  providers:
  - secretbox:
      keys:
      - name: key1
        secret: ${secret}
`;
}
