import type { Control, Failure } from "@redoubt/control";
import type { ContainerView } from "@redoubt/kube";
import { nameOf } from "../hardening/container-name.ts";
import { credentialFlag, credentialShape, isLiteralCredential } from "../hardening/credential.ts";
import { attack, cis, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, failuresOrPass, judgeContainers } from "../hardening/judge.ts";

/** By the variable's name or by the value's form. Messages never show the value. */
export const literalCredential: Control = {
  id: "POD-036",
  title: "Manifests hold no credentials",
  layer: "application",
  item: "secrets-at-rest",
  severity: "high",
  references: [...cis("5.4.1"), nsa("Authentication and authorization"), attack("T1552.001"), owasp("K03")],
  rationale:
    "A credential in a manifest is in version control, in every backup of it and readable for everyone who may read pods. It cannot be taken back, only changed.",
  remediation:
    "Change the credential, keep the new one in a Secret (sealed, or from an external store), and mount that.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
      env:
        - name: DATABASE_PASSWORD
          value: correct-horse-battery
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
      env:
        - name: DATABASE_PASSWORD_FILE
          value: /run/secrets/database/password
`,
  },
  fixable: false,
  check: (snapshot, report) =>
    judgeContainers(snapshot, report, (view) => {
      const { env, command, args } = view.container;
      let failures: Failure[] | undefined;
      if (env !== undefined) {
        for (let index = 0; index < env.length; index++) {
          const { name = "", value } = env[index] ?? {};
          if (value === undefined || value === "") continue;
          const shape = credentialShape(value);
          if (shape === undefined && !isLiteralCredential(name, value)) continue;
          (failures ??= []).push(
            failure(
              [...view.path, "env", index, "value"],
              `${nameOf(view)} has ${shape ?? "a credential"} in the manifest, as the value of the environment variable ${name}`,
            ),
          );
        }
      }
      if (command !== undefined) failures = judgeWords(view, "command", command, failures);
      if (args !== undefined) failures = judgeWords(view, "args", args, failures);
      return failuresOrPass(failures);
    }),
};

function judgeWords(
  view: ContainerView,
  field: "command" | "args",
  words: readonly string[],
  found: Failure[] | undefined,
): Failure[] | undefined {
  let failures = found;
  for (const [index, word] of words.entries()) {
    const shape = credentialShape(word);
    const flag = shape === undefined ? flagOf(words, index) : undefined;
    if (shape === undefined && flag === undefined) continue;
    (failures ??= []).push(
      failure(
        [...view.path, field, index],
        `${nameOf(view)} has ${shape ?? "a credential"} in the manifest, in ${flag === undefined ? `${field}[${index}]` : `the argument --${flag}`}`,
      ),
    );
  }
  return failures;
}

/** The flag whose value `words[index]` holds: `--password=x`, or `x` after `--password`. */
function flagOf(words: readonly string[], index: number): string | undefined {
  const word = words[index] ?? "";
  if (word.startsWith("-")) return credentialFlag(word);
  const before = index === 0 ? undefined : words[index - 1];
  if (before === undefined || !before.startsWith("--") || before.includes("=")) return undefined;
  const name = before.slice(2);
  return isLiteralCredential(name, word) ? name : undefined;
}
