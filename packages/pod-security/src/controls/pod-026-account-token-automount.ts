import type { Control } from "@redoubt/control";
import { attack, cis, nsa, owasp } from "../hardening/frameworks.ts";
import { failure } from "../hardening/judge.ts";
import { bindingOf } from "../hardening/service-account.ts";
import { isSystemNamespace } from "../hardening/system-namespace.ts";

/** Absent means that tokens are mounted. */
export const accountTokenAutomount: Control = {
  id: "POD-026",
  title: "ServiceAccounts do not hand their token to every pod",
  layer: "cluster",
  item: "rbac",
  severity: "low",
  references: [
    ...cis("5.1.5"),
    ...cis("5.1.6"),
    nsa("Authentication and authorization"),
    attack("T1528"),
    owasp("K02"),
  ],
  rationale:
    "Unless the account says otherwise its token is mounted into every pod that uses it, and the token of `default` into every pod that names no account.",
  remediation: "Set automountServiceAccountToken to false on the account, and to true on the pods that call the API.",
  examples: {
    failing: `apiVersion: v1
kind: ServiceAccount
metadata:
  name: default
  namespace: shop
`,
    passing: `apiVersion: v1
kind: ServiceAccount
metadata:
  name: default
  namespace: shop
automountServiceAccountToken: false
`,
  },
  fixable: true,
  check: (snapshot, report) => {
    for (const account of snapshot.list("ServiceAccount")) {
      if (account.value.automountServiceAccountToken === false) {
        report.pass(account);
        continue;
      }
      const path = ["automountServiceAccountToken"];
      const binding = bindingOf(snapshot, account.namespace, account.name);
      if (binding !== undefined || isSystemNamespace(account.namespace)) {
        const why = binding === undefined ? "" : `, with the rights of ${binding}`;
        report.fail(
          account,
          failure(
            path,
            `ServiceAccount "${account.name}" hands its token to every pod that uses it${why}`,
            undefined,
            "info",
          ),
        );
        continue;
      }
      report.fail(
        account,
        failure(
          path,
          account.name === "default"
            ? `The default ServiceAccount hands its token to every pod of namespace ${account.namespace} that names no account`
            : `ServiceAccount "${account.name}" hands its token to every pod that uses it, and nothing here gives it rights to use`,
          {
            description: "Set automountServiceAccountToken to false on the account.",
            edits: [{ op: "set", path, value: false }],
            caution:
              "Pods of this account that call the Kubernetes API must set automountServiceAccountToken: true themselves.",
          },
        ),
      );
    }
  },
};
