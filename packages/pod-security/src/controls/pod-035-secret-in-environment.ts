import type { Control, Failure } from "@redoubt/control";
import { nameOf } from "../hardening/container-name.ts";
import { attack, cis, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, failuresOrPass, judgeContainers } from "../hardening/judge.ts";

/** References only: literal values are POD-036. Mounting the Secret means changing where the program reads it, so there is no fix. */
export const secretInEnvironment: Control = {
  id: "POD-035",
  title: "Secrets reach containers as files, not as environment variables",
  layer: "application",
  item: "secrets-at-rest",
  severity: "low",
  references: [...cis("5.4.1"), nsa("Authentication and authorization"), attack("T1552.007"), owasp("K03")],
  rationale:
    "Environment variables are inherited by every child process, printed in crash reports and debug pages, and stay as they are when the Secret is rotated. Files are none of that.",
  remediation: "Mount the Secret as a volume and have the program read the file; many images take NAME_FILE variables.",
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
          valueFrom:
            secretKeyRef:
              name: database
              key: password
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
      volumeMounts:
        - name: database
          mountPath: /run/secrets/database
          readOnly: true
  volumes:
    - name: database
      secret:
        secretName: database
`,
  },
  fixable: false,
  check: (snapshot, report) =>
    judgeContainers(snapshot, report, (view) => {
      const { env, envFrom } = view.container;
      let failures: Failure[] | undefined;
      if (env !== undefined) {
        for (let index = 0; index < env.length; index++) {
          const reference = env[index]?.valueFrom?.secretKeyRef;
          if (reference === undefined) continue;
          failures ??= [];
          failures.push(
            failure(
              [...view.path, "env", index, "valueFrom", "secretKeyRef"],
              `${nameOf(view)} gets key "${reference.key ?? ""}" of Secret "${reference.name ?? ""}" as the environment variable ${env[index]?.name ?? ""}, which child processes and crash reports see`,
            ),
          );
        }
      }
      if (envFrom !== undefined) {
        for (let index = 0; index < envFrom.length; index++) {
          const reference = envFrom[index]?.secretRef;
          if (reference === undefined) continue;
          failures ??= [];
          failures.push(
            failure(
              [...view.path, "envFrom", index, "secretRef"],
              `${nameOf(view)} gets every key of Secret "${reference.name ?? ""}" as environment variables, which child processes and crash reports see`,
            ),
          );
        }
      }
      return failuresOrPass(failures);
    }),
};
