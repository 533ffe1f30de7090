import type { Control } from "@redoubt/control";
import { isWellKnownPassword } from "../model/credential.ts";
import { allValues } from "../model/secret-values.ts";

const NOT_SECRET = /user|login|name|host|port|database|^db$|email|url|region|bucket|realm|type/i;

export const noWellKnownPasswords: Control = {
  id: "SEC-003",
  title: "No Secret holds a password that everybody tries first",
  layer: "application",
  item: "secrets-at-rest",
  severity: "high",
  references: [
    { framework: "MITRE-ATTACK", version: "16", id: "T1078.001" },
    { framework: "OWASP-K8S", version: "2025", id: "K03" },
  ],
  rationale:
    "Default and example passwords are the first thing that anyone, and any worm, tries; that they lie in a Secret does not help.",
  remediation: "Generate a random value: openssl rand -base64 24",
  examples: {
    failing: `apiVersion: v1
kind: Secret
metadata:
  name: database
  namespace: shop
data:
  password: Y2hhbmdlbWU=
`,
    passing: `apiVersion: v1
kind: Secret
metadata:
  name: database
  namespace: shop
data:
  password: NmYxZWQwMDJhYjU1OTU4NTkwMTRlYmYwOTUxNTIyZDk=
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const secret of snapshot.list("Secret")) {
      const values = allValues(secret).filter(({ key }) => !NOT_SECRET.test(key));
      const weak = values.filter(({ text }) => text !== undefined && isWellKnownPassword(text));
      if (weak.length === 0 && values.length > 0) report.pass(secret);
      for (const { key, path } of weak)
        report.fail(secret, { message: `the value of ${JSON.stringify(key)} is a well-known default password`, path });
    }
  },
};
