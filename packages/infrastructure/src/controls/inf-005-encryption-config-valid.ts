import type { Control } from "@redoubt/control";
import { type Path, isJsonObject, stringAt } from "@redoubt/kube";
import {
  type EncryptionConfiguration,
  type EncryptionProvider,
  encryptionConfigurationsOf,
  isPlaceholder,
} from "../model/encryption.ts";
import { cisReferences } from "../model/cis-benchmark.ts";

/** Key sizes in bytes (apiserver pkg/apis/apiserver/validation). */
const KEY_SIZES: Readonly<Record<string, readonly number[]>> = {
  aescbc: [16, 24, 32],
  aesgcm: [16, 24, 32],
  secretbox: [32],
};

export const encryptionConfigurationValid: Control = {
  id: "INF-005",
  title: "The API server accepts the encryption configuration",
  layer: "infrastructure",
  item: "secrets-at-rest",
  severity: "high",
  references: cisReferences("1.2.28"),
  rationale:
    "An API server that is given an invalid encryption configuration does not start, and one that reloads it goes on with the old keys.",
  remediation: "Correct what the message names; make a key with: head -c 32 /dev/urandom | base64",
  examples: {
    failing: `apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets]
  providers:
  - aesgcm:
      keys:
      - name: key1
        secret: c2VjcmV0IGlzIHNlY3VyZQ
`,
    passing: `apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets]
  providers:
  - secretbox:
      keys:
      - name: key1
        secret: <BASE64 ENCODED SECRET>
  - identity: {}
`,
  },
  fixable: false,
  check(snapshot, report) {
    for (const configuration of encryptionConfigurationsOf(snapshot)) {
      const problems = problemsOf(configuration);
      if (problems.length === 0) report.pass(configuration.object);
      for (const problem of problems) report.fail(configuration.object, problem);
    }
  },
};

interface Problem {
  readonly path: Path;
  readonly message: string;
}

function problemsOf({ object, entries }: EncryptionConfiguration): readonly Problem[] {
  const problems: Problem[] = [];
  if (object.apiVersion !== "apiserver.config.k8s.io/v1")
    problems.push({
      path: ["apiVersion"],
      message: `apiVersion must be apiserver.config.k8s.io/v1, not ${object.apiVersion}`,
    });
  if (entries.length === 0)
    problems.push({ path: ["resources"], message: "there are no resources: at least one entry is required" });
  for (const { resources, providers, path } of entries) {
    if (resources.length === 0)
      problems.push({ path: [...path, "resources"], message: "the entry names no resources" });
    if (providers.length === 0) problems.push({ path: [...path, "providers"], message: "the entry has no providers" });
    const wildcard = resources.find((name) => name.startsWith("*."));
    if (resources.includes("*.*") && resources.length > 1)
      problems.push({ path: [...path, "resources"], message: "*.* covers everything and must be alone in its list" });
    else if (wildcard === "*." && resources.some((name) => name !== "*." && !name.includes(".")))
      problems.push({
        path: [...path, "resources"],
        message: "*. covers every core resource: naming one beside it is refused",
      });
    for (const provider of providers) problems.push(...providerProblems(provider));
  }
  return problems;
}

function providerProblems(provider: EncryptionProvider): readonly Problem[] {
  const { type, path, value, keys } = provider;
  if (type === "") {
    const named = isJsonObject(value) ? Object.keys(value).join(", ") : "";
    return [
      {
        path,
        message: `each item must name exactly one of identity, aescbc, aesgcm, secretbox, kms${named === "" ? "" : `, not ${named}`}`,
      },
    ];
  }
  if (type === "kms") {
    const endpoint = stringAt(value, ["kms", "endpoint"]) ?? "";
    const problems: Problem[] = [];
    if ((stringAt(value, ["kms", "name"]) ?? "") === "")
      problems.push({ path: [...path, "kms"], message: "a kms provider needs a name" });
    if (!endpoint.startsWith("unix://"))
      problems.push({
        path: [...path, "kms", "endpoint"],
        message: `a kms endpoint is a unix:// socket, not ${JSON.stringify(endpoint)}`,
      });
    return problems;
  }
  const sizes = KEY_SIZES[type];
  if (sizes === undefined) return [];
  if (keys.length === 0) return [{ path: [...path, type], message: `${type} has no keys` }];
  return keys.flatMap((key, index) => {
    const problem = keyProblem(key.secret, sizes);
    const named = `the ${type} key ${JSON.stringify(key.name)}`;
    if (key.name === "") return [{ path: key.path, message: `a key of ${type} has no name` }];
    if (keys.findIndex(({ name }) => name === key.name) < index)
      return [
        {
          path: [...key.path, "name"],
          message: `${named} appears twice: values are marked with the key's name, so only one of the two can be found again`,
        },
      ];
    return problem === undefined ? [] : [{ path: [...key.path, "secret"], message: `${named} ${problem}` }];
  });
}

function keyProblem(secret: string, sizes: readonly number[]): string | undefined {
  if (secret === "") return "is empty";
  if (isPlaceholder(secret)) return undefined;
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(secret.replaceAll(/[\r\n]/g, "")))
    return "is not valid base64";
  const bytes = Buffer.from(secret, "base64").length;
  return sizes.includes(bytes)
    ? undefined
    : `is ${bytes} bytes long: ${sizes.join(", ")} ${sizes.length > 1 ? "are" : "is"} what it must be`;
}
