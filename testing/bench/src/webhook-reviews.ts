/** AdmissionReviews as an API server sends them for Pods of three containers. */
import type { JsonObject } from "@redoubt/kube";
import { SeededRandom } from "@redoubt/peers";

const SEED = 20_261_124;

/** What a review is, and whether the fifty policies admit it. */
export interface GeneratedReview {
  readonly uid: string;
  readonly isAllowed: boolean;
  readonly body: string;
}

/** `count` reviews, one in five of which breaks a policy. */
export function generateReviews(count: number): readonly GeneratedReview[] {
  const random = new SeededRandom(SEED);
  return Array.from({ length: count }, (_, index) => {
    const isAllowed = index % 5 !== 4;
    const uid = `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`;
    return { uid, isAllowed, body: JSON.stringify(review(uid, pod(random, index, isAllowed))) };
  });
}

/** Whether an answer, Redoubt's or OPA's, has the review's uid and the verdict. */
export function isRightAnswer(asked: GeneratedReview | undefined, status: number, body: string): boolean {
  if (asked === undefined || status !== 200) return false;
  return body.includes(`"allowed":${asked.isAllowed}`) && body.includes(`"uid":"${asked.uid}"`);
}

function review(uid: string, object: JsonObject): JsonObject {
  return {
    kind: "AdmissionReview",
    apiVersion: "admission.k8s.io/v1",
    request: {
      uid,
      kind: { group: "", version: "v1", kind: "Pod" },
      resource: { group: "", version: "v1", resource: "pods" },
      requestKind: { group: "", version: "v1", kind: "Pod" },
      requestResource: { group: "", version: "v1", resource: "pods" },
      name: "web",
      namespace: "team",
      operation: "CREATE",
      userInfo: {
        username: "system:serviceaccount:kube-system:replicaset-controller",
        uid: "5b0f5ef0-3a6e-4f6c-8f0a-6f2f7cbb2a11",
        groups: ["system:serviceaccounts", "system:serviceaccounts:kube-system", "system:authenticated"],
      },
      object,
      oldObject: null,
      dryRun: false,
      options: { kind: "CreateOptions", apiVersion: "meta.k8s.io/v1" },
    },
  };
}

function pod(random: SeededRandom, index: number, isAllowed: boolean): JsonObject {
  const labels = { app: "web", team: "shop", "cost-center": "4711", stage: "production", owner: "shop" };
  return {
    kind: "Pod",
    apiVersion: "v1",
    metadata: {
      name: `web-${index}`,
      generateName: "web-",
      namespace: "team",
      creationTimestamp: null,
      labels: { ...labels, "pod-template-hash": "6f7bfcd9d8" },
      ownerReferences: [
        {
          apiVersion: "apps/v1",
          kind: "ReplicaSet",
          name: "web-6f7bfcd9d8",
          uid: "1c7c8e62-5d0e-4b43-a2c5-3b3f0f1e4f10",
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      volumes: [
        { name: "tmp", emptyDir: {} },
        { name: "config", configMap: { name: "web", defaultMode: 420 } },
      ],
      containers: ["app", "proxy", "metrics"].map((name, position) =>
        container(name, isAllowed || position !== 1 ? undefined : random.integer(0, 3)),
      ),
      restartPolicy: "Always",
      terminationGracePeriodSeconds: 30,
      dnsPolicy: "ClusterFirst",
      serviceAccountName: "web",
      serviceAccount: "web",
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      schedulerName: "default-scheduler",
      tolerations: [
        { key: "node.kubernetes.io/not-ready", operator: "Exists", effect: "NoExecute", tolerationSeconds: 300 },
        { key: "node.kubernetes.io/unreachable", operator: "Exists", effect: "NoExecute", tolerationSeconds: 300 },
      ],
      priority: 0,
      enableServiceLinks: true,
      preemptionPolicy: "PreemptLowerPriority",
    },
    status: {},
  };
}

const FAULTS: readonly JsonObject[] = [
  { image: "docker.io/someone/proxy:1.0" },
  { image: "registry.example.com/team/proxy:latest" },
  { securityContext: { privileged: true, runAsUser: 1000 } },
  { securityContext: { runAsUser: 0, capabilities: { add: ["SYS_ADMIN"] } } },
];

function container(name: string, fault: number | undefined): JsonObject {
  return {
    name,
    image: `registry.example.com/team/${name}:1.27.3`,
    ports: [{ name: "http", containerPort: 8080, protocol: "TCP" }],
    env: [
      { name: "STAGE", value: "production" },
      { name: "POD_NAME", valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "metadata.name" } } },
    ],
    resources: { limits: { cpu: "500m", memory: "512Mi" }, requests: { cpu: "100m", memory: "256Mi" } },
    volumeMounts: [
      { name: "tmp", mountPath: "/tmp" },
      { name: "config", readOnly: true, mountPath: "/etc/web" },
    ],
    livenessProbe: probe("/healthz"),
    readinessProbe: probe("/ready"),
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    imagePullPolicy: "IfNotPresent",
    securityContext: {
      capabilities: { drop: ["ALL"] },
      runAsUser: 10_001,
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
    },
    ...(fault === undefined ? {} : FAULTS[fault]),
  };
}

function probe(path: string): JsonObject {
  return {
    httpGet: { path, port: "http", scheme: "HTTP" },
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  };
}
