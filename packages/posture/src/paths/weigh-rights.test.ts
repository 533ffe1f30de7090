import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type ClusterSnapshot, snapshotFromText } from "@redoubt/kube";
import { assess } from "../assess.ts";

const RBAC = "rbac.authorization.k8s.io";
const ROLE = (rule: string): string => `
apiVersion: ${RBAC}/v1
kind: Role
metadata: { name: r, namespace: shop }
rules: [${rule}]
---
`;
const CREATE_PODS = ROLE(`{ apiGroups: [""], resources: [pods], verbs: [create] }`);
const TOKENS = ROLE(`{ apiGroups: [""], resources: [serviceaccounts/token], verbs: [create] }`);
const held = (subject: string): string => `
apiVersion: ${RBAC}/v1
kind: RoleBinding
metadata: { name: b, namespace: shop }
roleRef: { apiGroup: ${RBAC}, kind: Role, name: r }
subjects: [${subject}]
---
`;
const JANE = held(`{ kind: User, apiGroup: ${RBAC}, name: jane }`);
const ACCOUNT = held("{ kind: ServiceAccount, name: web, namespace: shop }");
const guarded = (level: string): string => `
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { pod-security.kubernetes.io/enforce: ${level} } }
---
`;
const ADMIN = `
apiVersion: ${RBAC}/v1
kind: ClusterRoleBinding
metadata: { name: operator }
roleRef: { apiGroup: ${RBAC}, kind: ClusterRole, name: cluster-admin }
subjects: [{ kind: ServiceAccount, name: operator, namespace: shop }]
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: operator, namespace: shop }
---
`;
const WEB = `
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop, labels: { app: web } }
spec: { serviceAccountName: web, containers: [{ name: c, image: example.com/c:1 }] }
---
`;
const OPEN = `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { type: LoadBalancer, selector: { app: web } }
---
`;

const RESTRICTED = guarded("restricted");

suite("a rule weighs what it leads to, and who gets there", () => {
  const cases: readonly (readonly [title: string, control: string, text: string, severity: string, says: RegExp])[] = [
    ["nobody holds it", "RBAC-012", CREATE_PODS + ADMIN, "low", /no binding/],
    ["nothing is behind it", "RBAC-019", TOKENS + JANE + RESTRICTED, "medium", /in namespace shop: .*asked for\.$/],
    [
      "an administrator's account is behind it",
      "RBAC-019",
      TOKENS + JANE + RESTRICTED + ADMIN,
      "high",
      /From here a path leads to cluster-admin\.$/,
    ],
    [
      "Pod Security keeps Pods from the node",
      "RBAC-012",
      CREATE_PODS + JANE + RESTRICTED,
      "medium",
      /take over the node\.$/,
    ],
    [
      "any login may create Pods beside an administrator's account",
      "RBAC-012",
      CREATE_PODS + held(`{ kind: Group, apiGroup: ${RBAC}, name: "system:authenticated" }`) + RESTRICTED + ADMIN,
      "critical",
      /cluster-admin, and everybody with a login gets there\.$/,
    ],
    [
      "every account reaches a node",
      "RBAC-012",
      CREATE_PODS + held(`{ kind: Group, apiGroup: ${RBAC}, name: "system:serviceaccounts" }`),
      "high",
      /root on a node, and every ServiceAccount gets there\.$/,
    ],
    [
      "a workload holds it that the outside does not reach",
      "RBAC-019",
      TOKENS + ACCOUNT + RESTRICTED + ADMIN + WEB,
      "high",
      /leads to cluster-admin\.$/,
    ],
    [
      "an exposed workload holds it",
      "RBAC-019",
      TOKENS + ACCOUNT + RESTRICTED + ADMIN + WEB + OPEN,
      "critical",
      /cluster-admin, and the outside gets there\.$/,
    ],
  ];
  for (const [title, control, text, severity, says] of cases) {
    test(title, () => {
      const [finding] = findingsOf(snapshotFromText(text), control);
      assert.equal(finding?.severity, severity);
      assert.match(finding?.message ?? "", says);
    });
  }

  test("a grave finding stays as grave, and words are added only where the weight changes", () => {
    const everything = ROLE(`{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }`);
    const [finding] = findingsOf(snapshotFromText(everything + JANE + RESTRICTED), "RBAC-001");
    assert.equal(finding?.severity, "high");
    assert.doesNotMatch(finding?.message ?? "", /From here/);
  });
});

function findingsOf(
  snapshot: ClusterSnapshot,
  control: string,
): readonly { readonly severity: string; readonly message: string }[] {
  const { findings } = assess(snapshot, { time: "2026-01-01T00:00:00Z", version: "0" });
  return findings.flatMap(({ finding }) =>
    finding.control.id === control && finding.verdict === "fail" ? finding : [],
  );
}
