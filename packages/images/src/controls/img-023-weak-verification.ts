import type { Control } from "@redoubt/control";
import { type CosignCommand, cosignCommandsOf } from "../engine/cosign.ts";
import { optionValue } from "../model/commands.ts";

const WEAKENING: Readonly<Record<string, string>> = {
  "--insecure-ignore-tlog":
    "does not ask the transparency log, so a signature made with a stolen key after its theft passes",
  "--insecure-ignore-sct": "accepts certificates that no log has seen",
  "--allow-insecure-registry": "accepts a registry whose certificate does not check",
  "--allow-http-registry": "reads the signature over plain HTTP",
};

export const verificationStrict: Control = {
  id: "IMG-023",
  title: "Signature verification says who must have signed",
  layer: "container",
  item: "admission",
  severity: "high",
  references: [{ framework: "MITRE-ATTACK", version: "16", id: "T1195.002" }],
  rationale:
    "Anyone can make a signature without a key of yours. Only the key, or the identity and issuer that verification asks for, make it mean something.",
  remediation:
    "Verify with --key, or with an exact --certificate-identity and --certificate-oidc-issuer, and no --insecure flags.",
  examples: {
    file: "verify.sh",
    failing: `cosign verify --certificate-identity-regexp '.*' --certificate-oidc-issuer https://token.actions.githubusercontent.com registry.example.com/web:1.4.2
`,
    passing: `cosign verify --certificate-identity https://github.com/example/web/.github/workflows/release.yml@refs/heads/main --certificate-oidc-issuer https://token.actions.githubusercontent.com registry.example.com/web:1.4.2
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const command of cosignCommandsOf(snapshot)) {
      if (!command.verb.startsWith("verify")) continue;
      const problems = problemsOf(command);
      if (problems.length === 0) report.pass(command.resource);
      for (const problem of problems)
        report.fail(command.resource, { message: `cosign ${command.verb} ${problem}`, path: command.path });
    }
  },
};

function problemsOf({ words }: CosignCommand): readonly string[] {
  const problems: string[] = [];
  for (const [flag, effect] of Object.entries(WEAKENING))
    if (words.includes(flag) || words.includes(`${flag}=true`)) problems.push(`has ${flag}: it ${effect}`);
  for (const flag of ["--certificate-identity-regexp", "--certificate-oidc-issuer-regexp"]) {
    const pattern = optionValue(words, flag);
    if (pattern !== undefined && /^\^?(?:\.\*|\.\+)?\$?$/.test(pattern))
      problems.push(`has ${flag} ${JSON.stringify(pattern)}, which anybody's identity matches`);
  }
  return problems;
}
