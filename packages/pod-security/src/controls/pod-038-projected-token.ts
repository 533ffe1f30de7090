import type { Control, Failure } from "@redoubt/control";
import type { Workload } from "@redoubt/kube";
import { attack, cis, nsa, owasp } from "../hardening/frameworks.ts";
import { failure, failuresOrPass, judgeVolumes } from "../hardening/judge.ts";

/** A token without `expirationSeconds` lives an hour, which is right; one without `audience` is for the API server. */
export const projectedToken: Control = {
  id: "POD-038",
  title: "Projected tokens are short-lived and meant for one audience",
  layer: "container",
  item: "rbac",
  severity: "low",
  references: [...cis("5.1.6"), nsa("Authentication and authorization"), attack("T1528"), owasp("K02")],
  rationale:
    "A projected ServiceAccount token that lives for days is worth stealing for days. One without an audience is accepted by the API server itself, even where it was meant for another service.",
  remediation: "Set expirationSeconds to 3600 or less and name the service that reads the token in audience.",
  examples: {
    failing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
      volumeMounts:
        - name: token
          mountPath: /run/secrets/vault
  volumes:
    - name: token
      projected:
        sources:
          - serviceAccountToken:
              path: token
              audience: vault
              expirationSeconds: 604800
`,
    passing: `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.4.2
      volumeMounts:
        - name: token
          mountPath: /run/secrets/vault
  volumes:
    - name: token
      projected:
        sources:
          - serviceAccountToken:
              path: token
              audience: vault
              expirationSeconds: 3600
`,
  },
  fixable: true,
  check: (snapshot, report) =>
    judgeVolumes(snapshot, report, (volume, index, workload) => {
      const sources = volume.projected?.sources;
      if (sources === undefined) return "pass";
      const failures: Failure[] = [];
      for (const [number, source] of sources.entries()) {
        const token = source.serviceAccountToken;
        if (token === undefined) continue;
        const path = [...workload.podSpecPath, "volumes", index, "projected", "sources", number, "serviceAccountToken"];
        const seconds = token.expirationSeconds ?? DEFAULT_SECONDS;
        if (seconds > DAY) {
          const hours = Math.floor(seconds / 3600);
          failures.push(
            failure(
              [...path, "expirationSeconds"],
              `Volume "${volume.name ?? ""}" projects a ServiceAccount token that is valid for ${hours} hours: once stolen it is of use that long`,
              {
                description: "Let the token expire after an hour; the kubelet renews it in time.",
                edits: [{ op: "set", path: [...path, "expirationSeconds"], value: DEFAULT_SECONDS }],
                caution: "The program must read the file again now and then instead of keeping its first content.",
              },
            ),
          );
        }
        if ((token.audience ?? "") === "" && !replacesApiToken(workload, volume.name)) {
          failures.push(
            failure(
              [...path, "audience"],
              `Volume "${volume.name ?? ""}" projects a ServiceAccount token without an audience: whoever it is shown to can use it at the API server`,
              undefined,
              "info",
            ),
          );
        }
      }
      return failuresOrPass(failures);
    }),
};

/** The API server's default for `expirationSeconds`. */
const DEFAULT_SECONDS = 3600;
const DAY = 86_400;

/** Mounted where client libraries look for the API token: then the API server is its audience. */
const API_TOKEN_PLACE = "/var/run/secrets/kubernetes.io/serviceaccount";

function replacesApiToken(workload: Workload, volume: string | undefined): boolean {
  return workload.containers.some(({ container }) =>
    container.volumeMounts?.some(
      ({ name, mountPath }) => name === volume && mountPath?.replace(/\/$/, "") === API_TOKEN_PLACE,
    ),
  );
}
