import type { Control } from "@redoubt/control";
import type { KubeObject, Path, Secret } from "@redoubt/kube";
import { allValues } from "../model/secret-values.ts";

/** What the API server asks of typed Secrets (kubernetes pkg/apis/core/validation ValidateSecret). */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  "kubernetes.io/tls": ["tls.crt", "tls.key"],
  "kubernetes.io/dockerconfigjson": [".dockerconfigjson"],
  "kubernetes.io/dockercfg": [".dockercfg"],
  "kubernetes.io/ssh-auth": ["ssh-privatekey"],
};

export const secretAccepted: Control = {
  id: "SEC-006",
  title: "The API server accepts the Secret",
  layer: "application",
  item: "secrets-at-rest",
  severity: "low",
  references: [],
  rationale:
    "A Secret that is refused leaves the old value, or none, in place: pods then run with a credential that was meant to be replaced.",
  remediation: "Give the Secret the keys of its type, and base64 in data (or plain text in stringData).",
  examples: {
    failing: `apiVersion: v1
kind: Secret
metadata:
  name: web-tls
  namespace: shop
type: kubernetes.io/tls
stringData:
  tls.crt: \${CERTIFICATE}
`,
    passing: `apiVersion: v1
kind: Secret
metadata:
  name: web-tls
  namespace: shop
type: kubernetes.io/tls
stringData:
  tls.crt: \${CERTIFICATE}
  tls.key: \${KEY}
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const secret of snapshot.list("Secret")) {
      const problems = problemsOf(secret);
      if (problems.length === 0) report.pass(secret);
      for (const problem of problems) report.fail(secret, problem);
    }
  },
};

function problemsOf(secret: KubeObject<Secret>): readonly { path: Path; message: string }[] {
  // An API server has accepted what it serves, and its values may not have been read.
  if (secret.origin.kind === "cluster") return [];
  const { type = "Opaque" } = secret.value;
  const values = allValues(secret);
  const has = (key: string): boolean => values.some((value) => value.key === key);
  const problems = values
    .filter(({ text }) => text === undefined)
    .map(({ key, path }) => ({
      path,
      message: `data ${JSON.stringify(key)} is not base64, which the API server refuses: plain text belongs in stringData`,
    }));
  const missing = (REQUIRED[type] ?? []).filter((key) => !has(key));
  if (missing.length > 0)
    problems.push({
      path: ["type"],
      message: `a Secret of type ${type} must have ${missing.map((key) => JSON.stringify(key)).join(" and ")}`,
    });
  if (type === "kubernetes.io/basic-auth" && !has("username") && !has("password"))
    problems.push({ path: ["type"], message: `a Secret of type ${type} must have "username" or "password"` });
  if (
    type === "kubernetes.io/service-account-token" &&
    (secret.annotations["kubernetes.io/service-account.name"] ?? "") === ""
  )
    problems.push({
      path: ["type"],
      message: `a Secret of type ${type} must name its account in the annotation kubernetes.io/service-account.name`,
    });
  return problems;
}
