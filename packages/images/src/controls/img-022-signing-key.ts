import type { Control } from "@redoubt/control";
import { cosignCommandsOf } from "../engine/cosign.ts";
import { optionValue } from "../model/commands.ts";

export const signingKeyProtected: Control = {
  id: "IMG-022",
  title: "Signing keys are not files",
  layer: "container",
  item: "admission",
  severity: "medium",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1552.004" },
    { framework: "OWASP-K8S", version: "2025", id: "K03" },
  ],
  rationale:
    "cosign.key is protected by a password that the pipeline must have beside it. Whoever copies both signs as you, from anywhere, and nobody notices.",
  remediation:
    "Keep the key in a KMS (--key awskms://, gcpkms://, azurekms://, hashivault://) or sign without one, with the pipeline's own identity.",
  examples: {
    file: "sign.sh",
    failing: `cosign sign --key cosign.key registry.example.com/web@sha256:4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945
`,
    passing: `cosign sign --key awskms:///alias/signing registry.example.com/web@sha256:4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const { resource, path, verb, words } of cosignCommandsOf(snapshot)) {
      if (verb === "generate-key-pair") {
        if (optionValue(words, "--kms") !== undefined || words.some((word) => /^(?:k8s|github|gitlab):\/\//.test(word)))
          report.pass(resource);
        else
          report.fail(resource, {
            message:
              "cosign generate-key-pair writes the private key to the file cosign.key, with only a password before it",
            path,
            severity: "low",
          });
      } else if (["sign", "attest", "sign-blob", "attest-blob"].includes(verb)) {
        const key = optionValue(words, "--key", "-k");
        if (key === undefined || /^[a-z0-9]+:\/\//.test(key) || key.startsWith("pkcs11:") || /[$]/.test(key))
          report.pass(resource);
        else
          report.fail(resource, {
            message: `cosign ${verb} uses the key file ${key}: whoever copies it and its password signs as you`,
            path,
          });
      }
    }
  },
};
