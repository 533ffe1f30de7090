/** Fifty policies as a cluster has them: ten rules with five sets of parameters each, as Rego for OPA and as Gatekeeper's constraints. */
import type { JsonObject } from "@redoubt/kube";

interface Shape {
  /** The constraint's kind. */
  readonly kind: string;
  readonly parameters: readonly JsonObject[];
  /** Statements that bind `msg`; OBJECT and PARAMETERS stand for where these are. */
  readonly body: string;
}

const SHAPES: readonly Shape[] = [
  {
    kind: "BenchRequiredLabel",
    parameters: ["app", "team", "cost-center", "stage", "owner"].map((label) => ({ label })),
    body: `not OBJECT.metadata.labels[PARAMETERS.label]
  msg := sprintf("the label %v is missing", [PARAMETERS.label])`,
  },
  {
    kind: "BenchRegistries",
    parameters: [
      ["registry.example.com/"],
      ["registry.example.com/", "mirror.example.com/"],
      ["registry.example.com/team/", "registry.example.com/base/"],
      ["registry.example.com", "docker.io/library/"],
      ["registry.example.com/", "quay.io/", "ghcr.io/"],
    ].map((registries) => ({ registries })),
    body: `container := OBJECT.spec.containers[_]
  allowed := [registry | registry := PARAMETERS.registries[_]; startswith(container.image, registry)]
  count(allowed) == 0
  msg := sprintf("container %v: the image %v is not from %v", [container.name, container.image, PARAMETERS.registries])`,
  },
  {
    kind: "BenchPrivileged",
    parameters: ["registry.example.com/system/", "cni/", "csi/", "gpu/", "node/"].map((exempt) => ({ exempt })),
    body: `container := OBJECT.spec.containers[_]
  container.securityContext.privileged
  not startswith(container.image, PARAMETERS.exempt)
  msg := sprintf("container %v is privileged", [container.name])`,
  },
  {
    kind: "BenchTags",
    parameters: ["latest", "dev", "main", "snapshot", "test"].map((tag) => ({ tag })),
    body: `container := OBJECT.spec.containers[_]
  endswith(container.image, concat("", [":", PARAMETERS.tag]))
  msg := sprintf("container %v: the tag %v is not allowed", [container.name, PARAMETERS.tag])`,
  },
  {
    kind: "BenchMemoryLimit",
    parameters: ["8Gi", "16Gi", "32Gi", "64Gi", "128Gi"].map((most) => ({ most })),
    body: `container := OBJECT.spec.containers[_]
  units.parse_bytes(container.resources.limits.memory) > units.parse_bytes(PARAMETERS.most)
  msg := sprintf("container %v: the memory limit is more than %v", [container.name, PARAMETERS.most])`,
  },
  {
    kind: "BenchProbes",
    parameters: [["readinessProbe"], ["livenessProbe"], ["readinessProbe", "livenessProbe"], [], ["livenessProbe"]].map(
      (probes) => ({ probes }),
    ),
    body: `container := OBJECT.spec.containers[_]
  probe := PARAMETERS.probes[_]
  not container[probe]
  msg := sprintf("container %v has no %v", [container.name, probe])`,
  },
  {
    kind: "BenchHostNamespaces",
    parameters: ["hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace", "setHostnameAsFQDN"].map((field) => ({
      field,
    })),
    body: `OBJECT.spec[PARAMETERS.field]
  msg := sprintf("%v must not be set", [PARAMETERS.field])`,
  },
  {
    kind: "BenchRunAsUser",
    parameters: [1, 100, 500, 999, 1000].map((least) => ({ least })),
    body: `container := OBJECT.spec.containers[_]
  user := object.get(container, ["securityContext", "runAsUser"], 0)
  user < PARAMETERS.least
  msg := sprintf("container %v runs as %v, less than %v", [container.name, user, PARAMETERS.least])`,
  },
  {
    kind: "BenchCapabilities",
    parameters: [["NET_ADMIN"], ["SYS_ADMIN", "SYS_PTRACE"], ["NET_RAW"], ["SYS_TIME", "SYS_MODULE"], ["ALL"]].map(
      (denied) => ({ denied }),
    ),
    body: `container := OBJECT.spec.containers[_]
  added := {capability | capability := container.securityContext.capabilities.add[_]}
  bad := added & {capability | capability := PARAMETERS.denied[_]}
  count(bad) > 0
  msg := sprintf("container %v adds %v", [container.name, bad])`,
  },
  {
    kind: "BenchVolumeTypes",
    parameters: ["hostPath", "nfs", "iscsi", "flexVolume", "cephfs"].map((type) => ({ type })),
    body: `volume := OBJECT.spec.volumes[_]
  volume[PARAMETERS.type]
  msg := sprintf("volume %v: %v is not allowed", [volume.name, PARAMETERS.type])`,
  },
];

/** Fifty modules of `kubernetes.admission`, which read the AdmissionReview, with their parameters in the text. */
export function regoPolicies(): readonly { readonly file: string; readonly text: string }[] {
  return SHAPES.flatMap(({ kind, parameters, body }) =>
    parameters.map((given, index) => ({
      file: `${kind}-${index}.rego`,
      text: `package kubernetes.admission

import rego.v1

deny contains msg if {
  input.request.kind.kind == "Pod"
  parameters := ${JSON.stringify(given)}
  ${body.replaceAll("OBJECT", "input.request.object").replaceAll("PARAMETERS", "parameters")}
}
`,
    })),
  );
}

/** The same as ten templates and fifty constraints. */
export function gatekeeperPolicies(): readonly JsonObject[] {
  return SHAPES.flatMap(({ kind, parameters, body }) => [
    template(kind, body),
    ...parameters.map((given, index) => ({
      apiVersion: "constraints.gatekeeper.sh/v1beta1",
      kind,
      metadata: { name: `${kind.toLowerCase()}-${index}` },
      spec: { match: { kinds: [{ apiGroups: [""], kinds: ["Pod"] }] }, parameters: given },
    })),
  ]);
}

function template(kind: string, body: string): JsonObject {
  const name = kind.toLowerCase();
  const statements = body.replaceAll("OBJECT", "input.review.object").replaceAll("PARAMETERS", "input.parameters");
  return {
    apiVersion: "templates.gatekeeper.sh/v1",
    kind: "ConstraintTemplate",
    metadata: { name },
    spec: {
      crd: {
        spec: {
          names: { kind },
          validation: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
        },
      },
      targets: [
        {
          target: "admission.k8s.gatekeeper.sh",
          rego: `package ${name}\n\nviolation[{"msg": msg}] {\n  ${statements}\n}\n`,
        },
      ],
    },
  };
}

/** What OPA answers an API server with: the review's answer, made of all denials. */
export const OPA_MAIN = `package system

import rego.v1

main := {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response}

denials := data.kubernetes.admission.deny

response := {"uid": input.request.uid, "allowed": true} if count(denials) == 0

response := {
  "uid": input.request.uid,
  "allowed": false,
  "status": {"message": concat("\\n", denials)},
} if count(denials) > 0
`;
