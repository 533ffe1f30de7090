import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Writes `files` files of ten Deployments each: half of them careless, a fifth of them hardened, with comments, lists and flow maps. */
export function writeDeployments(folder: string, files: number): void {
  mkdirSync(folder, { recursive: true });
  for (let file = 0; file < files; file += 1) {
    let text = "";
    for (let index = 0; index < 10; index += 1) text += deployment(file * 10 + index);
    writeFileSync(join(folder, `deployments-${file}.yaml`), text);
  }
}

function deployment(number: number): string {
  const hardened = number % 5 === 0;
  return `---
# Service ${number} of the generated cluster.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: service-${number}
  namespace: team-${number % 100}
  labels:
    app: service-${number}
    tier: backend
spec:
  replicas: 3
  selector:
    matchLabels:
      app: service-${number}
  template:
    metadata:
      labels:
        app: service-${number}
    spec:
      serviceAccountName: service-${number}
      containers:
        - name: main
          image: registry.example.com/service:${number % 7 === 0 ? "latest" : "v1.2.3"}
          ports:
            - containerPort: 8080
          env:
            - name: LOG_LEVEL
              value: "debug"
          resources: { limits: { cpu: 500m, memory: 128Mi } }
${hardened ? HARDENED : number % 2 === 0 ? PRIVILEGED : ""}          volumeMounts:
            - name: tmp
              mountPath: /tmp
      volumes:
        - name: tmp
          emptyDir: {}
`;
}

const HARDENED = `          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            runAsNonRoot: true
            capabilities: { drop: [ALL] }
            seccompProfile: { type: RuntimeDefault }
`;

const PRIVILEGED = `          securityContext:
            privileged: true # was needed once
`;
