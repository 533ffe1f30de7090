import type { Control } from "@redoubt/control";
import type { Path } from "@redoubt/kube";
import { credentialShapes, isCredentialSetting } from "../model/credential.ts";

export const noCredentialsInConfigMaps: Control = {
  id: "SEC-004",
  title: "ConfigMaps hold no credentials",
  layer: "application",
  item: "secrets-at-rest",
  severity: "high",
  references: [
    { framework: "CIS", version: "1.11", id: "5.4.1" },
    { framework: "MITRE-ATTACK", version: "16", id: "T1552.001" },
    { framework: "OWASP-K8S", version: "2025", id: "K03" },
  ],
  rationale:
    "ConfigMaps are readable by far more people and workloads than Secrets, are not encrypted at rest, and are printed by every tool.",
  remediation:
    "Move the value to a Secret that is sealed or synchronised from a store, and replace it: it has been readable.",
  examples: {
    failing: `apiVersion: v1
kind: ConfigMap
metadata:
  name: api
  namespace: shop
data:
  DATABASE_URL: postgres://shop:6f1ed002ab55@db:5432/shop
`,
    passing: `apiVersion: v1
kind: ConfigMap
metadata:
  name: api
  namespace: shop
data:
  DATABASE_HOST: db
  PASSWORD_FILE: /run/secrets/password
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const map of snapshot.list("ConfigMap")) {
      const found = Object.entries(map.value.data ?? {}).flatMap(([key, text]) => {
        const what = whatIsIn(key, text);
        return what.length === 0 ? [] : [{ key, what, path: ["data", key] satisfies Path }];
      });
      if (found.length === 0) report.pass(map);
      for (const { key, what, path } of found)
        report.fail(map, { message: `${JSON.stringify(key)} holds ${what.join(" and ")}`, path });
    }
  },
};

function whatIsIn(key: string, text: string): readonly string[] {
  const shapes = credentialShapes(text);
  if (!text.trimEnd().includes("\n"))
    return shapes.length === 0 && isCredentialSetting(key, text) ? ["a credential, by its name"] : shapes;
  const named = text.split("\n").flatMap((line) => {
    const [, name = "", value = ""] =
      /^\s*(?:export\s+)?["']?([\w.-]+)["']?\s*[=:]\s*(\S.*?)\s*,?\s*$/.exec(line) ?? [];
    return name !== "" && isCredentialSetting(name, value) ? [name] : [];
  });
  return named.length === 0 ? shapes : [...shapes, `a value for ${[...new Set(named)].join(", ")}`];
}
