import type { Control } from "@redoubt/control";
import { cosignCommandsOf } from "../engine/cosign.ts";
import { isTemplated, parseImageReference } from "../model/reference.ts";

export const signByDigest: Control = {
  id: "IMG-021",
  title: "Images are signed and verified by digest",
  layer: "container",
  item: "admission",
  severity: "medium",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1195.002" },
    { framework: "OWASP-K8S", version: "2025", id: "K07" },
  ],
  rationale:
    "A signature is for a digest. cosign looks up which one a tag means at that moment: between build and signing, or between verification and pull, the tag can be moved to another image.",
  remediation: "Take the digest from the build's output: cosign sign registry.example.com/web@sha256:...",
  examples: {
    file: "sign.sh",
    failing: `cosign sign --key awskms:///alias/signing registry.example.com/web:1.4.2
`,
    passing: `cosign sign --key awskms:///alias/signing registry.example.com/web@sha256:4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const { resource, path, verb, subjects } of cosignCommandsOf(snapshot)) {
      if (!["sign", "attest", "verify", "verify-attestation"].includes(verb)) continue;
      for (const subject of subjects) {
        const [, afterAt] = subject.split("@");
        if (afterAt !== undefined) {
          report.pass(resource);
          continue;
        }
        const parsed = parseImageReference(subject);
        if ("problem" in parsed || isTemplated(subject.slice(subject.lastIndexOf("/") + 1))) continue;
        const signs = verb === "sign" || verb === "attest";
        report.fail(resource, {
          message: signs
            ? `cosign ${verb} ${subject} signs whatever the tag means when it runs: name the digest that was built`
            : `cosign ${verb} ${subject} says nothing about the image that is pulled later: take the digest from its output and deploy that`,
          path,
          severity: signs ? "medium" : "low",
        });
      }
    }
  },
};
