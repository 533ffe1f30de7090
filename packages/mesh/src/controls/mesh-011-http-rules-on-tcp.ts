import type { Control } from "@redoubt/control";
import { httpFields } from "../engine/authorization-rules.ts";
import { labelsMatch } from "../engine/policy-selection.ts";
import { coversPort, tcpPorts } from "../engine/tcp-ports.ts";
import { meshPolicies } from "../model/policies.ts";
import { nsa, owasp } from "../model/frameworks.ts";

export const httpRulesOnTcp: Control = {
  id: "MESH-011",
  title: "HTTP rules for TCP ports",
  layer: "cluster",
  item: "network-policies",
  severity: "medium",
  references: [nsa, owasp],
  rationale:
    "On a port that the Service declares as TCP the proxy sees no HTTP. It drops an ALLOW rule that asks for methods, paths or hosts, so nobody gets in by it; from a DENY rule it drops those conditions, so the rule denies more.",
  remediation:
    "Name the port http (or set appProtocol) if it speaks HTTP, or limit the rule to the HTTP ports by to.operation.ports.",
  examples: {
    failing: `apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
spec:
  selector: { app: web }
  ports:
    - { name: tcp-data, port: 5432 }
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata:
  name: web
  namespace: shop
spec:
  selector:
    matchLabels: { app: web }
  action: ALLOW
  rules:
    - to:
        - operation: { methods: [GET] }
`,
    passing: `apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
spec:
  selector: { app: web }
  ports:
    - { name: http-data, port: 5432 }
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata:
  name: web
  namespace: shop
spec:
  selector:
    matchLabels: { app: web }
  action: ALLOW
  rules:
    - to:
        - operation: { methods: [GET] }
`,
  },
  fixable: false,
  check(snapshot, report) {
    const services = snapshot.list("Service");
    for (const policy of meshPolicies(snapshot).authorizationPolicies) {
      const reached = services.filter(
        (service) =>
          policy.selector !== undefined &&
          policy.namespace === service.namespace &&
          labelsMatch(policy.selector, service.value.spec?.selector ?? {}),
      );
      const rules = (policy.rules ?? []).filter((rule) => httpFields(rule).length > 0);
      if (reached.length === 0 || rules.length === 0 || policy.action === "CUSTOM") continue;
      let failed = false;
      for (const rule of rules) {
        const port = reached.flatMap(tcpPorts).find((candidate) => coversPort(rule, candidate));
        if (port === undefined) continue;
        failed = true;
        const fields = httpFields(rule).join(", ");
        const effect =
          policy.action === "ALLOW"
            ? "the rule never matches there"
            : `${fields} ${fields.includes(",") ? "are" : "is"} left out there, and the rule matches more`;
        report.fail(policy.object, {
          message: `AuthorizationPolicy ${policy.name} asks for ${fields}, while port ${port.label} of Service ${port.service} is plain TCP: ${effect}.`,
          path: rule.path,
          severity: policy.action === "ALLOW" ? "low" : "medium",
        });
      }
      if (!failed) report.pass(policy.object);
    }
  },
};
